"""What waits for one person while placements run and end, as rows of one query.

Each row has its kind, the case, what tells it from others of its kind, since when it waits, and its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, DateField, DateTimeField, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from people import clock
from people.models import Membership, Person
from people.roles import Role
from secondments.choices import COLUMN_OF, ChargeState, Part, Party
from secondments.models import (
    Absence,
    Certificate,
    Charge,
    CheckIn,
    ChecklistItem,
    Concern,
    ConcernAction,
    EarlyEnd,
    Expense,
    FollowUp,
    Leave,
    Reorganisation,
    Secondment,
    Wish,
)
from secondments.models.deputy import deputising
from secondments.ownership import owned_by
from secondments.states import PLACED, WITH_PLACEMENT, State
from secondments.turns import near

MOST = 40  # of one kind; who has more to do begins with the oldest

Row = tuple[str, int, str, datetime | None, date | None]
NO_TIME, NO_DAY = Value(None, output_field=DateTimeField()), Value(None, output_field=DateField())


def rows(person: Person) -> list[Row]:
    """In one query, what is due first coming first."""
    first, *others = _sources(person)
    found = first.union(*others, all=True)
    return sorted(found, key=lambda row: row[4] or date.max)


def _sources(person: Person) -> Iterator[QuerySet[Any, Any]]:
    today = clock.today(person.time_zone)
    runs, money = owned_by(person, "secondment__"), _charges(person)
    manages = _in_the_part_of(person, Part.LINE_MANAGER, "secondment__")
    pending = Leave.objects.filter(Leave.PENDING, manages, secondment__state__in=WITH_PLACEMENT)
    yield _part(person, "leave", pending, "key", "asked_at", "due_on")
    concerns = Concern.objects.filter(owner=person, ended_at__isnull=True)
    yield _part(person, "concern", concerns, "key", "raised_at", NO_DAY)
    planned = ConcernAction.objects.filter(doer=person, done_at__isnull=True, concern__ended_at__isnull=True)
    yield _part(person, "action", planned, "concern__key", "concern__raised_at", "due_on", case="concern__secondment")
    asked = Wish.objects.filter(Wish.PENDING, runs)
    yield _part(person, "wish", asked.filter(is_notice=False), "key", "asked_at", "due_on")
    yield _part(person, "notice", asked.filter(is_notice=True), "key", "asked_at", "due_on")
    yield _part(person, "end", _ends(person), "key", "proposed_at", NO_DAY)
    later = FollowUp.objects.filter(
        Q(secondment__line_manager=person) | runs, answered_at__isnull=True, due_on__lte=today
    )
    yield _part(person, "later", later, Cast("months", CharField()), "secondment__completed_at", "due_on")
    yield _lists(person, manages, runs, near(today))
    hosts = _in_the_part_of(person, Part.HOST_CONTACT, "")
    ending = Secondment.objects.filter(hosts, state__in=[*PLACED, State.RETURN], end_on__lte=today)
    ending = ending.exclude(return_plan__access_ended_on__isnull=False)
    yield _part(person, "access", ending, "key", NO_TIME, "end_on", case="pk")
    over = Charge.objects.filter(money, state=ChargeState.EXPECTED, last_day__lt=today).exclude(amount=0)
    yield _part(person, "charge", over, Cast("number", CharField()), NO_TIME, NO_DAY)
    unpaid = Charge.objects.filter(money, state=ChargeState.INVOICED, due_on__lt=today)
    yield _part(person, "unpaid", unpaid, Cast("number", CharField()), NO_TIME, "due_on")
    open_talks = Reorganisation.objects.filter(consulted_until__isnull=False, ended_at__isnull=True)
    asked_of = open_talks.filter(secondment__secondee=person, viewed_at__isnull=True, consulted_until__gte=today)
    yield _part(person, "view", asked_of, "key", "told_at", "consulted_until")
    talked = open_talks.filter(Q(viewed_at__isnull=False) | Q(consulted_until__lt=today), told_by=person)
    yield _part(person, "talked", talked, "key", "told_at", "consulted_until")
    overdue = Absence.objects.filter(runs | manages, last_day__isnull=True, cancelled_at__isnull=True)
    overdue = overdue.filter(expected_until__lt=today, secondment__state__in=PLACED)
    yield _part(person, "back", overdue, "key", NO_TIME, "expected_until")
    ended = Certificate.objects.current().filter(Q(runs) | Q(secondment__secondee=person), valid_until__lt=today)
    ended = ended.filter(secondment__state__in=[State.AGREED, *PLACED])
    yield _part(person, "paper", ended, "key", NO_TIME, "valid_until")
    asking = CheckIn.objects.filter(CheckIn.UNATTENDED, runs)
    yield _part(person, "attend", asking, Cast("pk", CharField()), "completed_at", NO_DAY)
    claimed = Expense.objects.filter(money, approved__isnull=True)
    yield _part(person, "expense", claimed, "key", "claimed_at", NO_DAY)


def _part(
    person: Person, kind: str, found: QuerySet[Any], key: Any, since: Any, day: Any, *, case: str = "secondment"
) -> QuerySet[Any, Any]:
    """The oldest of one kind, in cases that the person may see."""
    mine = found.filter(**{f"{case}__in": Secondment.objects.visible_to(person)})
    in_order = mine.order_by(*[day for day in (day,) if isinstance(day, str)], "pk")
    return in_order.values_list(Value(kind), case, key, since, day)[:MOST]


def _lists(person: Person, manages: Q, runs: Q, until: date) -> QuerySet[Any, Any]:
    """How many items of a case's checklists are to be done soon by whom they were given to, else by the party's own."""
    hosts = _in_the_part_of(person, Part.HOST_CONTACT, "secondment__")
    own = Q(party=Party.SECONDEE, secondment__secondee=person) | Q(runs, party=Party.SECONDER)
    own |= Q(manages, party=Party.LINE_MANAGER) | Q(hosts, party=Party.HOST)
    items = ChecklistItem.objects.filter(
        Q(owner=person) | Q(own, owner=None),
        done_at__isnull=True,
        due_on__lte=until,
        secondment__state__in=WITH_PLACEMENT,
        secondment__in=Secondment.objects.visible_to(person),
    )
    counted = items.order_by().values("secondment").annotate(n=Cast(Count("pk"), CharField()), first=Min("due_on"))
    return counted.order_by("first").values_list(Value("list"), "secondment", "n", NO_TIME, "first")[:MOST]


def _ends(person: Person) -> QuerySet[EarlyEnd]:
    """Ends before the notice that wait for a second person."""
    seconds = Q(secondment__seconder__in=person.organisations_as(Role.HR)) | Q(secondment__line_manager=person)
    ends = EarlyEnd.objects.filter(seconds | Q(secondment__seconder_signatory=person), approved__isnull=True)
    return ends.exclude(Q(proposed_by=person) | Q(secondment__secondee=person))


def _charges(person: Person) -> Q:
    """Cases whose statements and expenses the person sees to: finance of the seconder; where there is none, HR."""
    finance = (
        Membership.objects.current()
        .filter(organisation=OuterRef("secondment__seconder"), role=Role.FINANCE, person__is_active=True)
        .exclude(person=OuterRef("secondment__secondee"))
    )
    theirs = Q(secondment__seconder__in=person.organisations_as(Role.FINANCE)) & ~Q(secondment__secondee=person)
    return theirs | Q(owned_by(person, "secondment__"), ~Exists(finance))


def _in_the_part_of(person: Person, part: Part, path: str) -> Q:
    """Cases in which the person has a part, or stands in for who has it."""
    column = f"{path}{COLUMN_OF[part].removesuffix('_id')}"
    found = Q(**{column: person})
    for principal, deputised, case, _name in deputising(person):
        if deputised == part:
            found |= Q(**{column: principal, **({f"{path}pk": case} if case else {})})
    return found
