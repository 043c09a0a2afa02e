"""Every address of the application in one table: who is let in, and what a stranger is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from people.models import Person
from tests.cast import Cast

PUBLIC = {
    "home", "help", "livez", "readyz", "verify", "seal_certificate",
    "account_request_login_code", "account_confirm_login_code", "account_login", "account_signup", "account_inactive",
    "mfa_authenticate", "openid_connect_login", "openid_connect_callback",
}  # fmt: skip
OWN = {"profile", "notices", "my_placement", "secondments", "account_logout"}
OWN |= {"confirm", "confirm_code", "unsent", "discard_unsent", "session_left", "stay_signed_in"}
OWN |= {
    "security", "security_needed", "security_address", "security_address_code", "security_password",
    "security_remove_password", "security_app", "security_passkey", "security_remove_factor", "security_codes",
    "security_end_session", "security_end_others",
}  # fmt: skip
HR_ONLY = {"import_people", "import_check", "import_example", "new_secondment"}
MEMBERS = {"people", "organisations"}
RECORDS = {"person", "organisation"}
RECORDS |= {"organisation_sign_in"}
# Below a case: what its insiders see of each with GET. 200 page, 302 away, 403 not theirs, 404 no such thing, 405 POST only.
CASE = {
    #                       hr   secondee manager contact host_hr finance stranger
    "secondment":          (200, 200, 200, 200, 200, 200, 404),
    "placement":           (302, 200, 302, 302, 302, 302, 404),
    "edit_proposal":       (403, 403, 403, 403, 403, 403, 404),
    "check_proposal":      (403, 403, 403, 403, 403, 403, 404),
    "decide":              (403, 403, 200, 403, 403, 403, 404),
    "move":                (200, 200, 403, 403, 403, 403, 404),
    "checkin":             (404, 404, 404, 404, 404, 404, 404),
    "add_checklist_item":  (405, 405, 405, 405, 405, 405, 405),
    "tick":                (405, 405, 405, 405, 405, 405, 405),
    "waive":               (404, 404, 404, 404, 404, 404, 404),
    "evaluate":            (404, 404, 404, 404, 404, 404, 404),
    "conclude":            (200, 403, 403, 403, 403, 403, 404),
    "end_early":           (403, 403, 403, 403, 403, 403, 404),
    "outcome":             (403, 403, 403, 403, 403, 403, 404),
    "terms":               (200, 200, 200, 200, 200, 403, 404),
    "agreement_panel":     (200, 200, 200, 200, 200, 200, 404),
    "agreement_progress":  (200, 200, 200, 200, 200, 403, 404),
    "share_terms":         (405, 405, 405, 405, 405, 405, 405),
    "approve_terms":       (405, 405, 405, 405, 405, 405, 405),
    "issue_agreement":     (405, 405, 405, 405, 405, 405, 405),
    "redraft_agreement":   (200, 403, 403, 403, 403, 403, 404),
    "terms_version":       (200, 200, 200, 200, 200, 403, 404),
    "compare_versions":    (200, 200, 200, 200, 200, 403, 404),
    "edit_clause":         (403, 403, 403, 403, 403, 403, 404),
    "ask_for_change":      (403, 200, 403, 200, 200, 403, 404),
    "decline_change":      (404, 403, 403, 403, 403, 403, 404),
    "sign":                (403, 200, 403, 403, 403, 403, 404),
    "send_signing_code":   (405, 405, 405, 405, 405, 405, 405),
    "decline_signature":   (403, 200, 403, 403, 403, 403, 404),
    "agreement_pdf":       (404, 404, 404, 404, 404, 403, 404),
}  # fmt: skip
ROLES = ("hr", "secondee", "manager", "contact", "host_hr", "finance", "stranger")
POSTED = [name for name, row in CASE.items() if row[0] == 405]


def patterns(found: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address."""
    for entry in (found or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", route


ROUTES = dict(patterns())


def address(name: str, key: str = "aaaaaaaaaaaa") -> str:
    """An address of this name with the case's key and first things filled in."""
    filled = {
        "<str:key>": key,
        "<str:kind>": "sealed" if name == "agreement_pdf" else "release",
        "<str:name>": "withdraw",
        "<str:party>": "host",
        "<str:clause_key>": "place_of_work",
        "<int:pk>": "1",
        "<int:number>": "1",
        "<int:older>": "1",
        "<int:newer>": "1",
    }
    route = ROUTES[name]
    for place, value in filled.items():
        route = route.replace(place, value)
    assert "<" not in route
    return f"/{route}"


def test_every_address_is_classified() -> None:
    assert set(ROUTES) == PUBLIC | OWN | HR_ONLY | MEMBERS | RECORDS | set(CASE)


@pytest.mark.parametrize("name", sorted(set(ROUTES) - PUBLIC))
def test_address_asks_to_sign_in(db: None, name: str) -> None:
    for send in (Client().get, Client().post):
        answer = send(address(name))
        if answer.status_code == 405:
            continue  # the method is refused before anything else
        assert (answer.status_code, answer.url.split("?")[0]) in [
            (302, "/sign-in/"),
            (302, "/"),  # signing out while signed out
        ]


@pytest.mark.parametrize("name", sorted(set(ROUTES) - PUBLIC))
def test_post_without_session_changes_nothing(db: None, name: str) -> None:
    answer = Client().post(address(name))
    assert answer.status_code == 302


@pytest.fixture
def signing_case(cast: Cast):
    """A case whose agreement is out for signature: most pages below it exist."""
    case = cast.agreement_case()
    cast.issued(case)
    return case


@pytest.mark.parametrize("role", ROLES)
def test_pages_below_a_case_by_role(cast: Cast, signing_case, sign_in: Callable[[Person], Client], role: str) -> None:
    client = sign_in(cast.people[role])
    column = ROLES.index(role)
    found = {}
    for name in CASE:
        found[name] = client.get(address(name, signing_case.key)).status_code
    expected = {name: row[column] for name, row in CASE.items()}
    # While the paper is out, its progress fragment has nothing left to say, and changes can no longer be asked for.
    assert found == expected | {
        "agreement_progress": 204 if expected["agreement_progress"] == 200 else expected["agreement_progress"]
    }


@pytest.mark.parametrize("role", ["stranger", "stranger_hr"])
def test_stranger_is_told_the_same_as_of_an_unknown_key(
    cast: Cast, signing_case, sign_in: Callable[[Person], Client], role: str
) -> None:
    client = sign_in(cast.people[role])
    for name in CASE:
        for send in (client.get, client.post):
            real, unknown = send(address(name, signing_case.key)), send(address(name))
            assert (name, real.status_code) == (name, unknown.status_code)
            assert real.status_code in {404, 405}
            assert told(real.content, signing_case.key) == told(unknown.content, "aaaaaaaaaaaa")


def told(content: bytes, key: str) -> str:
    """A page without what differs from one request to the next."""
    text = re.sub(r'data-session-left="\d+"', "", content.decode().replace(key, ""))
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "", text)


def test_draft_is_unknown_to_all_but_hr_of_the_seconder(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    case = cast.draft()
    seen = {role: sign_in(who).get(case.get_absolute_url()).status_code for role, who in cast.people.items()}
    assert {role for role, status in seen.items() if status == 200} == {"hr"}
    assert set(seen.values()) == {200, 404}
