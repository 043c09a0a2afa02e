"""Secondments in great number, of realistic shape: written in bulk, with every constraint on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random

from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from agreements.models import Agreement, Document, Version
from people import clock
from people.models import LedgerEntry, LedgerWords, Membership, Organisation, Person
from secondments.models import CheckIn, Decision, Objective, Proposal, Secondment
from secondments.states import SIGNED, State

SHARES = {
    State.DRAFT: 6,
    State.PROPOSAL: 8,
    State.AGREEMENT: 8,
    State.AGREED: 5,
    State.ACTIVE: 25,
    State.REVIEW: 5,
    State.RETURN: 3,
    State.COMPLETED: 34,
    State.DECLINED: 3,
    State.WITHDRAWN: 3,
}
LENDERS = 10
_numbers = count(1)


def fill(size: int) -> tuple[Client, str]:
    """Bring the database to ``size`` secondments; returns HR of one of ten lenders, and an active case of theirs."""
    chance = Random(7)
    organisations = list(_ours().order_by("pk")) or _organisations()
    missing = size - Secondment.objects.count()
    for start in range(0, missing, 1000):
        _cases(chance, organisations, min(1000, missing - start))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    hr = Person.objects.get(email="hr0@bench.example")
    client = Client()
    client.force_login(hr, backend="allauth.account.auth_backends.AuthenticationBackend")
    case = Secondment.objects.filter(state=State.ACTIVE, seconder=organisations[0]).order_by("pk").first()
    assert case
    return client, case.get_absolute_url()


def _ours() -> QuerySet[Organisation]:
    """Those made here: other measurements leave some of their own."""
    return Organisation.objects.filter(legal_name__startswith="Organisation ")


def _organisations() -> list[Organisation]:
    found = [
        Organisation.objects.create(
            legal_name=f"Organisation {n}", country="GB", time_zone="Europe/London", is_listed=True
        )
        for n in range(40)
    ]
    since = clock.now() - timedelta(days=900)
    for n, organisation in enumerate(found[:LENDERS]):
        hr = Person.objects.create_user(f"hr{n}@bench.example", full_name=f"Hanna Reed {n}")
        Membership.objects.create(person=hr, organisation=organisation, role="hr", since=since)
    for n, _organisation in enumerate(found):
        Person.objects.create_user(f"contact{n}@bench.example", full_name=f"Carla Contact {n}")
        Person.objects.create_user(f"manager{n}@bench.example", full_name=f"Martin Manager {n}")
    return found


def placements(size: int, today: date) -> None:
    """So many signed agreements whose placements begin within half a year of a day and end within the next one."""
    chance = Random(7)
    organisations = list(_ours().order_by("pk")) or _organisations()
    for start in range(0, size, 1000):

        def span(chance: Random, state: str, today: date) -> tuple[date, date]:
            first = today + timedelta(days=chance.randint(1, 180))
            return first, first + timedelta(days=chance.randint(60, 180))

        _cases(chance, organisations, min(1000, size - start), State.AGREED, span, today)
    Secondment.objects.filter(state=State.AGREED).update(
        review_concluded_at=None, review_began_at=None, return_began_at=None, began_on=None, started_at=None
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _cases(
    chance: Random,
    organisations: list[Organisation],
    size: int,
    state: State | None = None,
    span: Callable[[Random, str, date], tuple[date, date]] | None = None,
    today: date | None = None,
) -> None:
    today, now = today or clock.today("Europe/London"), clock.now()
    by_email = {p.email: p for p in Person.objects.filter(email__regex="^(hr|contact|manager)")}
    people = Person.objects.bulk_create(
        Person(email=f"s{n}@bench.example", full_name=f"{chance.choice('ABCDEFGH')}na Duarte {n}", password="!")
        for n in (next(_numbers) for _ in range(size))
    )
    states = [state] * size if state else chance.choices(list(SHARES), list(SHARES.values()), k=size)
    rows = []
    for person, state in zip(people, states, strict=True):
        lender, host = chance.randrange(LENDERS), chance.randrange(len(organisations))
        start, end = (span or _days)(chance, state, today)
        stamps = dict.fromkeys(
            ["submitted_at", "approved_at", "agreed_at", "agreement_signed_at", "agreement_sealed_at", "started_at"],
            now,
        )
        hr = by_email[f"hr{lender}@bench.example"]
        rows.append(
            Secondment(
                reference=f"B-{person.pk}",
                seconder=organisations[lender],
                owner=hr,
                secondee=person,
                line_manager=by_email[f"manager{lender}@bench.example"],
                seconder_signatory=hr,
                host=organisations[host],
                host_contact=by_email[f"contact{host}@bench.example"],
                host_signatory=by_email[f"manager{host}@bench.example"],
                host_signatory_confirmed_at=clock.now(),
                host_signatory_confirmed_by=by_email[f"contact{host}@bench.example"],
                kind="external",
                role_title="Planning lead",
                location="Leeds",
                start_on=start,
                end_on=end,
                began_on=start,
                agreed_end_on=end,
                weekly_hours=Decimal("40"),
                purpose="To learn, and to bring it home.",
                state=state,
                outcome="same_role" if state == State.COMPLETED else "",
                turn="decisions" if state == State.PROPOSAL else "check_in" if state == State.ACTIVE else "",
                turn_names="Somebody",
                turn_since=now,
                turn_until=today + timedelta(days=chance.randint(-3, 20)) if state == State.ACTIVE else None,
                created_at=now - timedelta(days=chance.randint(1, 900)),
                changed_at=now - timedelta(minutes=chance.randint(1, 900_000)),
                review_began_at=now,
                review_concluded_at=now,
                return_began_at=now,
                completed_at=now,
                completed_by=hr,
                declined_at=now,
                declined_by=hr,
                withdrawn_at=now,
                withdrawn_by=hr,
                **stamps,
            )
        )
    cases = Secondment.objects.bulk_create(rows)
    Proposal.objects.bulk_create(Proposal(secondment=case) for case in cases)
    _below(chance, cases, today)


def _days(chance: Random, state: str, today: date) -> tuple[date, date]:
    starts = {
        State.ACTIVE: (-120, -10),
        State.REVIEW: (-200, -150),
        State.RETURN: (-220, -205),
        State.COMPLETED: (-900, -230),
    }.get(State(state), (10, 90))
    start = today + timedelta(days=chance.randint(*starts))
    return start, start + timedelta(days=200)


def _below(chance: Random, cases: list[Secondment], today: date) -> None:
    """Objectives, decisions, check-ins, a timeline, and a sealed paper where the state asks for one."""
    now = clock.now()
    Objective.objects.bulk_create(
        Objective(secondment=case, position=n, text=f"Objective {n}", measure="seen") for case in cases for n in (1, 2)
    )
    Decision.objects.bulk_create(
        Decision(
            secondment=case, revision=0, kind=kind, decider=case.line_manager, asked_at=now, due_on=today,
            verdict=True, decided_at=now, decided_by=case.line_manager,
        )
        for case in cases for kind in ("release", "consent", "acceptance")
    )  # fmt: skip
    CheckIn.objects.bulk_create(
        CheckIn(secondment=case, party=party, person=person, due_on=case.start_on + timedelta(weeks=week))
        for case in cases
        if case.state == State.ACTIVE
        for week in (2, 6, 10, 14)
        for party, person in (("secondee", case.secondee), ("host", case.host_contact))
    )
    verbs = ("secondment.begin", "secondment.submit", "secondment.approve", "checklist.tick") * 4
    said = iter(
        LedgerWords.objects.bulk_create(
            LedgerWords(actor_name="Hanna Reed", facts={"title": "x"}) for _ in range(len(cases) * len(verbs))
        )
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(at=now, verb=verb, case_id=case.pk, words=next(said)) for case in cases for verb in verbs
    )
    signed = [case for case in cases if case.state in SIGNED]
    papers = Agreement.objects.bulk_create(
        Agreement(secondment=case, number=1, created_at=now, issued_at=now, issued_by=case.owner) for case in signed
    )
    versions = Version.objects.bulk_create(
        Version(
            agreement=paper, number=1, terms='{"clauses":[]}', content_hash=f"{paper.pk:064d}", note="x", created_at=now
        )
        for paper in papers
    )
    documents = Document.objects.bulk_create(
        Document(agreement=paper, kind=kind, sha256=f"{paper.pk:060d}{kind[:4]}", content=b"x", size=1, created_at=now)
        for paper in papers
        for kind in ("review_copy", "sealed")
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE agreements_agreement SET state = 'signed', current_id = %s, review_copy_id = %s, sealed_copy_id = %s,"
            " signed_at = now(), sealed_at = now() WHERE id = %s",
            [
                (version.pk, documents[2 * n].pk, documents[2 * n + 1].pk, papers[n].pk)
                for n, version in enumerate(versions)
            ],
        )
