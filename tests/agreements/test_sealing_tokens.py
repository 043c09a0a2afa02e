"""The seal's key in a token, by PKCS#11: a real module (SoftHSM), whose token lies in a folder of the test."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agreements import sealing
from agreements.sealing import Key, SealingError
from config import seal as seal_of_config
from tests.agreements.authority import named, running, usage
from tests.agreements.conformance import violations
from tests.agreements.specimen import ATTACHED

PLACES = ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm", "/usr/lib64")
MODULES = [str(Path(place, "libsofthsm2.so")) for place in PLACES if Path(place, "libsofthsm2.so").exists()]
MODULE = MODULES[0] if MODULES else ""
PIN, LABEL, TOKEN = "271828", "seal", "Seals of a test"

pytestmark = pytest.mark.skipif(not MODULES, reason="SoftHSM is not installed (apt-get install softhsm2)")


def certificate_for(private: Any, days: int = 300) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    name, now = named("Seal in a token"), datetime.now(UTC)
    return (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(private, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """A token with three EC keys: one with its certificate, one without, one whose certificate has ended."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("token")
        (folder / "tokens").mkdir()
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield filled(folder)


def filled(folder: Path) -> dict[str, bytes]:
    import pkcs11
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", "314159"],
        check=True,
        capture_output=True,
    )
    certificates = {}
    library = pkcs11.lib(MODULE)
    with library.get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
        for number, (label, days) in enumerate({LABEL: 300, "bare": 300, "ended": -1}.items()):
            private = ec.generate_private_key(ec.SECP256R1())
            certificates[label] = certificate_for(private, days)
            packed = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
            about = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: bytes([number + 1])}
            session.create_object(
                decode_ec_private_key(packed) | about | {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.SIGN: True}
            )
            if label != "bare":  # found by label, or by the identifier that it shares with its key
                found_by = {} if label == "ended" else {pkcs11.Attribute.LABEL: label}
                session.create_object(decode_x509_certificate(certificates[label]) | about | found_by)
    library.finalize()
    return certificates


@pytest.fixture(scope="module")
def key(token: dict[str, bytes]) -> Key:
    return sealing.load_token_key(MODULE, TOKEN, LABEL, PIN)


def test_a_key_in_a_token_seals_as_any_other(key: Key, token: dict[str, bytes], final: bytes) -> None:
    assert key.certificates == (token[LABEL],)
    sealed = sealing.seal(final, key)
    status = sealing.check(sealed, [sealing.certificate_pem(key)])
    assert (status.ours, status.intact, status.level, status.signer) == (True, True, "B-B", "Seal in a token")
    assert sealing.extract_attachments(sealed) == ATTACHED
    assert violations(sealed, "3a") == violations(sealed, "ua1") == {}


def test_a_key_in_a_token_seals_with_timestamps_and_is_renewed(key: Key, final: bytes) -> None:
    with running() as authority:
        sealed = sealing.renew(sealing.seal(final, key, authority.timestamps), authority.timestamps)
        status = sealing.check(sealed, [sealing.certificate_pem(key)], authority.root.pem)
    assert (status.ours, status.intact, status.level) == (True, True, "B-LTA")


def test_the_certificate_may_be_a_file(token: dict[str, bytes], final: bytes) -> None:
    bare = sealing.load_token_key(MODULE, TOKEN, "bare", PIN, (token["bare"],))
    assert sealing.check(sealing.seal(final, bare), [sealing.certificate_pem(bare)]).intact
    with pytest.raises(SealingError, match='not that of the key "bare"'):
        sealing.load_token_key(MODULE, TOKEN, "bare", PIN, (token[LABEL],))


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"pin": "000000"}, f'The token "{TOKEN}" refuses the PIN.'),
        ({"pin": "1"}, f'The token "{TOKEN}" refuses the PIN.'),
        ({"token": "None"}, 'The PKCS#11 module has no token with the label "None".'),
        ({"label": "none"}, 'The token has no private key with the label "none".'),
        ({"label": "bare"}, 'The token has no one certificate for the key "bare"'),
        ({"label": "ended"}, "The certificate of the seal is not valid today"),
        ({"module": "/nonexistent.so"}, "The PKCS#11 module /nonexistent.so cannot be used"),
    ],
)
def test_what_is_missing_or_wrong_is_a_sentence(
    changes: dict[str, str], sentence: str, token: dict[str, bytes]
) -> None:
    given = {"module": MODULE, "token": TOKEN, "label": LABEL, "pin": PIN} | changes
    with pytest.raises(SealingError) as caught:
        sealing.load_token_key(**given)
    assert str(caught.value).startswith(sentence)


def test_a_key_whose_certificate_is_anothers_seals_nothing(key: Key, foreign_key: Key, final: bytes) -> None:
    with pytest.raises(SealingError, match="The new seal does not hold"):
        sealing.seal(final, replace(key, certificates=foreign_key.certificates))


def test_a_token_that_is_gone_is_a_sentence_and_found_again_later(
    key: Key,
    final: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}\n")
    with monkeypatch.context() as away:
        away.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
        with pytest.raises(SealingError, match="no token with the label"):
            sealing.seal(final, key)
    assert sealing.check(sealing.seal(final, key), [sealing.certificate_pem(key)]).intact


def test_the_pin_is_not_shown(key: Key) -> None:
    assert PIN not in repr(key)


def test_a_forked_worker_seals_after_its_parent_looked(token: dict[str, bytes], final: bytes, tmp_path: Path) -> None:
    """As Celery does: the parent proves the key at its start, its children seal."""
    program = (
        "import os, sys; from pathlib import Path; from agreements import sealing;"
        "key = sealing.load_token_key(*sys.argv[1:5]); pid = os.fork();"
        "pid or Path(sys.argv[6]).write_bytes(sealing.seal(Path(sys.argv[5]).read_bytes(), key));"
        "pid and sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    (tmp_path / "final.pdf").write_bytes(final)
    files = [str(tmp_path / "final.pdf"), str(tmp_path / "sealed.pdf")]
    command = [sys.executable, "-c", program, MODULE, TOKEN, LABEL, PIN, *files]
    subprocess.run(command, cwd=Path(sealing.__file__).parents[2], check=True)
    mine = sealing.load_token_key(MODULE, TOKEN, LABEL, PIN)
    assert sealing.check((tmp_path / "sealed.pdf").read_bytes(), [sealing.certificate_pem(mine)]).ours


def test_settings_name_a_token(token: dict[str, bytes], settings: Any, tmp_path: Path) -> None:
    settings.SEALING_PKCS11_MODULE, settings.SEALING_PKCS11_TOKEN = MODULE, TOKEN
    settings.SEALING_PKCS11_KEY, settings.SEALING_PKCS11_PIN = LABEL, PIN
    assert seal_of_config.seal_fault() == "Set SEALING_KEY_FILE or SEALING_PKCS11_MODULE, not both: a seal has one key."
    settings.SEALING_KEY_FILE = ""
    assert seal_of_config.seal_fault() == ""
    assert sealing.configured_key().certificates == (token[LABEL],)
    settings.SEALING_CERTIFICATE_FILE = str(tmp_path / "seal.pem")
    (tmp_path / "seal.pem").write_bytes(sealing.certificates.as_pem(token["bare"]))
    assert seal_of_config.seal_fault() == (
        'SEALING_PKCS11_MODULE: The certificate is not that of the key "seal" in the token.'
    )
    settings.SEALING_PKCS11_PIN = "000000"
    assert seal_of_config.seal_fault() == f'SEALING_PKCS11_MODULE: The token "{TOKEN}" refuses the PIN.'
