"""Ten thousand people out of a file: reading, checking and writing, against the bare form on the same rows."""

from __future__ import annotations

import csv
import io
import resource
from datetime import timedelta
from time import perf_counter

from people import clock
from people.forms.imports import PersonRow
from people.imports import batches, lines, previews, runs
from people.models import ImportBatch, Membership, Organisation, Person

ROWS = 10_000
HEADER = [
    "Employee number", "First name", "Surname", "E-mail address", "Position", "Grade", "Dept", "Mgr e-mail", "Hire date",
    "Hours", "Salary", "Currency", "Office", "Time zone",
]  # fmt: skip


def content() -> bytes:
    """Everybody's line manager stands somewhere else in the file, often below."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for n in range(ROWS):
        manager = f"p{n // 8}@imported.example" if n else ""
        writer.writerow(
            [f"I-{n:05d}", f"Ana{n}", "Duarte", f"p{n}@imported.example", "Analyst", "B2", f"Team {n % 90}", manager,
             "04/05/2020", "37,5", "41,000", "GBP", "Leeds", "Europe/London"]
        )  # fmt: skip
    return out.getvalue().encode()


def figures() -> dict[str, float]:
    """Seconds of the bare form, of the check, of writing, of undoing; megabytes at the peak of the process."""
    home = Organisation.objects.create(legal_name="Importers Ltd", country="GB", time_zone="Europe/London")
    hr = Person.objects.create_user("hr@imported.example", full_name="Hanna Reed")
    Membership.objects.create(person=hr, organisation=home, role="hr", since=clock.now() - timedelta(days=1))
    batch = batches.begin(by=hr, organisation=home, kind="people", file_name="people.csv", content=content())
    mapping, options = batches.remembered(batch)
    options = {**options, "date_order": "day"}
    found = {"bare": bare(batch, mapping, options)}
    batches.check(batch, by=hr, mapping=mapping, options=options)
    found["check"] = run()
    batches.write(batch, by=hr, whole_file=True)
    found["write"] = run()
    batches.undo(batch, by=hr)
    found["undo"] = run()
    if ImportBatch.objects.get(pk=batch.pk).state != "undone":
        raise RuntimeError("the import did not go through")
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def bare(batch: ImportBatch, mapping: dict[str, int], options: dict[str, str]) -> float:
    """A loop of the form's own ``is_valid()`` over what the cells say."""
    rows = previews.below(bytes(batch.content or b""), "", 1)
    words = [lines._words({name: row[at] for name, at in mapping.items()}, options) for _n, row in rows]
    began = perf_counter()
    good = sum(PersonRow(each).is_valid() for each in words)
    assert good == ROWS
    return perf_counter() - began


def run() -> float:
    began = perf_counter()
    runs.run_waiting()
    return perf_counter() - began
