"""What a walk of the cast leaves in the database, laid down again instead of walked again.

The rows are those that the real actions wrote, the first time that a worker walked the same way from the same
beginning on the same day. As soon as a test writes anything itself, or moves the clock, its walks are real ones.
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import get_language

from people import clock
from people.models import Person

Rows = dict[str, dict[str, None]]  # of each table, its rows as COPY writes them
Way = tuple[Any, ...]

READS = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|SET CONSTRAINTS)\b(?!.*\berase_)", re.IGNORECASE | re.DOTALL)
KEPT: dict[Way, Snapshot] = {}


@dataclass
class Snapshot:
    """What differs from the way's beginning, and what the walk answered."""

    gone: dict[str, list[str]]  # of each table, the keys of rows that changed or went
    rows: dict[str, str]
    answer: Any


class Path:
    """How the database of the running test came to be: the walks since it was empty; None once a test wrote itself."""

    def __init__(self) -> None:
        self.way: Way | None = None
        self.columns: dict[str, str] = {}

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.way is not None and not READS.match(sql):
            self.way = None
        return execute(sql, params, many, context)


PATH = Path()


@contextmanager
def followed() -> Iterator[None]:
    """For the time of a test that begins with an empty database."""
    begins = _may_lay_down() and not Person.objects.exists()
    PATH.way = (clock.today("Europe/London"), get_language()) if begins else None
    with connection.execute_wrapper(PATH.note):
        yield
    PATH.way = None


def walk(act: Callable[..., Any]) -> Callable[..., Any]:
    """A step of the cast: walked the first time, laid down again after."""

    @functools.wraps(act)
    def step(self: Any, *arguments: Any, **named: Any) -> Any:
        with _ahead_of(named.get("start_on")):
            return walked(self, *arguments, **named)

    def walked(self: Any, *arguments: Any, **named: Any) -> Any:
        begun = PATH.way
        said = tuple(_key(value) for value in (*arguments, *sorted(named.items())))
        if begun is None or None in said or clock._fixed.get() is not None:
            return act(self, *arguments, **named)
        way = (*begun, (act.__name__, said))
        if way not in KEPT:
            before = _dump()
            answer = act(self, *arguments, **named)
            KEPT[way] = _difference(before, _dump(), copy.deepcopy(answer))
        else:
            _lay_down(KEPT[way])
            answer = copy.deepcopy(KEPT[way].answer)
        PATH.way = way
        return answer

    return step


AHEAD = timedelta(days=14)


def _ahead_of(start: date | None) -> AbstractContextManager[None]:
    """Where a test names a first day that has come meanwhile: what lies before it is walked as it was early enough."""
    if start is None or clock._fixed.get() is not None or start > clock.today("UTC"):
        return nullcontext()
    return clock.at(datetime.combine(start - AHEAD, time(12), UTC))


def _key(value: Any) -> Any:
    """What stands for an argument; None for what has no lasting name."""
    match value:
        case Model():
            return (value._meta.label, value.pk)
        case None:
            return "None"
        case str() | int() | float() | bool() | Decimal() | date():
            return repr(value)
        case dict():
            rows = tuple((name, _key(item)) for name, item in sorted(value.items()))
            return None if any(item is None for _name, item in rows) else rows
        case tuple() | list():
            items = tuple(_key(item) for item in value)
            return None if None in items else items
    return None


@functools.cache
def _may_lay_down() -> bool:
    """Whether the role may write rows without judging them again; on a server of somebody else's, all is walked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        return bool(cursor.fetchone()[0])


def _columns() -> dict[str, str]:
    """The tables of the application with the columns that are written, not computed; the key comes first."""
    if not PATH.columns:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum <> i.indkey[0], a.attnum) "
                "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
                "AND a.attgenerated = '' JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
                "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1"
            )
            PATH.columns = dict(cursor.fetchall())
    return PATH.columns


def _dump() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table, columns in _columns().items():
            out = StringIO()
            cursor.cursor.copy_expert(f'COPY "{table}" ({columns}) TO STDOUT', out)
            found[table] = dict.fromkeys(out.getvalue().splitlines(keepends=True))
    return found


def _difference(before: Rows, after: Rows, answer: Any) -> Snapshot:
    gone = {
        table: [row.partition("\t")[0] for row in rows if row not in after[table]] for table, rows in before.items()
    }
    rows = {table: "".join(row for row in rows if row not in before[table]) for table, rows in after.items()}
    return Snapshot(
        {table: keys for table, keys in gone.items() if keys},
        {table: text for table, text in rows.items() if text},
        answer,
    )


def _lay_down(snapshot: Snapshot) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows were judged when they were walked.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, keys in snapshot.gone.items():
            key = _columns()[table].partition(",")[0]
            cursor.execute(f'DELETE FROM "{table}" WHERE {key}::text = ANY(%s)', [keys])
        for table, rows in snapshot.rows.items():
            cursor.cursor.copy_expert(f'COPY "{table}" ({_columns()[table]}) FROM STDIN', StringIO(rows))
        cursor.execute("SET LOCAL session_replication_role = origin")
