"""What every test gets: the cast, and a database whose append-only tables can be emptied between tests."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from people.models import Person
from tests.cast import Cast


@pytest.fixture(scope="session", autouse=True)
def _truncate_append_only_tables() -> Iterator[None]:
    """Tests with real transactions end with TRUNCATE, which append-only tables refuse: let the flush do it."""
    ordinary = DatabaseOperations.sql_flush

    def flush(self: DatabaseOperations, style: Any, tables: list[str], **options: Any) -> list[str]:
        guarded = [self.quote_name(table) for table in sorted(tables)]
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
        return [*off, *ordinary(self, style, tables, **options), *on] if tables else []

    DatabaseOperations.sql_flush = flush  # type: ignore[method-assign]
    yield
    DatabaseOperations.sql_flush = ordinary  # type: ignore[method-assign]


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
def cast(db: None) -> Cast:
    return Cast.assemble()


@pytest.fixture
def real_cast(transactional_db: None) -> Cast:
    """The cast with real transactions, for tests with threads, commits or processes."""
    return Cast.assemble()


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
