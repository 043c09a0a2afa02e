"""Who may do and see what while a placement runs: concerns, leave, absence, contacts, charges, expenses.

As in ``policies``: each test on an object has its QuerySet in ``scopes`` where lists need one.
"""

from __future__ import annotations

from people.models import Person
from secondments.choices import Part, Party
from secondments.models import Concern, EarlyEnd, Expense, Leave, Secondment, Wish
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


# --- The way back

PLANS_RETURN = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER})
RETURN_READERS = HOME_SIDE | AT_HOST
# What of the return plan each part writes; the rest of it is read by the home side.
OF_HOME = frozenset(
    ("meeting_on", "meeting_notes", "role_kind", "role", "manager_name", "post_protected_until", "start_back_on",
     "phased", "training", "skills_use", "sharing")
)  # fmt: skip
OF_SECONDEE = frozenset({"wishes", "skills_use", "sharing"})
OF_HOST = frozenset({"handback"})


def return_fields(parts: frozenset[Part]) -> frozenset[str]:
    """Which fields of the return plan somebody writes."""
    found = frozenset[str]()
    if parts & PLANS_RETURN:
        found |= OF_HOME
    if Part.SECONDEE in parts:
        found |= OF_SECONDEE
    if parts & AT_HOST:
        found |= OF_HOST
    return found


def may_see_return(parts: frozenset[Part]) -> bool:
    """The home side the plan; the host its handback."""
    return bool(parts & RETURN_READERS)


def may_end_access(secondment: Secondment, parts: frozenset[Part]) -> bool:
    """Who is at the host; HR too where both are the same employer."""
    return bool(parts & AT_HOST) or (Part.HR_SECONDER in parts and secondment.is_internal)


def may_answer_follow_up(parts: frozenset[Part]) -> bool:
    return bool(parts & PLANS_RETURN)


# --- Changes that are asked for, and an end before the notice

ASKS_CHANGE = {
    Part.SECONDEE: Party.SECONDEE,
    Part.LINE_MANAGER: Party.LINE_MANAGER,
    Part.HOST_CONTACT: Party.HOST,
    Part.HOST_SUPERVISOR: Party.HOST,
    Part.HR_HOST: Party.HOST,
    Part.HR_SECONDER: Party.SECONDER,
}
WISH_READERS = HOME_SIDE | AT_HOST
GIVES_NOTICE = {Part.SECONDEE: Party.SECONDEE, Part.HOST_CONTACT: Party.HOST, Part.HR_HOST: Party.HOST}


def may_ask_change(secondment: Secondment, person: Person) -> bool:
    """Every party, from the signed agreement until the last day."""
    return secondment.state in PLACED | {State.AGREED} and bool(parts_of(secondment, person) & ASKS_CHANGE.keys())


def may_read_wish(wish: Wish, parts: frozenset[Part]) -> bool:
    """All who would have to agree to it; one that was taken back, who asked and HR."""
    if wish.taken_back_at:
        asked = any(party == wish.party and part in parts for part, party in ASKS_CHANGE.items())
        return asked or Part.HR_SECONDER in parts
    return bool(parts & WISH_READERS)


ENDS_EARLY = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SIGNATORY_SECONDER})


def may_read_early_end(parts: frozenset[Part]) -> bool:
    """Until it is approved an end before the notice is between those at the seconder who decide on it."""
    return bool(parts & ENDS_EARLY)


def may_answer_early_end(found: EarlyEnd, parts: frozenset[Part], person: Person) -> bool:
    """Somebody else at the seconder than who proposed it."""
    return found.approved is None and bool(parts & ENDS_EARLY) and found.proposed_by_id != person.pk


# --- Abroad, and reorganisations

ABROAD_READERS = frozenset({Part.HR_SECONDER, Part.SECONDEE, Part.LINE_MANAGER})
CERTIFICATE_WRITERS = frozenset({Part.HR_SECONDER, Part.SECONDEE})


def may_see_abroad(parts: frozenset[Part]) -> bool:
    """Papers and days of presence: the home side; they are about the secondee's own standing in the country."""
    return bool(parts & ABROAD_READERS)


def may_write_abroad(secondment: Secondment, parts: frozenset[Part]) -> bool:
    return secondment.state not in CLOSED and secondment.submitted_at is not None and bool(parts & CERTIFICATE_WRITERS)


REORGANISATION_READERS = HOME_SIDE
TELLS_REORGANISATION = {Part.HR_SECONDER: Party.SECONDER, Part.HR_HOST: Party.HOST, Part.HOST_CONTACT: Party.HOST}


def may_read_reorganisation(party: str, parts: frozenset[Part]) -> bool:
    """The home side all of them, the host its own."""
    return bool(parts & HOME_SIDE) or (party == Party.HOST and bool(parts & AT_HOST))


# --- How somebody is received

INDUCTION_WRITERS = AT_HOST
INDUCTION_READERS = AT_HOST | {Part.HR_SECONDER, Part.SECONDEE}


def may_write_induction(secondment: Secondment, parts: frozenset[Part]) -> bool:
    """The host; HR too where both are the same employer. Until the last day."""
    own = bool(parts & INDUCTION_WRITERS) or (Part.HR_SECONDER in parts and secondment.is_internal)
    return own and secondment.state in PLACED | {State.AGREED}
