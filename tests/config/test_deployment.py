"""The deployment files and what operators read, against what the settings read."""

from __future__ import annotations

import re

from django.db import connection

from config.management.commands import database_roles
from tests.config.test_production import APPEND_ONLY, GIVEN, ROOT, loaded


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
    assert worker == {"SEALING_KEY_FILE", "SEALING_KEY_PASSPHRASE", "SEALING_TIMESTAMP_URL"}
    assert set(VARIABLE.findall(COMPOSE["services.migrate"])) == {"DATABASE_URL"}
    # The host follows from the address, the proxy turns http away before us, and the number is for sockets.
    # A token needs its device and library in the container, so it comes in a file of the operator's own.
    given = {"ALLOWED_HOSTS", "SSL_REDIRECT", "REDIS_DB"}
    given |= {f"SEALING_PKCS11_{name}" for name in ("MODULE", "TOKEN", "KEY", "PIN")}
    assert shared | worker == read_by_settings() - given


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
    optional = {"SEALING_TIMESTAMP_URL", "SEAL_TIMESTAMP_CERTIFICATES"}
    assert set(example) == wanted | optional
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
