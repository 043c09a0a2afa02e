from people.models.attempt import Attempt
from people.models.closing_day import ClosingDay
from people.models.data_copy import DataCopy
from people.models.demo_clock import DemoClock
from people.models.employment import Employment
from people.models.erasure import Erasure
from people.models.import_batch import Fate, ImportBatch, ImportKind, ImportMapping, ImportRow, ImportState
from people.models.invitation import Invitation
from people.models.job_run import JobRun
from people.models.ledger import LedgerEntry, LedgerWords
from people.models.legal_hold import LegalHold
from people.models.membership import Membership
from people.models.notice import Notice
from people.models.one_time_code import OneTimeCode
from people.models.organisation import Department, Organisation
from people.models.person_session import PersonSession
from people.models.policy import Policy
from people.models.sign_in_provider import SignInDomain, SignInProvider
from people.models.signatory import Signatory
from people.models.support import SupportSession
from people.models.user import Person

__all__ = [
    "Attempt",
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
    "JobRun",
    "LedgerEntry",
    "LedgerWords",
    "LegalHold",
    "Membership",
    "Notice",
    "OneTimeCode",
    "Organisation",
    "Person",
    "PersonSession",
    "Policy",
    "SignInDomain",
    "SignInProvider",
    "Signatory",
    "SupportSession",
]
