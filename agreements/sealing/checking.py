"""What the seal of a file of unknown origin is worth. Whether it is *the* agreement, its SHA-256 alone decides."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agreements.sealing import examination
from agreements.sealing.certificates import pem_certificates, pem_fingerprint
from agreements.sealing.examination import LARGEST_FILE, UNREADABLE, WALL_SECONDS, finding


@dataclass(frozen=True)
class SealStatus:
    """What a PDF says about its seal.

    `intact` means: cryptographically valid, covering every byte of the file, with no change after it but archive
    timestamps of trusted authorities. `ours` means: made with a trusted certificate. Only both together say
    anything. `sealed_at` is what the sealing computer's clock said, `timestamped_at` what the authority says.
    `level` is "B-B" or "B-LTA" of an intact seal; what a B-LTA file proves, it proves until `valid_until`, and
    longer only if it is renewed before.
    """

    has_seal: bool = False
    ours: bool = False
    intact: bool = False
    sealed_at: datetime | None = None
    signer: str = ""
    reason: str = ""
    level: str = ""
    timestamped_at: datetime | None = None
    valid_until: datetime | None = None


def check(pdf: bytes, trusted: list[bytes], authorities: bytes = b"") -> SealStatus:
    """Return what the seal of a file of unknown origin is worth.

    `trusted` are our certificates as PEM, `authorities` those of timestamp authorities, together as PEM. The
    examination runs in a process of its own with bounds on memory, processor and time. Never raises for
    anything that a file may hold.
    """
    # The byte range of a signature is written in the clear, so a file without it needs no examination.
    if b"/ByteRange" not in pdf:
        return SealStatus(reason="The file carries no seal.")
    if len(pdf) > LARGEST_FILE:
        return SealStatus(reason="The file is larger than any sealed agreement.")
    found = _examine_apart(pdf, authorities)
    return SealStatus(
        has_seal=found["has_seal"],
        ours=found["fingerprint"] in {pem_fingerprint(pem) for pem in trusted},
        intact=found["intact"],
        sealed_at=_moment(found["sealed_at"]),
        signer=found["signer"],
        reason=found["reason"],
        level=found["level"],
        timestamped_at=_moment(found["timestamped_at"]),
        valid_until=_moment(found["valid_until"]),
    )


def mentions(pdf: bytes, certificate: bytes) -> bool:
    """Whether a file carries a piece of our certificate, so that a file whose seal no longer checks is still
    told from one that never had it. A changed byte spoils one piece of 32 bytes, not all.
    """
    der = pem_certificates(certificate)[0]
    searched = pdf[:LARGEST_FILE].lower()
    pieces = (der[i : i + 32].hex().encode() for i in range(64, len(der) - 32, 32))
    return any(piece in searched for piece in pieces)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _examine_apart(pdf: bytes, authorities: bytes) -> dict[str, Any]:
    """Return the findings of a child process, which sees neither our settings nor our environment."""
    try:
        child = subprocess.run(
            [sys.executable, "-I", examination.__file__],
            input=len(authorities).to_bytes(8, "big") + authorities + pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
        )
        return json.loads(child.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        # Killed by one of the bounds, or crashed: the file is not one that this program made.
        return finding(reason=UNREADABLE)
