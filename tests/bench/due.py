"""A million check-ins, most of them long done, and what is due today among them."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from django.db import connection

from people import clock
from secondments.models import CheckIn
from tests.bench import world

CHECKINS = 1_000_000
REPEATS = 9


def figures() -> dict[str, float]:
    """Median seconds of our own sweep's question, and of the bare one to the index."""
    world.fill(10_000)
    _fill()
    return {"ours": _timed(_ours), "bare": _timed(_bare)}


def _fill() -> None:
    """Copies of those that are there, done years ago, until there are a million; a hundredth waits in the future."""
    missing = CHECKINS - CheckIn.objects.count()
    bases = CheckIn.objects.values("secondment", "party").distinct().count()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO secondments_checkin (secondment_id, party, person_id, due_on, completed_at, going, progress,"
            " support, skills, wants_contact, note_to_hr, asked_because, reminders_done)"
            " SELECT c.secondment_id, c.party, c.person_id,"
            " CASE WHEN n %% 100 = 0 THEN current_date + 400 + n / %s ELSE current_date - 400 - n / %s END,"
            " CASE WHEN n %% 100 = 0 THEN NULL ELSE now() END, 4, '', '', '', false, '', '', false"
            " FROM (SELECT *, row_number() OVER () AS place FROM (SELECT DISTINCT ON (secondment_id, party) *"
            " FROM secondments_checkin) one) c JOIN generate_series(1, %s) n ON c.place = 1 + n %% %s",
            [bases, bases, missing, bases],
        )
        cursor.execute("ANALYZE secondments_checkin")


def _timed(act) -> float:
    act()
    found = []
    for _ in range(REPEATS):
        began = perf_counter()
        act()
        found.append(perf_counter() - began)
    return median(found)


def _ours() -> int:
    from secondments.reminders import pending_checkins

    return len(list(pending_checkins().values_list("pk", flat=True)))


def _bare() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM secondments_checkin c JOIN secondments_secondment s ON s.id = c.secondment_id"
            " WHERE c.completed_at IS NULL AND c.cancelled_at IS NULL AND NOT c.reminders_done AND c.due_on <= %s"
            " AND s.state IN ('active', 'review') ORDER BY c.due_on, c.id",
            [clock.today("UTC")],
        )
        return len(cursor.fetchall())
