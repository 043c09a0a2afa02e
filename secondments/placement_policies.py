"""Who may do and see what while a placement runs: concerns, leave, absence, contacts, charges, expenses.

As in ``policies``: each test on an object has its QuerySet in ``scopes`` where lists need one.
"""

from __future__ import annotations

from people.models import Person
from secondments.choices import Part, Party
from secondments.models import Concern, Expense, Leave, Secondment
from secondments.policies import AT_HOST, HOME_SIDE, parts_of
from secondments.states import CLOSED, PLACED, STARTED, WITH_PLACEMENT, State

RAISES = {
    Part.SECONDEE: Party.SECONDEE,
    Part.HOST_CONTACT: Party.HOST,
    Part.HOST_SUPERVISOR: Party.HOST,
    Part.HR_HOST: Party.HOST,
    Part.HR_SECONDER: Party.SECONDER,
}
OWN_CONCERNS = {Party.SECONDEE: frozenset({Part.SECONDEE}), Party.HOST: AT_HOST, Party.SECONDER: frozenset[Part]()}


def may_raise(secondment: Secondment, person: Person) -> bool:
    """Secondee, host and HR of the seconder, from the signed agreement until the case is closed."""
    return secondment.state in WITH_PLACEMENT and bool(parts_of(secondment, person) & RAISES.keys())


def may_read_concern(concern: Concern, parts: frozenset[Part], person: Person) -> bool:
    """HR of the seconder; whose side raised it; its owner as line manager; the secondee what HR wrote for them."""
    if Part.HR_SECONDER in parts or parts & OWN_CONCERNS[Party(concern.party)]:
        return True
    if Part.LINE_MANAGER in parts and concern.owner_id == person.pk:
        return True
    return Part.SECONDEE in parts and concern.told_at is not None


def may_see_concern_whole(concern: Concern, parts: frozenset[Part], person: Person) -> bool:
    """With what is done about it; whoever raised it reads their own words and the outcome."""
    return Part.HR_SECONDER in parts or (Part.LINE_MANAGER in parts and concern.owner_id == person.pk)


def may_work_on(concern: Concern, person: Person) -> bool:
    """HR of the seconder, and the line manager while it is theirs to look into."""
    return may_see_concern_whole(concern, parts_of(concern.secondment, person), person)


LEAVE_READERS = AT_HOST | {Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE}
LEAVE_DECIDERS = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER})


def may_see_leave(parts: frozenset[Part]) -> bool:
    """The days somebody is away, leave or absence."""
    return bool(parts & LEAVE_READERS)


def may_read_leave(leave: Leave, parts: frozenset[Part]) -> bool:
    """The home side all of it, what was asked and refused too; the host is told the days that stand."""
    if parts & HOME_SIDE:
        return True
    return bool(parts & AT_HOST) and leave.granted is True and leave.cancelled_at is None


def may_decide_leave(secondment: Secondment, person: Person) -> bool:
    return bool(parts_of(secondment, person) & LEAVE_DECIDERS)


def may_ask_leave(secondment: Secondment, person: Person) -> bool:
    """The secondee, from the signed agreement until the last day."""
    return secondment.state in PLACED | {State.AGREED} and Part.SECONDEE in parts_of(secondment, person)


CANCELS_LEAVE = frozenset({Part.SECONDEE, Part.HR_SECONDER})
TELLS_ABSENCE = frozenset({Part.SECONDEE, Part.LINE_MANAGER, Part.HR_SECONDER, Part.HOST_CONTACT, Part.HOST_SUPERVISOR})


def may_tell_absence(secondment: Secondment, person: Person) -> bool:
    """Whoever learns of it first: the secondee, their line manager, HR, or the host where they did not come."""
    return secondment.state in PLACED and bool(parts_of(secondment, person) & TELLS_ABSENCE)


def may_read_absence_reason(secondment: Secondment, person: Person) -> bool:
    """HR of the seconder, whose look is recorded, and the secondee."""
    return bool(parts_of(secondment, person) & {Part.HR_SECONDER, Part.SECONDEE})


def may_see_touches(parts: frozenset[Part]) -> bool:
    """How home keeps in touch is the home side's."""
    return bool(parts & HOME_SIDE)


CHARGES = frozenset({Part.HR_SECONDER, Part.FINANCE_SECONDER})


def may_charge(secondment: Secondment, person: Person) -> bool:
    """Terms, invoices and payments: HR and finance of the seconder, from the start on."""
    return secondment.state in STARTED and bool(parts_of(secondment, person) & CHARGES)


EXPENSE_READERS = frozenset({Part.HR_SECONDER, Part.FINANCE_SECONDER, Part.LINE_MANAGER, Part.SECONDEE})
EXPENSE_DECIDERS = frozenset({Part.HR_SECONDER, Part.FINANCE_SECONDER})


def may_read_expense(expense: Expense, parts: frozenset[Part]) -> bool:
    """The seconder's side and the secondee; finance and HR of the host what is passed on to them."""
    if parts & EXPENSE_READERS:
        return True
    return expense.passed_on and bool(parts & {Part.FINANCE_HOST, Part.HR_HOST})


def may_enter_hours(secondment: Secondment, person: Person) -> bool:
    """Hours worked: the host's side, who sees them, and who charges for them."""
    return secondment.state in STARTED and bool(parts_of(secondment, person) & (CHARGES | {Part.HOST_CONTACT}))


def may_claim(secondment: Secondment, person: Person) -> bool:
    return secondment.state in STARTED - CLOSED and Part.SECONDEE in parts_of(secondment, person)
