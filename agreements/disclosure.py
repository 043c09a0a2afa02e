"""What a signatory agrees to before signing electronically; kept verbatim with its version."""

VERSION = "2026-11"
TEXT = (
    "I have read the agreement shown to me and want to sign it electronically. I understand that typing my name and "
    "confirming with the code sent to my e-mail address has the effect of my signature, that the time, my e-mail "
    "address, my IP address and my browser are recorded as evidence, and that all parties receive the sealed copy. "
    "I could have asked for a paper copy instead. This is a simple electronic signature with an organisational seal."
)
ACT = "I sign this agreement"
