from agreements.models.agreement import Agreement
from agreements.models.approval import Approval
from agreements.models.change_request import ChangeRequest
from agreements.models.document import Document
from agreements.models.evidence import EvidenceEvent
from agreements.models.signature import Signature, SignatureOrigin, SignatureSlot
from agreements.models.signing_code import SigningCode
from agreements.models.version import Version

__all__ = [
    "Agreement",
    "Approval",
    "ChangeRequest",
    "Document",
    "EvidenceEvent",
    "Signature",
    "SignatureOrigin",
    "SignatureSlot",
    "SigningCode",
    "Version",
]
