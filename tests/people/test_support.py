"""Support sees what a person sees, and can do nothing: each way round it that one can think of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django import urls
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from people import tasks
from people.access import Denied
from people.actions import administrators, support
from people.looking_on import SESSION_KEY
from people.models import LedgerEntry, Notice, Person, SupportSession
from secondments.actions import checkins
from tests.cast import Cast, person
from tests.house.addresses import ROUTES, address

SignIn = Callable[[Person], Client]


@pytest.fixture
def administrator(cast: Cast) -> Person:
    return administrators.appoint(person("Ada Min"))


def see(client: Client, who: Person, reason: str = "They cannot find the agreement.") -> Client:
    answer = client.post(f"/administration/people/{who.key}/see/", {"reason": reason})
    assert (answer.status_code, answer.url) == (302, "/")
    return client


@pytest.fixture
def looking(cast: Cast, administrator: Person, sign_in: SignIn) -> Callable[[Person], Client]:
    """A browser of the administrator in which they see what somebody sees."""
    return lambda who: see(sign_in(administrator), who)


def everything() -> dict[str, int]:
    """How many rows each table has, and a digest of them; sessions of browsers and the reads themselves aside."""
    aside = {"django_session", "people_ledgerentry", "people_ledgerwords"}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - aside):
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM "{table}" t')
            found[table] = cursor.fetchone()
    return found


# --- What is seen


def test_pages_are_those_of_the_person_with_a_banner(cast: Cast, looking: Callable[[Person], Client]) -> None:
    case = cast.agreement_case()
    cast.shared(case)
    client = looking(cast.secondee)
    page = client.get(case.get_absolute_url()).content.decode()
    session = SupportSession.objects.get()
    assert "Ada Min sees what Ana Duarte sees, until" in page
    assert "Sign out" not in page
    for path in ("/", "/secondments/", "/notices/", f"{case.get_absolute_url()}agreement/", "/help/"):
        page = client.get(path)
        assert (path, page.status_code, 'class="support-bar"' in page.content.decode()) == (path, 200, True)
    reads = LedgerEntry.objects.filter(verb="support.read").order_by("pk")
    assert [entry.facts["path"] for entry in reads][:2] == [case.get_absolute_url(), "/"]
    assert {(entry.actor_id, entry.subject_id) for entry in reads} == {(session.administrator_id, cast.secondee.pk)}
    assert len(reads) == 6


def test_refused_pages_carry_the_banner_too(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    for path, status in (
        ("/profile/", 403),
        ("/nowhere/", 404),
        ("/secondments/aaaaaaaaaaaa/", 404),
        ("/people/", 403),
    ):
        page = client.get(path)
        assert (path, page.status_code, 'class="support-bar"' in page.content.decode()) == (path, status, True)


def test_stranger_stays_a_stranger(cast: Cast, looking: Callable[[Person], Client]) -> None:
    assert looking(cast.stranger).get(cast.agreement_case().get_absolute_url()).status_code == 404


def test_begin_and_end_are_recorded_and_told(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    client.post("/support/end/")
    entries = LedgerEntry.objects.filter(verb__startswith="support.").order_by("pk")
    assert [(e.verb, e.actor_name, e.subject_id) for e in entries] == [
        ("support.begin", "Ada Min", cast.secondee.pk),
        ("support.end", "Ada Min", cast.secondee.pk),
    ]
    assert entries[0].reason == "They cannot find the agreement."
    notice = Notice.objects.get(recipient=cast.secondee, key__startswith="support:")
    assert notice.sentences[1] == "The reason given: They cannot find the agreement."
    assert (notice.is_secret, SupportSession.objects.get().ended_at is not None) == (False, True)


def test_ending_returns_to_the_administrators_own_pages(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    answer = client.post("/support/end/")
    assert answer.url == f"/administration/people/{cast.secondee.key}/"
    page = client.get(answer.url)
    assert (page.status_code, page.context["request"].user.full_name) == (200, "Ada Min")
    assert 'class="support-bar"' not in page.content.decode()
    assert client.post("/support/end/").url == "/"


def test_salary_notes_and_codes_are_hidden(cast: Cast, looking: Callable[[Person], Client]) -> None:
    case = cast.active()
    checkin = case.checkins.filter(person=cast.secondee).first()
    checkins.complete(
        checkin, by=cast.secondee,
        answers={"going": 2, "progress": "p", "support": "", "wants_contact": True, "note_to_hr": "NOTE-MARKER"},
    )  # fmt: skip
    Client().post("/sign-in/", {"email": cast.hr.email})
    code = Notice.objects.filter(recipient=cast.hr, is_secret=True).latest("pk").subject[:6]
    paths = (f"/people/{cast.secondee.key}/salary/", f"{case.get_absolute_url()}check-ins/{checkin.pk}/", "/notices/")
    own = Client()
    own.force_login(cast.hr, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = "".join(own.get(path).content.decode() for path in paths)
    assert ("41000" in shown, "NOTE-MARKER" in shown) == (True, True)
    client = looking(cast.hr)
    for path in (*paths, "/", case.get_absolute_url(), f"{case.get_absolute_url()}agreement/panel/"):
        page = client.get(path)
        assert (path, page.status_code) == (path, 403 if "/salary/" in path else 200)
        for marker in ("41000", "NOTE-MARKER", code):
            assert (path, marker in page.content.decode()) == (path, False)


# --- Nothing can be done


@pytest.mark.parametrize("role", ["hr", "secondee", "manager", "contact", "signatory"])
def test_post_by_every_address_changes_nothing(cast: Cast, looking: Callable[[Person], Client], role: str) -> None:
    case = cast.agreement_case()
    cast.issued(case)
    client = looking(cast.people[role])
    before = everything()
    for name in sorted(set(ROUTES) - {"end_support"}):
        for method in (client.post, client.put, client.patch, client.delete, client.options):
            status = method(address(name, case.key), {"verdict": "yes", "reason": "x", "agrees": "on"}).status_code
            assert (name, status in {403, 405}) == (name, True)
    assert everything() == before
    assert SupportSession.objects.open().count() == 1


@pytest.mark.parametrize("role", ["hr", "secondee", "manager", "contact", "signatory"])
def test_opening_every_address_changes_nothing(cast: Cast, looking: Callable[[Person], Client], role: str) -> None:
    case = cast.agreement_case()
    cast.issued(case)
    client = looking(cast.people[role])
    before = everything()
    for name in ROUTES:
        path = (
            f"{case.get_absolute_url()}agreement/1/review-copy.pdf"
            if name == "agreement_pdf"
            else address(name, case.key)
        )
        client.get(path)
        client.head(path)
    assert everything() == before


def test_opening_the_paper_to_be_signed_is_not_recorded_as_the_signatory(
    cast: Cast, looking: Callable[[Person], Client]
) -> None:
    """Had it been, the evidence would say that Ana opened what she never saw."""
    case = cast.agreement_case()
    agreement = cast.issued(case)
    path = f"{case.get_absolute_url()}agreement/1/review-copy.pdf"
    page = looking(cast.secondee).get(path)
    assert (page.status_code, "opening it is an act of the person" in page.content.decode()) == (403, True)
    assert not agreement.evidence.filter(body__contains="opened").exists()


@pytest.mark.parametrize("name", sorted(set(ROUTES) - settings.SUPPORT_SHOWS - {"end_support"}))
def test_page_that_is_not_listed_is_refused(cast: Cast, looking: Callable[[Person], Client], name: str) -> None:
    page = looking(cast.hr).get(address(name, "aaaaaaaaaaaa"))
    assert (page.status_code, "This page is not shown to support" in page.content.decode()) == (403, True)
    assert not LedgerEntry.objects.filter(verb="support.read").exists()


def test_pages_that_support_sees_exist_and_hold_no_secrets() -> None:
    assert set(ROUTES) >= settings.SUPPORT_SHOWS
    never = {"sign", "send_signing_code", "decline_signature", "profile", "import_people", "account_logout"}
    assert settings.SUPPORT_SHOWS & never == set()
    words = ("administration", "account", "confirm", "security", "salary", "copy", "support", "sign_in", "import")
    assert [name for name in settings.SUPPORT_SHOWS if any(word in name for word in words)] == []


def keeps(request: HttpRequest) -> HttpResponse:
    """A page that is careless: it marks the session, and writes to the person, as it is opened."""
    request.session["confirmed"] = True
    if "write" in request.GET:
        Person.objects.filter(pk=request.user.pk).update(phone="written")
    return HttpResponse("kept")


urlpatterns = [urls.path("keeps/", keeps, name="keeps"), urls.path("", urls.include("config.urls"))]


@pytest.fixture
def careless(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.SUPPORT_SHOWS = settings.SUPPORT_SHOWS | {"keeps"}


def test_session_of_the_administrator_takes_nothing_from_the_pages(
    cast: Cast, careless: None, looking: Callable[[Person], Client]
) -> None:
    """Else a mark that the person has confirmed who they are would hold for the administrator."""
    client = looking(cast.secondee)
    before = dict(client.session.items())
    assert client.get("/keeps/").content == b"kept"
    assert dict(client.session.items()) == before
    client.post("/support/end/")
    client.get("/keeps/")
    assert client.session["confirmed"]


def test_page_that_writes_as_it_is_opened_is_stopped_by_the_database(
    real_cast: Cast, careless: None, sign_in: SignIn
) -> None:
    client = see(sign_in(administrators.appoint(person("Ada Min"))), real_cast.secondee)
    page = client.get("/keeps/?write")
    assert (page.status_code, "opening it is an act of the person" in page.content.decode()) == (403, True)
    assert not Person.objects.filter(phone="written").exists()
    client.post("/support/end/")
    assert client.get("/keeps/?write").status_code == 200
    assert Person.objects.filter(phone="written").exists()


# --- When it does not hold


def test_after_half_an_hour_the_next_request_ends_it(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    with time_machine.travel(timezone.now() + timedelta(minutes=29, seconds=55), tick=False):
        assert client.get("/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=30), tick=False):
        answer = client.get("/secondments/")
        assert (answer.status_code, answer.url) == (302, f"/administration/people/{cast.secondee.key}/")
        session = SupportSession.objects.get()
        assert (session.ended_at, LedgerEntry.objects.filter(verb="support.end").count()) == (session.until, 1)
        assert client.get(answer.url).context["request"].user.full_name == "Ada Min"


def test_post_after_its_end_is_not_carried_out_as_the_administrator(
    cast: Cast, administrator: Person, sign_in: SignIn
) -> None:
    """The administrator is the line manager: in their own name they could decide, but the form was Ana's page."""
    case = cast.proposal(line_manager=administrator)
    client = see(sign_in(administrator), cast.hr)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        answer = client.post(f"{case.get_absolute_url()}decide/release/", {"verdict": "yes", "reason": ""})
    assert (answer.status_code, case.decisions.get(kind="release").verdict) == (302, None)


def test_fragment_after_its_end_sends_the_whole_page_back(
    cast: Cast, looking: Callable[[Person], Client], settings: Any
) -> None:
    settings.SESSION_IDLE_MINUTES = 60  # the administrator's own session holds on
    client = looking(cast.secondee)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        answer = client.get("/secondments/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/administration/people/{cast.secondee.key}/"


def test_administrator_who_is_none_any_more_sees_nothing(
    cast: Cast, administrator: Person, looking: Callable[[Person], Client]
) -> None:
    client = looking(cast.secondee)
    call_command("administrator", email=administrator.email, end=True, verbosity=0)
    answer = client.get("/secondments/")
    assert (answer.status_code, answer.url) == (302, "/")
    assert (SESSION_KEY in client.session, SupportSession.objects.open().exists()) == (False, False)
    assert client.get("/").context["request"].user == administrator


def test_person_who_becomes_an_administrator_or_leaves_is_seen_no_more(
    cast: Cast, looking: Callable[[Person], Client]
) -> None:
    for change in ({"is_administrator": True}, {"is_administrator": False, "is_active": False}):
        client = looking(cast.secondee)
        Person.objects.filter(pk=cast.secondee.pk).update(**change)
        assert client.get("/secondments/").status_code == 302
        Person.objects.filter(pk=cast.secondee.pk).update(is_administrator=False)


def test_key_of_another_session_opens_nothing(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    other = administrators.appoint(person("Otto Other"))
    session = support.begin(cast.secondee, by=administrator, reason="a question")
    for who in (other, cast.stranger):
        client = sign_in(who)
        for key in (session.key, "aaaaaaaaaaaa", 1, None):
            kept = client.session
            kept[SESSION_KEY] = key
            kept.save()
            answer = client.get("/secondments/")
            assert answer.status_code == (302 if key else 200)
            assert 'class="support-bar"' not in client.get("/").content.decode()
    assert SupportSession.objects.open().get() == session


def test_ended_session_does_not_begin_again(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    kept = client.session
    support.end(SupportSession.objects.get())
    kept.save()
    assert client.get("/secondments/").status_code == 302
    assert SESSION_KEY not in client.session


# --- Who may begin


def test_nobody_but_an_administrator_begins(cast: Cast, sign_in: SignIn) -> None:
    for role in ("hr", "stranger"):
        path = f"/administration/people/{cast.secondee.key}/see/"
        assert sign_in(cast.people[role]).post(path, {"reason": "x"}).status_code == 404
    with pytest.raises(Denied):
        support.begin(cast.secondee, by=cast.hr, reason="x")
    assert not SupportSession.objects.exists()


def test_another_administrator_is_never_seen(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    other = administrators.appoint(person("Otto Other"))
    client = sign_in(administrator)
    for who in (other, administrator):
        assert client.post(f"/administration/people/{who.key}/see/", {"reason": "x"}).status_code == 403
        assert "See what they see" not in client.get(f"/administration/people/{who.key}/").content.decode()
    assert not SupportSession.objects.exists()


def test_reason_is_required(cast: Cast, administrator: Person, sign_in: SignIn) -> None:
    for reason in ("", "   "):
        page = sign_in(administrator).post(f"/administration/people/{cast.secondee.key}/see/", {"reason": reason})
        assert (page.status_code, "This field is required" in page.content.decode()) == (200, True)
        with pytest.raises(ValidationError):
            support.begin(cast.secondee, by=administrator, reason=reason)
    assert not SupportSession.objects.exists()


def test_nested_support_is_refused(cast: Cast, looking: Callable[[Person], Client]) -> None:
    client = looking(cast.secondee)
    answer = client.post(f"/administration/people/{cast.hr.key}/see/", {"reason": "x"})
    assert (answer.status_code, SupportSession.objects.get().person) == (403, cast.secondee)
    assert client.get(f"/administration/people/{cast.hr.key}/").status_code == 403


def test_beginning_another_ends_the_one_left_open(cast: Cast, administrator: Person) -> None:
    support.begin(cast.secondee, by=administrator, reason="one")
    support.begin(cast.hr, by=administrator, reason="two")
    assert [s.person for s in SupportSession.objects.open()] == [cast.hr]


def test_database_holds_sessions_to_half_an_hour_and_to_others(cast: Cast, administrator: Person) -> None:
    now = timezone.now()
    given = {"administrator": administrator, "person": cast.hr, "reason": "x", "began_at": now}
    for wrong in (
        {"until": now + timedelta(minutes=31)},
        {"until": now},
        {"until": now + timedelta(minutes=5), "person": administrator},
        {"until": now + timedelta(minutes=5), "ended_at": now - timedelta(minutes=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupportSession.objects.create(**(given | wrong))


def test_session_that_nobody_ended_is_ended_by_the_sweep(cast: Cast, administrator: Person) -> None:
    session = support.begin(cast.secondee, by=administrator, reason="x")
    assert tasks.end_support() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        assert (tasks.end_support(), tasks.end_support()) == (1, 0)
    session.refresh_from_db()
    assert session.ended_at == session.until
