"""What a signatory agrees to before signing electronically; each text is kept verbatim with its version.

A text that somebody accepted is never changed: a new one gets a version of its own, and the old one stays here.
"""

import hashlib

VERSION = "2026-12"
TEXTS = {
    "2026-11": (
        "I have read the agreement shown to me and want to sign it electronically. I understand that typing my name "
        "and confirming with the code sent to my e-mail address has the effect of my signature, that the time, my "
        "e-mail address, my IP address and my browser are recorded as evidence, and that all parties receive the "
        "sealed copy. I could have asked for a paper copy instead. This is a simple electronic signature with an "
        "organisational seal."
    ),
    "2026-12": (
        "I have read the document shown to me and want to sign it electronically. I understand that typing my name, "
        "and confirming that it is me with a code sent to my e-mail address or with my second factor, has the effect "
        "of my signature, also where I add no drawn signature. The time, my e-mail address, my IP address and my "
        "browser are recorded as evidence; all parties receive the sealed copy. I can ask for a paper copy or sign on "
        "paper instead, and I can decline without signing. This is a simple electronic signature with an "
        "organisational seal; it is neither an advanced nor a qualified signature."
    ),
}
TEXT = TEXTS[VERSION]
ACT = "I sign this document"


def digest() -> str:
    """SHA-256 of the text in force, for the chain of evidence."""
    return hashlib.sha256(TEXT.encode()).hexdigest()
