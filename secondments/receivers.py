"""What this house does when somebody leaves an organisation, and when a mail about a case never arrives."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import Greatest

from people import clock, delivery, ledger
from people.models import Notice, Organisation, Person
from people.signals import left
from secondments import notices
from secondments.actions import case_parts
from secondments.choices import HOST_SIDE
from secondments.models import CasePart, Deputy, Secondment


def connect() -> None:
    left.connect(let_out, dispatch_uid="secondments.let_out")
    delivery.case_listeners.append(tell_of_lost_mail)


def tell_of_lost_mail(notice: Notice) -> None:
    """HR of the case hears of the first mail to an address that came back for good; of further ones it need not."""
    case = Secondment.objects.filter(pk=notice.case_id).with_organisations().first()
    if case is not None:
        notices.not_delivered(case, notice.recipient, notice.address or notice.recipient.email)


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
