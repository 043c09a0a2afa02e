from people.models.closing_day import ClosingDay
from people.models.data_copy import DataCopy
from people.models.demo_clock import DemoClock
from people.models.employment import Employment
from people.models.erasure import Erasure
from people.models.import_batch import Fate, ImportBatch, ImportKind, ImportMapping, ImportRow, ImportState
from people.models.invitation import Invitation
from people.models.ledger import LedgerEntry, LedgerWords
from people.models.legal_hold import LegalHold
from people.models.membership import Membership
from people.models.notice import Notice
from people.models.organisation import Department, Organisation
from people.models.policy import Policy
from people.models.signatory import Signatory
from people.models.support import SupportSession
from people.models.user import Person

__all__ = [
    "ClosingDay",
    "DataCopy",
    "DemoClock",
    "Department",
    "Employment",
    "Erasure",
    "Fate",
    "ImportBatch",
    "ImportKind",
    "ImportMapping",
    "ImportRow",
    "ImportState",
    "Invitation",
    "LedgerEntry",
    "LedgerWords",
    "LegalHold",
    "Membership",
    "Notice",
    "Organisation",
    "Person",
    "Policy",
    "Signatory",
    "SupportSession",
]
