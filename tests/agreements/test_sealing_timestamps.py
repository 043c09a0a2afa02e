"""Seals with timestamps: made, renewed and checked, and every way in which an authority or a forger can fail them."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from agreements import documents, sealing
from agreements.sealing import Key, SealingError, Timestamps
from agreements.states import PaperState
from tests.agreements import tampering
from tests.agreements.authority import Authority, Root, running, usage
from tests.agreements.conformance import violations
from tests.agreements.keys import PASSPHRASE
from tests.agreements.specimen import ATTACHED
from tests.agreements.tampering import TAMPERINGS
from tests.cast import Cast


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with running() as found:
        yield found


@pytest.fixture(autouse=True)
def _behaves_well_again(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "authority" in request.fixturenames:
        found = request.getfixturevalue("authority")
        found.behaviour, found.password = "good", ""
        found.certify(3000)


@pytest.fixture(scope="module")
def foreign_authority() -> Iterator[Authority]:
    with running("Timestamps of strangers") as found:
        yield found


@pytest.fixture(scope="module")
def stamped(final: bytes, key: Key, authority: Authority) -> bytes:
    return sealing.seal(final, key, authority.timestamps)


@pytest.fixture(scope="module")
def renewed(stamped: bytes, authority: Authority) -> bytes:
    return sealing.renew(sealing.renew(stamped, authority.timestamps), authority.timestamps)


def check(pdf: bytes, key: Key, authority: Authority) -> sealing.SealStatus:
    return sealing.check(pdf, [sealing.certificate_pem(key)], authority.root.pem)


# --- Made


def test_a_stamped_seal_is_ours_intact_and_of_its_day(stamped: bytes, key: Key, authority: Authority) -> None:
    status = check(stamped, key, authority)
    assert (status.has_seal, status.ours, status.intact, status.level) == (True, True, True, "B-LTA")
    assert status.timestamped_at and abs(status.timestamped_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert status.valid_until and status.valid_until > datetime.now(UTC) + timedelta(days=2900)
    assert status.signer == sealing.DEVELOPMENT_NAME


def test_pyhanko_itself_finds_everything_in_it(stamped: bytes, key: Key, authority: Authority) -> None:
    """The control: judged as a stranger would, with pyHanko's own rules and none of ours."""
    from asn1crypto import pem
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    root = Certificate.load(pem.unarmor(authority.root.pem)[2])
    own = Certificate.load(key.certificates[0])
    reader = PdfFileReader(BytesIO(stamped), strict=True)
    seal, stamp = reader.embedded_signatures
    status = validate_pdf_signature(seal, ValidationContext(trust_roots=[own]), ValidationContext(trust_roots=[root]))
    assert status.bottom_line and status.docmdp_ok and status.timestamp_validity.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
    found = validate_pdf_timestamp(stamp, ValidationContext(trust_roots=[root]))
    assert found.trusted and found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    subjects = {each.subject.native["common_name"] for each in DocumentSecurityStore.read_dss(reader).load_certs()}
    assert subjects == {sealing.DEVELOPMENT_NAME, "Timestamps for tests", "Timestamps for tests: root"}


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_stamped_and_renewed_files_conform(stamped: bytes, renewed: bytes, profile: str) -> None:
    assert violations(stamped, profile) == {}
    assert violations(renewed, profile) == {}


def test_a_stamped_seal_keeps_bytes_and_attachments(stamped: bytes, final: bytes) -> None:
    assert stamped.startswith(final)
    assert sealing.extract_attachments(stamped) == ATTACHED


def test_an_authority_is_asked_twice_and_with_the_password(final: bytes, key: Key, authority: Authority) -> None:
    authority.password, before = "wanda:schwarz/wald", authority.asked
    with pytest.raises(SealingError, match="status 401"):
        sealing.seal(final, key, authority.timestamps)
    url = authority.timestamps.url.replace("http://", "http://wanda:schwarz%2Fwald@")
    assert check(sealing.seal(final, key, Timestamps(url, authority.root.pem)), key, authority).intact
    assert authority.asked == before + 3
    assert "schwarz" not in repr(Timestamps(url, b""))


# --- An authority that fails: no file, and a sentence


FAILURES = {
    "refuses": "refused: no credit left",
    "breaks": "status 500",
    "hangs up": "cannot be reached",
    "sends on": "status 307",
    "garbage": "cannot be read as a timestamp",
    "endless": "too long",
    "a web page": "text/html",
    "wrong nonce": "another request",
    "wrong digest": "another file",
    "signature broken": "not signed by the certificate|cannot be read",
    "second fails": "status 503",
}


@pytest.mark.parametrize("behaviour", FAILURES)
def test_a_failing_authority_leaves_no_file(
    behaviour: str,
    final: bytes,
    key: Key,
    authority: Authority,
) -> None:
    authority.behaviour, authority.asked = behaviour, 0
    with pytest.raises(SealingError, match=FAILURES[behaviour]):
        sealing.seal(final, key, authority.timestamps)


def test_an_authority_that_is_away_leaves_no_file(final: bytes, key: Key) -> None:
    with running("Timestamps of the past") as gone:
        pass
    with pytest.raises(SealingError, match="cannot be reached"):
        sealing.seal(final, key, gone.timestamps)


def test_a_silent_authority_is_given_up(
    final: bytes,
    key: Key,
    authority: Authority,
) -> None:
    authority.behaviour, began = "slow", time.monotonic()
    with pytest.raises(SealingError, match="did not answer within 10 seconds"):
        sealing.seal(final, key, authority.timestamps)
    assert time.monotonic() - began < 20
    authority.released.set()


def test_a_foreign_or_expired_authority_leaves_no_file(
    final: bytes,
    key: Key,
    authority: Authority,
    foreign_authority: Authority,
) -> None:
    with pytest.raises(SealingError, match="not by a trusted authority"):
        sealing.seal(final, key, Timestamps(authority.timestamps.url, foreign_authority.root.pem))
    authority.certify(-1)
    with pytest.raises(SealingError, match="not by a trusted authority"):
        sealing.seal(final, key, authority.timestamps)


def test_settings_of_an_authority_are_judged(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(Root("A").pem + b"and another\n" + Root("B").pem)
    assert sealing.load_timestamps("https://a:b@stamps.example/tsa", roots).certificates == roots.read_bytes()
    for url in ("stamps.example", "ftp://stamps.example", "http://", "http://stamps.example:x/"):
        with pytest.raises(SealingError, match="address of the timestamp authority"):
            sealing.load_timestamps(url, roots)
    with pytest.raises(SealingError, match="password"):
        sealing.load_timestamps("http://a:b@stamps.example/tsa", roots)
    with pytest.raises(SealingError, match="cannot be read as PEM"):
        sealing.load_timestamps("https://stamps.example/", tmp_path / "none.pem")
    roots.write_text("nothing")
    with pytest.raises(SealingError, match="holds no certificate"):
        sealing.load_timestamps("https://stamps.example/", roots)


# --- Whether certificates were revoked


def list_at(url: str) -> tuple[x509.ExtensionType, bool]:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)
    return x509.CRLDistributionPoints([point]), False


def issued_key(root: Root, url: str) -> tuple[Key, x509.Certificate]:
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    signing = usage(digital_signature=True, content_commitment=True), True
    certificate = root.issue(private.public_key(), "Seal of an organisation", 300, signing, list_at(url))
    packed = pkcs12.serialize_key_and_certificates(
        b"seal", private, certificate, [root.certificate], BestAvailableEncryption(PASSPHRASE)
    )
    return sealing.FileKey(packed, PASSPHRASE), certificate


def test_lists_of_revoked_certificates_go_into_the_file_or_there_is_none(final: bytes, authority: Authority) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    issuer = Root("Seals for organisations")
    issued, certificate = issued_key(issuer, f"{authority.address}/seals.crl")
    with pytest.raises(SealingError, match="not good for this today"):
        sealing.seal(final, issued, authority.timestamps)  # there is no list at that address
    authority.lists["/seals.crl"] = issuer.revoked()
    sealed = sealing.seal(final, issued, authority.timestamps)
    assert check(sealed, issued, authority).intact
    assert len(DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(sealed))).crls) == 1
    authority.lists["/seals.crl"] = issuer.revoked(certificate)
    with pytest.raises(SealingError, match="revoked"):
        sealing.seal(final, issued, authority.timestamps)


def test_a_revoked_authority_leaves_no_file(final: bytes, key: Key, authority: Authority) -> None:
    authority.certify(3000, list_at(f"{authority.address}/stamps.crl"))
    with pytest.raises(SealingError, match="validity of its certificate could not be established"):
        sealing.seal(final, key, authority.timestamps)
    authority.lists["/stamps.crl"] = authority.root.revoked()
    assert check(sealing.seal(final, key, authority.timestamps), key, authority).intact
    authority.lists["/stamps.crl"] = authority.root.revoked(authority.certificate)
    with pytest.raises(SealingError, match="not by a trusted authority"):
        sealing.seal(final, key, authority.timestamps)


# --- Renewal


def test_renewed_twice_with_short_lived_certificates(final: bytes, key: Key, authority: Authority) -> None:
    """Each timestamp outlives the one before; the seal stays provable when the first have long ended."""
    now = datetime.now(UTC)
    authority.certify(20)
    first = sealing.seal(final, key, authority.timestamps)
    assert sealing.needs_renewal(first, now)
    assert not sealing.needs_renewal(first, now, timedelta(days=19))
    assert sealing.needs_renewal(first, now + timedelta(days=2), timedelta(days=19))
    authority.certify(40)
    second = sealing.renew(first, authority.timestamps)
    assert sealing.needs_renewal(second, now) and not sealing.needs_renewal(second, now, timedelta(days=39))
    authority.certify(3000)
    third = sealing.renew(second, authority.timestamps)
    assert not sealing.needs_renewal(third, now)
    assert third.startswith(second) and second.startswith(first)
    assert sealing.extract_attachments(third) == ATTACHED
    status = check(third, key, authority)
    assert (status.ours, status.intact, status.level) == (True, True, "B-LTA")
    assert status.timestamped_at == check(first, key, authority).timestamped_at
    with time_machine.travel(now + timedelta(days=30), tick=True):
        found = sealing.examination.examine(second, authority.root.pem)
        assert found["intact"] and found["reason"] == "The file is as it was sealed."
        found = sealing.examination.examine(first, authority.root.pem)
        assert found["intact"] and "held until" in found["reason"]
        with pytest.raises(SealingError, match="held until"):
            sealing.renew(first, authority.timestamps)
    with time_machine.travel(now + timedelta(days=400), tick=True):
        assert sealing.examination.examine(third, authority.root.pem)["intact"]


def test_a_change_of_authority_needs_both_to_be_trusted(
    stamped: bytes,
    key: Key,
    authority: Authority,
    foreign_authority: Authority,
) -> None:
    with pytest.raises(SealingError, match="not by an authority that is trusted"):
        sealing.renew(stamped, foreign_authority.timestamps)
    both = Timestamps(foreign_authority.timestamps.url, authority.root.pem + foreign_authority.root.pem)
    renewed = sealing.renew(stamped, both)
    assert not check(renewed, key, authority).intact
    assert sealing.check(renewed, [sealing.certificate_pem(key)], both.certificates).intact


def test_a_failing_authority_renews_nothing(stamped: bytes, authority: Authority) -> None:
    authority.behaviour = "breaks"
    with pytest.raises(SealingError, match="status 500"):
        sealing.renew(stamped, authority.timestamps)


def test_a_seal_without_timestamps_has_nothing_to_renew(final: bytes, key: Key, authority: Authority) -> None:
    sealed = sealing.seal(final, key)
    assert not sealing.needs_renewal(sealed, datetime.now(UTC))
    with pytest.raises(SealingError, match="sealed without a timestamp authority"):
        sealing.renew(sealed, authority.timestamps)
    with pytest.raises(SealingError, match="carries no seal"):
        sealing.renew(final, authority.timestamps)


def test_twelve_renewals_stay_within_the_bounds_of_a_check(stamped: bytes, key: Key, authority: Authority) -> None:
    for number in range(12):
        stamped = append(stamped, authority, number + 2)
    began = time.monotonic()
    assert check(stamped, key, authority).intact
    assert time.monotonic() - began < 20


# --- Tampering


RENEWED = (
    tampering.byte_in_a_page, tampering.byte_in_the_padding, tampering.junk_appended, tampering.truncated,
    tampering.page_changed_by_an_update,
)  # fmt: skip


@pytest.mark.parametrize(
    "which, tamper",
    [("stamped", each) for each in TAMPERINGS] + [("renewed", each) for each in RENEWED],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_tampering_is_noticed(
    which: str,
    tamper: Callable[[bytes, Key], bytes],
    request: pytest.FixtureRequest,
    key: Key,
    foreign_key: Key,
    authority: Authority,
) -> None:
    pdf = request.getfixturevalue(which)
    altered = tamper(pdf, foreign_key)
    assert altered != pdf
    status = check(altered, key, authority)
    assert not status.intact and not status.level and status.reason


def append(pdf: bytes, authority: Authority, number: int, change: Any = None) -> bytes:
    """Append a document timestamp as anybody can who knows the authority, with a change in the same update."""
    from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

    from agreements.sealing.making import _quiet_writer, _unseen

    writer = _quiet_writer()(BytesIO(pdf))
    if change:
        change(writer)
    from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

    stamper = PdfTimeStamper(HTTPTimeStamper(authority.timestamps.url), f"Timestamp{number}", invis_settings=_unseen())
    return asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=16384)).getvalue()


def test_the_control_a_bare_timestamp_of_a_trusted_authority_is_allowed(
    stamped: bytes,
    key: Key,
    authority: Authority,
) -> None:
    assert check(append(stamped, authority, 2), key, authority).intact


@pytest.mark.parametrize("change", ["title", "note", "page", "place_for_a_signature"])
def test_a_change_with_a_trusted_timestamp_on_it_is_noticed(
    change: str,
    stamped: bytes,
    key: Key,
    authority: Authority,
) -> None:
    """Everybody may ask a public authority: its timestamp on a change makes the change no better."""
    status = check(append(stamped, authority, 2, getattr(tampering, change)), key, authority)
    assert (status.ours, status.intact) == (True, False)
    assert status.reason == "The file holds a change that the seal does not allow."


@pytest.mark.parametrize("change", ["title", "nothing"])
def test_an_update_under_a_trusted_timestamp_is_noticed(
    change: str,
    stamped: bytes,
    key: Key,
    authority: Authority,
) -> None:
    altered = append(tampering.updated(stamped, getattr(tampering, change)), authority, 2)
    assert not check(altered, key, authority).intact


def test_junk_under_a_trusted_timestamp_is_noticed(stamped: bytes, key: Key, authority: Authority) -> None:
    assert not check(append(stamped + b"\n% junk\n", authority, 2), key, authority).intact


def test_a_foreign_timestamp_is_noticed(
    stamped: bytes,
    final: bytes,
    key: Key,
    authority: Authority,
    foreign_authority: Authority,
) -> None:
    status = check(append(stamped, foreign_authority, 2), key, authority)
    assert (status.ours, status.intact) == (True, False)
    assert "not by an authority that is trusted here" in status.reason
    assert not check(append(sealing.seal(final, key), authority, 1), key, authority).intact
    assert not sealing.check(stamped, [sealing.certificate_pem(key)]).intact


def test_timestamps_cut_off_are_noticed(stamped: bytes, renewed: bytes, key: Key, authority: Authority) -> None:
    """Without its archive timestamp the file is one that was never made; without a renewal it is the older file."""
    ends = [found.end() for found in re.finditer(rb"%%EOF\s?", renewed)]
    assert renewed[: ends[2]].strip() == stamped.strip()
    status = check(renewed[: ends[1]].rstrip() + b"\n", key, authority)
    assert not status.intact
    status = check(stamped[: ends[1]], key, authority)
    assert (status.ours, status.intact) == (True, False)


def test_a_stamped_seal_of_another_key_is_not_ours(
    final: bytes,
    key: Key,
    foreign_key: Key,
    authority: Authority,
) -> None:
    status = check(sealing.seal(final, foreign_key, authority.timestamps), key, authority)
    assert (status.ours, status.intact) == (False, True)


# --- In the job


def test_the_job_seals_with_timestamps_or_tries_again(
    cast: Cast, authority: Authority, settings: Any, tmp_path: Path
) -> None:
    settings.SEALING_TIMESTAMP_URL = authority.timestamps.url
    settings.SEALING_TIMESTAMP_CERTIFICATES_FILE = str(tmp_path / "roots.pem")
    (tmp_path / "roots.pem").write_bytes(authority.root.pem)
    agreement = cast.agreed(sealed=False).agreements.get(state=PaperState.SIGNED)
    authority.behaviour = "breaks"
    assert documents.make_pending() == 0
    agreement.refresh_from_db()
    assert agreement.sealed_copy is None and "status 500" in agreement.job_error
    authority.behaviour = "good"
    sealed = bytes(documents.seal(agreement).content)
    status = sealing.check(sealed, [documents.certificate()], sealing.configured_authorities())
    assert (status.ours, status.intact, status.level) == (True, True, "B-LTA")
