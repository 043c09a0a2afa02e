"""Two hundred agreements signed at the same time by six hundred people who double-click; comparison; verification.

Real transactions on PostgreSQL in threads, through the actions that the pages call; the PDFs are stand-ins where
signing is measured, and real where finalising is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import Any

from django.db import close_old_connections, connections

PAPERS = 200
THREADS = 24


def prepare(count: int) -> list[dict[str, Any]]:
    """So many papers out for signature by all three at once, with each signatory's code."""
    from agreements import signing
    from agreements.models import Agreement
    from people.roles import SigningOrder
    from tests.cast import Cast, code_for, person

    cast = Cast.assemble()
    from people.models import Policy

    Policy.objects.create(
        organisation=cast.northwind, effective_from="2026-01-01", signing_order=SigningOrder.ALL_AT_ONCE
    )
    found = []
    for number in range(count):
        people = {
            "secondee": person(f"Secondee {number}"),
            "host_signatory": person(f"Host {number}"),
            "seconder_signatory": person(f"Seconder {number}"),
        }
        _employ(cast, people)
        case = cast.agreement_case(**people)
        paper = cast.issued(case)
        acts = []
        for name in ("secondee", "host_signatory", "seconder_signatory"):
            who = people[name]
            signing.record_opened(paper, by=who)
            signing.send_code(paper, by=who, session=f"s{number}")
            acts.append((who, code_for(who)))
        paper = Agreement.objects.select_related("review_copy").get(pk=paper.pk)
        found.append({"paper": paper, "acts": acts, "session": f"s{number}", "case": case})
    return found


def _employ(cast: Any, people: dict[str, Any]) -> None:
    from people.models import Employment

    for name in ("secondee", "seconder_signatory"):
        Employment.objects.create(person=people[name], organisation=cast.northwind, job_title="Analyst")
    Employment.objects.filter(person=people["secondee"]).update(line_manager=cast.manager)


def sign_all(papers: list[dict[str, Any]]) -> dict[str, float]:
    """Everybody signs at once, each twice; returns seconds, and what went wrong or missing."""
    from agreements import signing
    from agreements.models import Agreement, Signature
    from agreements.states import PaperState
    from secondments.transitions import Refused

    def click(job: tuple[dict[str, Any], Any, str]) -> str:
        row, who, code = job
        close_old_connections()
        try:
            signing.sign(
                row["paper"], by=who, signed_name=who.full_name, agrees=True, code=code,
                sha256=row["paper"].review_copy.sha256, origin=signing.Origin(row["session"], "192.0.2.1", "bench"),
            )  # fmt: skip
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return ""

    jobs = [(row, who, code) for row in papers for who, code in row["acts"] for _click in range(2)]
    jobs.sort(key=lambda job: hash((job[1].pk * 7919) % 601))  # mixed, so that papers meet themselves
    began = perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(click, jobs))
    took = perf_counter() - began
    keys = [row["paper"].pk for row in papers]
    complete = Agreement.objects.filter(pk__in=keys, state=PaperState.SIGNED).count()
    return {
        "seconds": took,
        "refused": sum(bool(answer) for answer in answers),
        "missing": len(papers) - complete,
        "wrong": abs(Signature.objects.filter(agreement__in=keys).count() - 3 * len(papers)),
    }


def finalise(paper: Any) -> float:
    """Seconds from the last signature to the kept, sealed and verified file of a real paper."""
    from agreements import documents
    from agreements.models import Agreement

    found = Agreement.objects.select_related("current", "review_copy", "secondment").get(pk=paper.pk)
    began = perf_counter()
    documents.seal(found)
    return perf_counter() - began


def compare(repeats: int = 9) -> float:
    """Median seconds for the comparison of two versions of about twenty pages."""
    from agreements import diff

    words = (
        "The Seconder tells the Host of any change that matters for the work of the Secondee, in writing. " * 40
    ).split()
    clauses = [
        {
            "number": n,
            "key": f"k{n}",
            "title": f"Clause {n}",
            "paragraphs": [{"number": f"{n}.1", "text": " ".join(words)}],
        }
        for n in range(1, 25)
    ]
    older = {"clauses": clauses, "parties": [], "particulars": [], "schedules": []}
    newer = json.loads(json.dumps(older))
    for clause in newer["clauses"][::3]:
        text = clause["paragraphs"][0]["text"].split()
        text[10:14] = ["within", "five", "working", "days"]
        text[300:310] = []
        clause["paragraphs"][0]["text"] = " ".join(text)
    return _median(lambda: diff.compare(older, newer), repeats)


def verify(sha256: str, repeats: int = 25) -> float:
    """Median seconds for the answer to a hash."""
    from agreements import verification

    return _median(lambda: verification.of_hash(sha256), repeats)


def _median(act: Callable[[], object], repeats: int) -> float:
    act()
    found = []
    for _ in range(repeats):
        began = perf_counter()
        act()
        found.append(perf_counter() - began)
    return median(found)
