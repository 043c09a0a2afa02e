"""One secondment from the import of its people to its completion, each step by the person it belongs to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import disclosure, documents, drafting
from agreements.models import Agreement
from people import clock
from people.models import Membership, Organisation, Person
from people.tasks import run_imports
from secondments import reminders
from secondments.actions import calendar
from secondments.models import Secondment
from secondments.states import State
from tests.cast import on
from tests.journeys.people import Visitor

CSV = """organisation,country,full_name,email,employee_number,job_title,line_manager_email,started_on,weekly_hours,annual_salary,salary_currency,time_zone
Northwind Ltd,GB,Ana Duarte,ana.duarte@northwind.example,N-1,Analyst,tom.berg@northwind.example,2021-03-01,37.5,41000,GBP,Europe/London
Northwind Ltd,GB,Tom Berg,tom.berg@northwind.example,N-2,Head of Planning,,2015-01-01,37.5,,,Europe/London
Northwind Ltd,GB,Dora Rex,dora.rex@northwind.example,N-3,Director,,2010-01-01,37.5,,,Europe/London
Contoso sp. z o.o.,PL,Marta Kowalska,marta@contoso.example,,Managing director,,,,,,Europe/Warsaw
"""


@pytest.fixture
def hr(db: None) -> Visitor:
    northwind = Organisation.objects.create(legal_name="Northwind Ltd", country="GB", time_zone="Europe/London")
    hanna = Person.objects.create_user("hanna@northwind.example", full_name="Hanna Reed", time_zone="Europe/London")
    Membership.objects.create(person=hanna, organisation=northwind, role="hr", since=clock.now() - timedelta(days=300))
    visitor = Visitor("hanna@northwind.example")
    visitor.sign_in()
    return visitor


def import_people(hr: Visitor) -> None:
    upload = SimpleUploadedFile("people.csv", CSV.encode(), content_type="text/csv")
    assert "Which column is what" in hr.send("/people/import/", {"file": upload, "kind": "people"})
    chosen = re.findall(r'<select name="(\w+)".*?</select>', hr.html, re.DOTALL)
    at = {name: column_of(hr.html, name) for name in chosen}
    assert "being checked" in hr.send(hr.address, {**at, "terms": "change", "full_time_hours": "37.5"})
    path = hr.address
    run_imports()
    assert "4 rows will be written" in hr.open(path)
    hr.send(f"{path}write/", {})
    run_imports()
    assert "4 rows were written" in hr.open(path)


def column_of(html: str, name: str) -> str:
    """The column that the page has guessed for a field."""
    options = html.partition(f'<select name="{name}"')[2].partition("</select>")[0]
    found = re.search(r'<option value="(\d+)" selected', options)
    return found[1] if found else ""


def sections() -> dict[str, dict[str, object]]:
    """What HR writes into each section of the proposal."""
    today = clock.today("Europe/London")
    contoso = Organisation.objects.get(legal_name__startswith="Contoso")
    return {
        "people": {
            "secondee": "ana.duarte@northwind.example",
            "line_manager": "",
            "seconder_signatory": "dora.rex@northwind.example",
            "kind": "international",
            "category": "client_supplier",
            "host": contoso.pk,
            "host_department": "",
            "host_contact_name": "Łukasz Żółkowski",
            "host_contact_email": "lukasz@contoso.example",
            "host_signatory_name": "Marta Kowalska",
            "host_signatory_email": "marta@contoso.example",
        },
        "dates": {
            "start_on": (today + timedelta(days=20)).isoformat(),
            "end_on": (today + timedelta(days=140)).strftime("%d/%m/%Y"),
        },
        "work": {
            "role_title": "Planning lead",
            "work_type": "initiative",
            "location": "Kraków",
            "working_time": "full",
            "counted_in": "week",
            "weekly_hours": "37,5",
            "total_hours": "",
        },
        "purpose": {"purpose": "Learn how Contoso plans, and bring it home.", "benefit_host": "A planner for months."},
        "objectives": {
            "objectives-TOTAL_FORMS": "2",
            "objectives-INITIAL_FORMS": "0",
            "objectives-0-text": "Plan the autumn",
            "objectives-0-measure": "plan adopted",
            "objectives-1-text": "Train two colleagues",
            "skills-TOTAL_FORMS": "1",
            "skills-INITIAL_FORMS": "0",
            "skills-0-name": "Polish",
            "skills-0-now": "1",
            "skills-0-hoped": "3",
        },
        "abroad": {"work_country": "PL", "permit": "held", "social_security": "home"},
    }


def write_proposal(hr: Visitor) -> Secondment:
    hr.open("/secondments/new/")
    hr.send("/secondments/new/", {})
    case = Secondment.objects.get()
    edit = f"/secondments/{case.key}/edit/"
    assert hr.address == edit
    for name, answers in sections().items():
        assert "is saved" in hr.send(f"{edit}{name}/", {"seen": "0", "save": "1", **answers})
    hr.send(f"{edit}dates/", {"seen": "1", "save": "1", "start_on": sections()["dates"]["start_on"], "end_on": ""})
    hr.send(f"{edit}purpose/", {"seen": "1", "save": "1", "purpose": ""})
    text = hr.open(f"/secondments/{case.key}/check/")
    assert "Give the last day." in text and "Say what the secondment is for." in text
    text = hr.send(f"{edit}dates/", {"seen": "2", "save": "1", **sections()["dates"], "end_on": "2020-01-01"})
    assert "The last day is before the first day." in text and "2020-01-01" in hr.html  # what was typed is kept
    hr.send(f"{edit}dates/", {"seen": "3", "save": "1", **sections()["dates"]})
    hr.send(f"{edit}purpose/", {"seen": "2", "save": "1", **sections()["purpose"]})
    assert "The proposal is submitted" in hr.send(f"/secondments/{case.key}/check/", {})
    return Secondment.objects.get()


def decide_all(contact: Visitor) -> None:
    ana, tom = Visitor("ana.duarte@northwind.example"), Visitor("tom.berg@northwind.example")
    for visitor, subject, label in (
        (contact, "Would like to host", "Acceptance by the host"),
        (ana, "Would you like to be seconded", "Consent of the secondee"),
        (tom, "Release Ana Duarte", "Release by the line manager"),
    ):
        answers = {"verdict": "yes", "reason": ""}
        if visitor is contact:  # was never here: the mail leads to a first page, and that to the decision
            assert "Hanna Reed of Northwind Ltd asked you here" in visitor.follow("like to host")
            page = visitor.open(re.search(r"/secondments/\w+/decide/acceptance/", visitor.html)[0])
            assert "marta@contoso.example" in visitor.html  # whom the seconder suggested
            answers |= {"signatory_name": "Marta Kowalska", "signatory_email": "marta@contoso.example"}
        else:
            page = visitor.follow(subject)
        assert label in page
        assert "your decision is recorded" in visitor.send(visitor.address, answers)


def answer_questions(hr: Visitor, paper: str) -> None:
    """HR answers what it knows on one page; what only the others know it leaves to them."""
    page = hr.open(f"{paper}questions/")
    assert "For the seconder" in page and "For the host" in page
    agreement = Agreement.objects.select_related("current").get()
    answers: dict[str, object] = {"seen_version": agreement.current.number}
    for clause, parameter in drafting.open_questions(agreement, agreement.current):
        if parameter.asks == "seconder":
            value = parameter.choices[0] if parameter.choices else "30 June 2029"
            answers[f"{clause.key}.{parameter.name}"] = value
    assert "Version 2 of the terms is made" in hr.send(f"{paper}questions/", answers)
    hr.open(f"{paper}note/day_count/")
    assert "Noted." in hr.send(f"{paper}note/day_count/", {"reason": "Payroll counts them each month."})


def agree_terms(hr: Visitor, contact: Visitor, ana: Visitor, case: Secondment) -> None:
    paper = f"/secondments/{case.key}/agreement/"
    hr.open(paper)
    assert "Answer first" in hr.send(f"{paper}share/", {})
    answer_questions(hr, paper)
    assert "with the other parties" in hr.send(f"{paper}share/", {})
    contact.follow("Approve the terms")
    old_hash = re.search(r'name="content_hash" value="(\w+)"', contact.html)[1]
    assert "Open question" in contact.send(f"{paper}approve/", {"content_hash": old_hash})
    agreement = Agreement.objects.select_related("current").get()
    rows = drafting.open_questions(agreement, agreement.current)
    mine = {f"{c.key}.{p.name}": "none needed" for c, p in rows if p.asks == "host"}
    contact.open(f"{paper}questions/")
    assert "Version 3 of the terms is made" in contact.send(f"{paper}questions/", {**mine, "seen_version": 2})
    ana.follow("Approve the terms")
    ana.open(f"{paper}questions/")
    permit = {"immigration_rtw.permit_expiry": "31 December 2030", "seen_version": 3}
    assert "Version 4 of the terms is made" in ana.send(f"{paper}questions/", permit)
    ask = f"{paper}clauses/place_of_work/ask/"
    contact.open(ask)
    wish = {"text": "Three remote days, please.", "answer_remote_days": "3", "wording": "", "seen_version": 4}
    assert "Your proposal is with the other side" in contact.send(ask, wish)
    assert "still open" in contact.send(f"{paper}approve/", {"content_hash": old_hash}) or "changed" in contact.text
    hr.follow("A change is asked for")
    accept = re.search(r"/requests/\d+/accept/", hr.html)[0]
    assert "Accepted: version 5" in hr.send(f"{paper.rstrip('/')}{accept}", {})
    assert "changed since you read them" in contact.send(f"{paper}approve/", {"content_hash": old_hash})
    assert "What changed from version 4 to version 5" in contact.open(f"{paper}compare/4/5/")
    hr.open(f"{paper}clauses/role_duties/comment/")
    hr.send(f"{paper}clauses/role_duties/comment/", {"text": "Is this the right title?", "audience": "all"})
    contact.follow("A comment on the terms")
    assert "Is this the right title?" in contact.text
    thread = re.search(r"/comments/\d+/settle/", contact.html)[0]
    contact.send(f"{paper.rstrip('/')}{thread}", {"state": "resolved"})
    for visitor in (contact, ana, hr):
        visitor.open(paper)
        new_hash = re.search(r'name="content_hash" value="(\w+)"', visitor.html)[1]
        assert new_hash != old_hash
        assert "You have approved the terms" in visitor.send(f"{paper}approve/", {"content_hash": new_hash})
    hr.open(paper)
    assert "agreement is issued" in hr.send(f"{paper}issue/", {})


def sign_as(visitor: Visitor, case: Secondment) -> str:
    paper = f"/secondments/{case.key}/agreement/"
    landing = visitor.follow("Sign: Secondment agreement")
    assert "You were asked for a signature" in landing
    visitor.send(visitor.address, {})  # the link of the mail leads on to the page where one signs
    if "/sign-in/" in visitor.address:
        visitor.sign_in(f"{paper}sign/")
    pdf = visitor.client.get(f"{paper}1/review-copy.pdf")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF")
    assert "A code is on its way" in visitor.send(f"{paper}sign/code/", {})
    sha256 = re.search(r'name="sha256" value="(\w+)"', visitor.html)[1]
    name = Person.objects.get(email=visitor.email).full_name
    answers = {"agrees": "on", "signed_name": name, "sha256": sha256, "drawn": "[[[10,20],[30,40]]]"}
    answers["disclosure_version"] = disclosure.VERSION
    assert "not the code" in visitor.send(f"{paper}sign/", {**answers, "code": "000000"})
    return visitor.send(f"{paper}sign/", {**answers, "code": visitor.code("code to sign S-")})


def test_spine_from_import_to_completion(hr: Visitor) -> None:
    import_people(hr)
    case = write_proposal(hr)
    contact = Visitor("lukasz@contoso.example")
    decide_all(contact)
    case.refresh_from_db()
    assert case.state == State.AGREEMENT

    ana = Visitor("ana.duarte@northwind.example")
    agree_terms(hr, contact, ana, case)
    documents.make_pending()
    marta, dora = (
        Visitor("marta@contoso.example"),
        Visitor("dora.rex@northwind.example"),
    )
    for visitor in (ana, marta, dora):
        assert "You have signed. Thank you." in sign_as(visitor, case)
    case.refresh_from_db()
    assert case.state == State.AGREED

    documents.make_pending()
    agreement = Agreement.objects.select_related("sealed_copy").get()
    sealed = bytes(agreement.sealed_copy.content)
    for visitor in (ana, marta, dora):
        letter = [m for m in visitor.mails() if "Signed and sealed" in m.subject][-1]
        assert letter.attachments[0].content == sealed
    assert hr.client.get(f"/secondments/{case.key}/agreement/1/sealed.pdf?download").content == sealed
    verify(sealed)
    place(hr, contact, ana, case)
    review(hr, contact, ana, case)
    come_home(hr, case)


def verify(sealed: bytes) -> None:
    anybody = Visitor("anybody@example.org")
    changed = bytearray(sealed)
    changed[len(changed) // 3] ^= 1
    for content, answer in ((sealed, "Genuine."), (bytes(changed), "Altered."), (b"%PDF-1.7 other", "Unknown.")):
        assert answer in anybody.send("/verify/", {"file": SimpleUploadedFile("a.pdf", content)})


def place(hr: Visitor, contact: Visitor, ana: Visitor, case: Secondment) -> None:
    with on(case.start_on):
        calendar.advance()
        assert "The placement started" in hr.open(f"/secondments/{case.key}/")
        assert "My placement" in ana.open("/placement/")
    first = case.checkins.filter(party="secondee").order_by("due_on").first()
    for days in range(-3, 7):
        with on(first.due_on + timedelta(days=days)):
            reminders.remind()
    subjects = [m.subject for m in ana.mails() if "heck-in" in m.subject]
    assert [s.split(":")[0].split(" on ")[0].split(" since ")[0] for s in subjects] == [
        "Check-in due",
        "Check-in due today",
        "Check-in overdue",
    ]
    assert len([m for m in hr.mails() if "Overdue check-in: Ana Duarte" in m.subject]) == 1
    for visitor, party in ((ana, "secondee"), (contact, "host")):
        due = case.checkins.filter(party=party).order_by("due_on").first()
        page = f"/secondments/{case.key}/check-ins/{due.pk}/"
        visitor.open(page)
        answers = {"going": "4", "progress": "Good start", "support": "", "note_to_hr": ""}
        with on(due.due_on + timedelta(days=6)):
            assert "Thank you for checking in" in visitor.send(page, answers)


def review(hr: Visitor, contact: Visitor, ana: Visitor, case: Secondment) -> None:
    tom = Visitor("tom.berg@northwind.example")
    with on(case.end_on - timedelta(days=30)):
        calendar.advance()
        for visitor, party in ((ana, "secondee"), (contact, "host"), (tom, "line_manager")):
            visitor.follow("Please look back")
            answers: dict[str, object] = {"what_worked": "Much", "skills": "Planning", "would_repeat": "yes"}
            answers |= {"went": "4", "supported": "5", "worth": "4"}
            for objective in case.objectives.all():
                answers |= {f"result_{objective.pk}": "met", f"evidence_{objective.pk}": "the report"}
            page = f"/secondments/{case.key}/evaluations/{party}/"
            assert "Thank you for looking back" in visitor.send(page, answers)
        hr.open(f"/secondments/{case.key}/conclude/")
        text = hr.send(f"/secondments/{case.key}/conclude/", {"conclusion": "Both sides gained.", "waived_because": ""})
        assert "The review is concluded" in text


def come_home(hr: Visitor, case: Secondment) -> None:
    page = f"/secondments/{case.key}/"
    with on(case.end_on + timedelta(days=1)):
        calendar.advance()
        text = hr.open(page)
        assert "is open on the return checklist" in text and "Record the outcome" in text
        for item in case.checklist.filter(list="return"):
            hr.send(f"{page}checklist/{item.pk}/tick/", {"done": "1"})
        outcome = {"outcome": "same_role", "returned_on": "", "outcome_note": ""}
        assert "The outcome is recorded" in hr.send(f"{page}outcome/", outcome)
        assert "Done: complete the secondment" in hr.send(f"{page}do/complete/", {})
    text = hr.open(page)
    for sentence in (
        "Hanna Reed began the proposal",
        "Łukasz Żółkowski accepted for the host",
        "Hanna Reed made version 5 of the terms: “Place of work” changed",
        "Marta Kowalska signed for the host",
        "The placement started",
        "Hanna Reed concluded the review",
        "Hanna Reed completed the secondment",
    ):
        assert sentence in text
