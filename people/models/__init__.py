from people.models.closing_day import ClosingDay
from people.models.demo_clock import DemoClock
from people.models.employment import Employment
from people.models.import_batch import Fate, ImportBatch, ImportKind, ImportMapping, ImportRow, ImportState
from people.models.invitation import Invitation
from people.models.ledger import LedgerEntry
from people.models.membership import Membership
from people.models.notice import Notice
from people.models.organisation import Department, Organisation
from people.models.policy import Policy
from people.models.signatory import Signatory
from people.models.user import Person

__all__ = [
    "ClosingDay",
    "DemoClock",
    "Department",
    "Employment",
    "Fate",
    "ImportBatch",
    "ImportKind",
    "ImportMapping",
    "ImportRow",
    "ImportState",
    "Invitation",
    "LedgerEntry",
    "Membership",
    "Notice",
    "Organisation",
    "Person",
    "Policy",
    "Signatory",
]
