"""Who has which part, since when, until when, by whom; and that a part that is over lets nobody in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from people import clock
from people.models import Invitation, LedgerEntry, Notice, Person
from secondments.actions import case_parts, decisions
from secondments.choices import Part
from secondments.models import CasePart, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on, person

SignIn = Callable[[Person], Client]


def holders(case: Secondment) -> dict[str, str]:
    return {row.part: row.person.full_name for row in case.parts.current().select_related("person")}


def test_parts_begin_with_the_naming_and_say_by_whom(cast: Cast) -> None:
    case = cast.proposal()
    assert holders(case) == {
        "secondee": "Ana Duarte",
        "line_manager": "Tom Berg",
        "host_contact": "Łukasz Żółkowski",
        "signatory_seconder": "Dora Rex",
    }
    assert {row.given_by for row in case.parts.all()} == {cast.hr}


def test_signatory_of_the_host_has_no_part_before_the_host_says_so(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    assert sign_in(cast.signatory).get(case.get_absolute_url()).status_code == 404
    decisions.decide(case.decisions.get(kind="acceptance"), by=cast.contact, verdict=True)
    assert holders(case)["signatory_host"] == "Marta Kowalska"
    row = case.parts.get(part="signatory_host")
    assert row.given_by == cast.contact
    assert fresh(case).host_signatory_confirmed_by == cast.contact
    assert sign_in(cast.signatory).get(case.get_absolute_url()).status_code == 200


def test_host_names_another_signatory_than_the_seconder_suggested(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    contact = sign_in(cast.contact)
    path = f"{case.get_absolute_url()}decide/acceptance/"
    assert "marta.kowalska@example.org" in contact.get(path).content.decode()
    answer = contact.post(path, {"verdict": "yes", "signatory_name": "", "signatory_email": "new.one@contoso.example"})
    assert "Give their name too" in answer.content.decode()
    contact.post(path, {"verdict": "yes", "signatory_name": "Nina Nowak", "signatory_email": "new.one@contoso.example"})
    assert fresh(case).host_signatory.full_name == "Nina Nowak"
    assert holders(case)["signatory_host"] == "Nina Nowak"


def test_hr_of_the_seconder_cannot_say_who_signs_for_the_host(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    for part in (Part.SIGNATORY_HOST, Part.HOST_SUPERVISOR, Part.HOST_CONTACT):
        with pytest.raises(NotAllowed, match="Who has this part is for the host to say"):
            case_parts.name(case, part, person(f"Some {part.value}"), by=cast.hr)
        answer = sign_in(cast.hr).get(f"{case.get_absolute_url()}people/name/{part}/")
        assert answer.status_code == 403


def test_hr_of_the_seconder_names_the_contact_of_a_host_that_has_no_hr_here(cast: Cast) -> None:
    cast.host_hr.memberships.update(until=clock.now())
    case = cast.proposal()
    nina = person("Nina Nowak")
    case_parts.name(case, Part.HOST_CONTACT, nina, by=cast.hr)
    assert holders(case)["host_contact"] == "Nina Nowak"


def test_new_holder_takes_over_and_the_old_one_is_let_out_of_an_open_session(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    old, nina = sign_in(cast.manager), person("Nina Nowak")
    assert old.get(case.get_absolute_url()).status_code == 200
    case_parts.name(case, Part.LINE_MANAGER, nina, by=cast.hr, reason="new post")
    assert old.get(case.get_absolute_url()).status_code == 404
    assert case.decisions.get(kind="release").decider == nina
    with pytest.raises(NotAllowed):
        decisions.decide(case.decisions.get(kind="release"), by=Person.objects.get(pk=cast.manager.pk), verdict=True)
    decisions.decide(case.decisions.get(kind="release"), by=nina, verdict=True)
    former = case.parts.get(part="line_manager", person=cast.manager)
    assert (former.taken_by, former.until is not None) == (cast.hr, True)
    assert not Notice.objects.filter(Notice.OPEN, recipient=cast.manager, case_id=case.pk).exists()


def test_part_ends_with_its_last_day_by_itself(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    row = case.parts.get(part="host_contact")
    day = clock.today(case.zone) + timedelta(days=3)
    case_parts.end(row, by=cast.host_hr, last_day=day)
    contact = sign_in(cast.contact)
    assert contact.get(case.get_absolute_url()).status_code == 200
    with on(day):
        assert contact.get(case.get_absolute_url()).status_code == 200
    with on(day + timedelta(days=1)):
        assert contact.get(case.get_absolute_url()).status_code == 404
        assert list(Secondment.objects.visible_to(cast.contact)) == []


def test_part_that_was_ended_does_not_come_back_when_the_case_is_saved(cast: Cast) -> None:
    case = cast.agreement_case()
    case_parts.end(case.parts.get(part="host_contact"), by=cast.host_hr)
    again = fresh(case)
    again.location = "Warszawa"
    again.save()
    assert "host_contact" not in holders(case)


def test_secondee_is_not_taken_out_of_an_open_case(cast: Cast) -> None:
    case = cast.active()
    with pytest.raises(Refused, match="withdraw it, or end it early"):
        case_parts.end(case.parts.get(part="secondee"), by=cast.hr)


def test_closed_case_keeps_its_people(cast: Cast) -> None:
    case = cast.withdrawn()
    with pytest.raises(Refused, match="closed"):
        case_parts.name(case, Part.LINE_MANAGER, person("Nina Nowak"), by=cast.hr)


def test_signatory_stays_while_a_paper_is_out(cast: Cast) -> None:
    case = cast.agreement_case()
    cast.issued(case)
    with pytest.raises(Refused, match="name somebody else there, with a reason"):
        case_parts.name(case, Part.SIGNATORY_HOST, person("Nina Nowak"), by=cast.contact)


def test_supervisor_is_named_by_the_host_and_sees_the_placement(cast: Cast, sign_in: SignIn) -> None:
    case = cast.active()
    sven = person("Sven Olsen")
    case_parts.name(case, Part.HOST_SUPERVISOR, sven, by=cast.contact)
    assert sign_in(sven).get(case.get_absolute_url()).status_code == 200
    for wrong in (cast.secondee, cast.manager, cast.director):
        with pytest.raises(Refused, match="works there, not for the seconder"):
            case_parts.name(case, Part.HOST_SUPERVISOR, wrong, by=cast.contact)


def test_employee_of_the_seconder_cannot_speak_for_an_outside_host(cast: Cast) -> None:
    with pytest.raises(Refused, match="works for the seconder"):
        cast.proposal(host_contact=cast.director)
    case = cast.proposal()
    with pytest.raises(Refused, match="works for the seconder"):
        decisions.decide(case.decisions.get(kind="acceptance"), by=cast.contact, verdict=True, signatory=cast.director)


def test_every_change_of_a_part_is_in_the_ledger(cast: Cast) -> None:
    case = cast.agreement_case()
    case_parts.name(case, Part.HOST_SUPERVISOR, person("Sven Olsen"), by=cast.contact)
    case_parts.end(case.parts.get(part="host_supervisor"), by=cast.contact, reason="left")
    found = LedgerEntry.objects.filter(case_id=case.pk, verb__startswith="part.").order_by("pk")
    assert [(e.verb, e.actor_name, e.facts["part"], e.facts["person"]) for e in found] == [
        ("part.give", "Łukasz Żółkowski", "signatory_host", "Marta Kowalska"),
        ("part.give", "Łukasz Żółkowski", "host_supervisor", "Sven Olsen"),
        ("part.end", "Łukasz Żółkowski", "host_supervisor", "Sven Olsen"),
    ]


def test_database_refuses_a_part_of_somebody_who_is_not_named(real_cast: Cast) -> None:
    case = real_cast.proposal()
    with pytest.raises(DatabaseError, match="does not name"), transaction.atomic():
        CasePart.objects.filter(secondment=case, part="line_manager").update(person=real_cast.stranger)
    with pytest.raises(DatabaseError, match="does not name"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE secondments_secondment SET line_manager_id = %s WHERE id = %s", [real_cast.stranger.pk, case.pk]
        )
    with pytest.raises(TypeError, match="saving the case"):
        Secondment.objects.filter(pk=case.pk).update(line_manager=real_cast.stranger)


def test_outside_contact_is_invited_with_the_decision_and_comes(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    invitation = Invitation.objects.get()
    assert (invitation.person, invitation.case_id, invitation.accepted_at) == (cast.contact, case.pk, None)
    mails = Notice.objects.filter(recipient=cast.contact)
    assert [mail.action_path for mail in mails] == [f"/invitations/{invitation.key}/"]
    assert sign_in(cast.stranger).get(f"/invitations/{invitation.key}/").status_code == 404
    page = sign_in(cast.contact).get(f"/invitations/{invitation.key}/").content.decode()
    assert "Hanna Reed of Northwind Ltd asked you here." in page
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


def test_invitation_is_sent_again_by_hr_of_the_seconder_alone(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    invitation = Invitation.objects.get()
    path = f"{case.get_absolute_url()}invitations/{invitation.key}/"
    answers = {role: sign_in(who).post(path).status_code for role, who in cast.people.items() if role != "contact"}
    assert {role for role, status in answers.items() if status == 302} == {"hr"}
    invitation.refresh_from_db()
    assert invitation.times_sent == 2


def test_people_page_shows_each_side_what_it_may_change(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    path = f"{case.get_absolute_url()}people/"
    hr, contact = (sign_in(who).get(path).content.decode() for who in (cast.hr, cast.contact))
    assert ("name/line_manager/" in hr, "name/host_supervisor/" in hr) == (True, False)
    assert ("name/line_manager/" in contact, "name/host_supervisor/" in contact) == (False, True)
    assert sign_in(cast.finance).get(path).status_code == 403


@pytest.mark.parametrize("ahead", [0, 3])
def test_who_leaves_the_employer_is_let_out_after_the_last_day(cast: Cast, sign_in: SignIn, ahead: int) -> None:
    from people.actions import employments

    with on(clock.today("Europe/London") - timedelta(days=1)):  # as the day is looked at from its noon
        case = cast.agreement_case()
    manager = sign_in(cast.manager)
    last_day = clock.today("Europe/London") + timedelta(days=ahead)
    employments.end(cast.manager.employments.get(), by=cast.hr, last_day=last_day)
    seen = {}
    for offset in (0, 1):
        with on(last_day + timedelta(days=offset)):
            seen[offset] = manager.get(case.get_absolute_url()).status_code
    assert seen == {0: 200, 1: 404}
    assert LedgerEntry.objects.filter(verb="part.end", subject_id=cast.manager.pk).count() == 1


def test_address_of_somebody_who_never_came_is_corrected_and_old_links_lead_nowhere(
    cast: Cast, sign_in: SignIn
) -> None:
    cast.contact.employments.all().delete()
    case = cast.proposal()
    old = Invitation.objects.get()
    row = case.parts.get(part="host_contact")
    path = f"{case.get_absolute_url()}people/{row.pk}/address/"
    hr = sign_in(cast.hr)
    assert "already here" in hr.post(path, {"email": cast.manager.email}).content.decode()
    assert hr.post(path, {"email": "right@contoso.example"}).status_code == 302
    contact = Person.objects.get(pk=cast.contact.pk)
    assert contact.email == "right@contoso.example"
    assert sign_in(contact).get(f"/invitations/{old.key}/").status_code == 404
    new = Invitation.objects.open().get(person=contact)
    assert new.onward == f"{case.get_absolute_url()}decide/acceptance/"


@pytest.mark.parametrize("why", ["came", "employed", "elsewhere", "role"])
def test_address_that_is_somebodys_own_business_is_not_changed_by_hr(cast: Cast, why: str) -> None:
    case = cast.proposal()
    contact = cast.contact
    if why != "employed":
        contact.employments.all().delete()
    if why == "came":
        contact.last_login = clock.now()
        contact.save()
    elif why == "role":
        contact.memberships.create(organisation=cast.contoso, role="viewer")
    elif why == "elsewhere":
        from people.actions import invitations

        invitations.invite(contact, by=cast.stranger_hr, organisation=cast.contoso, what="x")
    with pytest.raises(Refused, match="changes their own address"):
        case_parts.readdress(case, contact, "evil@northwind.example", by=cast.hr)
    with pytest.raises(NotAllowed):
        case_parts.readdress(case, contact, "evil@northwind.example", by=cast.host_hr)


@pytest.mark.parametrize("other", [False, True])
def test_invitation_lasts_while_another_case_of_the_seconder_needs_it(cast: Cast, other: bool) -> None:
    small = {"is_full_time": False, "weekly_hours": 1}
    case = cast.proposal(**small)
    if other:
        cast.proposal(**small)
    case_parts.name(case, Part.HOST_CONTACT, person("Nina Nowak"), by=cast.host_hr)
    assert Invitation.objects.open().filter(person=cast.contact).exists() is other


def test_contact_whom_the_host_does_not_know_decides_nothing_before_it_confirms_them(
    cast: Cast, sign_in: SignIn
) -> None:
    puppet = person("Pu Ppet")
    case = cast.proposal(host_contact=puppet)
    path = f"{case.get_absolute_url()}decide/acceptance/"
    decision = case.decisions.get(kind="acceptance")
    yes = {"verdict": "yes", "signatory_name": "Pu Ppet", "signatory_email": puppet.email}
    for answer in (sign_in(puppet).get(path), sign_in(puppet).post(path, yes)):
        assert (answer.status_code, "which confirms first who speaks for it" in answer.content.decode()) == (403, True)
    with pytest.raises(NotAllowed):
        decisions.decide(decision, by=puppet, verdict=True)
    with pytest.raises(NotAllowed):
        case_parts.name(case, Part.SIGNATORY_HOST, puppet, by=puppet)
    told = Notice.objects.filter(recipient=cast.host_hr, subject__startswith="Does Pu Ppet speak for you?")
    assert told.count() == 1
    confirm = f"{case.get_absolute_url()}people/name/host_contact/"
    host_hr = sign_in(cast.host_hr)
    assert f'value="{puppet.email}"' in host_hr.get(confirm).content.decode()
    assert host_hr.post(confirm, {"name": "Pu Ppet", "email": puppet.email}).status_code == 302
    decisions.decide(fresh(case).decisions.get(kind="acceptance"), by=puppet, verdict=True)
    assert fresh(case).host_signatory_confirmed_by == puppet


def test_contact_named_by_who_left_the_seconders_hr_is_still_not_the_hosts(cast: Cast) -> None:
    puppet = person("Pu Ppet")
    case = cast.proposal(host_contact=puppet)
    cast.hr.memberships.update(until=clock.now())
    with pytest.raises(NotAllowed):
        decisions.decide(case.decisions.get(kind="acceptance"), by=Person.objects.get(pk=puppet.pk), verdict=True)


def test_host_that_has_no_hr_here_is_spoken_for_by_whom_the_seconder_names(cast: Cast) -> None:
    cast.host_hr.memberships.update(until=clock.now())
    case = cast.proposal(host_contact=person("Only One"))
    decisions.decide(case.decisions.get(kind="acceptance"), by=case.host_contact, verdict=True)
    assert not Notice.objects.filter(subject__contains="speak for you").exists()
