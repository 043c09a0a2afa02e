"""Questions before deciding, appeals against a refused release, ideas, files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.models import Employment, Notice, Person, Policy
from secondments.actions import appeals, attachments, decisions, ideas, proposals, questions
from secondments.choices import Part
from secondments.models import Appeal, Attachment, Idea, Question, Secondment
from secondments.transitions import NotAllowed, Refused, perform
from tests.cast import Cast, fresh, member, on, person

SignIn = Callable[[Person], Client]


# --- Questions


def test_question_is_asked_answered_and_kept(cast: Cast, sign_in: SignIn) -> None:
    case = cast.proposal()
    path = f"{case.get_absolute_url()}decide/acceptance/"
    assert sign_in(cast.contact).post(f"{path}ask/", {"text": "Who pays for travel?"}).status_code == 302
    found = Question.objects.get()
    assert Notice.objects.filter(recipient=cast.hr, subject__startswith="A question before deciding").exists()
    answer = f"{case.get_absolute_url()}questions/{found.pk}/"
    assert sign_in(cast.manager).post(answer, {"text": "I do"}).status_code == 404
    assert sign_in(cast.hr).post(answer, {"text": "We do."}).status_code == 302
    assert Notice.objects.filter(recipient=cast.contact, subject__startswith="Your question is answered").exists()
    seen = {role: "We do." in sign_in(cast.people[role]).get(f"{case.get_absolute_url()}proposal/").content.decode()
            for role in ("hr", "contact", "host_hr", "manager", "secondee")}  # fmt: skip
    assert seen == {"hr": True, "contact": True, "host_hr": True, "manager": False, "secondee": False}
    with pytest.raises(Refused, match="answered meanwhile"):
        questions.answer(found, by=cast.hr, text="Again")


def test_only_who_decides_asks_and_only_before_deciding(cast: Cast) -> None:
    case = cast.proposal()
    release = case.decisions.get(kind="release")
    for who in (cast.hr, cast.secondee, cast.contact, cast.stranger):
        with pytest.raises(NotAllowed):
            questions.ask(release, by=who, text="?")
    decisions.decide(release, by=cast.manager, verdict=True)
    with pytest.raises(Refused, match="no longer open"):
        questions.ask(case.decisions.get(kind="release"), by=cast.manager, text="Too late?")


# --- Appeals


@pytest.fixture
def refused(cast: Cast) -> Secondment:
    case = cast.proposal()
    decisions.decide(case.decisions.get(kind="consent"), by=cast.secondee, verdict=True)
    return decisions.decide(case.decisions.get(kind="release"), by=cast.manager, verdict=False, reason="No cover.")


def test_appeal_that_is_granted_takes_the_proposal_up_where_it_was(
    cast: Cast, sign_in: SignIn, refused: Secondment
) -> None:
    path = f"{refused.get_absolute_url()}appeal/"
    client = sign_in(cast.secondee)
    assert "No cover." in client.get(path).content.decode()
    assert client.post(path, {"text": "A colleague offers to cover."}).status_code == 302
    assert Notice.objects.filter(recipient=cast.hr, subject__startswith="An appeal").exists()
    assert sign_in(cast.hr).post(path, {"text": "Cover is found.", "granted": "yes"}).status_code == 302
    case = fresh(refused)
    release = case.decisions.get(kind="release")
    assert (case.state, release.verdict, release.decided_by) == ("proposal", True, cast.hr)
    assert Appeal.objects.get().refusal == "No cover."
    assert case.decisions.get(kind="consent").verdict is True  # what others decided stays
    asked_again = Notice.objects.filter(recipient=cast.contact, subject__startswith="Would", cancelled_at__isnull=True)
    assert asked_again.count() == 1
    case = decisions.decide(case.decisions.get(kind="acceptance"), by=cast.contact, verdict=True)
    assert case.state == "agreement"


def test_appeal_granted_where_decisions_follow_one_another_asks_the_next(cast: Cast) -> None:
    Policy.objects.create(organisation=cast.northwind, effective_from=date(2020, 1, 1), decisions_in_sequence=True)
    case = cast.proposal()
    case = decisions.decide(case.decisions.get(), by=cast.manager, verdict=False, reason="No cover.")
    appeal = appeals.ask(case, by=cast.secondee, text="Please")
    case = appeals.answer(appeal, by=cast.hr, granted=True, text="Cover is found.")
    assert [d.kind for d in case.decisions.filter(verdict__isnull=True)] == ["consent"]


def test_old_appeal_does_not_undo_a_later_refusal(cast: Cast, refused: Secondment) -> None:
    appeal = appeals.ask(refused, by=cast.secondee, text="Please")
    perform(refused, "revise", by=cast.hr, reason="Other days")
    case = proposals.submit(fresh(refused), by=cast.hr)
    decisions.decide(case.decisions.get(revision=2, kind="acceptance"), by=cast.contact, verdict=False, reason="Full")
    with pytest.raises(Refused, match="moved on since it was refused"):
        appeals.answer(appeal, by=cast.hr, granted=True, text="Yes")
    assert fresh(refused).state == "declined"


def test_appeal_is_not_granted_once_the_first_day_has_passed(cast: Cast, refused: Secondment) -> None:
    appeal = appeals.ask(refused, by=cast.secondee, text="Please")
    with on(refused.start_on + timedelta(days=1)), pytest.raises(Refused, match="first day has passed"):
        appeals.answer(appeal, by=cast.hr, granted=True, text="Yes")


def test_appeal_that_is_upheld_leaves_it_declined_and_there_is_no_second(cast: Cast, refused: Secondment) -> None:
    appeal = appeals.ask(refused, by=cast.secondee, text="Please")
    appeals.answer(appeal, by=cast.hr, granted=False, text="There is nobody.")
    assert fresh(refused).state == "declined"
    with pytest.raises(NotAllowed):
        appeals.ask(fresh(refused), by=cast.secondee, text="Please, please")
    with pytest.raises(Refused, match="answered meanwhile"):
        appeals.answer(appeal, by=cast.hr, granted=True, text="Changed my mind")


def test_only_the_secondee_appeals_and_only_against_the_line_manager(cast: Cast, refused: Secondment) -> None:
    for who in (cast.hr, cast.manager, cast.contact):
        with pytest.raises(NotAllowed):
            appeals.ask(refused, by=who, text="x")
    other = cast.proposal(weekly_hours=1, is_full_time=False)
    other = decisions.decide(other.decisions.get(kind="acceptance"), by=cast.contact, verdict=False, reason="Full")
    with pytest.raises(NotAllowed):
        appeals.ask(other, by=cast.secondee, text="x")


def test_nobody_answers_an_appeal_against_themselves(cast: Cast) -> None:
    case = cast.proposal(line_manager=cast.director)
    case = decisions.decide(case.decisions.get(kind="release"), by=cast.director, verdict=False, reason="No")
    appeal = appeals.ask(case, by=cast.secondee, text="Please")
    member(cast.director, cast.northwind, "hr")
    director = Person.objects.get(pk=cast.director.pk)
    with pytest.raises(NotAllowed):
        appeals.answer(appeal, by=director, granted=False, text="Still no")
    for who in (cast.manager, cast.host_hr, cast.secondee):
        with pytest.raises(NotAllowed):
            appeals.answer(appeal, by=who, granted=True, text="Yes")


# --- Ideas


def test_employee_asks_manager_says_hr_makes_a_proposal(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.secondee)
    answer = client.post("/ideas/new/secondee/", {"where": "Contoso", "why": "To learn", "start_on": "", "end_on": ""})
    idea = Idea.objects.get()
    assert answer.url == idea.get_absolute_url()
    assert {n.recipient for n in Notice.objects.filter(key__startswith="idea:")} == {cast.hr, cast.manager}
    manager = sign_in(cast.manager)
    assert manager.post(idea.get_absolute_url(), {"view": "for", "text": "With cover"}).status_code == 302
    assert "With cover" in client.get(idea.get_absolute_url()).content.decode()
    assert manager.post(f"{idea.get_absolute_url()}take-up/").status_code == 403
    hr = sign_in(cast.hr)
    assert hr.post(f"{idea.get_absolute_url()}take-up/").status_code == 302
    case = Secondment.objects.get()
    assert (case.secondee, case.line_manager, case.owner, case.purpose) == (
        cast.secondee, cast.manager, cast.hr, "To learn",
    )  # fmt: skip
    assert (case.proposal.started_by, case.proposal.started_as) == (cast.secondee, "secondee")
    assert case.proposal.first_asked_at == idea.asked_at
    assert hr.post(f"{idea.get_absolute_url()}take-up/", follow=True).status_code == 200
    assert Secondment.objects.count() == 1
    assert client.get(case.get_absolute_url()).status_code == 404  # a draft is HR's


def test_idea_is_declined_with_a_reason_that_is_read(cast: Cast, sign_in: SignIn) -> None:
    idea = ideas.ask(
        by=cast.manager,
        asked_as=Part.LINE_MANAGER,
        seconder=cast.northwind,
        secondee=cast.secondee,
        fields={"why": "x"},
    )
    hr = sign_in(cast.hr)
    assert "This field is required" in hr.post(idea.get_absolute_url(), {"reason": ""}).content.decode()
    hr.post(idea.get_absolute_url(), {"reason": "Not this year."})
    assert "Not this year." in sign_in(cast.manager).get(idea.get_absolute_url()).content.decode()
    assert sign_in(cast.contact).get(idea.get_absolute_url()).status_code == 404


def test_host_asks_for_somebody_of_another_and_gets_no_names(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.host_hr)
    page = client.get("/ideas/new/hr_host/").content.decode()
    assert "Northwind Ltd" in page and "Ana Duarte" not in page
    answers = {"seconder": cast.northwind.pk, "host": cast.contoso.pk, "why": "We need a planner"}
    assert client.post("/ideas/new/hr_host/", answers).status_code == 302
    case = ideas.take_up(Idea.objects.get(), by=cast.hr)
    assert (case.host, case.host_contact, case.secondee) == (cast.contoso, cast.host_hr, None)


def test_nobody_asks_as_what_they_are_not(cast: Cast) -> None:
    for by, part, who in (
        (cast.stranger, Part.SECONDEE, cast.stranger),
        (cast.contact, Part.LINE_MANAGER, cast.secondee),
        (cast.secondee, Part.LINE_MANAGER, cast.secondee),
        (cast.hr, Part.HR_HOST, None),
        (cast.secondee, Part.SECONDEE, cast.manager),
    ):
        with pytest.raises(NotAllowed):
            ideas.ask(by=by, asked_as=part, seconder=cast.northwind, secondee=who, fields={"why": "x"})
    for number in range(5):
        ideas.ask(by=cast.secondee, asked_as=Part.SECONDEE, seconder=cast.northwind, secondee=cast.secondee,
                  fields={"why": str(number)})  # fmt: skip
    with pytest.raises(Refused, match="several ideas open"):
        ideas.ask(by=cast.secondee, asked_as=Part.SECONDEE, seconder=cast.northwind, secondee=cast.secondee,
                  fields={"why": "six"})  # fmt: skip


def test_hr_does_not_answer_an_idea_about_itself(cast: Cast) -> None:
    Employment.objects.filter(person=cast.hr).update(line_manager=cast.director)
    idea = ideas.ask(
        by=cast.hr, asked_as=Part.SECONDEE, seconder=cast.northwind, secondee=cast.hr, fields={"why": "Me too"}
    )
    with pytest.raises(NotAllowed):
        ideas.take_up(idea, by=cast.hr)


# --- Files


def office(inside: str) -> bytes:
    found = BytesIO()
    with zipfile.ZipFile(found, "w") as made:
        made.writestr(inside, "<x/>")
    return found.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.pdf", b"%PDF-1.7 x", ""),
        ("plan.docx", office("word/document.xml"), ""),
        ("plan.docx", office("xl/workbook.xml"), "This is not a docx file"),
        ("plan.pdf", b"<html><script>", "This is not a pdf file"),
        ("page.html", b"<html>", "Files of these kinds are kept"),
        ("run.exe", b"MZ", "Files of these kinds are kept"),
        ("empty.pdf", b"", "empty"),
        ("huge.pdf", b"%PDF-" + b"x" * (10 * 2**20), "larger than 10 MB"),
    ],
)
def test_files_are_taken_by_their_content(
    cast: Cast, sign_in: SignIn, name: str, content: bytes, sentence: str
) -> None:
    case = cast.draft()
    answer = sign_in(cast.hr).post(f"{case.get_absolute_url()}files/", {"file": SimpleUploadedFile(name, content)})
    if not sentence:
        assert answer.status_code == 302 and Attachment.objects.get().size == len(content)
        return
    assert sentence in answer.content.decode()
    assert not Attachment.objects.exists()


def test_file_is_read_by_whom_it_is_shown_to_and_goes_when_removed(cast: Cast, sign_in: SignIn) -> None:
    case = cast.draft()
    shown = attachments.add(case, by=cast.hr, name="../plan <b>.pdf", content=b"%PDF-1", is_shared=True)
    kept = attachments.add(case, by=cast.hr, name="kept.pdf", content=b"%PDF-2", is_shared=False)
    assert shown.name == "plan_b.pdf"
    case = proposals.submit(case, by=cast.hr)
    for role, readable in {"hr": 2, "manager": 1, "secondee": 1, "contact": 1, "host_hr": 1}.items():
        client = sign_in(cast.people[role])
        statuses = [client.get(found.get_absolute_url()).status_code for found in (shown, kept)]
        assert (role, statuses.count(200)) == (role, readable)
    answer = sign_in(cast.contact).get(shown.get_absolute_url())
    assert answer["Content-Disposition"] == 'attachment; filename="plan_b.pdf"'
    for role in ("finance", "viewer", "stranger"):
        assert sign_in(cast.people[role]).get(shown.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        attachments.add(case, by=cast.contact, name="mine.pdf", content=b"%PDF", is_shared=True)
    with pytest.raises(Refused, match="have been shown the files"):
        attachments.remove(shown, by=cast.hr)
    perform(case, "revise", by=cast.hr, reason="Another plan")
    assert sign_in(cast.hr).post(f"{shown.get_absolute_url()}remove/").status_code == 302
    assert sign_in(cast.contact).get(shown.get_absolute_url()).status_code == 404
    assert bytes(Attachment.objects.get(pk=shown.pk).content) == b""


def test_draft_has_no_files_for_others(cast: Cast, sign_in: SignIn) -> None:
    case = cast.draft()
    file = attachments.add(case, by=cast.hr, name="plan.pdf", content=b"%PDF-1", is_shared=True)
    assert sign_in(cast.manager).get(file.get_absolute_url()).status_code == 404
    assert person("Some One").pk  # and nobody new
