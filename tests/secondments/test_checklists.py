"""Checklists: from each organisation's own items, with owners, files, reminders, and a start that waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from people.models import LedgerEntry, Notice, Person
from secondments import placement_reminders, reminders, timeline
from secondments.actions import calendar, case_parts, checklists
from secondments.choices import Part
from secondments.models import ChecklistItem, Secondment, UsualItem
from secondments.transitions import NotAllowed, Refused
from tests.cast import Cast, fresh, on, person
from tests.secondments.crowd import at_once

SignIn = Callable[[Person], Client]
PICTURE = b"\x89PNG\r\n\x1a\n"


def usual(title: str, party: str = "secondee", days: int = 0, **more: Any) -> dict[str, Any]:
    return {"title": title, "party": party, "days": days, "kind": "", **more}


def titles(case: Secondment, kind: str) -> list[str]:
    return list(case.checklist.filter(list=kind).values_list("title", flat=True))


def item(case: Secondment, **fields: Any) -> ChecklistItem:
    given = {"list": "outward", "title": "Visa", "party": "secondee", "due_on": case.start_on, **fields}
    return ChecklistItem.objects.create(secondment=case, **given)


def emptied(case: Secondment) -> Secondment:
    """Without the items that it began with, so that those of a test are alone."""
    case.checklist.all().delete()
    return case


# --- What lists begin with


def test_each_side_begins_with_its_own_items(cast: Cast) -> None:
    own = [usual("Keys", days=-4, blocks_start=True), usual("Visa", kind="international"), usual("Badge", "seconder")]
    checklists.save_usual(cast.northwind, "outward", by=cast.hr, rows=own)
    checklists.save_usual(cast.contoso, "inward", by=cast.host_hr, rows=[usual("Helmet", "host", wants_evidence=True)])
    case = cast.agreed()
    assert (titles(case, "outward"), titles(case, "inward")) == (["Keys", "Badge"], ["Helmet"])
    keys = case.checklist.get(title="Keys")
    assert (keys.due_on, keys.blocks_start) == (case.start_on - timedelta(days=4), True)
    assert case.checklist.get(title="Helmet").wants_evidence


def test_without_items_of_its_own_the_usual_list_holds_again(cast: Cast) -> None:
    checklists.save_usual(cast.northwind, "outward", by=cast.hr, rows=[usual("Keys")])
    checklists.save_usual(cast.northwind, "outward", by=cast.hr, rows=[])
    assert titles(cast.agreed(), "outward")[0] == "Hand over current work"


def test_list_is_written_by_hr_of_the_organisation_alone(cast: Cast, sign_in: SignIn) -> None:
    for who in (cast.host_hr, cast.finance, cast.manager):
        with pytest.raises(NotAllowed):
            checklists.save_usual(cast.northwind, "outward", by=who, rows=[])
    path = f"/organisations/{cast.northwind.key}/checklists/outward/"
    hr = sign_in(cast.hr)
    assert "Hand over current work" in hr.get(path).content.decode()
    rows = {"rows-TOTAL_FORMS": 3, "rows-INITIAL_FORMS": 0}
    rows |= {"rows-0-title": "Second", "rows-0-party": "host", "rows-0-days": 1, "rows-0-ORDER": 2}
    rows |= {"rows-1-title": "First", "rows-1-party": "secondee", "rows-1-days": 900, "rows-1-ORDER": 1}
    wrong = hr.post(path, rows).content.decode()
    assert "Ensure this value is less than or equal to 365." in wrong and 'value="Second"' in wrong
    assert hr.post(path, rows | {"rows-1-days": -3}).status_code == 302
    assert list(UsualItem.objects.values_list("title", "days")) == [("First", -3), ("Second", 1)]


# --- Files and owners


def test_item_that_wants_a_file_is_not_done_without_it(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    row = item(case, wants_evidence=True)
    with pytest.raises(Refused, match="add it first"):
        checklists.tick(row, by=cast.secondee, done=True)
    path = f"{case.get_absolute_url()}checklist/{row.pk}/"
    secondee = sign_in(cast.secondee)
    sent = {"do": "show", "file": SimpleUploadedFile("visa.pdf", b"MZ not a paper")}
    assert "This is not a pdf file" in secondee.post(path, sent).content.decode()
    sent = {"do": "show", "file": SimpleUploadedFile("visa.png", PICTURE)}
    assert secondee.post(path, sent).status_code == 302
    assert checklists.tick(row, by=cast.secondee, done=True).done_by == cast.secondee
    file = f"{path}files/{row.evidence.get().key}/"
    read = {role: sign_in(cast.people[role]).get(file).status_code for role in ("secondee", "hr", "manager", "contact")}
    assert read == {"secondee": 200, "hr": 200, "manager": 200, "contact": 403}
    assert "attachment" in secondee.get(file).headers["Content-Disposition"]


def test_owner_is_somebody_of_the_party_and_hears_of_it(cast: Cast) -> None:
    case = emptied(cast.agreed())
    supervisor = person("Sven Olsen")
    case_parts.name(case, Part.HOST_SUPERVISOR, supervisor, by=cast.contact)
    row = item(case, list="inward", party="host", due_on=case.start_on)
    with pytest.raises(NotAllowed):
        checklists.give(row, by=cast.hr, owner=supervisor, due_on=row.due_on)
    with pytest.raises(Refused, match="of the party"):
        checklists.give(row, by=cast.host_hr, owner=cast.manager, due_on=row.due_on)
    checklists.give(row, by=cast.host_hr, owner=supervisor, due_on=row.due_on)
    assert reminded(case, 0) == [("Sven Olsen", 1)]


# --- Reminders


def reminded(case: Secondment, number: int) -> list[tuple[str, int]]:
    """Who is reminded on a day counted from the first, and of how many things."""
    before = set(Notice.objects.values_list("pk", flat=True))
    assert case.start_on
    with on(case.start_on + timedelta(days=number)):
        reminders.remind()
        reminders.remind()
    new = Notice.objects.filter(about__startswith="checklist:").exclude(pk__in=before)
    return sorted((row.recipient.full_name, int(row.sentences[0].split()[0].replace("One", "1"))) for row in new)


def test_one_mail_for_all_that_came_to_a_rung(cast: Cast) -> None:
    case = emptied(cast.agreed())
    for n in range(3):
        item(case, title=f"Thing {n}")
    item(case, title="Later", due_on=case.start_on + timedelta(days=1))
    item(case, title="Theirs", list="inward", party="host")
    who, host = cast.secondee.full_name, cast.contact.full_name
    assert [reminded(case, n) for n in (-3, -2, -1, 0)] == [
        [], sorted([(who, 3), (host, 1)]), [(who, 1)], sorted([(who, 3), (host, 1)]),
    ]  # fmt: skip


def test_ladder_ends_with_hr_of_whose_list_it_is(cast: Cast) -> None:
    case = emptied(cast.agreed())
    item(case)
    item(case, list="inward", party="host")
    found = [reminded(case, n) for n in range(-2, 12)]
    assert found[7] == [(cast.hr.full_name, 1), (cast.host_hr.full_name, 1)]
    assert [n - 2 for n, told in enumerate(found) if told] == [-2, 0, 2, 5]


def test_reminder_that_was_not_sent_is_called_off_when_the_last_is_done(cast: Cast) -> None:
    case = emptied(cast.agreed())
    first, second = item(case), item(case, title="Keys")
    reminded(case, 0)
    waiting = Notice.objects.filter(Notice.OPEN, about=f"checklist:{case.pk}:secondee")
    checklists.tick(first, by=cast.secondee, done=True)
    assert waiting.count() == 1
    checklists.waive(second, by=cast.hr, reason="There are no doors.")
    assert waiting.count() == 0


def test_moved_due_day_is_reminded_of_anew(cast: Cast) -> None:
    case = emptied(cast.agreed())
    row = item(case)
    assert reminded(case, 0) == [(cast.secondee.full_name, 1)]
    checklists.give(row, by=cast.hr, owner=cast.secondee, due_on=case.start_on + timedelta(days=9))
    assert [reminded(case, n) for n in (1, 7, 9)] == [
        [],
        [(cast.secondee.full_name, 1)],
        [(cast.secondee.full_name, 1)],
    ]


def test_two_schedulers_remind_once(real_cast: Cast) -> None:
    with transaction.atomic():
        case = emptied(real_cast.agreed())
        for n in range(5):
            item(case, title=f"Thing {n}")

    def remind() -> int:
        with on(case.start_on):
            return placement_reminders.remind_of_checklists()

    written = at_once([remind] * 8)
    assert (sum(written), Notice.objects.filter(about__startswith="checklist:").count()) == (1, 1)


# --- A start that waits


def test_start_is_held_back_all_are_told_once_and_a_late_start_is_recorded(cast: Cast) -> None:
    case = cast.agreed()
    row = item(case, blocks_start=True)
    for days in (0, 0, 1):
        with on(case.start_on + timedelta(days=days)):
            calendar.advance()
    told = Notice.objects.filter(key__contains=":held-back:")
    names = {cast.secondee, cast.manager, cast.contact, cast.signatory, cast.director}
    assert (fresh(case).state, {notice.recipient for notice in told}, told.count()) == ("agreed", names, len(names))
    assert [notice.recipient for notice in Notice.objects.filter(key__contains="start-refused")] == [cast.hr]
    assert not [notice for notice in told if "Visa" in str(notice.sentences)]
    with on(case.start_on + timedelta(days=3)):
        checklists.tick(row, by=cast.secondee, done=True)
        calendar.advance()
    late = fresh(case)
    assert (late.state, late.began_on, late.start_on) == ("active", case.start_on + timedelta(days=3), case.start_on)
    assert LedgerEntry.objects.get(verb="secondment.start").facts["late"] == 3
    assert "3 days after the day agreed" in str([line.sentence for line in timeline.of(late, cast.contact)])


def test_start_that_is_held_back_says_so_and_what_is_missing_to_who_may_know(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    row = item(case, blocks_start=True, party="line_manager")
    with on(case.start_on):
        for _n in range(2):
            calendar.advance()
        held = fresh(case)
        assert (held.turn, held.turn_names, held.turn_until) == ("held", cast.manager.full_name, case.start_on)
        (entry,) = LedgerEntry.objects.filter(verb="secondment.hold_back")
        assert (entry.case_id, entry.facts) == (case.pk, {"start_on": str(case.start_on)})
        told = {notice.recipient: notice for notice in Notice.objects.filter(key__contains=":held-back:")}
        assert told[cast.manager].action_path.endswith("#checklists") and "you see to" in str(
            told[cast.manager].sentences
        )
        assert "you see to" not in str(told[cast.contact].sentences)
        for who, knows in ((cast.manager, True), (cast.secondee, True), (cast.hr, True), (cast.contact, False)):
            page = sign_in(who).get(case.get_absolute_url()).content.decode()
            assert f"Held back: waiting for {cast.manager.full_name}" in page
            assert ("Visa" in page, "could not begin on" in page) == (knows, True)
        mine = sign_in(cast.secondee).get(f"{case.get_absolute_url()}placement/").content.decode()
        assert "Held back: waiting for" in mine and "Visa" in mine
        checklists.tick(row, by=cast.manager, done=True)
        assert fresh(case).turn == "start"
        calendar.advance()
    assert fresh(case).state == "active"


def test_item_that_wants_a_file_asks_for_it_in_place_of_its_button(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    row = item(emptied(case), wants_evidence=True)
    secondee = sign_in(cast.secondee)
    page = secondee.get(case.get_absolute_url()).content.decode()
    assert "Add the file" in page and f"checklist/{row.pk}/tick/" not in page
    answer = secondee.post(
        f"{case.get_absolute_url()}checklist/{row.pk}/tick/", {"done": "1"}, headers={"HX-Request": "true"}
    )
    assert (
        'role="alert"' in answer.content.decode() and "A file is to show that “Visa” is done" in answer.content.decode()
    )
    checklists.show(row, by=cast.secondee, name="visa.png", content=PICTURE)
    assert "Add the file" not in secondee.get(case.get_absolute_url()).content.decode()


def test_next_steps_of_a_case_are_those_of_the_reader(cast: Cast, sign_in: SignIn) -> None:
    case = cast.agreed()
    emptied(case)
    item(case, title="Pack", due_on=case.start_on - timedelta(days=3))
    item(case, title="Cover", party="line_manager", due_on=case.start_on - timedelta(days=2))
    item(case, title="Later", due_on=case.start_on + timedelta(days=60))
    with on(case.start_on - timedelta(days=1)):
        for who, steps in ((cast.secondee, ["Pack"]), (cast.manager, ["Cover"]), (cast.contact, []), (cast.hr, [])):
            found = sign_in(who).get(case.get_absolute_url())
            assert [step.sentence for step in found.context["steps"]] == steps
        mine = sign_in(cast.secondee).get(f"{case.get_absolute_url()}placement/").content.decode()
        assert "overdue" in mine and "Pack" in mine


def test_start_on_time_says_nothing_of_being_late(cast: Cast) -> None:
    case = cast.active()
    assert case.began_on == case.start_on
    assert "late" not in LedgerEntry.objects.get(verb="secondment.start").facts
