from agreements.models.agreement import Agreement
from agreements.models.approval import Approval
from agreements.models.change_request import ChangeRequest
from agreements.models.clause_text import ClauseText
from agreements.models.comment import Comment
from agreements.models.document import Document
from agreements.models.evidence import EvidenceEvent
from agreements.models.legal_consent import LegalConsent
from agreements.models.look import Look
from agreements.models.printout import Printout
from agreements.models.signature import Signature, SignatureOrigin, SignatureSlot
from agreements.models.signing_code import SigningCode
from agreements.models.signing_link import SigningLink
from agreements.models.thread import Thread
from agreements.models.version import Version

__all__ = [
    "Agreement",
    "Approval",
    "ChangeRequest",
    "ClauseText",
    "Comment",
    "Document",
    "EvidenceEvent",
    "LegalConsent",
    "Look",
    "Printout",
    "Signature",
    "SignatureOrigin",
    "SignatureSlot",
    "SigningCode",
    "SigningLink",
    "Thread",
    "Version",
]
