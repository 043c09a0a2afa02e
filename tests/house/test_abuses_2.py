"""More ways in that a reviewer with an account in every role tried; each stays shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from agreements.models import Agreement
from people import access as people_access
from people import clock, entry, sessions
from people.actions import addresses, invitations, people
from people.imports.files import Unreadable
from people.models import Employment, LedgerEntry, Membership, Organisation, Person, SignInProvider
from secondments import capacities
from secondments.actions import decisions, deputies, proposals
from secondments.choices import Part
from secondments.models import Deputy, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, person
from tests.people.files import checked, errors, uploaded

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize(
    "address",
    [
        "/people/%00/", "/secondments/%00/", "/organisations/%00/", "/invitations/%00/", "/deputies/%00/",
        "/copies/%00/json/", "/people/import/%00/", "/sign-in/with/%00/back/", "/organisations/?q=%00",
        "/people/new/?organisation=%00", "/secondments/new/?seconder=%00", "/administration/people/?q=%00",
    ],
)  # fmt: skip
def test_nul_in_an_address_finds_nothing(cast: Cast, sign_in: SignIn, address: str) -> None:
    for client in (Client(), *(sign_in(who) for who in (cast.hr, cast.contact, person("Ada Min")))):
        assert client.get(address).status_code == 404
    assert sign_in(cast.hr).get(address).headers["Cache-Control"] == "no-store, private"


def test_nul_in_a_file_is_refused_and_not_a_fault_of_ours(cast: Cast) -> None:
    for text in ("\x00,full name\nx,y\n", "email,full name\na@x.example,A\x00na\n"):
        with pytest.raises(Unreadable, match="a character that is no text"):
            uploaded(cast.hr, cast.northwind, text.encode("utf-16"))


# --- Deputies


def again(who: Person) -> Person:
    """As the next request finds them."""
    return Person.objects.get(pk=who.pk)


def fabrikam() -> Organisation:
    return Organisation.objects.get(legal_name="Fabrikam Inc")


def asked(deputy: Person, principal: Person, part: Part) -> Deputy:
    today = clock.today("UTC")
    return deputies.name(deputy, by=principal, part=part, since=today, until=today + timedelta(days=90))


def act_as(case: Secondment, who: Person, part: Part, principal: Person | None = None) -> Person:
    key = f"{part}:{principal.pk}" if principal else str(part)
    assert capacities.choose(fresh(case), again(who), key)
    return again(who)


def test_deputy_of_a_host_contact_does_not_speak_for_the_host_in_a_later_case_of_their_own_employer(
    cast: Cast, sign_in: SignIn
) -> None:
    cast.agreement_case()
    deputy, lent, signs = person("Dep Uty"), person("Lena Lent"), person("Sig Nee")
    for who in (deputy, lent, signs):
        Employment.objects.create(person=who, organisation=fabrikam())
    deputies.accept(asked(deputy, cast.contact, Part.HOST_CONTACT), by=deputy)
    fields = cast.fields(secondee=lent, line_manager=cast.stranger_hr, seconder_signatory=signs)
    later = proposals.begin(by=cast.stranger_hr, seconder=fabrikam(), fields=fields, objectives=cast.OBJECTIVES)
    later = proposals.submit(later, by=cast.stranger_hr)
    assert capacities.all_parts(fresh(later), again(deputy)) == frozenset()
    assert sign_in(deputy).get(later.get_absolute_url()).status_code == 404
    assert capacities.deputies_of(cast.contact, Part.HOST_CONTACT, later) == []


def test_deputy_of_a_host_contact_loses_the_case_on_joining_the_seconder(cast: Cast, sign_in: SignIn) -> None:
    case, deputy = cast.proposal(), person("Dep Uty")
    deputies.accept(asked(deputy, cast.contact, Part.HOST_CONTACT), by=deputy)
    assert sign_in(deputy).get(case.get_absolute_url()).status_code == 200
    Employment.objects.create(person=deputy, organisation=cast.northwind)
    assert sign_in(deputy).get(case.get_absolute_url()).status_code == 404


def test_deputy_who_changed_sides_since_they_were_asked_cannot_accept(cast: Cast) -> None:
    cast.proposal()
    deputy = person("Dep Uty")
    row = asked(deputy, cast.contact, Part.HOST_CONTACT)
    Employment.objects.create(person=deputy, organisation=cast.northwind)
    with pytest.raises(Refused, match="works for the seconder"):
        deputies.accept(row, by=again(deputy))


def test_line_manager_as_deputy_of_the_contact_does_not_decide_for_both(cast: Cast) -> None:
    case = cast.proposal(kind="internal", host=cast.northwind, host_department="Sales")
    release, consent, acceptance = (case.decisions.get(kind=kind) for kind in ("release", "consent", "acceptance"))
    deputies.accept(asked(cast.manager, cast.contact, Part.HOST_CONTACT), by=cast.manager)
    decisions.decide(release, by=act_as(case, cast.manager, Part.LINE_MANAGER), verdict=True)
    decisions.decide(consent, by=cast.secondee, verdict=True)
    deputy = act_as(case, cast.manager, Part.HOST_CONTACT, cast.contact)
    with pytest.raises(Refused, match="decided for another party"):
        decisions.decide(acceptance, by=deputy, verdict=True)


def test_deputy_of_both_signatories_does_not_sign_twice_with_another_address(cast: Cast) -> None:
    case = cast.agreement_case(kind="internal", host=cast.northwind, host_department="Sales")
    paper, deputy = cast.issued(case), person("Dep Uty")
    places = {Part.SIGNATORY_HOST: cast.signatory, Part.SIGNATORY_SECONDER: cast.director}
    for part, principal in places.items():
        deputies.accept(asked(deputy, principal, part), by=deputy)

    def now() -> Agreement:
        return Agreement.objects.select_related("review_copy").get(pk=paper.pk)

    cast.sign(now(), cast.secondee)
    cast.sign(now(), act_as(case, deputy, Part.SIGNATORY_HOST, cast.signatory))
    addresses.change(again(deputy), "another@example.org", by=deputy)
    with pytest.raises(NotAllowed):
        cast.sign(now(), act_as(case, deputy, Part.SIGNATORY_SECONDER, cast.director))
    assert now().signatures.count() == 2


# --- Taking people over


def taken(cast: Cast, who: Person) -> Person:
    """HR of Fabrikam, a stranger, enters somebody who is known here already."""
    today = clock.today("UTC")
    return people.add(
        by=again(cast.stranger_hr), organisation=fabrikam(), full_name="X", email=who.email, since=today, terms={}
    )


def test_hr_does_not_take_over_somebody_who_has_a_part_in_a_case_of_others(cast: Cast) -> None:
    cast.proposal()
    with pytest.raises(people_access.Refused, match="kept by the HR of another organisation"):
        taken(cast, cast.contact)
    file = f"organisation,country,full_name,email\nFabrikam Inc,US,Evil Name,{cast.contact.email}\n"
    assert errors(checked(cast.stranger_hr, fabrikam(), file.encode())) == {
        2: {"email": "This person is kept by the HR of another organisation."}
    }


def test_hr_of_a_party_may_still_enter_its_own_contact(cast: Cast) -> None:
    cast.contact.employments.all().delete()
    cast.proposal()
    since = clock.today("UTC")
    by = again(cast.host_hr)
    people.add(by=by, organisation=cast.contoso, full_name="X", email=cast.contact.email, since=since, terms={})
    assert people.rename(cast.contact, by=again(cast.host_hr), full_name="Lukasz Z.").full_name == "Lukasz Z."


def test_hr_that_employs_an_administrator_neither_shuts_them_out_nor_renames_them(cast: Cast) -> None:
    administrator = person("Ada Min", is_administrator=True)
    taken(cast, administrator)
    with pytest.raises(people_access.Denied):
        people.deactivate(administrator, by=again(cast.stranger_hr), reason="x")
    with pytest.raises(people_access.Denied):
        people.rename(administrator, by=again(cast.stranger_hr), full_name="x")


def test_required_provider_of_an_organisation_does_not_lock_an_administrator_out(cast: Cast) -> None:
    administrator = person("Ada Min", is_administrator=True)
    provider = SignInProvider(organisation=fabrikam(), issuer="https://id.example", is_on=True, is_required=True)
    provider.secret = "s"
    provider.save()
    Membership.objects.create(person=administrator, organisation=fabrikam(), role="finance")
    assert entry.by_code_or_password(administrator.email) == administrator
    assert entry.by_code_or_password(cast.stranger_hr.email) is None


def test_invitation_that_a_stranger_calls_off_does_not_lock_an_employee_out(cast: Cast) -> None:
    newcomer = person("Nova Hire")
    Employment.objects.create(person=newcomer, organisation=cast.northwind)
    invitations.invite(newcomer, by=cast.stranger_hr, organisation=fabrikam(), what="x")
    invitations.cancel(newcomer, by=cast.stranger_hr, organisation=fabrikam())
    assert entry.by_code_or_password(newcomer.email) == newcomer


# --- The host's side, named by the seconder


@pytest.mark.parametrize("part", ["host_contact", "host_signatory"])
def test_signatory_or_manager_of_the_seconder_does_not_speak_or_sign_for_the_host(cast: Cast, part: str) -> None:
    wrong = cast.director if part == "host_contact" else cast.manager
    with pytest.raises(Refused, match="works for the seconder"):
        cast.proposal(**{part: wrong})


# --- Reading


def test_salary_asks_to_confirm_after_a_quarter_of_an_hour(cast: Cast, sign_in: SignIn) -> None:
    client, address = sign_in(cast.hr), f"/people/{cast.secondee.key}/salary/"
    assert client.get(address).status_code == 200
    session = client.session
    session[sessions.CONFIRMED] -= 16 * 60
    session.save()
    assert client.get(address).headers["Location"].startswith("/confirm/?next=")


def test_administrator_reads_nothing_of_a_person_without_an_entry(cast: Cast, sign_in: SignIn) -> None:
    administrator = person("Ada Min", is_administrator=True)
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.TOTP, data={})
    client = sign_in(administrator)
    address = f"/people/{cast.secondee.key}/data/"
    client.post(address, {"do": "hold", "hold-reason": ""})
    client.get("/people/erasures/")
    verbs = LedgerEntry.objects.filter(verb__in=["data.look", "administrator.read"]).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["data.look", "administrator.read"]
