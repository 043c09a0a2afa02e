"""Further papers of a case: variations, the letter of an early end, the secondee's own contract; what each is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.formats import date_format

from agreements import approving, drafting, envelopes, further, guards, negotiation, policies, scopes, signing, varying
from agreements.models import Agreement
from people import clock
from people.models import LedgerEntry, Person
from secondments.actions import calendar, early_end, variations
from secondments.models import Secondment
from secondments.transitions import NotAllowed
from tests.agreements.acts import edit, fresh, outcome, refusals, seen
from tests.cast import Cast, member, on, person
from tests.cast import fresh as fresh_case

SignIn = Callable[[Person], Client]


def words(day: date) -> str:
    return date_format(day, "j F Y")


def vary(
    cast: Cast, case: Secondment, reason: str = "The work takes longer", exception: str = "", **changes: Any
) -> Agreement:
    return further.vary(case, by=cast.hr, changes=changes, reason=reason, exception=exception)


def longer(case: Secondment, days: int = 60) -> dict[str, str]:
    return {"end_on": str(case.end_on + timedelta(days=days))}


def ready(cast: Cast, paper: Agreement) -> Agreement:
    """A further paper through its approvals and out, with a stand-in for its review copy."""
    from agreements import documents, papers

    case = paper.secondment
    negotiation.share(paper, by=cast.hr)
    speakers = {"host": case.host_contact, "secondee": case.secondee, "seconder": cast.hr}
    for party in policies.APPROVERS[fresh(paper).kind]:
        approving.approve(paper, by=speakers[party], content_hash=fresh(paper).current.content_hash)
    signing.issue(fresh(paper), by=cast.hr)
    locked = papers.lock(paper.pk)
    document = documents.keep(locked, "review_copy", f"review copy of paper {paper.pk}".encode())
    Agreement.objects.filter(pk=paper.pk).update(review_copy=document)
    signing.invite(papers.lock(paper.pk))
    return fresh(paper)


def sign_all(cast: Cast, paper: Agreement) -> Agreement:
    while fresh(paper).state == "signing":
        cast.sign(fresh(paper), signing.next_slot(fresh(paper)).signatory)
    return fresh(paper)


def signed(cast: Cast, case: Secondment, **changes: Any) -> Agreement:
    return sign_all(cast, ready(cast, vary(cast, case, **changes)))


# What a variation says.


def test_variation_says_only_what_changes(cast: Cast) -> None:
    case = cast.agreed()
    paper = vary(cast, case, location="Warsaw")
    content = paper.current.content
    rows = {row["key"]: [paragraph["text"] for paragraph in row["paragraphs"]] for row in content["clauses"]}
    assert list(rows) == ["variation", "place_of_work", "effect"]
    assert [row["number"] for row in content["clauses"]] == [1, 2, 3]
    assert rows["place_of_work"][0] == "Clause 6 (“Place of work”) of the agreement reads from now on:"
    assert ("Warsaw" in rows["place_of_work"][1], "Kraków" in str(rows)) == (True, False)
    assert content["particulars"] == [{"label": "Place of work", "value": "Warsaw (before: Kraków)"}]
    assert content["schedules"] == []


def test_variation_names_the_agreement_its_day_and_its_reason(cast: Cast) -> None:
    case = cast.agreed()
    paper = vary(cast, case, location="Warsaw")
    base = case.agreements.get(kind="agreement")
    named = f"{base.reference} of {words(clock.today(case.zone))}"
    assert paper.current.content["document"]["varies"] == named
    lead = paper.current.content["clauses"][0]["paragraphs"]
    assert lead[0]["text"].endswith(
        f"agreement {named}. They now vary it as this paper says, for this reason: The work takes longer"
    )
    assert "open question" not in paper.current.terms


def test_variation_of_the_days_changes_every_clause_that_names_them(cast: Cast) -> None:
    case = cast.agreed()
    paper = vary(cast, case, **longer(case))
    keys = [row["key"] for row in paper.current.content["clauses"]]
    assert (keys[0], keys[-1], "secondment_term" in keys, "place_of_work" in keys) == (
        "variation", "effect", True, False,
    )  # fmt: skip
    new = words(case.end_on + timedelta(days=60))
    assert {row["label"]: row["value"] for row in paper.current.content["particulars"]} == {
        "Last day": f"{new} (before: {words(case.end_on)})"
    }


def test_wording_that_is_changed_in_a_variation_is_in_it(cast: Cast) -> None:
    paper = vary(cast, cast.agreed(), location="Warsaw")
    edit(paper, cast.hr, key="grievance", values={}, wording=["Talk to each other."])
    rows = {row["key"]: row["paragraphs"] for row in fresh(paper).current.content["clauses"]}
    assert list(rows) == ["variation", "place_of_work", "grievance", "effect"]
    assert rows["grievance"][1]["text"] == "Talk to each other."
    told = "“Grievance” is legal wording and was changed: a legal approver has to agree."
    from agreements import guards

    (check,) = [check for check in guards.checks(fresh(paper)) if check.number == 10]
    assert [row.sentence for row in check.refusals] == [told]


def test_clause_that_is_added_or_left_out_by_a_variation_is_said_to_be(cast: Cast) -> None:
    from agreements import editions

    case = cast.agreement_case()
    library = editions.of(cast.northwind)
    paper = cast.answered(case)
    negotiation.take_in(
        paper, by=cast.hr, clause=library["training_registration"], note="Asked for", seen_version=seen(paper)
    )
    cast.sealed(case)
    change = vary(cast, fresh_case(case), location="Warsaw")
    negotiation.leave_out(change, by=cast.hr, key="training_registration", note="Over", seen_version=seen(change))
    negotiation.take_in(change, by=cast.hr, clause=library["backfill"], note="Needed", seen_version=seen(change))
    rows = {row["key"]: row["paragraphs"][0]["text"] for row in fresh(change).current.content["clauses"]}
    assert rows["backfill"] == "A new clause “Cover for the home post” is added to the agreement:"
    assert rows["training_registration"] == (
        "Clause 22 (“Training and professional registration”) of the agreement no longer applies."
    )


def test_second_variation_counts_from_the_first(cast: Cast) -> None:
    case = cast.agreed()
    assert signed(cast, case, location="Warsaw").title == "Variation 1 of the secondment agreement"
    second = vary(cast, fresh_case(case), role_title="Head of planning")
    assert (second.title, second.number) == ("Variation 2 of the secondment agreement", 3)
    keys = [row["key"] for row in second.current.content["clauses"]]
    assert ("role_duties" in keys, "place_of_work" in keys) == (True, False)
    assert [row["label"] for row in second.current.content["particulars"]] == ["Role at the Host"]


def test_number_of_a_variation_that_was_called_off_is_free_again(cast: Cast) -> None:
    case = cast.agreed()
    envelopes.void_issued(vary(cast, case, location="Warsaw"), by=cast.hr, reason="Not needed")
    again = vary(cast, fresh_case(case), location="Gdynia")
    assert (again.title, again.number) == ("Variation 1 of the secondment agreement", 3)


# The consolidated text.


def test_consolidated_text_is_the_agreement_with_its_variations(cast: Cast) -> None:
    case = cast.agreed()
    first = case.agreements.get(kind="agreement").current.content
    change = ready(cast, vary(cast, case, location="Warsaw"))
    ahead = varying.consolidated(fresh_case(case), change)
    sign_all(cast, change)
    whole = varying.consolidated(fresh_case(case))
    assert [row["key"] for row in whole["clauses"]] == [row["key"] for row in first["clauses"]]
    differ = [
        new["key"]
        for new, old in zip(whole["clauses"], first["clauses"], strict=True)
        if new["paragraphs"] != old["paragraphs"]
    ]
    assert differ == ["place_of_work"]
    assert {row["label"]: row["value"] for row in whole["particulars"]}["Place of work"] == "Warsaw"
    assert ahead == whole  # read before it was signed, and after


def test_consolidated_text_of_an_unvaried_agreement_is_its_own(cast: Cast) -> None:
    case = cast.agreed()
    signed_terms = case.agreements.get().current.content
    whole = varying.consolidated(case)
    assert (whole["clauses"], whole["parties"], whole["particulars"]) == (
        signed_terms["clauses"], signed_terms["parties"], signed_terms["particulars"],
    )  # fmt: skip


# Opening one.


def test_variation_is_opened_by_hr_of_the_seconder(cast: Cast) -> None:
    case = cast.agreed()
    found = {
        n: outcome(lambda who=who: further.vary(case, by=who, changes={"location": "Warsaw"}, reason="x"))
        for n, who in cast.people.items()
    }
    assert {n: result for n, result in found.items() if result != "denied"} == {"hr": "ok"}


def test_one_variation_is_open_at_a_time(cast: Cast) -> None:
    case = cast.agreed()
    vary(cast, case, location="Warsaw")
    told = "A variation of this agreement is open already: finish it, or call it off, first."
    assert refusals(lambda: vary(cast, case, location="Gdynia")) == [(told, "")]


def test_variation_gives_a_reason(cast: Cast) -> None:
    case = cast.agreed()
    assert refusals(lambda: vary(cast, case, " ", location="Warsaw")) == [("Give a reason.", "reason")]


def test_agreement_that_is_not_signed_is_not_varied(cast: Cast) -> None:
    case = cast.agreement_case()
    told = "There is no signed agreement yet that could be varied."
    assert refusals(lambda: vary(cast, case, location="Warsaw")) == [(told, "")]


def test_impossible_variation_is_refused_when_it_is_opened(cast: Cast) -> None:
    case = cast.active()
    with on(case.start_on + timedelta(days=5)):
        assert refusals(lambda: vary(cast, case, start_on=str(case.start_on + timedelta(days=9)))) == [
            ("The placement has begun; its first day stays.", "start_on")
        ]
    assert not case.agreements.filter(kind="variation").exists()


# Signed by all.


def test_variation_is_applied_to_the_case_with_the_last_signature(cast: Cast) -> None:
    case = cast.agreed()
    paper = ready(
        cast, vary(cast, case, location="Warsaw", role_title="Head of planning", weekly_hours="20", is_full_time=False)
    )
    for _ in range(2):
        cast.sign(fresh(paper), signing.next_slot(fresh(paper)).signatory)
        assert fresh_case(case).location == "Kraków"
    sign_all(cast, paper)
    now = fresh_case(case)
    assert (now.location, now.role_title, now.weekly_hours, now.is_full_time) == (
        "Warsaw", "Head of planning", 20, False,
    )  # fmt: skip
    entry = LedgerEntry.objects.get(verb="secondment.vary")
    assert (entry.actor_name, entry.facts["paper"], entry.facts["before"]["location"], entry.facts["after"]["location"]) == (
        "Dora Rex", paper.reference, "Kraków", "Warsaw",
    )  # fmt: skip


def test_declined_variation_changes_nothing(cast: Cast) -> None:
    case = cast.agreed()
    paper = ready(cast, vary(cast, case, location="Warsaw"))
    signing.decline(paper, by=cast.secondee, reason="Too far")
    assert (fresh_case(case).location, fresh_case(case).state) == ("Kraków", "agreed")
    again = envelopes.redraft(paper, by=cast.hr)
    assert (again.kind, again.changes, again.title) == ("variation", {"location": "Warsaw"}, paper.title)


def test_original_days_stay_on_record(cast: Cast) -> None:
    case = cast.agreed()
    first = case.agreements.get(kind="agreement")
    before = first.current.terms
    signed(cast, case, **longer(case))
    now = fresh_case(case)
    assert (now.end_on, now.agreed_end_on) == (case.end_on + timedelta(days=60), case.end_on)
    assert Agreement.objects.get(pk=first.pk).current.terms == before


def test_extension_out_of_the_review_goes_back_to_the_placement(cast: Cast) -> None:
    case = cast.in_review()
    with on(case.end_on - timedelta(days=20)):
        signed(cast, case, exception="The client asked late.", **longer(case, 90))
    now = fresh_case(case)
    assert (now.state, now.end_on, now.review_began_at, now.evaluations.count()) == (
        "active", case.end_on + timedelta(days=90), None, 0,
    )  # fmt: skip
    assert now.checkins.filter(due_on__gte=case.end_on, cancelled_at=None).exists()


def test_variation_that_has_become_impossible_is_not_signed_by_the_last(cast: Cast) -> None:
    """The last signature and the change of the case are one act: neither happens without the other."""
    case = cast.active()
    with on(case.start_on + timedelta(days=9)):
        paper = ready(cast, vary(cast, case, end_on=str(case.start_on + timedelta(days=12))))
        for _ in range(2):
            cast.sign(fresh(paper), signing.next_slot(fresh(paper)).signatory)
    with on(case.start_on + timedelta(days=13)):
        assert refusals(lambda: cast.sign(fresh(paper), cast.director)) == [("The last day has passed.", "end_on")]
    assert (fresh(paper).state, paper.signatures.count(), fresh_case(case).end_on) == ("signing", 2, case.end_on)


def test_variation_without_a_change_of_the_case_changes_the_wording_alone(cast: Cast) -> None:
    case = cast.agreed()
    paper = vary(cast, case)
    edit(paper, cast.hr, key="keeping_in_touch", values={}, wording=["Write now and then."])
    sign_all(cast, ready(cast, paper))
    assert not LedgerEntry.objects.filter(verb="secondment.vary").exists()
    rows = {row["key"]: row["paragraphs"][0]["text"] for row in varying.consolidated(fresh_case(case))["clauses"]}
    assert rows["keeping_in_touch"] == "Write now and then."


def test_open_variation_is_void_once_the_placement_is_over(cast: Cast) -> None:
    from secondments.actions import calendar

    case = cast.evaluated()
    with on(case.end_on - timedelta(days=10)):
        paper = vary(cast, case, location="Warsaw")
        from secondments.actions import evaluations

        evaluations.conclude(case, by=cast.hr, conclusion="Well done.")
    with on(case.end_on + timedelta(days=1)):
        calendar.advance()
    assert (fresh(paper).state, fresh(paper).end_reason) == ("void", "The secondment is over.")


# The letter of an early end.


def ended_early(cast: Cast) -> Secondment:
    case = cast.active()
    with on(case.start_on + timedelta(days=40)):
        early_end.end_early(
            case, by=cast.hr, last_day=case.start_on + timedelta(days=68), asked_by="host", reason="Confidential"
        )
    return fresh_case(case)


def test_letter_of_an_early_end_is_drafted_by_itself(cast: Cast) -> None:
    case = ended_early(cast)
    paper = case.agreements.get(kind="early_end")
    assert (paper.state, paper.title) == ("draft", "Early end of the secondment")
    content = paper.current.content
    assert [row["key"] for row in content["clauses"]] == ["early_end", "effect"]
    text = "\n".join(paragraph["text"] for row in content["clauses"] for paragraph in row["paragraphs"])
    assert f"ends on {words(case.end_on)}. The last day agreed before was {words(case.agreed_end_on)}." in text
    assert "The end was asked for by the Host." in text
    assert "Confidential" not in paper.current.terms  # HR says it in words that all may read
    assert "Notice given on " in text and f" runs for 4 weeks, until {long(case.end_on)}." in text
    assert [(c.key, p.name) for c, p in drafting.open_questions(paper, paper.current)] == [("early_end", "reason")]


def long(day: date) -> str:
    return date_format(day, "l, j F Y")


def test_letter_names_the_day_that_was_in_force_and_what_two_people_decided(cast: Cast) -> None:
    """An extension had moved the last day; the one first agreed is another."""
    case = cast.active()
    later = case.end_on + timedelta(days=30)
    with on(case.start_on + timedelta(days=20)):
        variations.apply(case, {"end_on": str(later)}, by=cast.hr, paper="V")
    with on(case.start_on + timedelta(days=40)):
        cast.end_at_once(fresh_case(case), case.start_on + timedelta(days=45))
    case = fresh_case(case)
    assert (case.end_before_on, case.agreed_end_on) == (later, later - timedelta(days=30))
    content = case.agreements.get(kind="early_end").current.content
    text = "\n".join(paragraph["text"] for row in content["clauses"] for paragraph in row["paragraphs"])
    assert f"The last day agreed before was {words(later)}." in text
    assert "Two people at the Seconder decided that it ends sooner." in text


def test_letter_is_approved_and_signed_by_the_seconder_alone(cast: Cast) -> None:
    case = ended_early(cast)
    paper = case.agreements.get(kind="early_end")
    answers = {"early_end": {"reason": "The budget ended", "computed": "By four weeks' notice"}}
    with on(case.start_on + timedelta(days=41)):
        negotiation.answer(paper, by=cast.hr, answers=answers, seen_version=1)
        out = ready(cast, fresh(paper))
        assert [(slot.party, slot.signatory) for slot in out.slots.all()] == [("seconder", cast.director)]
        assert sign_all(cast, out).state == "signed"
    assert fresh_case(case).state == "review"


def test_letter_is_written_once(cast: Cast) -> None:
    case = ended_early(cast)
    assert refusals(lambda: further.write_letter(case, by=cast.hr)) == [("There is a letter already.", "")]
    envelopes.void_issued(case.agreements.get(kind="early_end"), by=cast.hr, reason="Other words")
    assert further.write_letter(case, by=cast.hr).state == "draft"
    with pytest.raises(NotAllowed):
        further.write_letter(case, by=cast.contact)


def test_secondment_that_runs_to_its_end_has_no_letter(cast: Cast) -> None:
    case = cast.in_review()
    assert not case.agreements.filter(kind="early_end").exists()
    assert refusals(lambda: further.write_letter(case, by=cast.hr)) == [("This secondment was not ended early.", "")]


# The secondee's own contract as a paper of its own.


@pytest.fixture
def two(cast: Cast) -> Secondment:
    """A case whose policy wants the contract varied by a paper of its own."""
    cast.northwind.policies.create(effective_from=clock.today("Europe/London"), two_papers=True)
    return cast.agreement_case()


def contract(case: Secondment) -> Agreement:
    return Agreement.objects.select_related("current", "secondment").get(secondment=case, kind="contract")


def test_policy_of_two_papers_drafts_both(cast: Cast, two: Secondment) -> None:
    assert [(row.kind, row.number) for row in two.agreements.order_by("number")] == [("agreement", 1), ("contract", 2)]
    content = contract(two).current.content
    assert [row["key"] for row in content["clauses"]] == ["contract", *drafting.OF_CONTRACT, "effect"]
    assert [row["capacity"] for row in content["parties"]] == ["seconder", "secondee"]
    assert content["schedules"] == []


@pytest.mark.parametrize("last", ["agreement", "contract"])
def test_case_concludes_with_the_last_of_both_papers(cast: Cast, two: Secondment, last: str) -> None:
    def sign_contract() -> None:
        sign_all(cast, ready(cast, contract(two)))

    acts = {"agreement": lambda: cast.sealed(two), "contract": sign_contract}
    for kind in ("agreement", "contract"):
        if kind != last:
            acts[kind]()
    assert fresh_case(two).state == "agreement"
    acts[last]()
    assert fresh_case(two).state == "agreed"


def test_contract_is_approved_and_signed_by_secondee_and_seconder(cast: Cast, two: Secondment) -> None:
    paper = ready(cast, contract(two))
    assert [(row.party, row.person) for row in paper.current.approvals.order_by("party")] == [
        ("secondee", cast.secondee), ("seconder", cast.hr),
    ]  # fmt: skip
    assert [(row.party, row.turn) for row in paper.slots.order_by("turn")] == [("secondee", 1), ("seconder", 2)]


def test_contract_is_read_by_home_and_nobody_at_the_host(cast: Cast, two: Secondment) -> None:
    paper = ready(cast, contract(two))
    people = {name: Person.objects.get(pk=who.pk) for name, who in cast.people.items()}
    readers = {"hr", "manager", "secondee", "director"}
    assert {name for name, who in people.items() if policies.may_read(paper, who)} == readers
    assert {name for name, who in people.items() if paper in scopes.readable(who)} == readers
    assert (
        outcome(lambda: approving.approve(paper, by=cast.contact, content_hash=paper.current.content_hash)) == "denied"
    )


def test_ledger_of_the_contract_has_verbs_of_its_own(cast: Cast, two: Secondment) -> None:
    sign_all(cast, ready(cast, contract(two)))
    rows = LedgerEntry.objects.filter(case_id=two.pk, verb__startswith="contract.").order_by("pk")
    assert [row.verb.removeprefix("contract.") for row in rows] == [
        "draft", "share", "party_approve", "party_approve", "approve", "issue", "sign", "sign", "complete",
    ]  # fmt: skip
    assert not LedgerEntry.objects.filter(
        case_id=two.pk, verb__startswith="agreement.", words__facts__paper=contract(two).reference
    ).exists()


def test_host_is_told_nothing_of_the_contract_in_the_timeline(cast: Cast, two: Secondment) -> None:
    from secondments import timeline

    sign_all(cast, ready(cast, contract(two)))
    case = fresh_case(two)
    reference = contract(two).reference
    for name, reads in (("hr", True), ("secondee", True), ("contact", False), ("host_hr", False), ("signatory", False)):
        told = [line.sentence for line in timeline.of(case, Person.objects.get(pk=cast.people[name].pk))]
        assert any(reference in sentence for sentence in told) == reads, name


def test_one_paper_is_enough_by_default(cast: Cast) -> None:
    assert [row.kind for row in cast.agreement_case().agreements.all()] == ["agreement"]


# What each paper is worth now.


def test_worth_of_papers(cast: Cast) -> None:
    case = cast.agreed()

    def worth() -> list[tuple[str, str]]:
        rows = list(Agreement.objects.filter(secondment=case).order_by("number"))
        return [(str(row.kind), further.worth(row, rows)[1]) for row in rows]

    assert worth() == [("agreement", "In force")]
    paper = vary(cast, case, location="Warsaw")
    assert worth() == [("agreement", "In force"), ("variation", "Being prepared by HR")]
    sign_all(cast, ready(cast, paper))
    assert worth() == [("agreement", "In force, as varied"), ("variation", "In force")]
    envelopes.void_issued(vary(cast, fresh_case(case), location="Gdynia"), by=cast.hr, reason="Not needed")
    assert worth() == [("agreement", "In force, as varied"), ("variation", "In force"), ("variation", "Void")]


def test_page_of_papers_shows_to_each_what_they_read(cast: Cast, two: Secondment, sign_in: SignIn) -> None:
    ready(cast, contract(two))
    cast.shared(two)
    address = f"{two.get_absolute_url()}papers/"
    shown = {}
    for name, who in cast.people.items():
        page = sign_in(who).get(address)
        context = page.context if page.status_code == 200 else {}
        papers = [row.kind for row, _worth in context["papers"]] if "papers" in context else None
        shown[name] = papers or ("costs" if "costs" in context else page.status_code)
    both = ["contract", "agreement"]
    assert shown == {
        "hr": both, "manager": both, "secondee": both, "director": both,
        "contact": ["agreement"], "signatory": ["agreement"], "host_hr": ["agreement"],
        "finance": "costs", "viewer": 403, "stranger": 404, "stranger_hr": 404,
    }  # fmt: skip


def test_finance_of_both_sides_reads_what_the_host_pays_and_nothing_else(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case(proposal={"funding": "fixed", "fixed_amount": Decimal(5000)})
    host_finance = member(person("Heidi Finance"), cast.contoso, "finance")
    address = f"{case.get_absolute_url()}papers/"

    def pages() -> list[str]:
        return [sign_in(who).get(address).content.decode() for who in (cast.finance, host_finance)]

    assert all("HR is preparing the terms." in page for page in pages())
    cast.shared(case)
    for page in pages():
        assert "Schedule B of version" in page
        assert "a fixed amount" in page
        assert "Return to the home post" not in page
    panel = sign_in(cast.finance).get(f"{case.get_absolute_url()}agreement/panel/").content.decode()
    assert (address in panel, "Open the agreement" in panel) == (True, False)


def test_finance_is_told_where_the_host_pays_nothing(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreement_case()
    cast.shared(case)
    page = sign_in(cast.finance).get(f"{case.get_absolute_url()}papers/").content.decode()
    assert "By this agreement the host pays nothing" in page


def test_page_offers_hr_what_can_be_made(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    client = sign_in(cast.hr)
    address = f"{case.get_absolute_url()}papers/"
    page = client.get(address)
    assert (page.context["may_vary"], page.context["may_write_letter"]) == (True, False)
    sent = {"reason": "Longer", "end_on": str(case.end_on + timedelta(days=30)), "location": case.location}
    made = client.post(f"{address}vary/", sent)
    paper = Agreement.objects.get(kind="variation")
    assert (made.url, paper.changes) == (paper.get_absolute_url(), {"end_on": str(case.end_on + timedelta(days=30))})
    assert sign_in(cast.contact).get(f"{address}vary/").status_code == 403
    assert sign_in(cast.contact).get(address).context["may_vary"] is False


def test_variation_of_a_recharge_needs_a_schedule_only_where_none_was_signed(cast: Cast) -> None:
    missing = "There is a recharge but no schedule of costs: add one, or say in the proposal who bears the costs."
    bare = cast.active(is_full_time=False, weekly_hours=5)
    recharged = cast.agreement_case(is_full_time=False, weekly_hours=6, proposal={"funding": "host_salary"})
    content = recharged.agreements.get(kind="agreement").current.content["schedules"]
    assert any("cost" in row["title"].lower() for row in content)
    recharged = cast.sealed(recharged)
    with on(recharged.start_on):
        calendar.advance()
    for case, expected in ((bare, [missing]), (fresh_case(recharged), [])):
        paper = vary(cast, case, **longer(case, 20))
        edit(paper, cast.hr, key="cost_recharge", values={"model": "all costs of employment"})
        found = [row.sentence for row in guards._recharge(guards.Look(fresh(paper)))]
        assert [sentence for sentence in found if "no schedule" in str(sentence)] == expected


def test_case_shows_further_papers_that_run_and_the_letter_that_is_missing(cast: Cast, sign_in: SignIn) -> None:
    case = cast.active()
    panel = f"{case.get_absolute_url()}agreement/0/panel/"
    hr, contact = sign_in(cast.hr), sign_in(cast.contact)
    paper = vary(cast, case, **longer(case))
    assert paper.title in hr.get(panel).content.decode()
    assert paper.title not in contact.get(panel).content.decode()  # nothing of it was shared yet
    negotiation.share(paper, by=cast.hr)
    said = hr.get(panel).content.decode()
    assert paper.title in contact.get(panel).content.decode() and f"waiting for {case.host_contact}" in said
    assert f"Approve: {paper.title}" in contact.get("/").content.decode()
    assert "it changes the signed agreement" in contact.get(paper.get_absolute_url()).content.decode()
    with on(case.start_on + timedelta(days=30)):
        last = early_end.proposed_last_day(case, "host")
        ended = early_end.end_early(case, by=cast.hr, last_day=last, asked_by="host", reason="Budget")
        letter = ended.agreements.get(kind="early_end")
        page = hr.get(letter.get_absolute_url()).content.decode()
        assert "The wording is ready" in page and "Send the terms to the parties" not in page
        edit(letter, cast.hr, key="early_end", values={"reason": "The budget was cut."})
        negotiation.share(letter, by=cast.hr)
        assert "Approve the letter" in hr.get(letter.get_absolute_url()).content.decode()
        envelopes.void(fresh(letter), by=cast.hr, reason="Written anew")
        assert "is not written yet" in hr.get(panel).content.decode()
        assert "is not written yet" not in contact.get(panel).content.decode()


def test_signed_variation_changes_how_the_host_is_charged(cast: Cast) -> None:
    case = cast.sealed(cast.agreement_case(proposal={"funding": "host_salary", "currency": "EUR"}))
    with on(case.start_on):
        calendar.advance()
    case = fresh_case(case)
    terms = case.recharge
    assert (terms.frequency, terms.payment_days, terms.sickness_charged_days) == ("month", 30, 28)
    paper = vary(cast, case, **longer(case, 20))
    answers = {"model": "salary and on-costs", "frequency": "quarterly in arrears", "payment_days": "45"}
    edit(paper, cast.hr, key="cost_recharge", values=answers)
    assert fresh_case(case).recharge.frequency == "month"
    sign_all(cast, ready(cast, fresh(paper)))
    terms = fresh_case(case).recharge
    assert (terms.frequency, terms.payment_days, terms.sickness_charged_days) == ("quarter", 45, 28)


def test_new_hours_count_from_the_day_that_the_paper_names(cast: Cast) -> None:
    case = cast.active()
    since = clock.today(case.zone) + timedelta(days=40)
    changes = {"weekly_hours": "20", "is_full_time": False, "working_days": [0, 1, 2]}
    paper = further.vary(case, by=cast.hr, changes=changes, reason="Half of the week", effective=since)
    assert f"takes effect on {words(since)}" in paper.current.terms
    sign_all(cast, ready(cast, paper))
    found = fresh_case(case)
    assert (found.weekly_hours, found.working_days) == (Decimal(20), [0, 1, 2])
    assert [day for day, _hours, _days in found.worked_before] == [str(since)]
    assert [day for day, _share in found.recharge.shares] == [str(found.began_on), str(since)]


def test_post_at_home_is_protected_until_the_day_that_all_have_signed(cast: Cast) -> None:
    case = cast.active()
    assert case.return_plan.post_protected_until == case.end_on
    sign_all(cast, ready(cast, vary(cast, case, **longer(case))))
    later = fresh_case(case)
    assert later.return_plan.post_protected_until == later.end_on == case.end_on + timedelta(days=60)
    # Of a longer protection nothing is taken away by a paper that does not speak of it.
    type(later.return_plan).objects.update(post_protected_until=later.end_on + timedelta(days=30))
    sign_all(cast, ready(cast, vary(cast, later, role_title="Lead")))
    assert fresh_case(case).return_plan.post_protected_until == later.end_on + timedelta(days=30)
