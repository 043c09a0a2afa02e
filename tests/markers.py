"""Distinct words in everything that is kept about a person, and a dump of the database to look for them in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from ipaddress import IPv6Address
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import BinaryField, CharField, GenericIPAddressField, JSONField, Model, TextField

from agreements import envelopes, papers, signing
from agreements.models import (
    Agreement,
    ChangeRequest,
    Comment,
    LegalConsent,
    Look,
    Printout,
    SigningLink,
    Thread,
)
from people import clock, personal_data
from people.models import (
    DataCopy,
    Invitation,
    LedgerEntry,
    LegalHold,
    Membership,
    Notice,
    Person,
    Signatory,
)
from people.privacy import KEEP, NOT_PERSONAL
from secondments import transitions
from secondments.actions import (
    abroad,
    absences,
    calendar,
    charges,
    checkins,
    checklists,
    concerns,
    decisions,
    early_end,
    evaluations,
    expenses,
    inductions,
    leaves,
    outcomes,
    reorganisations,
    return_plans,
    touches,
    wishes,
)
from secondments.models import Secondment
from tests.cast import Cast, fresh, on

SIGNED_TABLES = [
    "agreements_version", "agreements_document", "agreements_signature", "agreements_evidenceevent",
    "agreements_legalconsent",
]  # fmt: skip


def whole_life(cast: Cast, **changes: Any) -> Secondment:
    """A case walked to its end through the real actions: a first paper is declined, a second one signed."""
    case = cast.proposal(**changes)
    for decision in case.decisions.all():
        case = decisions.decide(decision, by=decision.decider, verdict=True, reason=f"because of {decision.kind}")
    declined = cast.sign(cast.issued(case), case.secondee)
    signing.decline(declined, by=case.host_signatory, reason="Ana Duarte is to have more leave")
    envelopes.redraft(papers.lock(declined.pk), by=cast.hr)
    agreement = cast.issued(case)
    for who in (case.secondee, case.host_signatory, case.seconder_signatory):
        agreement = cast.sign(Agreement.objects.select_related("review_copy").get(pk=agreement.pk), who)
    cast.seal(agreement)
    case = fresh(case)
    with on(case.start_on):
        calendar.advance()
        for checkin in case.checkins.order_by("due_on")[:2]:
            answers = {"going": 2, "progress": "slow", "support": "time", "wants_contact": True, "note_to_hr": "ill"}
            noted = {objective.pk: ("behind", "late") for objective in case.objectives.all()}
            checkin = checkins.complete(checkin, by=checkin.person, answers=answers, standings=noted)
            checkins.attend(checkin, by=cast.hr, note="she was called")
            checkins.share(checkin, by=cast.hr, summary="it goes slowly")
        while_away(cast, case)
    with on(case.end_on - timedelta(days=30)):
        calendar.advance()
    with on(case.end_on - timedelta(days=20)):
        for evaluation in case.evaluations.all():
            answers = {"what_worked": "all", "skills": "planning", "would_repeat": True}
            results = {found.pk: {"result": "met", "evidence": "seen"} for found in case.objectives.all()}
            evaluations.complete(evaluation, by=evaluation.person, answers=answers, results=results)
        evaluations.conclude(fresh(case), by=cast.hr, conclusion="Ana Duarte did well.")
    with on(case.end_on + timedelta(days=1)):
        calendar.advance()
    with on(case.end_on + timedelta(days=2)):
        for item in case.checklist.filter(list="return"):
            checklists.waive(item, by=cast.hr, reason="not needed")
        outcomes.record(case, by=cast.hr, outcome="same_role", note="as before")
        return transitions.perform(case, "complete", by=cast.hr)


def while_away(cast: Cast, case: Secondment) -> None:
    """Concerns of both sides, leave, an absence, a contact, an expense, a file, and what is unpaid handed over."""
    assert case.secondee and case.host_contact and case.line_manager
    day = clock.today(case.zone)
    for who in (case.secondee, case.host_contact):
        concern = concerns.report(case, by=who, kind="other", what="noise", wish="quiet")
        if who == case.host_contact:
            concerns.disclose(concern, by=cast.hr, text="they hear you")
        action = concerns.act(concern, by=cast.hr, text="talk", doer=cast.hr, due_on=day)
        concerns.finish(action, by=cast.hr)
        concerns.close(concern, by=cast.hr, end="settled", note="it is quiet")
    # What the secondee raised is told to nobody; here it stands as if, so that every column holds a word.
    told = {"told_secondee": "as you said", "told_at": clock.now(), "told_by": cast.hr}
    case.concerns.filter(party="secondee").update(**told)
    days = {"first_day": day, "last_day": day + timedelta(days=9)}
    leave = leaves.ask(case, by=case.secondee, kind="annual", note="a wedding", **days)
    leaves.decide(leave, by=case.line_manager, granted=False, reason="not then")
    leaves.set_account(case, by=cast.hr, yearly_days=Decimal(25), brought_in=Decimal(0))
    absences.tell(case, by=case.secondee, kind="sickness", first_day=day, last_day=day, reason="a cold")
    touches.note(case, by=case.line_manager, on=day, channel="call", note="all well")
    shown = {"name": "b.png", "content": PICTURE}
    checklists.show(case.checklist.filter(list="outward").first(), by=cast.hr, **shown)
    terms = {"model": "fixed", "frequency": "once", "currency": "GBP", "fixed": Decimal(900), "payment_days": 30}
    charges.set_terms(case, by=cast.hr, fields=terms)
    spent = {"spent_on": day, "kind": "travel", "amount": Decimal(9), "name": "b.png", "receipt": PICTURE}
    expense = expenses.claim(case, by=case.secondee, label="train", **spent)
    expenses.decide(expense, by=cast.hr, approved=True, passed_on=True)
    charges.enter_hours(case, by=cast.hr, month=day, hours=Decimal(9))
    charge = case.charges.get()
    with on(case.end_on):
        charges.invoice(charge, by=cast.hr, invoice_number="R1", invoiced_on=case.end_on, seen=charge.amount)
    charges.hand_over(case, by=cast.hr, note="they pay soon")
    _beside(cast, case)


def _beside(cast: Cast, case: Secondment) -> None:
    """A change and an end that are refused, a paper, a trip, a reorganisation, the first days, the way back."""
    assert case.secondee and case.host_contact and case.line_manager
    day = clock.today(case.zone)
    for by, more in ((case.secondee, {"location": "Lublin"}), (case.host_contact, {"other": "a bonus"})):
        asked = wishes.ask(case, by=by, reason="it is far", role_title="head", **more)
        wishes.answer(asked, by=cast.hr, granted=False, why="not now")
    soon = {"last_day": day + timedelta(days=2), "asked_by": "host", "reason": "no more work"}
    refused = early_end.propose(case, by=cast.hr, **soon)
    early_end.answer(refused, by=case.line_manager, approved=False, why="there is work")
    paper = {"kind": "visa", "number": "A17", "issued_by": "the consul", "valid_until": day + timedelta(days=99)}
    abroad.keep(case, by=case.secondee, fields=paper)
    abroad.note_trip(case, by=case.secondee, first_day=day, last_day=day, note="home")
    told = reorganisations.tell(case, by=cast.hr, what="two teams merge")
    reorganisations.give_view(told, by=case.secondee, view="fine")
    reorganisations.end(told, by=cast.hr, result="they merged")
    steps = [{"on": day, "title": "keys", "with_whom": "the porter"}]
    first = {"buddy_name": "Ola", "buddy_email": "o@example.org", "arrival": "at nine", "steps": steps}
    inductions.save(case, by=case.host_contact, **first)
    plan = {"role_kind": "same", "role": "clerk", "manager_name": "Tom", "phased": "slowly", "training": "none",
            "skills_use": "daily", "sharing": "a talk", "meeting_notes": "we met"}  # fmt: skip
    return_plans.save(case, by=case.line_manager, fields=plan)
    return_plans.save(case, by=case.secondee, fields={"wishes": "fewer hours"})
    return_plans.save(case, by=case.host_contact, fields={"handback": "a laptop"})
    return_plans.flag(case, by=case.line_manager, why="it may go", done="we look")


PICTURE = b"\x89PNG\r\n\x1a\n"


def fill(person: Person, case: Secondment, cast: Cast) -> None:
    """Rows of the kinds that the walk does not make."""
    now = clock.now()
    stamps = {"sent_at": now, "expires_at": now, "cancelled_at": now}
    Invitation.objects.create(
        person=person, organisation=cast.northwind, invited_by=cast.hr, email=person.email, what="a part", **stamps
    )
    Signatory.objects.create(
        organisation=cast.northwind, person=person, title="clerk", since=now - timedelta(days=9), until=now.date()
    )
    Membership.objects.create(
        person=person, organisation=cast.northwind, role="viewer", since=now - timedelta(days=9), until=now
    )
    DataCopy.objects.create(
        person=person, asked_by=cast.hr, organisation=cast.northwind, reason="asked", asked_at=now,
        made_at=now, expires_at=now + timedelta(days=7), json=b"{}", pdf=b"%PDF",
    )  # fmt: skip
    LegalHold.objects.create(
        organisation=cast.northwind, person=person, reason="a claim", placed_by=cast.hr, placed_at=now,
        lifted_by=cast.hr, lifted_at=now,
    )  # fmt: skip
    ChangeRequest.objects.create(
        agreement=case.agreements.first(), clause_key="place_of_work", on_version=1, author=person, text="change it",
        created_at=now, state="declined", answer="no", answered_at=now, answered_by=cast.hr,
        values={"remote_days": "4"}, wording=["as it would read"],
    )  # fmt: skip
    _papers_of(person, case, now)
    address = EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, key=f"{person.pk:020}")


def _papers_of(person: Person, case: Secondment, now: datetime) -> None:
    """What somebody said, agreed to, looked at and asked for, on the paper that was not signed and on the signed one."""
    for paper in case.agreements.filter(kind="agreement"):
        thread = Thread.objects.create(
            agreement=paper, clause_key="place_of_work", party="secondee", started_by=person, started_at=now
        )
        Comment.objects.create(thread=thread, author=person, party="secondee", text="a comment", at=now)
        LegalConsent.objects.create(
            agreement=paper, clause_key="confidentiality", wording_hash="0" * 64, person=person, reason="it is fine",
            at=now,
        )  # fmt: skip
        Look.objects.update_or_create(agreement=paper, person=person, defaults={"version": 1, "at": now})
        Printout.objects.create(
            agreement=paper, kind="comparison", older=paper.current, newer=paper.current, asked_by=person, asked_at=now,
            made_at=now, content=b"%PDF",
        )  # fmt: skip
        slot = paper.slots.first()
        if slot:
            SigningLink.objects.create(slot=slot, person=person, digest=f"{paper.pk:064}", made_at=now, revoked_at=now)


_numbers = count(1)


def mark(person: Person) -> dict[str, str]:
    """A marker of its own in each text, JSON or bytes column of each row that is the person's or about them.

    Returns {marker: "table.column"}. Columns that are kept or of a fixed list cannot hold one.
    """
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in personal_data.tables():
        if not (table.is_personal or table.model == "people.LedgerEntry"):
            continue
        model = apps.get_model(table.model)
        rows = list(_rows(table, model, person))
        _triggers(model, "DISABLE")
        for row in rows:
            found |= _mark_row(table, model, row, person)
        _triggers(model, "ENABLE")
    return found


def _rows(table: Any, model: type[Model], person: Person) -> Iterable[Model]:
    found = personal_data.cases(person)
    if model is LedgerEntry:
        entries = LedgerEntry.objects.all()
        return entries.filter(actor_id=person.pk) | entries.filter(case_id__in=found.lent)
    rows = personal_data.rows_of(table, person, about=True)
    if model is Notice:
        return rows | Notice.objects.filter(case_id__in=found.all)
    return rows


def _mark_row(table: Any, model: type[Model], row: Model, person: Person) -> dict[str, str]:
    found = {}
    for column in model._meta.concrete_fields:
        listed = table.by_name[column.name]
        if column.choices or listed.rule in {KEEP, NOT_PERSONAL}:
            continue
        if isinstance(row, LedgerEntry) and column.name == "actor_name" and row.actor_id != person.pk:
            continue
        if listed.of and not personal_data._rows(table, [listed.of, *table.about], person).filter(pk=row.pk):
            continue
        marker = f"marker{next(_numbers):x}q"
        if isinstance(column, GenericIPAddressField):
            marker = value = str(IPv6Address((0x2001_0DB8 << 96) + (next(_numbers) << 16) + 0xABCD))
        elif isinstance(column, JSONField):
            value = [marker] if isinstance(getattr(row, column.name), list) else {"word": marker}
        elif isinstance(column, BinaryField):
            value = marker.encode()
        elif isinstance(column, CharField | TextField) and (column.max_length or 99) >= 12:
            value = marker
        else:
            continue
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{column.name: value})
        except IntegrityError as error:
            assert "checklist_waived_is_stamped" in str(error)  # only what was waived has a reason for it
        else:
            found[marker] = f"{model._meta.db_table}.{column.name}"
    return found


def _triggers(model: type[Model], what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {what} TRIGGER USER')


def dump() -> dict[str, str]:
    """Every table of the database as text; bytes are there in hexadecimal and as they read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in tables:
            cursor.execute(f'SELECT whole::text FROM "{name}" AS whole ORDER BY 1')
            found[name] = "\n".join(row for (row,) in cursor.fetchall())
    return found


def holds(text: str, word: str) -> bool:
    return word in text or word.encode().hex() in text


def sighted(words: Iterable[str]) -> dict[str, set[str]]:
    """Which of the words are in which table."""
    tables = dump()
    return {name: seen for name, text in tables.items() if (seen := {word for word in words if holds(text, word)})}


def signed_set() -> dict[str, list[tuple]]:
    """The rows of signed agreements, as the database has them; of a paper itself, what it changes in the case."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, changes::text FROM agreements_agreement WHERE state = 'signed' ORDER BY id")
        found["agreements_agreement"] = cursor.fetchall()
        for table in SIGNED_TABLES:
            cursor.execute(
                f"SELECT t.id, t::text FROM {table} t JOIN agreements_agreement a ON a.id = t.agreement_id "
                "WHERE a.state = 'signed' ORDER BY t.id"
            )
            found[table] = cursor.fetchall()
    return found
