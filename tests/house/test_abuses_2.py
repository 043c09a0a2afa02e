"""More ways in that a reviewer with an account in every role tried; each stays shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from agreements.models import Agreement
from people import clock
from people.actions import addresses
from people.imports.files import Unreadable
from people.models import Employment, Organisation, Person
from secondments import capacities
from secondments.actions import decisions, deputies, proposals
from secondments.choices import Part
from secondments.models import Deputy, Secondment
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, person
from tests.people.files import uploaded

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
