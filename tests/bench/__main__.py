"""`make bench`: measures on a database of its own and prints one line of JSON for each goal.

`python -m tests.bench papers signatures` measures these parts alone.

Everything runs in this process on real PostgreSQL and Valkey: pages through Django's test client, so that the
figures are those of our own code and queries. Medians of repeated runs; sizes are compared in one run.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from config import embedded

SMALL, LARGE = 1_000, 10_000
REPEATS = 25


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "REDIS_DB": "0"}
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tripartite-bench-")))
        directory.chmod(0o711)
        pair = stack.enter_context(embedded.running(directory, durable=False))
        os.environ |= {"DATABASE_URL": pair.database_url, "REDIS_URL": pair.redis_url}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        parts = {part.__name__: part for part in PARTS}
        wanted = sys.argv[1:] or list(parts)
        goals = []
        for name in wanted:
            for goal in parts[name]():
                print(json.dumps(goal), flush=True)  # at once: the year takes long, and may be broken off
                goals.append(goal)
    return 0 if all(goal["ok"] for goal in goals) else 1


def goal(name: str, value: float, limit: float, unit: str) -> dict[str, object]:
    return {"name": name, "value": round(value, 3), "limit": limit, "ok": value <= limit, "unit": unit}


def timed(act: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds; the first run is not counted."""
    act()
    found = []
    for _ in range(repeats):
        began = perf_counter()
        act()
        found.append(perf_counter() - began)
    return median(found)


def pages() -> list[dict[str, object]]:
    """How list, dashboard and case page grow from a thousand secondments to ten thousand."""
    from tests.bench import world

    figures: dict[str, list[float]] = {}
    for size in (SMALL, LARGE):
        client, case = world.fill(size)
        for name, path in {
            "list": "/secondments/",
            "list_searched": "/secondments/?q=reed",
            "dashboard": "/",
            "case": case,
        }.items():
            figures.setdefault(name, []).append(timed(partial(ask, client, path)))
        print(f"measured pages at {size} secondments", file=sys.stderr)
    found = []
    for name, (small, large) in figures.items():
        found.append(goal(f"{name}_growth_1k_to_10k", large / small, 1.5, "ratio"))
        found.append(goal(f"{name}_at_10k", large * 1000, 250, "ms"))
    return found


def ask(client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def imports() -> list[dict[str, object]]:
    """Ten thousand people from a file, first of all, so that the memory is that of the import."""
    from tests.bench.imports import figures

    found = figures()
    return [
        goal("import_10k_checked_against_bare_form", found["check"] / found["bare"], 2, "ratio"),
        goal("import_10k_written_against_bare_form", found["write"] / found["bare"], 2, "ratio"),
        goal("import_10k_checked", found["check"], 60, "s"),
        goal("import_10k_written", found["write"], 60, "s"),
        goal("import_10k_undone", found["undo"], 60, "s"),
        goal("import_10k_memory", found["memory"], 300, "MB"),
    ]


def papers() -> list[dict[str, object]]:
    """One agreement on paper, warm, against WeasyPrint alone on the same HTML; and its seal."""
    from datetime import UTC, datetime

    from weasyprint import HTML

    from agreements import documents, pdf, sealing
    from tests.agreements.specimen import specimen_signatories, specimen_terms

    terms, signatories, now = specimen_terms(), specimen_signatories(signed=False), datetime(2026, 11, 21, tzinfo=UTC)
    html = pdf._page(terms, signatories, None, now)
    styles, fonts, fetcher = pdf._stylesheet("pdf/agreement.css"), pdf._font_configuration(), pdf._closed_fetcher()

    def bare_weasyprint() -> object:
        page = HTML(string=html, url_fetcher=fetcher)
        return page.write_pdf(stylesheets=[styles], font_config=fonts, pdf_variant="pdf/a-3a")

    # One after the other, so that what the machine does besides is in both.
    pairs = [
        (timed(lambda: pdf.render_review_copy(terms, signatories, created=now), 1), timed(bare_weasyprint, 1))
        for _ in range(7)
    ]
    ours, bare = median(mine for mine, _ in pairs), median(theirs for _, theirs in pairs)
    plain = pdf.render_review_copy(terms, signatories, created=now)
    key = documents.key()
    seal = timed(lambda: sealing.seal(plain, key), 7)
    return [
        goal("agreement_pdf_against_bare_weasyprint", ours / bare, 1.15, "ratio"),
        goal("agreement_pdf", ours * 1000, 2000, "ms"),
        goal("seal_and_own_check", seal * 1000, 300, "ms"),
    ]


def signatures() -> list[dict[str, object]]:
    """Many sign at once; one paper is finalised; two versions are compared; a hash is looked up."""
    from agreements.models import Agreement
    from tests.bench import signing

    papers = signing.prepare(signing.PAPERS)
    print(f"prepared {len(papers)} papers", file=sys.stderr)
    found = signing.sign_all(papers)
    key = papers[0]["paper"].pk
    sealed = [signing.finalise(row["paper"]) for row in papers[:7]]
    sha256 = Agreement.objects.select_related("sealed_copy").get(pk=key).sealed_copy.sha256
    return [
        goal("papers_signed_wrongly", found["wrong"], 0, "papers of 200"),
        goal("papers_signed_and_lost", found["missing"], 0, "papers of 200"),
        goal("clicks_refused", found["refused"], 0, "clicks of 1200"),
        goal("signatures_each_second", -3 * len(papers) / found["seconds"], -20, "signatures a second, negated"),
        goal("whole_finalisation", median(sealed) * 1000, 3000, "ms"),
        goal("comparison_of_twenty_pages", signing.compare() * 1000, 500, "ms"),
        goal("verification_by_hash", signing.verify(sha256) * 1000, 10, "ms"),
    ]


def reminders() -> list[dict[str, object]]:
    """One sweep over ten thousand cases: writing what is due, and finding that all is written."""
    from people.models import Notice
    from secondments import reminders

    before = Notice.objects.count()
    began = perf_counter()
    reminders.remind()
    first = perf_counter() - began
    written = Notice.objects.count() - before
    began = perf_counter()
    reminders.remind()
    return [
        goal("reminders_written_each_second", -written / first, -200, "notices a second, negated"),
        goal("sweep_with_nothing_new", perf_counter() - began, 30, "s"),
    ]


def directory_of_people() -> list[dict[str, object]]:
    """The directory of a hundred thousand people: what the database takes for each question."""
    from tests.bench import crowd

    crowd.fill()
    print(f"measured the directory at {crowd.PEOPLE} people", file=sys.stderr)
    return [goal(name, seconds * 1000, 25, "ms") for name, seconds in crowd.directory()]


def due_today() -> list[dict[str, object]]:
    """What is due today among a million check-ins, against the bare question to its index."""
    from tests.bench.due import figures

    found = figures()
    return [
        goal("due_today_among_a_million", found["ours"] * 1000, 1000, "ms"),
        goal("due_today_against_bare_sql", found["ours"] / found["bare"], 1.5, "ratio"),
    ]


def year() -> list[dict[str, object]]:
    """A year of many placements under kills, on a database of its own size: run it alone."""
    from tests.bench.year import figures

    found = figures()
    wrong = ("starts_wrong", "reviews_wrong", "reminders_missing", "reminders_too_many", "milestones_missing",
             "mails_lost", "mails_of_called_off", "oracle_blind")  # fmt: skip
    return [
        *(goal(f"year_{name}", found[name], 0, "in a year") for name in wrong),
        goal("year_mails_twice", found["mails_twice"], found["kills"], "mails, at most the kills"),
        goal("year_seconds", found["seconds"], 7200, "s"),
    ]


PARTS = (imports, pages, papers, signatures, reminders, directory_of_people, due_today, year)

if __name__ == "__main__":
    sys.exit(main())
