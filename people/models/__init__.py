from people.models.attempt import Attempt
from people.models.closing_day import ClosingDay
from people.models.demo_clock import DemoClock
from people.models.employment import Employment
from people.models.invitation import Invitation
from people.models.ledger import LedgerEntry
from people.models.membership import Membership
from people.models.notice import Notice
from people.models.one_time_code import OneTimeCode
from people.models.organisation import Department, Organisation
from people.models.person_session import PersonSession
from people.models.policy import Policy
from people.models.sign_in_provider import SignInDomain, SignInProvider
from people.models.signatory import Signatory
from people.models.user import Person

__all__ = [
    "Attempt",
    "ClosingDay",
    "DemoClock",
    "Department",
    "Employment",
    "Invitation",
    "LedgerEntry",
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
]
