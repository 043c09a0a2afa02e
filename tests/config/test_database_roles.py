"""The restricted role of the application, on real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from agreements.models import Version
from config.embedded import postgres
from config.management.commands import database_roles
from people import anchors, clock, ledger, proof
from people.actions import erasure
from people.models import LedgerEntry, LedgerWords
from tests.cast import Cast, member, person
from tests.config.test_production import APPEND_ONLY, ROOT
from tests.markers import whole_life


@pytest.fixture(scope="session")
def superuser() -> Iterator[psycopg2.extensions.cursor]:
    """The cluster's superuser, who comes in over the same socket; a given test server may not have one for us."""
    try:
        opened = psycopg2.connect(**address(), dbname="postgres", user=postgres.SUPERUSER)
    except psycopg2.OperationalError as error:
        pytest.skip(f"nobody may make roles on the server of TEST_DATABASE_URL: {error}")
    opened.autocommit = True
    with closing(opened), opened.cursor() as cursor:
        yield cursor


@pytest.fixture(scope="session")
def application_role(superuser: psycopg2.extensions.cursor) -> Iterator[str]:
    """A role as the application has it; ours may become it, so that all is undone with a test's transaction."""
    role = f"application_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    superuser.execute(f"DROP ROLE IF EXISTS {role}")
    superuser.execute(f"CREATE ROLE {role} LOGIN")
    superuser.execute(f"GRANT {role} TO {connection.settings_dict['USER']}")
    yield role
    superuser.execute(f"DROP ROLE {role}")


@pytest.fixture
def application(application_role: str, db: None) -> str:
    return application_role


def address() -> dict[str, Any]:
    """Where the test server is."""
    given = connection.settings_dict
    return {"host": given["HOST"] or None, "port": given["PORT"] or None}


def restrict(role: str) -> str:
    said = StringIO()
    call_command("database_roles", application_role=role, stdout=said)
    return said.getvalue()


def become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


def refused(sql: str) -> bool:
    """True when the rights forbid it, False when it is done; any other fault is the test's."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except ProgrammingError as error:
        assert isinstance(error.__cause__, psycopg2.errors.InsufficientPrivilege), error
        return True
    return False


def rights(role: str) -> dict[str, str]:
    """The initials of what the role may do with each table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, string_agg(initial, '' ORDER BY place) FROM pg_tables, "
            "(VALUES (1, 'S', 'SELECT'), (2, 'I', 'INSERT'), (3, 'U', 'UPDATE'), (4, 'D', 'DELETE'), "
            "(5, 'T', 'TRUNCATE'), (6, 'R', 'REFERENCES'), (7, 'G', 'TRIGGER')) AS r (place, initial, word) "
            "WHERE schemaname = current_schema() AND has_table_privilege(%s, tablename::regclass, word) "
            "GROUP BY tablename",
            [role],
        )
        return dict(cursor.fetchall())


def test_the_application_may_add_to_append_only_tables_and_change_the_others(application: str) -> None:
    assert restrict(application).endswith(f"tables and only add to {', '.join(APPEND_ONLY)}.\n")
    found = rights(application)
    assert sorted(table for table, may in found.items() if may == "SI") == APPEND_ONLY
    assert {may for table, may in found.items() if table not in APPEND_ONLY} == {"SIUD"}
    assert sorted(found) == sorted(connection.introspection.table_names())


def test_words_beside_the_ledger_can_be_erased_column_by_column(application: str) -> None:
    restrict(application)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'people_ledgerwords'::regclass AND attnum > 0 "
            "AND has_column_privilege(%s, attrelid, attnum, 'UPDATE') ORDER BY attname",
            [application],
        )
        assert [name for (name,) in cursor.fetchall()] == ["actor_name", "erased_at", "facts", "reason", "salt"]
        cursor.execute("SELECT has_any_column_privilege(%s, 'people_ledgerentry', 'UPDATE')", [application])
        assert cursor.fetchone() == (False,)


def test_the_application_erases_words_and_rewrites_none(application: str) -> None:
    restrict(application)
    become(application)
    who = person("Hanna Reed")
    entry = ledger.record("people.import", by=who, reason="because")
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        LedgerWords.objects.filter(pk=entry.words_id).update(reason="rewritten")
    assert ledger.forget(who, by=None) == 1
    assert (anchors.anchor() is not None, proof.faults()) == (True, [])


def test_restricting_twice_changes_nothing(application: str) -> None:
    first, once = restrict(application), rights(application)
    assert (restrict(application), rights(application)) == (first, once)


def test_a_new_append_only_table_is_restricted_without_a_list(application: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE newcomer (id int); CREATE TRIGGER newcomer_append_only BEFORE UPDATE OR DELETE ON newcomer "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change(); CREATE TABLE ordinary (id int)"
        )
    restrict(application)
    assert (rights(application)["newcomer"], rights(application)["ordinary"]) == ("SI", "SIUD")


def test_what_the_application_may_not_do_the_database_refuses(application: str) -> None:
    restrict(application)
    become(application)
    for table in APPEND_ONLY:
        assert not refused(f"SELECT FROM {table}")
        assert refused(f"UPDATE {table} SET id = id")
        assert refused(f"SELECT FROM {table} FOR UPDATE") or table == "people_ledgerwords"
        assert refused(f"DELETE FROM {table}")
        assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    for table in connection.introspection.table_names():
        assert refused(f"TRUNCATE {table} CASCADE")
        assert refused(f"DROP TABLE {table} CASCADE")
    for sql in (
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE OR REPLACE FUNCTION ledger_link() RETURNS trigger LANGUAGE sql AS ''",
        "CREATE OR REPLACE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE sql AS ''",
        "ALTER TABLE people_ledgerentry DISABLE TRIGGER ledger_link",
        "ALTER TABLE people_ledgerwords DISABLE TRIGGER ledger_words_only_erased",
        "DROP TRIGGER ledger_link ON people_ledgerentry",
        "ALTER SEQUENCE people_ledgerentry_id_seq RESTART",
        "SET session_replication_role = replica",
        "ALTER SEQUENCE secondment_reference RESTART",
    ):
        assert refused(sql)


def test_the_application_lives_through_a_whole_case_with_its_rights(application: str) -> None:
    restrict(application)
    become(application)
    case = Cast.assemble().evaluated()
    assert case.reference
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the database checks at the commit
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (application,)


def test_a_role_that_cannot_be_held_to_its_rights_is_refused(application: str) -> None:
    with pytest.raises(CommandError, match="There is no role nobody_at_all"):
        restrict("nobody_at_all")
    for unrestricted in (postgres.SUPERUSER, connection.settings_dict["USER"]):
        with pytest.raises(CommandError, match="is, or can become, a superuser or the owner"):
            restrict(unrestricted)


def test_restricting_before_migrating_is_refused(application: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_roles, "APPEND_ONLY", "SELECT 'x' WHERE false")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        restrict(application)


def test_the_first_roles_are_made_by_psql_from_the_environment(superuser: psycopg2.extensions.cursor) -> None:
    """``roles.sql`` under other names, as ours exist on the test server."""
    name = f"roles_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    program = (ROOT / "config/deploy/roles.sql").read_text().replace("tripartite", name)
    at = {key: str(value) for key, value in address().items() if value}
    psql = [postgres._reachable_binaries() / "psql", "-v", "ON_ERROR_STOP=1", "--no-psqlrc"]
    target = [f"--{key}={value}" for key, value in at.items()] + [f"--username={postgres.SUPERUSER}", "postgres"]
    env = {"PATH": os.defpath, "OWNER_PASSWORD": "o'wner", "APPLICATION_PASSWORD": "app"}
    try:
        done = subprocess.run([*psql, *target], input=program, env=env, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        with (
            closing(psycopg2.connect(**at, user=name, dbname=name)) as plain,
            plain.cursor() as cursor,
            pytest.raises(psycopg2.errors.InsufficientPrivilege),
        ):
            cursor.execute("CREATE TABLE mine (id int)")
        with closing(psycopg2.connect(**at, user=f"{name}_owner", dbname=name)) as owner, owner.cursor() as cursor:
            cursor.execute("CREATE TABLE ours (id int)")
        asked = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE %s"
        superuser.execute(asked, [f"{name}%"])
        assert superuser.fetchall() == [(False, False, False)] * 2
    finally:
        superuser.execute(f"DROP DATABASE IF EXISTS {name}")
        superuser.execute(f"DROP ROLE IF EXISTS {name}, {name}_owner")


def test_the_application_erases_a_person_with_its_rights(application: str) -> None:
    """The words of the ledger and of unsigned papers go through functions of the owner, not through rights."""
    restrict(application)
    become(application)
    cast = Cast.assemble()
    second = member(person("Helen Two"), cast.northwind, "hr")
    case = whole_life(cast)
    cast.secondee.employments.update(until=clock.today("UTC") - timedelta(days=1))
    with clock.at(clock.now() + timedelta(days=3000)):
        erasure.ask(cast.secondee, by=cast.hr)
        erasure.anonymise(cast.secondee, by=second)
    assert {entry.reason for entry in LedgerEntry.objects.filter(case_id=case.pk)} == {""}
    assert {version.terms for version in Version.objects.filter(agreement__state="declined")} == {""}
    assert refused("UPDATE people_ledgerentry SET verb = ''")
