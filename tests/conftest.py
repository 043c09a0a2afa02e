"""What every test gets: the cast, and a database whose append-only tables can be emptied between tests."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from people.models import Person
from tests import snapshots
from tests.cast import Cast

GUARDED = """SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND tgtype & 32 <> 0"""  # 32: before or after TRUNCATE
MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}  # no test writes there


@pytest.fixture(scope="session", autouse=True)
def _truncate_append_only_tables() -> Iterator[None]:
    """Tests with real transactions end with TRUNCATE, which append-only tables refuse: let the flush do it.

    What ``migrate`` fills is left alone, so that it need not be filled again.
    """
    ordinary, filling = DatabaseOperations.sql_flush, flush.emit_post_migrate_signal

    def sql_flush(self: DatabaseOperations, style: Any, tables: list[str], **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(GUARDED)
            guarded = [self.quote_name(name) for (name,) in sorted(cursor.fetchall())]
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
        emptied = sorted(set(tables) - MADE_BY_MIGRATE)
        return [*off, *ordinary(self, style, emptied, **options), *on] if emptied else []

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = lambda *args, **options: None
    yield
    DatabaseOperations.sql_flush = ordinary  # type: ignore[method-assign]
    flush.emit_post_migrate_signal = filling


# Begun first, lest one worker is still at one of them when there is nothing left for the other.
LONGEST = (
    "browser/test_accessibility.py", "house/test_markers.py", "house/test_addresses.py", "house/test_twins.py",
    "secondments/test_scopes.py", "house/test_headers.py", "people/test_support.py", "browser/test_visits.py",
    "journeys/test_spine.py", "people/test_worker_killed.py", "agreements/test_pdf.py", "people/test_copies.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts all tests with real transactions last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get("/".join(item.path.parts[-2:]), len(places)))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again costs a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with snapshots.followed():
        yield Cast.assemble()


@pytest.fixture
def real_cast(transactional_db: None) -> Iterator[Cast]:
    """The cast with real transactions, for tests with threads, commits or processes."""
    with snapshots.followed():
        yield Cast.assemble()


@pytest.fixture
def sign_in() -> Callable[[Person], Client]:
    """A browser of somebody who is signed in."""

    def client_of(person: Person) -> Client:
        client = Client()
        if Person.objects.filter(pk=person.pk, is_administrator=True).exists():  # who always needs a second factor
            Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {}})
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_of
