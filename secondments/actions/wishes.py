"""Changes of the agreement that a party asks for: held against the policy, answered by HR, drafted as a variation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import clock, ledger
from people.models import LedgerEntry, Person
from people.notify import call_off
from secondments import early_end_notices, eligibility, facts, placement_policies, policies, transitions
from secondments.actions import early_end, variations
from secondments.guards import Refusal
from secondments.models import Secondment, Wish
from secondments.states import PLACED
from secondments.timetable import length
from secondments.transitions import NotAllowed, Refused

ANSWER_WITHIN = 7  # days
LASTING = frozenset({"cumulative_maximum_days", "contract_must_outlast"})
OPEN_AT_ONCE = 5  # of one case


@dataclass(frozen=True)
class Check:
    """One rule of the policy held against a later last day: whether it is met, and how it counts."""

    is_met: bool
    sentence: str


def findings(case: Secondment, end_on: date | None) -> list[str]:
    """What the policy says against a later last day, in sentences with the days; none where it allows it."""
    return [check.sentence for check in checks(case, end_on) if not check.is_met]


def checks(case: Secondment, end_on: date | None) -> list[Check]:
    """Every rule that a later last day is held against; nothing where it does not become later.

    The deadline, the number of extensions, the longest single one, the longest placement, and all days with this host
    together. HR may decide against each, with a reason.
    """
    assert case.start_on and case.end_on
    if end_on is None or end_on <= case.end_on:
        return []
    return [*_of_one_extension(case, end_on), *_by_eligibility(case, end_on)]


def _of_one_extension(case: Secondment, end_on: date) -> Iterator[Check]:
    assert case.start_on and case.end_on
    rules = case.rules
    deadline = case.end_on - timedelta(days=rules.extension_days_before)
    words = {"n": rules.extension_days_before, "day": date_format(deadline, "j F Y")}
    if clock.today(case.zone) > deadline:
        text = _("An extension has to be asked for %(n)d days before the last day, which was %(day)s.")
        yield Check(False, text % words)
    else:
        yield Check(True, _("Asked for in time: %(n)d days before the last day is %(day)s.") % words)
    before = extensions_before(case)
    text = ngettext(
        "It has been extended %(n)d time; the policy allows %(most)d.",
        "It has been extended %(n)d times; the policy allows %(most)d.",
        before,
    )
    yield Check(before < rules.extensions_maximum, text % {"n": before, "most": rules.extensions_maximum})
    days = (end_on - case.end_on).days
    text = _("One extension is at most %(most)d days; this is %(n)d.")
    most = rules.extension_maximum_days
    yield Check(days <= most, text % {"most": most, "n": days})
    whole = length(case.start_on, end_on)
    text = _("A placement is at most %(most)d days; it would be %(n)d.")
    yield Check(whole <= rules.maximum_days, text % {"most": rules.maximum_days, "n": whole})


def extensions_before(case: Secondment) -> int:
    """How often a signed variation has moved the last day away."""
    entries = LedgerEntry.objects.filter(case_id=case.pk, verb="secondment.vary").values_list("words__facts", flat=True)
    return sum(row.get("after", {}).get("end_on", "") > row.get("before", {}).get("end_on", "9") for row in entries)


def _by_eligibility(case: Secondment, end_on: date) -> list[Check]:
    """All days with this host, and the end of the contract, as the rules of eligibility count them."""
    now = case.end_on
    try:
        case.end_on = end_on
        verdicts = facts.eligibility_of(case)
    finally:
        case.end_on = now
    against, known = eligibility.Answer.NOT_MET, {eligibility.Answer.MET, eligibility.Answer.NOT_MET}
    return [
        Check(row.answer != against, row.sentence) for row in verdicts if row.rule in LASTING and row.answer in known
    ]


def changes_of(wish: Wish) -> dict[str, Any]:
    """What the wish would change, under the names of the case."""
    values = {
        "end_on": wish.end_on,
        "weekly_hours": wish.weekly_hours,
        "working_days": wish.working_days,
        "role_title": wish.role_title,
        "location": wish.location,
    }
    return {name: value for name, value in values.items() if value}


@transaction.atomic
def ask(
    case: Secondment,
    *,
    by: Person,
    reason: str,
    end_on: date | None = None,
    weekly_hours: Decimal | None = None,
    working_days: Sequence[int] = (),
    role_title: str = "",
    location: str = "",
    other: str = "",
    is_notice: bool = False,
) -> Wish:
    """Any party asks for a change, with a reason; HR answers within a week. Nothing changes by asking.

    With ``is_notice`` secondee or host say that the placement ends early: HR then sets the new last day
    (``early_end``), which is no variation and needs nobody's consent.
    """
    case = transitions.lock(case.pk)
    if not placement_policies.may_ask_change(case, by):
        raise NotAllowed(_("A change is asked for by one of the parties, from the signed agreement to the last day."))
    assert case.end_on
    today = clock.today(case.zone)
    end_on = None if end_on == case.end_on else end_on
    weekly_hours = None if weekly_hours == case.weekly_hours else weekly_hours
    working_days = [] if sorted(working_days) == case.working_days else sorted(working_days)
    role_title = "" if role_title.strip() == case.role_title else role_title.strip()
    location = "" if location.strip() == case.location else location.strip()
    parts = policies.parts_of(case, by)
    party = next(party for part, party in placement_policies.ASKS_CHANGE.items() if part in parts)
    refusals = []
    if is_notice:
        until = notice_until(case, by)
        if until is None:
            raise NotAllowed(_("Notice is given by the secondee or the host, while the placement runs."))
        end_on = end_on or until
        weekly_hours, working_days, role_title, location = None, [], "", ""
        if end_on < until:
            words = {"day": date_format(until, "j F Y")}
            refusals.append(Refusal(_("Notice that is given today runs until %(day)s.") % words, "end_on"))
    if not (end_on or weekly_hours or working_days or role_title or location or other.strip()):
        refusals.append(Refusal(_("Say what is to change."), ""))
    if end_on and end_on < today:
        refusals.append(Refusal(_("This day has passed."), "end_on"))
    if not reason.strip():
        refusals.append(Refusal(_("Give a reason."), "reason"))
    if case.wishes.filter(Wish.PENDING).count() >= OPEN_AT_ONCE:
        refusals.append(Refusal(_("Several changes wait for an answer already; wait for it, or take one back."), ""))
    if refusals:
        raise Refused(*refusals)
    found = Wish.objects.create(
        secondment=case,
        party=party,
        is_notice=is_notice,
        end_on=end_on,
        weekly_hours=weekly_hours,
        working_days=working_days,
        role_title=role_title,
        location=location,
        other=other.strip(),
        reason=reason.strip(),
        findings=findings(case, end_on),
        asked_at=clock.now(),
        asked_by=by,
        due_on=today + timedelta(days=ANSWER_WITHIN),
    )
    if is_notice:
        ledger.record("wish.notice", by=by, case_id=case.pk, day=str(end_on))
        early_end_notices.notice_given(found)
    else:
        ledger.record("wish.ask", by=by, case_id=case.pk, party=party)
        early_end_notices.wish_asked(found)
    return found


def notice_until(case: Secondment, by: Person) -> date | None:
    """Until when notice of somebody's party runs if they give it today; None for who cannot, and where none would."""
    if case.state not in PLACED:
        return None
    parts = policies.parts_of(case, by)
    party = next(
        (placement_policies.GIVES_NOTICE[part] for part in parts & placement_policies.GIVES_NOTICE.keys()), None
    )
    if party is None or not case.end_on:
        return None
    until = early_end.proposed_last_day(case, party)
    return until if until < case.end_on else None


def _held(wish: Wish) -> Wish:
    case = transitions.lock(wish.secondment_id)
    wish = case.wishes.select_for_update().get(pk=wish.pk)
    wish.secondment = case
    if wish.taken_back_at:
        raise Refused(_("It has been taken back meanwhile."))
    if wish.granted is not None:
        raise Refused(_("This has been answered meanwhile."))
    return wish


@transaction.atomic
def answer(wish: Wish, *, by: Person, granted: bool, why: str = "") -> Wish:
    """HR agrees to prepare a variation, or refuses. Where the policy speaks against it, agreeing needs a reason."""
    wish = _held(wish)
    case = wish.secondment
    if not policies.may_run(case, by):
        raise NotAllowed(_("HR of the seconder answers what the parties ask for."))
    if wish.is_notice:
        raise Refused(_("Notice is not answered: end the placement early by it."))
    if not granted and not why.strip():
        raise Refused(Refusal(_("Say why it is refused."), "why"))
    if granted:
        if case.state not in variations.OPEN_TO_VARIATION:
            raise Refused(_("Only an agreement that is signed and not over can be varied."))
        against = findings(case, wish.end_on)
        if against and not why.strip():
            raise Refused(
                *(Refusal(sentence, "why") for sentence in against),
                Refusal(_("Say why it is done although the policy speaks against it."), "why"),
            )
        wish.findings = against
    wish.granted, wish.answer = granted, why.strip()
    wish.answered_at, wish.answered_by = clock.now(), by
    wish.save()
    call_off(f"wish:{wish.pk}")
    ledger.record("wish.grant" if granted else "wish.refuse", by=by, case_id=case.pk)
    early_end_notices.wish_answered(wish)
    return wish


@transaction.atomic
def take_back(wish: Wish, *, by: Person) -> Wish:
    """Whoever asked no longer wants it."""
    wish = _held(wish)
    if wish.asked_by_id != by.pk or not placement_policies.WISH_READERS & policies.parts_of(wish.secondment, by):
        raise NotAllowed(_("Whoever asked for it takes it back."))
    wish.taken_back_at = clock.now()
    wish.save()
    call_off(f"wish:{wish.pk}")
    ledger.record("wish.take_back", by=by, case_id=wish.secondment_id)
    early_end_notices.wish_taken_back(wish)
    return wish
