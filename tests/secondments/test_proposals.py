"""Writing a proposal: exceptions to rules, costs, copies, what changed, and what an attack found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.formats import date_format

from people import clock
from people.models import Employment, LedgerEntry, Person
from secondments import facts
from secondments.actions import copying, decisions, proposals, variations
from secondments.models import Estimate, Secondment, Template
from secondments.transitions import NotAllowed, Refused, perform
from tests.cast import Cast, fresh, on, person
from tests.secondments.test_sections import errors, send

SignIn = Callable[[Person], Client]


# --- Rules and exceptions


def new_at_work(cast: Cast) -> None:
    Employment.objects.filter(person=cast.secondee).update(started_on=clock.today("UTC") - timedelta(days=20))


def test_rule_that_is_not_met_stops_the_proposal_until_hr_says_why(cast: Cast, sign_in: SignIn) -> None:
    new_at_work(cast)
    case = cast.draft()
    with pytest.raises(Refused, match="6 months of service are reached"):
        proposals.submit(case, by=cast.hr)
    path = f"{case.get_absolute_url()}rules/minimum_service_months/"
    assert sign_in(cast.hr).post(path, {"reason": "Asked for by the board."}).status_code == 302
    case = proposals.submit(fresh(case), by=cast.hr)
    shown = {
        role: "Asked for by the board." in sign_in(cast.people[role]).get(f"{case.get_absolute_url()}proposal/").content.decode()
        for role in ("hr", "manager", "secondee", "contact", "viewer")
    }  # fmt: skip
    assert shown == {"hr": True, "manager": True, "secondee": False, "contact": False, "viewer": False}
    assert LedgerEntry.objects.get(verb="eligibility.override").reason == "Asked for by the board."


def test_exception_is_taken_back_by_leaving_the_reason_blank(cast: Cast) -> None:
    new_at_work(cast)
    case = cast.draft()
    proposals.override(case, "minimum_service_months", by=cast.hr, reason="The board")
    proposals.override(case, "minimum_service_months", by=cast.hr, reason=" ")
    with pytest.raises(Refused, match="months of service"):
        proposals.submit(case, by=cast.hr)
    with pytest.raises(Refused, match="does not ask this"):
        proposals.override(case, "invented", by=cast.hr, reason="x")
    with pytest.raises(Refused):
        proposals.override(case, "minimum_service_months", by=cast.manager, reason="x")


def test_missing_facts_stop_nothing(cast: Cast) -> None:
    case = cast.draft()
    assert {v.answer for v in facts.eligibility_of(case)} >= {"unknown"}
    proposals.submit(case, by=cast.hr)


def test_short_notice_is_a_warning_and_no_wall(cast: Cast, sign_in: SignIn) -> None:
    case = cast.draft(start_on=clock.today("Europe/London") + timedelta(days=10))
    page = sign_in(cast.hr).get(f"{case.get_absolute_url()}edit/").content.decode()
    assert "asks for a proposal 28 days before the first day; these are 10." in page
    assert proposals.submit(case, by=cast.hr).submitted_at


def test_work_abroad_asks_for_the_country(cast: Cast, sign_in: SignIn) -> None:
    case = cast.draft(kind="international")
    client = sign_in(cast.hr)
    assert "Work in another country" in client.get(f"{case.get_absolute_url()}edit/").content.decode()
    with pytest.raises(Refused, match="Say in which country"):
        proposals.submit(case, by=cast.hr)
    assert "own country" in errors(send(client, case, "abroad", work_country="GB"))["work_country"][0]
    send(client, case, "abroad", 1, work_country="PL", permit="held")
    assert proposals.submit(fresh(case), by=cast.hr).submitted_at
    assert (
        client.get(f"{cast.draft(weekly_hours=1, is_full_time=False).get_absolute_url()}edit/abroad/").status_code
        == 404
    )


# --- Above full-time


def test_database_refuses_part_times_that_are_more_than_full_time_together(cast: Cast) -> None:
    small = {"is_full_time": False, "weekly_hours": Decimal(25)}
    cast.proposal(**small)
    other = cast.draft(**small)
    with pytest.raises(Refused, match="together that is more than full-time"):
        proposals.submit(other, by=cast.hr)
    written = "UPDATE secondments_secondment SET state = 'proposal', transition_number = 1, submitted_at = now() WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="placed above full-time"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(written, [other.pk])  # whichever way the row is written
    later = cast.draft(**small)
    Secondment.objects.filter(pk=later.pk).update(weekly_hours=Decimal(15))
    assert proposals.submit(fresh(later), by=cast.hr).submitted_at


# --- Costs


def test_estimate_is_counted_anew_and_the_old_figure_stays(cast: Cast, sign_in: SignIn) -> None:
    case = cast.draft(start_on=date(2030, 1, 1), end_on=date(2030, 6, 30))
    first = case.estimates.get()
    proposals.save_draft(case, by=cast.hr, fields={"end_on": date(2030, 12, 31)})
    newest, oldest = Estimate.objects.filter(secondment=case)
    # 41,000 a year and 20 % on-costs: half a year, then a whole one.
    assert (oldest.total, newest.total) == (Decimal("24600.00"), Decimal("49200.00"))
    assert oldest.pk == first.pk
    proposals.save_draft(case, by=cast.hr, fields={"purpose": "The same days"})
    assert Estimate.objects.filter(secondment=case).count() == 2
    page = sign_in(cast.hr).get(f"{case.get_absolute_url()}estimate/").content.decode()
    assert "49,200.00" in page and "24,600.00" in page and "Earlier figures" in page
    assert LedgerEntry.objects.filter(verb="salary.read", case_id=case.pk).count() == 1


def test_host_sees_what_it_pays_and_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    case = proposals.begin(
        by=cast.hr, seconder=cast.northwind, fields=cast.fields(), objectives=cast.OBJECTIVES,
        proposal={"funding": "fixed", "fixed_amount": Decimal(9000)},
    )  # fmt: skip
    case = proposals.submit(case, by=cast.hr)
    total = f"{case.estimates.first().total:,.2f}"
    for who, kind in ((cast.contact, "acceptance"), (cast.manager, "release")):
        page = sign_in(who).get(f"{case.get_absolute_url()}decide/{kind}/").content.decode()
        assert total not in page and case.estimates.first().content["lines"][0]["amount"] not in page
    assert "9,000.00 GBP" in sign_in(cast.contact).get(f"{case.get_absolute_url()}decide/acceptance/").content.decode()
    assert sign_in(cast.contact).get(f"{case.get_absolute_url()}estimate/").status_code == 403


# --- Beginning from another


def test_copy_takes_what_is_said_and_nobody(cast: Cast, sign_in: SignIn) -> None:
    case = proposals.begin(
        by=cast.hr, seconder=cast.northwind, fields=cast.fields(working_days=[1, 2]), objectives=cast.OBJECTIVES,
        proposal={"risks": "A named person's illness", "benefit_host": "Much", "host_percent": Decimal(3)},
        tables={"cost_items": [{"kind": "travel", "amount": "12.50", "basis": "month", "borne_by": "host"}]},
    )  # fmt: skip
    proposals.submit(case, by=cast.hr)
    client = sign_in(cast.hr)
    copy = Secondment.objects.get(
        key=client.post("/secondments/new/", {"source": f"case:{case.key}"}).url.split("/")[2]
    )
    assert (copy.purpose, copy.proposal.benefit_host, copy.working_days) == (case.purpose, "Much", [1, 2])
    assert (copy.secondee, copy.start_on, copy.host_contact, copy.proposal.risks) == (None, None, None, "")
    assert [o.text for o in copy.objectives.all()] == ["Plan the autumn", "Train two colleagues"]
    assert [(c.amount, c.borne_by) for c in copy.cost_items.all()] == [(Decimal("12.50"), "host")]
    assert client.post(f"{case.get_absolute_url()}template/", {"name": "Planner"}).status_code == 302
    template = Template.objects.get()
    assert cast.secondee.full_name not in str(template.content) and "illness" not in str(template.content)
    made = copying.from_template(template, by=cast.hr)
    assert made.purpose == case.purpose
    assert (
        "There is a template of this name"
        in client.post(f"{case.get_absolute_url()}template/", {"name": "Planner"}).content.decode()
    )
    with pytest.raises(NotAllowed):
        copying.make_template(case, by=cast.host_hr, name="Ours")
    host = sign_in(cast.host_hr)
    assert host.post("/secondments/new/", {"source": f"template:{template.key}"}).status_code == 404
    assert host.post("/secondments/new/", {"source": f"case:{case.key}"}).status_code == 403


# --- What changed


def test_those_who_decide_see_what_changed_since_they_were_asked_before(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    decisions.decide(case.decisions.get(kind="consent"), by=cast.secondee, verdict=True)
    perform(case, "revise", by=cast.hr, reason="A new role")
    proposals.save_draft(fresh(case), by=cast.hr, fields={"role_title": "Head of planning"})
    case = proposals.save_draft(fresh(case), by=cast.hr, fields={})
    case.proposal.risks = "Only for home"
    case.proposal.save()
    case = proposals.submit(case, by=cast.hr)
    assert case.decisions.filter(revision=case.revision, verdict__isnull=False).count() == 0
    for who, kind, sees_risks in ((cast.secondee, "consent", True), (cast.contact, "acceptance", False)):
        page = sign_in(who).get(f"{case.get_absolute_url()}decide/{kind}/").content.decode()
        assert "What has changed since it was submitted before" in page
        assert "Planning lead" in page and "Head of planning" in page
        assert ("Only for home" in page) is sees_risks
    first = fresh(case).proposal.first_submitted_at
    assert first and first < case.submitted_at


def test_figures_for_reports_are_stamped(cast: Cast) -> None:
    with on(date(2026, 1, 10)):
        case = cast.draft()
    assert case.proposal.first_asked_at.date() == date(2026, 1, 10)
    assert (case.proposal.started_by, case.proposal.started_as) == (cast.hr, "hr_seconder")


# --- What an attack found


def test_new_secondee_learns_nothing_of_the_former_ones_pay(cast: Cast, sign_in: SignIn) -> None:
    other = person("Bob Other")
    Employment.objects.create(person=other, organisation=cast.northwind, line_manager=cast.manager)
    case = cast.draft()
    former = case.estimate
    proposals.save_draft(case, by=cast.hr, fields={"secondee": other})
    case = proposals.submit(fresh(case), by=cast.hr)
    assert (case.estimate, Estimate.objects.get()) == (None, former)  # Bob's salary is not on record
    page = sign_in(other).get(f"{case.get_absolute_url()}estimate/").content.decode()
    assert f"{former.total:,.2f}" not in page and "Nothing is counted yet." in page
    assert (
        "Estimated charge"
        not in sign_in(cast.contact).get(f"{case.get_absolute_url()}decide/acceptance/").content.decode()
    )


def test_secondee_sees_their_pay_and_no_shares(cast: Cast, sign_in: SignIn) -> None:
    case = proposals.begin(
        by=cast.hr, seconder=cast.northwind, fields=cast.fields(), objectives=cast.OBJECTIVES,
        proposal={"funding": "host"}, tables={"cost_items": [{"kind": "cover", "label": "Temp", "amount": "777"}]},
    )  # fmt: skip
    case = proposals.submit(case, by=cast.hr)
    page = sign_in(cast.secondee).get(f"{case.get_absolute_url()}estimate/").content.decode()
    lines = case.estimate.content["lines"]
    assert f"{Decimal(lines[0]['amount']):,.2f}" in page
    assert "Temp" not in page and "Seconder" not in page


def test_new_host_learns_nothing_of_the_one_before(cast: Cast, sign_in: SignIn) -> None:
    from people.models import Organisation
    from secondments.actions import questions

    case = cast.proposal()
    questions.ask(case.decisions.get(kind="acceptance"), by=cast.contact, text="May we pay less?")
    perform(case, "revise", by=cast.hr, reason="Another host")
    fabrikam = Organisation.objects.create(legal_name="Fabrikam GmbH", country="DE", is_listed=True)
    contact = person("Greta New")
    fields = {"host": fabrikam, "host_contact": contact, "host_signatory": contact}
    proposals.save_draft(fresh(case), by=cast.hr, fields=fields)
    case = proposals.submit(fresh(case), by=cast.hr)
    page = sign_in(contact).get(f"{case.get_absolute_url()}decide/acceptance/").content.decode()
    assert "Contoso sp. z o.o." not in page and "May we pay less?" not in page
    assert (
        "Contoso sp. z o.o." in sign_in(cast.secondee).get(f"{case.get_absolute_url()}decide/consent/").content.decode()
    )
    assert "May we pay less?" in sign_in(cast.hr).get(f"{case.get_absolute_url()}proposal/").content.decode()


def test_exception_ends_with_the_person_it_was_made_for(cast: Cast) -> None:
    new_at_work(cast)
    case = cast.draft()
    proposals.override(case, "minimum_service_months", by=cast.hr, reason="For Ana")
    proposals.save_draft(fresh(case), by=cast.hr, fields={"secondee": cast.manager, "line_manager": cast.director})
    assert not case.overrides.exists()


def test_amounts_of_two_currencies_are_not_added_up(cast: Cast) -> None:
    case = proposals.begin(
        by=cast.hr, seconder=cast.northwind, fields=cast.fields(), proposal={"currency": "EUR"},
        tables={"cost_items": [{"kind": "travel", "amount": "500"}]},
    )  # fmt: skip
    assert case.estimate is None  # the salary is paid in GBP


def test_ending_early_does_not_meet_the_sum_of_hours_again(cast: Cast) -> None:
    case = cast.active()
    Employment.objects.filter(person=cast.secondee).update(weekly_hours=Decimal(20))
    Secondment.objects.filter(pk=case.pk).update(end_on=case.end_on - timedelta(days=1))


def test_approved_proposal_is_read_as_it_was_approved(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    case = cast.active()
    address = f"{case.get_absolute_url()}proposal/"
    first = date_format(case.end_on, "j F Y")
    with on(case.start_on):
        variations.apply(case, {"end_on": str(case.end_on + timedelta(days=30))}, by=cast.hr, paper="V1")
        page = sign_in(cast.hr).get(address).content.decode()
    assert first in page and date_format(case.end_on + timedelta(days=30), "j F Y") not in page
    assert "As it was approved" in page
