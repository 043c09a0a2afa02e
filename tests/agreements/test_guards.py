"""Ready to sign? Each of the thirteen checks, holding and failing, with its sentence and where it is mended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.formats import date_format

from agreements import approving, conversations, drafting, editions, guards, negotiation, signing
from agreements.models import Agreement
from agreements.states import PaperKind
from people import clock
from people.models import Employment, Person
from secondments.models import CasePart, Override, Secondment
from tests.agreements.acts import FREE, LOCKED, SMALL, edit, fresh, lawyer, propose, refusals, reword, seen
from tests.agreements.test_library import case_of
from tests.cast import Cast

Told = list[tuple[str, str]]


@pytest.fixture
def paper(cast: Cast) -> Agreement:
    """An external secondment with every question answered."""
    return cast.answered(cast.agreement_case())


@pytest.fixture
def abroad(cast: Cast) -> Agreement:
    """An international one, with the count of days not noted yet."""
    paper = cast.answered(case_of(cast, "international").secondment)
    Agreement.objects.filter(pk=paper.pk).update(noted={})
    return fresh(paper)


def told(agreement: Agreement, number: int) -> Told:
    """What one check says; it must be among those that are asked."""
    (check,) = [check for check in guards.checks(fresh(agreement)) if check.number == number]
    return [(str(row.sentence), row.where) for row in check.refusals]


def failing(agreement: Agreement) -> list[int]:
    return [check.number for check in guards.checks(fresh(agreement)) if not check.holds]


def put(cast: Cast, agreement: Agreement, key: str, **values: str) -> None:
    edit(agreement, cast.hr, key=key, values=values)


def in_words(day: Any) -> str:
    return date_format(day, "j F Y")


def test_paper_that_waits_for_approval_fails_nothing_else(paper: Agreement) -> None:
    assert [check.number for check in guards.checks(paper)] == list(range(1, 14))
    assert failing(paper) == [9]


def test_every_check_says_what_it_asks(paper: Agreement) -> None:
    titles = [str(check.title) for check in guards.checks(paper)]
    assert len(set(titles)) == 13 == len([title for title in titles if title])


# 1: the days.


def change_case(agreement: Agreement, **fields: Any) -> None:
    Secondment.objects.filter(pk=agreement.secondment_id).update(**fields)


def test_days_in_order(cast: Cast, paper: Agreement) -> None:
    case = fresh(paper)
    case.secondment.end_on = case.secondment.start_on - timedelta(days=1)
    (check,) = [check for check in guards.checks(case) if check.number == 1]
    assert [(row.sentence, row.where) for row in check.refusals] == [("The last day is before the first day.", "case")]


def rules(agreement: Agreement, **changes: Any) -> None:
    case = Secondment.objects.get(pk=agreement.secondment_id)
    change_case(agreement, policy={**case.policy, **changes})


def test_days_within_the_policy(paper: Agreement) -> None:
    rules(paper, maximum_days=187)
    assert told(paper, 1) == []
    rules(paper, maximum_days=186)
    assert told(paper, 1) == [("The policy allows at most 186 days; these are 187.", "case")]


def test_days_with_earlier_ones_at_this_host(cast: Cast, paper: Agreement) -> None:
    rules(paper, cumulative_maximum_days=187)
    assert told(paper, 1) == []
    rules(paper, cumulative_maximum_days=186)
    ((sentence, where),) = told(paper, 1)
    assert sentence.startswith("With this host 0 days before and 187 now make 187, more than the 186 allowed.")
    assert where == "case"
    Override.objects.create(
        secondment=paper.secondment, rule="cumulative_maximum_days", reason="Asked for", by=cast.hr, at=clock.now()
    )
    assert told(paper, 1) == []


def test_days_within_a_contract_for_a_fixed_term(cast: Cast, paper: Agreement) -> None:
    case = paper.secondment
    Employment.objects.filter(person=cast.secondee).update(contract_type="fixed", contract_ends_on=case.end_on)
    assert told(paper, 1) == []
    last = case.end_on - timedelta(days=1)
    Employment.objects.filter(person=cast.secondee).update(contract_ends_on=last)
    ((sentence, where),) = told(paper, 1)
    assert (sentence.startswith("The contract ends on"), where) == (True, "case")


# 2: the recharge.


def test_recharge_that_is_none_needs_nothing(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "cost_recharge", model="none", currency="", frequency="", payment_days="")
    assert told(paper, 2) == []


def test_recharge_is_whole_and_has_a_schedule(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "cost_recharge", model="all costs of employment")
    missing = (
        "There is a recharge but no schedule of costs: add one, or say in the proposal who bears the costs.",
        "schedules",
    )
    assert told(paper, 2) == [missing]
    put(cast, paper, "cost_recharge", currency="", share_or_amount="", frequency="", payment_days="")
    put(cast, paper, "vat_treatment", treatment="", decided_by="")
    assert told(paper, 2) == [
        ("Answer “Share, amount, rate or limit” in “Costs, recharge and invoicing”.", "clause-cost_recharge"),
        ("Answer “Currency” in “Costs, recharge and invoicing”.", "clause-cost_recharge"),
        ("Answer “How often invoices are sent” in “Costs, recharge and invoicing”.", "clause-cost_recharge"),
        ("Answer “Time for payment” in “Costs, recharge and invoicing”.", "clause-cost_recharge"),
        ("Answer “VAT or GST treatment” in “VAT or GST basis”.", "clause-vat_treatment"),
        ("Answer “Decided by” in “VAT or GST basis”.", "clause-vat_treatment"),
        missing,
    ]


def test_schedule_of_costs_comes_from_the_proposal_or_by_hand(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "cost_recharge", model="all costs of employment")
    table = {"title": "Costs of the secondment", "columns": ["What", "Amount"], "rows": [["Salary", "1"]]}
    negotiation.set_schedules(paper, by=cast.hr, schedules=[table], note="Agreed", seen_version=seen(paper))
    assert told(paper, 2) == []
    proposal = {"funding": "host", "currency": "GBP"}
    other = cast.paper(
        cast.agreement_case(
            proposal=proposal,
            **{
                **SMALL,
                "start_on": cast.fields()["end_on"] + timedelta(2),
                "end_on": cast.fields()["end_on"] + timedelta(90),
            },
        )
    )
    assert other.current.values["cost_recharge"]["model"] == "all costs of employment"
    assert "Costs that the Host bears" in [row["title"] for row in other.current.content["schedules"]]


# 3: leave.


@pytest.mark.parametrize("reason", ["", "not applicable", "None", " - "])
def test_leave_is_approved_by_the_seconder_or_says_why_not(cast: Cast, paper: Agreement, reason: str) -> None:
    other = next(c for c in choices(paper, "annual_leave", "approver") if c != "the Seconder")
    put(cast, paper, "annual_leave", approver=other, approver_reason=reason)
    assert told(paper, 3) == [
        ("Leave is approved by the Seconder; say why it is otherwise here.", "clause-annual_leave")
    ]
    put(cast, paper, "annual_leave", approver_reason="The Host plans the shifts")
    assert told(paper, 3) == []


def choices(agreement: Agreement, key: str, name: str) -> tuple[str, ...]:
    matter = drafting.Matter.of(fresh(agreement).current)
    return next(p.choices for p in matter.by_key[key].parameters if p.name == name)


# 4: notice.


def test_notice_is_set_for_all_three(cast: Cast, paper: Agreement) -> None:
    names = {"notice_weeks_seconder": "Seconder", "notice_weeks_host": "Host", "notice_weeks_secondee": "Secondee"}
    put(cast, paper, "termination_notice", **dict.fromkeys(names, ""))
    assert told(paper, 4) == [
        (f"Answer “Notice by the {party}” in “Early ending by notice”.", "clause-termination_notice")
        for party in names.values()
    ]
    put(cast, paper, "termination_notice", **dict.fromkeys(names, "4"))
    assert told(paper, 4) == []


# 5: supervisor and contact. A case that reaches an agreement has both, so this holds by itself.


def test_supervisor_is_the_contact_where_none_is_named(cast: Cast, paper: Agreement) -> None:
    assert told(paper, 5) == []
    look = guards.Look(fresh(paper))
    assert look.known["host_supervisor"] == "Łukasz Żółkowski"
    look.known |= {"host_supervisor": "", "line_manager": ""}
    assert [(row.sentence, row.where) for row in guards._contacts(look)][:2] == [
        ("Say who supervises the secondee at the host.", "people"),
        ("Say who is the contact at home.", "people"),
    ]


# 6: between organisations.

BETWEEN = {
    "trigger_events": ("events", "Trigger events", "Immediate ending: trigger events"),
    "intellectual_property": ("owner", "Owner of the Results", "Intellectual property"),
    "data_protection": ("roles", "Roles of the two organisations", "Data protection"),
    "insurance_indemnity": ("covers", "Insurance that each holds", "Liability, indemnity and insurance"),
}


@pytest.mark.parametrize("key", BETWEEN)
def test_matters_between_organisations_are_settled(cast: Cast, paper: Agreement, key: str) -> None:
    name, label, title = BETWEEN[key]
    before = fresh(paper).current.values[key][name]
    put(cast, paper, key, **{name: ""})
    assert told(paper, 6) == [(f"Answer “{label}” in “{title}”.", f"clause-{key}")]
    put(cast, paper, key, **{name: before})
    assert told(paper, 6) == []


# 7: the way back.


def test_way_back_is_settled(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "return_reintegration", option="", protected_until="")
    assert told(paper, 7) == [
        ("Answer “Post to return to” in “Return to the home post”.", "clause-return_reintegration"),
        ("Answer “Return protected until” in “Return to the home post”.", "clause-return_reintegration"),
    ]


def test_post_is_protected_to_the_end_or_noted_as_at_risk(cast: Cast, paper: Agreement) -> None:
    end = paper.secondment.end_on
    put(cast, paper, "return_reintegration", protected_until=str(end + timedelta(days=1)))
    assert told(paper, 7) == []
    put(cast, paper, "return_reintegration", protected_until=str(end))
    assert told(paper, 7) == []
    before = end - timedelta(days=1)
    put(cast, paper, "return_reintegration", protected_until=str(before))
    sentence = f"The post is protected until {in_words(before)}, before the last day: change it, or say that the post is at risk."
    assert told(paper, 7) == [(sentence, "noted")]
    approving.take_note(paper, by=cast.hr, name="post_at_risk", reason="Merger")
    assert told(paper, 7) == []


# 8: conditions.


@pytest.mark.parametrize(
    "listed", ["none", "None.", "Visa (the Host)", "Visa (the Host)\nClearance (the Secondee);", ""]
)
def test_conditions_with_owners_hold(cast: Cast, paper: Agreement, listed: str) -> None:
    put(cast, paper, "secondment_term", conditions_precedent="Visa")
    assert len(told(paper, 8)) == 1
    put(cast, paper, "secondment_term", conditions_precedent=listed)
    assert told(paper, 8) == []


def test_condition_without_an_owner_is_named(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "secondment_term", conditions_precedent="Visa granted;\nClearance (the Secondee)\n Health check.")
    assert told(paper, 8) == [
        (
            f"Say in brackets who sees to the condition “{what}”, for instance (the Host).",
            "clause-secondment_term",
        )
        for what in ("Visa granted", "Health check")
    ]


# 9: nothing open, all have approved.


def test_nothing_is_open_and_all_have_approved(cast: Cast, paper: Agreement) -> None:
    negotiation.share(paper, by=cast.hr)
    missing = {
        "host": ("The host has not approved this version yet.", "approvals"),
        "secondee": ("The secondee has not approved this version yet.", "approvals"),
        "seconder": ("HR of the seconder has not approved this version yet.", "approvals"),
    }
    thread = conversations.start(paper, by=cast.contact, key=FREE, text="Why?")
    asked = propose(paper, cast.contact)
    assert told(paper, 9) == [
        ("A request for a change is still open; it has to be answered first.", "requests"),
        ("A comment is still open; resolve it first.", "requests"),
        *missing.values(),
    ]
    conversations.settle(thread, by=cast.contact, state="resolved")
    from agreements import proposing

    proposing.withdraw(asked, by=cast.contact)
    for who, party in ((cast.contact, "host"), (cast.secondee, "secondee"), (cast.hr, "seconder")):
        assert told(paper, 9) == list(missing.values())
        approving.approve(paper, by=who, content_hash=fresh(paper).current.content_hash)
        del missing[party]
    assert told(paper, 9) == []
    edit(paper, cast.hr)
    assert len(told(paper, 9)) == 3  # none of them is of this version


# 10: legal wording.


def test_changed_legal_wording_has_a_consent(cast: Cast, paper: Agreement) -> None:
    reword(paper, cast.hr)
    sentence = "“Employment status and continuity” is legal wording and was changed: a legal approver has to agree."
    assert told(paper, 10) == [(sentence, f"clause-{LOCKED}")]
    law = lawyer(cast)
    approving.consent_legally(
        paper, by=law, key=LOCKED, wording_hash=approving.hashes(fresh(paper))[LOCKED], reason="Fine"
    )
    assert told(paper, 10) == []


# 11: abroad.


def test_days_abroad_are_taken_note_of(cast: Cast, abroad: Agreement) -> None:
    sentence = "187 days are projected against a window of 183: take note of it."
    assert told(abroad, 11) == [(sentence, "noted")]
    approving.take_note(abroad, by=cast.hr, name="day_count", reason="Payroll counts")
    assert told(abroad, 11) == []


def test_days_abroad_are_asked_for_abroad_alone(paper: Agreement) -> None:
    assert told(paper, 11) == []


def test_answers_about_tax_are_there(cast: Cast, abroad: Agreement) -> None:
    approving.take_note(abroad, by=cast.hr, name="day_count", reason="Payroll counts")
    put(cast, abroad, "tax_social_security", window_days="", projected_days="", certificate="")
    assert told(abroad, 11) == [
        (f"Answer “{label}” in “Tax and social security”.", "clause-tax_social_security")
        for label in ("Review at", "Expected days of presence", "Certificate of social security")
    ]


@pytest.mark.parametrize(
    ("key", "name", "title"),
    [
        ("tax_social_security", "certificate_expiry", "Tax and social security"),
        ("immigration_rtw", "permit_expiry", "Immigration and right to work"),
    ],
)
def test_document_lasts_to_the_end(cast: Cast, abroad: Agreement, key: str, name: str, title: str) -> None:
    approving.take_note(abroad, by=cast.hr, name="day_count", reason="Payroll counts")
    end = abroad.secondment.end_on
    early = end - timedelta(days=1)
    sentence = f"In “{title}” a document expires on {in_words(early)}, before the last day."
    late = [(sentence, f"clause-{key}")]
    for value, expected in (
        (str(end), []), (str(early), late), ("not applicable", []), (in_words(early), late), (in_words(end), []),
    ):  # fmt: skip
        put(cast, abroad, key, **{name: value})
        assert told(abroad, 11) == expected
    put(cast, abroad, key, **{name: "next spring"})
    unread = f"In “{title}” write a day for “next spring”, such as 31 March 2027, or “not applicable”, or “unlimited”."
    assert told(abroad, 11) == [(unread, f"clause-{key}")]


# 12: complete.


def test_no_question_is_open(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "parties", host_address="")
    assert told(paper, 12) == [("Open question in “Parties”: Address of the Host.", "questions")]


def test_no_required_clause_is_missing(cast: Cast) -> None:
    data = {**editions.of(cast.northwind)["org_change"].as_data(), "needed": {"external": "O"}}
    data["paragraphs"] = list(data["paragraphs"])
    editions.save(cast.northwind, data, by=cast.hr, note="Seldom")
    paper = cast.answered(cast.agreement_case())
    sentence = "The clause “Restructure or redundancy while away” is required and missing."
    assert told(paper, 12) == [(sentence, "clauses")]
    clause = editions.of(cast.northwind)["org_change"]
    negotiation.take_in(paper, by=cast.hr, clause=clause, note="Required", seen_version=seen(paper))
    assert told(paper, 12) == []


# 13: who signs.


def test_different_people_sign(cast: Cast, paper: Agreement) -> None:
    case = fresh(paper)
    case.secondment.host_signatory = case.secondment.seconder_signatory
    (check,) = [check for check in guards.checks(case) if check.number == 13]
    assert check.refusals[0].sentence == "Three different people have to sign."


def test_who_signs_still_does(cast: Cast, paper: Agreement) -> None:
    CasePart.objects.filter(person=cast.signatory, part="signatory_host").update(until=clock.now())
    assert told(paper, 13) == [("Marta Kowalska signs no longer: name somebody else on “People”.", "people")]


@pytest.mark.parametrize("who", ["secondee", "signatory", "director"])
@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": "erased-7@erased.invalid"}], ids=str)
def test_who_signs_can_be_reached(cast: Cast, paper: Agreement, who: str, fields: dict[str, Any]) -> None:
    signer = cast.people[who]
    Person.objects.filter(pk=signer.pk).update(**fields)
    assert told(paper, 13) == [(f"{signer.full_name} cannot be reached by e-mail.", "people")]


# What is asked when.


def test_approval_waits_for_all_but_approvals_and_consents(cast: Cast, paper: Agreement) -> None:
    reword(paper, cast.hr)
    assert guards.ready_for_approval(fresh(paper)) == []
    put(cast, paper, "secondment_term", conditions_precedent="Visa")
    put(cast, paper, "parties", host_address="")
    assert [row.where for row in guards.ready_for_approval(fresh(paper))] == ["clause-secondment_term", "questions"]


def test_issue_waits_for_every_check(cast: Cast, paper: Agreement) -> None:
    put(cast, paper, "secondment_term", conditions_precedent="Visa")
    reword(paper, cast.hr)
    assert [row.where for row in guards.ready_to_issue(fresh(paper))] == [
        "clause-secondment_term", "approvals", "approvals", "approvals", "clause-employment_status",
    ]  # fmt: skip


def test_characters_that_cannot_be_printed_keep_a_paper_from_being_issued(cast: Cast, paper: Agreement) -> None:
    edit(paper, cast.hr, values={"duties": "Plan 🙂"})
    negotiation.share(paper, by=cast.hr)
    cast.approve(paper.secondment)
    sentence = "The document's fonts cannot print: 🙂. Replace them in the terms."
    assert refusals(lambda: signing.issue(fresh(paper), by=cast.hr)) == [(sentence, "terms")]


def test_paper_of_the_host_is_asked_what_can_apply_to_it(cast: Cast, paper: Agreement) -> None:
    negotiation.enclose(
        paper, by=cast.hr, name="terms.pdf", content=b"%PDF-1.7", note="Theirs", seen_version=seen(paper)
    )
    assert [check.number for check in guards.checks(fresh(paper))] == [1, 5, 9, 10, 12, 13]
    assert failing(paper) == [9, 10]


def test_paper_of_the_contract_is_asked_what_can_apply_to_it(cast: Cast) -> None:
    paper = drafting.draft(cast.agreement_case(), by=cast.hr, kind=PaperKind.CONTRACT)
    assert [check.number for check in guards.checks(fresh(paper))] == [9, 10, 12, 13]
    assert told(paper, 9) == [
        ("The secondee has not approved this version yet.", "approvals"),
        ("HR of the seconder has not approved this version yet.", "approvals"),
    ]


def test_who_signs_follows_the_kind_of_paper(cast: Cast) -> None:
    case = cast.agreement_case()
    found = {
        kind: list(guards.signatories(Agreement(secondment=case, kind=kind)))
        for kind in ("agreement", "variation", "contract", "early_end")
    }
    three = ["secondee", "host", "seconder"]
    assert found == {
        "agreement": three,
        "variation": three,
        "contract": ["secondee", "seconder"],
        "early_end": ["seconder"],
    }


def test_count_of_days_follows_the_days_at_the_host(cast: Cast) -> None:
    paper = case_of(cast, "international")
    known = drafting.composing.facts_of(paper, drafting.Matter.of(paper.current))
    assert known["projected_days"] == "187"
    assert Decimal(known["hours"]) == Decimal(2)
