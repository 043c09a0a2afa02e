"""Production as far as it can be tried without its machines: settings, start checks, roles, deployment files."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from agreements import sealing
from config import logs, seal
from config.cache import ForgivingClient
from tests.agreements.keys import PASSPHRASE, make_key
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
    "agreements_clausetext",
    "agreements_document",
    "agreements_evidenceevent",
    "agreements_legalconsent",
    "agreements_signature",
    "agreements_version",
    "people_ledgerentry",
    "people_ledgerwords",
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
        ({"SEALING_KEY_FILE": "/k.p12", "SEALING_PKCS11_MODULE": "/m.so"}, "a seal has one key"),
        ({"SEALING_PKCS11_MODULE": "/m.so"}, "Set the environment variable SEALING_PKCS11_TOKEN."),
        (
            {"SEALING_PKCS11_MODULE": "/m.so", "SEALING_PKCS11_TOKEN": "t"},
            "Set the environment variable SEALING_PKCS11_KEY.",
        ),
        (
            {"SEALING_PKCS11_MODULE": "/m.so", "SEALING_PKCS11_TOKEN": "t", "SEALING_PKCS11_KEY": "k"},
            "Set the environment variable SEALING_PKCS11_PIN.",
        ),
        (
            {"SEALING_TIMESTAMP_URL": "https://stamps.example"},
            "Set the environment variable SEALING_TIMESTAMP_CERTIFICATES_FILE.",
        ),
        (
            {
                "SEALING_KEY_FILE": "/k.p12",
                "SEALING_KEY_PASSPHRASE": "secret",
                "SEALING_TIMESTAMP_CERTIFICATES_FILE": "/roots.pem",
            },
            "SEALING_TIMESTAMP_CERTIFICATES_FILE is set beside a key: set SEALING_TIMESTAMP_URL.",
        ),
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
    names = ("SEALING_PKCS11_TOKEN", "SEALING_PKCS11_KEY", "SEALING_PKCS11_PIN", "SEALING_CERTIFICATE_FILE")
    given = dict(zip(names, ("t", "k", "1234", ""), strict=True))
    assert loaded(*names, **given, SEALING_PKCS11_MODULE="/m.so") == ["t", "k", "1234", ""]
    given["SEALING_CERTIFICATE_FILE"] = "/nonexistent"
    assert loaded(*names, **given) == ["", "", "", "/nonexistent"]
    # Who only checks knows the authority's certificates, not its address, in which a password may be.
    names = ("SEALING_TIMESTAMP_URL", "SEALING_TIMESTAMP_CERTIFICATES_FILE")
    assert loaded(*names, SEALING_TIMESTAMP_CERTIFICATES_FILE="/roots.pem") == ["", "/roots.pem"]


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


def test_a_seal_with_an_authority_of_which_nothing_is_known_is_unfit(own_seal: Path, settings: Any) -> None:
    settings.SEALING_TIMESTAMP_URL = "https://stamps.example"
    settings.SEALING_TIMESTAMP_CERTIFICATES_FILE = str(own_seal / "seal.pem")
    assert seal.seal_fault() == ""  # the authority itself is not asked
    settings.SEALING_TIMESTAMP_CERTIFICATES_FILE = str(own_seal / "none.pem")
    assert seal.seal_fault().startswith("SEALING_TIMESTAMP_URL: The certificates of the timestamp authority cannot be")
    settings.SEALING_TIMESTAMP_CERTIFICATES_FILE = str(own_seal / "seal.pem")
    settings.SEALING_TIMESTAMP_URL = "stamps.example"
    assert seal.seal_fault().startswith("SEALING_TIMESTAMP_URL: The address of the timestamp authority must begin")


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
