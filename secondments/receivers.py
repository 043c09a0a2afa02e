"""What this house does when somebody leaves an organisation; connected to the one signal of the house below."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import Greatest

from people import clock, ledger
from people.models import Organisation, Person
from people.signals import left
from secondments.actions import case_parts
from secondments.choices import HOST_SIDE
from secondments.models import CasePart, Deputy


def connect() -> None:
    left.connect(let_out, dispatch_uid="secondments.let_out")


def let_out(sender: type, organisation: Organisation, person: Person, day: date, **rest: Any) -> None:
    """Who leaves loses their parts on that organisation's side with their last day, and stands in for nobody then."""
    over = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(organisation.time_zone))
    until = max(over, clock.now())
    home = ~Q(part__in=HOST_SIDE) & Q(secondment__seconder=organisation)
    away = Q(part__in=HOST_SIDE) & Q(secondment__host=organisation)
    lasting = Q(until__isnull=True) | Q(until__gt=until)
    rows = list(CasePart.objects.filter(home | away, lasting, person=person).select_related("secondment"))
    CasePart.objects.filter(pk__in=[row.pk for row in rows]).update(until=Greatest(until, F("since")))
    for row in rows:
        ledger.record(
            "part.end",
            by=None,
            case_id=row.secondment_id,
            subject=person,
            part=row.part,
            person=person.full_name,
            until=until.isoformat(),
        )
        if until <= clock.now():
            case_parts.silence(row.secondment, person)
    standing_in = Deputy.objects.filter(deputy=person, ended_at__isnull=True, until__gt=day)
    standing_in.filter(since__lte=day).update(until=day)
    standing_in.filter(since__gt=day).update(ended_at=clock.now(), ended_by=person)
