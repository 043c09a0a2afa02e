"""Production as far as it can be tried without its machines: settings, start checks, roles, deployment files."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from agreements import sealing
from config import logs, seal
from config.cache import ForgivingClient
from config.embedded import postgres
from config.management.commands import database_roles
from tests.agreements.test_sealing import PASSPHRASE, make_key
from tests.cast import Cast, code_for

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "only-for-the-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "SITE_URL": "https://tripartite.example",
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "REDIS_URL": "redis://localhost:1/0",
    "EMAIL_URL": "smtp://localhost:1",
    "SEALING_CERTIFICATE_FILE": "/nonexistent",
}
APPEND_ONLY = [
    "agreements_approval",
    "agreements_document",
    "agreements_evidenceevent",
    "agreements_signature",
    "agreements_version",
    "people_ledgerentry",
]


def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A process in production settings that sees no other variable of ours."""
    env = {"PATH": os.environ["PATH"], **GIVEN, **changes}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=env, text=True, capture_output=True, timeout=60)


def loaded(*names: str, **changes: str) -> list[Any]:
    """The values of settings as production loads them."""
    program = (
        "import json, sys; from django.conf import settings; "
        "print(json.dumps([getattr(settings, n) for n in sys.argv[1:]]))"
    )
    done = run("-c", program, *names, **changes)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


# --- Settings


def test_deployment_checks_are_clean() -> None:
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", sorted(set(GIVEN) - {"DJANGO_SETTINGS_MODULE"}))
def test_a_missing_variable_stops_the_start_with_one_sentence(name: str) -> None:
    assert last_line(run("manage.py", "check", **{name: ""})) == (
        f"django.core.exceptions.ImproperlyConfigured: Set the environment variable {name}."
    )


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"SITE_URL": "http://tripartite.example"}, "SITE_URL must begin with https://"),
        ({"SEALING_KEY_FILE": "/k.p12"}, "Set the environment variable SEALING_KEY_PASSPHRASE."),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must be a PostgreSQL address"),
        ({"REDIS_URL": "amqp://x"}, "REDIS_URL must begin with redis://"),
        ({"TRUSTED_PROXY_COUNT": "one"}, "TRUSTED_PROXY_COUNT is 'one'; write a whole number."),
        ({"SSL_REDIRECT": "perhaps"}, "SSL_REDIRECT is 'perhaps'; write 1 or 0."),
    ],
)
def test_an_impossible_variable_stops_the_start_with_one_sentence(changes: dict[str, str], sentence: str) -> None:
    assert sentence in last_line(run("manage.py", "check", **changes))


def test_production_is_strict_by_itself() -> None:
    names = ["DEBUG", "DEMO", "SEALING_DEVELOPMENT_KEY", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    assert loaded(*names, "DEBUG", DEBUG="1", DEMO="1") == [False, False, False, True, True, False]
    names = ["SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"]
    assert loaded(*names) == [True, 63_072_000, True, True]
    assert loaded("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME") == ["__Host-session", "__Host-csrf"]
    assert loaded("ALLAUTH_TRUSTED_PROXY_COUNT") == [1]


def test_the_host_follows_from_the_address_unless_others_are_named() -> None:
    assert loaded("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS") == [["tripartite.example"], ["https://tripartite.example"]]
    assert loaded("ALLOWED_HOSTS", ALLOWED_HOSTS="a.example, b.example") == [["a.example", "b.example"]]


def test_only_a_process_with_a_key_has_a_passphrase() -> None:
    names = ("SEALING_KEY_FILE", "SEALING_KEY_PASSPHRASE", "SEALING_CERTIFICATE_FILE")
    assert loaded(*names, SEALING_KEY_PASSPHRASE="secret") == ["", "", "/nonexistent"]
    given = {"SEALING_KEY_FILE": "/k.p12", "SEALING_KEY_PASSPHRASE": "secret", "SEALING_CERTIFICATE_FILE": ""}
    assert loaded(*names, **given) == ["/k.p12", "secret", ""]


def test_a_log_line_is_one_json_object_with_its_exception() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_lines())
    log = logging.Logger("a.test")
    log.addHandler(handler)
    log.warning("two\nlines of %s", "żółć")
    try:
        raise RuntimeError("a fault")
    except RuntimeError:
        log.exception("caught")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["logger"]) == ("two\nlines of żółć", "warning", "a.test")
    assert first["timestamp"].endswith("Z")
    assert second["event"] == "caught"
    assert second["exception"].endswith("RuntimeError: a fault")


# --- Without Redis


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    away = {"BACKEND": "config.cache.ForgivingRedis", "LOCATION": "unix:///nonexistent/redis.sock"}
    settings.CACHES = {"default": away}
    ForgivingClient.away_until = 0.0
    yield
    ForgivingClient.away_until = 0.0


def test_a_cache_that_is_away_is_an_empty_one(no_redis: None) -> None:
    cache.set("a", 1)
    assert (cache.get("a"), cache.get("a", "default"), cache.get_many(["a"]), "a" in cache) == (
        None,
        "default",
        {},
        False,
    )
    assert (cache.add("a", 1), cache.incr("a"), cache.touch("a"), cache.delete("a")) == (True, 1, False, False)
    assert cache.set_many({"a": 1}) == []
    cache.delete_many(["a"])
    cache.clear()


def test_a_cache_that_is_back_is_asked_again_after_a_pause(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "BACKEND": "config.cache.ForgivingRedis"}}
    cache.set("a", 1)
    assert cache.get("a") == 1
    monkeypatch.setattr(ForgivingClient, "away_until", float("inf"))
    assert cache.get("a") is None
    monkeypatch.setattr(ForgivingClient, "away_until", 0.0)
    assert cache.get("a") == 1


def test_signing_in_needs_no_redis(cast: Cast, client: Client, no_redis: None) -> None:
    answer = client.post("/sign-in/", {"email": cast.hr.email})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/code/")
    answer = client.post("/sign-in/code/", {"code": code_for(cast.hr)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/secondments/").status_code == 200


# --- The seal


@pytest.fixture
def own_seal(tmp_path: Path, settings: Any) -> Path:
    """A key that is fit, with its certificate in a file of its own."""
    settings.SEALING_KEY_FILE = str(make_key(tmp_path / "seal.p12", days=30))
    settings.SEALING_KEY_PASSPHRASE = PASSPHRASE.decode()
    settings.SEALING_CERTIFICATE_FILE = str(tmp_path / "seal.pem")
    key = sealing.load_key(tmp_path / "seal.p12", PASSPHRASE)
    (tmp_path / "seal.pem").write_bytes(sealing.certificate_pem(key))
    return tmp_path


def test_a_fit_seal_has_no_fault(own_seal: Path, settings: Any) -> None:
    assert seal.seal_fault() == ""
    settings.SEALING_CERTIFICATE_FILE = ""
    assert seal.seal_fault() == ""


def test_each_fault_of_a_seal_is_one_sentence(own_seal: Path, settings: Any) -> None:
    other = sealing.load_key(make_key(own_seal / "other.p12", days=30), PASSPHRASE)
    (own_seal / "seal.pem").write_bytes(sealing.certificate_pem(other))
    assert seal.seal_fault() == "SEALING_CERTIFICATE_FILE is not the certificate of the key in SEALING_KEY_FILE."
    (own_seal / "seal.pem").write_text("no certificate")
    assert seal.seal_fault().startswith("SEALING_CERTIFICATE_FILE is not a certificate in PEM: ")
    (own_seal / "seal.pem").unlink()
    assert seal.seal_fault().startswith("SEALING_CERTIFICATE_FILE is not a certificate in PEM: ")
    make_key(own_seal / "seal.p12", days=-1)
    assert seal.seal_fault().startswith("SEALING_KEY_FILE: The certificate of the seal is not valid today")
    settings.SEALING_KEY_PASSPHRASE = "wrong"
    assert seal.seal_fault().startswith("SEALING_KEY_FILE: The key of the seal cannot be opened")
    settings.SEALING_KEY_FILE = str(own_seal / "nothing.p12")
    assert seal.seal_fault().startswith("SEALING_KEY_FILE: The key of the seal cannot be read")
    settings.SEALING_KEY_FILE = ""
    assert seal.seal_fault().startswith("The worker seals agreements: set SEALING_KEY_FILE")


def test_the_key_of_the_demo_is_refused(tmp_path: Path, settings: Any) -> None:
    settings.SEALING_KEY_FILE = str(tmp_path / "development.p12")
    settings.SEALING_KEY_PASSPHRASE = sealing.DEVELOPMENT_PASSPHRASE.decode()
    sealing.development_key(tmp_path / "development.p12")
    assert "not for legal use" in seal.seal_fault()


def test_a_worker_without_a_key_does_not_start() -> None:
    done = run("-m", "celery", "--app", "config.celery", "worker", "--pool", "solo")
    assert last_line(done).startswith("The worker seals agreements: set SEALING_KEY_FILE")


# --- The database's roles


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
        assert refused(f"DELETE FROM {table}")
        assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    for table in connection.introspection.table_names():
        assert refused(f"TRUNCATE {table} CASCADE")
        assert refused(f"DROP TABLE {table} CASCADE")
    for sql in (
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
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


# --- Deployment files


def blocks(text: str) -> dict[str, str]:
    """A compose file's top-level parts, and its services by name, as text; no YAML reader is among our packages."""
    top = dict(re.findall(r"^([a-z-]+):.*\n((?:(?:[ #].*)?\n)*)", text, re.MULTILINE))
    services = re.findall(r"^  ([a-z]+):\n((?:(?:    .*| *#.*)?\n)*)", top["services"], re.MULTILINE)
    return top | {f"services.{name}": body for name, body in services}


COMPOSE = blocks((ROOT / "docker-compose.yml").read_text())
VARIABLE = re.compile(r"^\s+([A-Z][A-Z_]+): ", re.MULTILINE)


def read_by_settings() -> set[str]:
    """The variables that production settings read, from the text of the settings themselves."""
    text = "".join((ROOT / f"config/{name}.py").read_text() for name in ("env", "settings/base", "settings/production"))
    return set(re.findall(r'(?:text|flag|number|words)\(\s*"([A-Z_]+)"', text))


def test_compose_runs_every_part() -> None:
    services = {name.removeprefix("services.") for name in COMPOSE if name.startswith("services.")}
    assert services == {"proxy", "web", "worker", "beat", "migrate", "postgres", "valkey"}


def test_compose_and_settings_name_the_same_variables() -> None:
    shared = set(VARIABLE.findall(COMPOSE["x-environment"]))
    worker = set(VARIABLE.findall(COMPOSE["services.worker"]))
    assert worker == {"SEALING_KEY_FILE", "SEALING_KEY_PASSPHRASE"}
    assert set(VARIABLE.findall(COMPOSE["services.migrate"])) == {"DATABASE_URL"}
    # The host follows from the address, the proxy turns http away before us, and the number is for sockets.
    assert shared | worker == read_by_settings() - {"ALLOWED_HOSTS", "SSL_REDIRECT", "REDIS_DB"}


def test_only_the_worker_gets_the_key_and_only_migrate_the_owner() -> None:
    for name, body in COMPOSE.items():
        has_key = "SEALING_KEY" in body or "${SEAL_KEY" in body
        assert has_key == (name in {"services.worker", "services"}), name
        is_owner = "tripartite_owner:" in body
        assert is_owner == (name in {"services.migrate", "services"}), name


def test_the_application_waits_for_the_migration() -> None:
    assert "migrate: {condition: service_completed_successfully}" in COMPOSE["x-after-migrate"]
    for name in ("web", "worker", "beat"):
        assert "depends_on: *after-migrate" in COMPOSE[f"services.{name}"]
    commands = re.findall(r"manage\.py (\w+)", COMPOSE["services.migrate"])
    assert commands == ["check", "migrate", "database_roles"]


def test_the_queue_forgets_nothing_by_itself() -> None:
    assert '--appendonly, "yes"' in COMPOSE["services.valkey"]
    assert "--maxmemory-policy, noeviction" in COMPOSE["services.valkey"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    with_ports = [name for name, body in COMPOSE.items() if name.startswith("services.") and "ports:" in body]
    assert with_ports == ["services.proxy"]
    assert 'TRUSTED_PROXY_COUNT: "1"' in COMPOSE["x-environment"]
    caddy = (ROOT / "config/deploy/Caddyfile").read_text()
    assert "trusted_proxies" not in caddy
    assert "reverse_proxy" in caddy


def test_the_example_of_secrets_names_what_compose_wants() -> None:
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == wanted
    secret = {name for name in example if re.search("PASS|SECRET", name)}
    assert len(secret) == 5
    assert {example[name] for name in secret} == {""}


def test_the_image_is_built_from_hashes_and_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r base.txt" in text
    assert text.index("USER tripartite") < text.index("\nCMD")
    for file in ("config.wsgi:application", "collectstatic --no-input"):
        assert file in text


def test_the_stand_ins_of_the_image_are_enough_to_load_the_settings() -> None:
    build = (ROOT / "Dockerfile").read_text().split("compileall")[1].split("python manage.py collectstatic")[0]
    stand_ins = dict(re.findall(r"([A-Z_]+)=(\S+)", build))
    assert set(stand_ins) == set(GIVEN) - {"DJANGO_SETTINGS_MODULE"}
    assert loaded("SITE_URL", **stand_ins) == ["https://build.invalid"]


def test_what_is_copied_into_the_image_is_what_runs() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    assert {line[1:] for line in lines if line.startswith("!")} == {
        *("manage.py", "requirements/base.txt", "static/", "templates/"),
        *("agreements/", "config/", "people/", "secondments/"),
    }


# --- What operators read


def test_every_variable_is_explained_to_operators() -> None:
    text = (ROOT / "docs/operators.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)) == read_by_settings()


def test_every_append_only_table_is_named_to_operators(db: None) -> None:
    text = (ROOT / "docs/operators.md").read_text()
    with connection.cursor() as cursor:
        _, append_only = database_roles.tables(cursor)
    assert append_only == APPEND_ONLY
    assert [table for table in append_only if f"`{table}`" not in text] == []
