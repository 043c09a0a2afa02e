"""Two hundred agreements signed at the same time by six hundred people who double-click; comparison; verification.

Real transactions on PostgreSQL in processes with threads, through the actions that the pages call; the PDFs are
stand-ins where signing is measured, and real where finalising is.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any

import django
from django.db import connections

PAPERS = 200
PROCESSES, THREADS = 2, 8


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
    """Everybody signs at once, each twice; returns seconds, and what went wrong or missing.

    As production serves them: two processes of eight threads (see the Dockerfile), whose connections stay open. The
    two clicks of one person go to different processes. Starting those is not counted.
    """
    from agreements.models import Agreement, Signature
    from agreements.states import PaperState

    jobs = [(row["paper"], who, code, row["session"]) for row in papers for who, code in row["acts"]]
    jobs.sort(key=lambda job: hash((job[1].pk * 7919) % 601))  # mixed, so that papers meet themselves
    apart = get_context("spawn")
    ready, answers = apart.Barrier(PROCESSES + 1), apart.Queue()
    workers = [apart.Process(target=_serve, args=(pickle.dumps(jobs), ready, answers)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    ready.wait(timeout=120)
    began = perf_counter()
    refused = sum(answers.get(timeout=600) for _ in workers)
    took = perf_counter() - began
    for worker in workers:
        worker.join()
    keys = [row["paper"].pk for row in papers]
    complete = Agreement.objects.filter(pk__in=keys, state=PaperState.SIGNED).count()
    return {
        "seconds": took,
        "refused": refused,
        "missing": len(papers) - complete,
        "wrong": abs(Signature.objects.filter(agreement__in=keys).count() - 3 * len(papers)),
    }


def _serve(pickled: bytes, ready: Any, answers: Any) -> None:
    """One process of the server: each of its threads clicks, over a connection that it keeps."""
    django.setup()
    from agreements import signing
    from secondments.transitions import Refused

    def click(job: tuple[Any, Any, str, str]) -> int:
        paper, who, code, session = job
        try:
            signing.sign(
                paper, by=who, signed_name=who.full_name, agrees=True, code=code, sha256=paper.review_copy.sha256,
                origin=signing.Origin(session, "192.0.2.1", "bench"),
            )  # fmt: skip
        except Refused:
            return 1
        return 0

    jobs = pickle.loads(pickled)  # made by ourselves a moment ago
    meet = Barrier(THREADS)

    def connect(_number: int) -> None:
        connections["default"].ensure_connection()
        meet.wait()  # so that each thread takes one of these

    def leave(_number: int) -> None:
        meet.wait()
        connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(connect, range(THREADS)))
        ready.wait(timeout=120)
        answers.put(sum(pool.map(click, jobs)))
        list(pool.map(leave, range(THREADS)))


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
