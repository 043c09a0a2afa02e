"""The seal: made, checked, and every tampering noticed. Real keys, real files, real processes."""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agreements import sealing
from agreements.sealing import FileKey, Key, SealingError, examination
from tests.agreements.conformance import violations
from tests.agreements.keys import PASSPHRASE, make_key
from tests.agreements.specimen import ATTACHED
from tests.agreements.tampering import TAMPERINGS, bomb, byte_in_a_page, flip, gibibyte

ROOT = Path(sealing.__file__).parents[2]


@pytest.fixture(scope="session")
def sealed(final: bytes, key: Key) -> bytes:
    return sealing.seal(final, key)


def check(pdf: bytes, key: Key) -> sealing.SealStatus:
    return sealing.check(pdf, [sealing.certificate_pem(key)])


# --- A good seal


def test_sealed_file_is_ours_and_intact(sealed: bytes, key: Key) -> None:
    status = check(sealed, key)
    assert (status.has_seal, status.ours, status.intact) == (True, True, True)
    assert status.signer == "Tripartite development seal – not for legal use"
    assert status.sealed_at and abs(status.sealed_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_sealed_file_keeps_its_bytes_and_attachments(sealed: bytes, final: bytes) -> None:
    assert sealed.startswith(final)
    digests = {name: hashlib.sha256(body).digest() for name, body in sealing.extract_attachments(sealed).items()}
    assert digests == {name: hashlib.sha256(body).digest() for name, body in ATTACHED.items()}


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_sealed_file_conforms(sealed: bytes, profile: str) -> None:
    assert violations(sealed, profile) == {}


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")
def test_another_program_finds_the_seal_valid(sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    command = ["pdfsig", "-nocert", "sealed.pdf"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "Signature is Valid" in said and "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_published_certificate_has_the_fingerprint(key: Key) -> None:
    command = ["openssl", "x509", "-outform", "DER"]
    der = subprocess.run(command, input=sealing.certificate_pem(key), capture_output=True, check=True)
    assert hashlib.sha256(der.stdout).hexdigest() == sealing.fingerprint(key)


def test_a_file_is_sealed_once(sealed: bytes, key: Key) -> None:
    with pytest.raises(SealingError, match="carries a seal already"):
        sealing.seal(sealed, key)


def test_what_is_not_a_pdf_is_not_sealed(key: Key) -> None:
    with pytest.raises(SealingError, match="could not be sealed"):
        sealing.seal(b"not a PDF at all", key)


# --- Keys


def test_wrong_passphrase_is_a_sentence(tmp_path: Path) -> None:
    path = make_key(tmp_path / "key.p12", days=30)
    assert sealing.load_key(path, PASSPHRASE)
    with pytest.raises(SealingError, match="wrong passphrase"):
        sealing.load_key(path, b"wrong")


def test_missing_or_broken_key_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SealingError, match="cannot be read"):
        sealing.load_key(tmp_path / "none.p12", b"")
    (tmp_path / "broken.p12").write_bytes(b"broken")
    with pytest.raises(SealingError, match="cannot be opened"):
        sealing.load_key(tmp_path / "broken.p12", b"")


def test_expired_certificate_neither_loads_nor_seals(tmp_path: Path, final: bytes) -> None:
    path = make_key(tmp_path / "key.p12", days=-1)
    with pytest.raises(SealingError, match="not valid today"):
        sealing.load_key(path, PASSPHRASE)
    with pytest.raises(SealingError, match="expired"):
        sealing.seal(final, FileKey(path.read_bytes(), PASSPHRASE))


def test_key_keeps_its_secrets_out_of_logs(key: Key) -> None:
    assert "development" not in repr(key) and "pkcs12" not in repr(key)


def test_development_key_is_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "seal.p12"
    first = sealing.development_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sealing.development_key(path) == first
    assert list(path.parent.iterdir()) == [path]


def test_two_processes_make_one_development_key(tmp_path: Path) -> None:
    """Four processes wait for the same moment, then make the key: all must hold the same."""
    path = tmp_path / "seal.p12"
    program = (
        "import sys, time; from pathlib import Path; from agreements import sealing;"
        "sealing.keys.new_development_pkcs12(); time.sleep(max(0, float(sys.argv[2]) - time.time()));"
        "print(sealing.fingerprint(sealing.development_key(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, str(path), str(time.time() + 2)]
    racing = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    prints = {process.communicate()[0] for process in racing}
    assert prints == {sealing.fingerprint(sealing.development_key(path)) + "\n"}
    assert list(tmp_path.iterdir()) == [path]


# --- Tampering


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_noticed(tamper, sealed: bytes, key: Key, foreign_key: Key) -> None:
    altered = tamper(sealed, foreign_key)
    assert altered != sealed
    status = check(altered, key)
    assert not status.intact
    assert status.reason and status.reason != "The file is as it was sealed."


def test_page_of_a_sealed_file_replaced_still_names_our_seal(sealed: bytes, key: Key) -> None:
    status = check(byte_in_a_page(sealed, key), key)
    assert (status.has_seal, status.ours, status.intact) == (True, True, False)


def test_seal_of_another_key_is_not_ours(final: bytes, key: Key, foreign_key: Key) -> None:
    status = check(sealing.seal(final, foreign_key), key)
    assert (status.has_seal, status.ours, status.intact) == (True, False, True)


def test_copied_certificate_does_not_make_a_seal_ours(sealed: bytes, key: Key) -> None:
    """A forger puts our certificate beside a signature that its key never made."""
    start = sealed.rindex(b"/Contents <") + 11
    signature = bytes.fromhex(sealed[start : sealed.index(b">", start)].decode()).rstrip(b"\0")
    forged = flip(signature, len(signature) - 1).hex().upper().encode()
    status = check(sealed[:start] + forged + sealed[start + len(forged) :], key)
    assert not status.ours and not status.intact


# --- Files made to do harm


HARMFUL: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda sealed: b"",
    "noise": lambda sealed: os.urandom(4096) + b"/ByteRange",
    "deep nesting": lambda sealed: (
        b"%PDF-1.7\n/ByteRange\ntrailer <</Root " + b"[" * 200_000 + b"\nstartxref\n20\n%%EOF"
    ),
    "deflate bomb": lambda sealed: bomb(gibibyte()),
    "first half": lambda sealed: sealed[: len(sealed) // 2] + b"/ByteRange",
    "second half": lambda sealed: sealed[len(sealed) // 2 :],
    "references in a circle": lambda sealed: sealed.replace(b"/Prev ", b"/Prev 00000", 1),
    "huge": lambda sealed: sealed + bytes(examination.LARGEST_FILE),
}


@pytest.mark.parametrize("harm", HARMFUL)
def test_check_survives(harm: str, sealed: bytes, key: Key) -> None:
    began = time.monotonic()
    status = check(HARMFUL[harm](sealed), key)
    assert not status.intact and status.reason
    assert time.monotonic() - began < examination.WALL_SECONDS


def test_the_bomb_would_go_off_without_bounds() -> None:
    """The control: unpacked, it is larger than the memory that a check may have."""
    unpacker, size = zlib.decompressobj(), 0
    packed = gibibyte()
    assert len(packed) < 2_000_000
    while packed:
        size += len(unpacker.decompress(packed, 1 << 24))
        packed = unpacker.unconsumed_tail
    assert size > examination.MEMORY


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="limits are read from Linux's /proc")
def test_examination_is_bounded_before_it_reads() -> None:
    """pyHanko stops the bomb above by itself; this asks the kernel about the bounds for what it would not."""
    with subprocess.Popen([sys.executable, "-I", examination.__file__], stdin=subprocess.PIPE) as child:
        limits, until = Path(f"/proc/{child.pid}/limits"), time.monotonic() + 10
        while str(examination.MEMORY) not in limits.read_text() and time.monotonic() < until:
            time.sleep(0.01)
        found = {line[:25].strip(): line[25:].split()[:2] for line in limits.read_text().splitlines()}
        child.kill()
    assert found["Max address space"] == [str(examination.MEMORY)] * 2
    assert found["Max cpu time"] == [str(examination.PROCESSOR_SECONDS)] * 2
    assert found["Max file size"] == found["Max core file size"] == ["0", "0"]


def test_child_sees_no_secret(sealed: bytes, key: Key, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The examining process gets neither the environment nor modules from the working directory."""
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert check(sealed, key).intact
