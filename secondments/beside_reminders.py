"""Reminders of what lies beside a placement: changes asked for, papers that end, day counts that come near."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from people import clock
from people.notify import Message, queue_quietly
from secondments import abroad_notices, early_end_notices, notices, sweeps, timetable
from secondments.actions import abroad
from secondments.choices import Kind
from secondments.models import Certificate, Secondment, Wish
from secondments.states import PLACED, SIGNED, State

log = logging.getLogger(__name__)

CERTIFICATE_RUNGS = (90, 60, 30, 7, 0, -1)  # days before the end; the last stands for all days after it
DAY_COUNT_AHEAD = 30  # days before a threshold is passed


def remind() -> int:
    return remind_of_wishes() + remind_of_certificates()


def remind_of_wishes() -> int:
    """HR, on the day by which somebody was to have an answer, and once after it."""
    pending = Wish.objects.filter(Wish.PENDING, due_on__lte=sweeps.latest_day(), secondment__state__in=SIGNED)
    return sweeps.tell_of_each(pending, _wish_messages, named=["asked_by", *sweeps.CASE])


def _wish_messages(wish: Wish) -> Iterator[Message]:
    case = wish.secondment
    for rung in timetable.rungs_reached(wish.due_on, clock.today(case.zone), case.rules):
        if rung.name in {timetable.ON_THE_DAY, timetable.AFTER}:
            yield from (early_end_notices.wish_reminder(wish, rung.name, who) for who in notices.hr(case))


def certificate_rung(left: int) -> int | None:
    """The rung that so many days before the end stand on; None further ahead."""
    reached = [rung for rung in CERTIFICATE_RUNGS if left <= rung]
    return reached[-1] if reached else None


def remind_of_certificates() -> int:
    """HR and the secondee as the end of a paper comes near; which rung was told stands on the row."""
    latest = sweeps.latest_day() + timedelta(days=CERTIFICATE_RUNGS[0])
    ending = Certificate.objects.current()
    ending = ending.filter(
        valid_until__lte=latest, secondment__state__in=[State.AGREEMENT, State.AGREED, *PLACED]
    ).exclude(reminded=CERTIFICATE_RUNGS[-1])
    # What lasts as long as the placement need not be renewed for it.
    ending = ending.exclude(valid_until__gte=F("secondment__end_on"))
    written = 0
    rows = ending.order_by("valid_until", "pk").values_list(
        "pk", "valid_until", "reminded", "secondment__seconder__time_zone"
    )
    for pk, ends, reminded, zone in rows.iterator(chunk_size=sweeps.BATCH):
        assert ends
        if certificate_rung((ends - clock.today(zone)).days) in {None, reminded}:
            continue  # nothing new to say: it costs a place in one question
        with transaction.atomic():
            held = ending.filter(pk=pk).select_for_update(of=("self",), no_key=True)
            for found in held.select_related(*sweeps.CASE):
                case = found.secondment
                assert found.valid_until
                left = (found.valid_until - clock.today(case.zone)).days
                rung = certificate_rung(left)
                if rung is None or rung == found.reminded:
                    continue
                found.reminded = rung
                found.save(update_fields=["reminded"])
                people = abroad_notices.who_minds(case, ended=left < 0)
                written += queue_quietly(
                    *(abroad_notices.certificate_reminder(found, rung, left, who) for who in people)
                )
    return written


def count_days() -> int:
    """Once a day: HR and the secondee hear ahead of the day on which a threshold of days abroad will be passed."""
    running = Secondment.objects.filter(state__in=[State.AGREED, *PLACED], kind=Kind.INTERNATIONAL)
    written = 0
    for case in running.with_case_data().order_by("pk").iterator(chunk_size=sweeps.BATCH):
        try:
            written += _tell_of_counts(case)
        except Exception:  # whatever it is, it stops no other case
            log.exception("days of %s could not be counted", case.reference)
    return written


def _tell_of_counts(case: Secondment) -> int:
    """One mail for all thresholds of as many days that are passed on the same day."""
    near = clock.today(case.zone) + timedelta(days=DAY_COUNT_AHEAD)
    passed: dict[tuple[date, int], list[str]] = defaultdict(list)
    for count in abroad.presence(case).counts:
        if count.passed_on and count.passed_on <= near:
            passed[count.passed_on, count.threshold.most].append(count.threshold.window)
    return queue_quietly(
        *(
            abroad_notices.day_count_reminder(case, most, windows, passed_on, who)
            for (passed_on, most), windows in passed.items()
            for who in abroad_notices.who_minds(case)
        )
    )
