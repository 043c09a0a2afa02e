"""Preparing and sharing the terms: answers, wordings, clauses and schedules added, a paper that the host brings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import clauses, composing, drafting, editions, notices, papers, policies, waiting
from agreements.clauses import Clause, Parameter
from agreements.composing import Matter
from agreements.models import Agreement, Document, Version
from agreements.revising import require_open, revise
from agreements.states import Audience, DocumentKind, Pack, PaperKind, ProposalState, ThreadState
from people import clock
from people.models import Person
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused

FREE = 1000  # free clauses are numbered from here on, in the order in which they were added
LARGEST_PAPER = 5 * 1024 * 1024  # bytes


@transaction.atomic
def share(agreement: Agreement, *, by: Person) -> Agreement:
    """HR sends the terms to the other parties; questions that only they can answer may still be open."""
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    assert agreement.current
    questions = [
        (clause, parameter)
        for clause, parameter in drafting.open_questions(agreement, agreement.current)
        if drafting.asked_of(parameter) in {"seconder", "case"}
    ]
    if questions:
        raise Refused(
            *(
                Refusal(
                    _("Answer first, in “%(clause)s”: %(label)s.") % {"clause": c.title, "label": p.label}, "questions"
                )
                for c, p in questions
            )
        )
    papers.perform(agreement, "share", by=by, version=agreement.current.number)
    notices.terms_shared(agreement)
    waiting.settle(agreement)
    return agreement


@transaction.atomic
def edit_clause(
    agreement: Agreement,
    *,
    by: Person,
    key: str,
    values: Mapping[str, str],
    wording: list[str],
    note: str,
    seen_version: int,
) -> Version:
    """HR changes one clause, which makes a new version and clears approvals of the older one.

    Legal wording may be changed too; it then needs the consent of a legal approver before anybody signs.
    """
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    current = require_open(agreement, seen_version)
    matter = Matter.of(current)
    found, clause = with_changes(matter, key, values, wording)
    return revise(agreement, by=by, matter=found, note=note, about=clause.title)


def with_changes(matter: Matter, key: str, values: Mapping[str, str], wording: list[str]) -> tuple[Matter, Clause]:
    """The matter with other answers and another wording in one clause; refused where they do not fit it."""
    clause = matter.by_key.get(key)
    if clause is None:
        raise Refused(_("There is no such clause in these terms."))
    stray = clauses.unknown_names(wording, clause)
    if stray:
        raise Refused(
            Refusal(
                _("There is no answer called %(names)s in this clause.") % {"names": ", ".join(sorted(stray))},
                "wording",
            )
        )
    wordings = {name: row for name, row in matter.wordings.items() if name != key}
    if wording and wording != list(clause.paragraphs):
        wordings[key] = wording
    own = {p.name: p for p in clause.parameters if not p.is_fixed}
    given = {**matter.values.get(key, {}), **{n: v for n, v in values.items() if n in own}}
    for name, value in given.items():
        if name in own:
            check_answer(own[name], value, f"answer_{name}")
    return replace(matter, values={**matter.values, key: given}, wordings=wordings), clause


def check_answer(parameter: Parameter, value: str, where: str) -> None:
    """Refuse an answer that is not of its kind; an empty one leaves the question open."""
    value = value.strip()
    if not value:
        return
    sentence = ""
    if parameter.type in {"number", "percent"}:
        low = parameter.minimum if parameter.minimum is not None else 0
        high = parameter.maximum if parameter.maximum is not None else (100 if parameter.type == "percent" else 100_000)
        digits = value if parameter.type == "number" else value.replace(".", "", 1)
        if not digits.isdecimal() or not low <= float(value) <= high:
            sentence = _("%(label)s: a number from %(low)d to %(high)d.") % {
                "label": parameter.label, "low": low, "high": high,
            }  # fmt: skip
    elif parameter.type == "choice" and value not in parameter.choices:
        sentence = _("%(label)s: choose one of the list.") % {"label": parameter.label}
    elif parameter.type == "date" and not _is_day(value):
        sentence = _("%(label)s: a day, such as 2027-03-31.") % {"label": parameter.label}
    if sentence:
        raise Refused(Refusal(sentence, where))


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return bool(clauses.ISO_DATE.fullmatch(value))


@transaction.atomic
def answer(agreement: Agreement, *, by: Person, answers: Mapping[str, Mapping[str, str]], seen_version: int) -> Version:
    """Answer open questions, many at once: HR any, another party those that are asked of it. One new version.

    Only what is open can be answered so; what was answered before changes by a proposal.
    """
    agreement = papers.lock(agreement.pk)
    party = policies.party_of(agreement, by)
    if party is None or not (policies.may_edit(agreement, by) or policies.may_ask_for_change(agreement, by)):
        raise NotAllowed(_("You cannot answer questions about these terms."))
    current = require_open(agreement, seen_version)
    matter, titles = Matter.of(current), list[str]()
    is_editor = policies.may_edit(agreement, by)
    open_now = {(c.key, p.name): (c, p) for c, p in drafting.open_questions(agreement, current)}
    for key, given in answers.items():
        for name, value in given.items():
            row = open_now.get((key, name))
            if not value.strip() or row is None:
                continue
            clause, parameter = row
            if not is_editor and drafting.asked_of(parameter) != party:
                raise NotAllowed(_("This question is asked of somebody else."))
            check_answer(parameter, value, f"{key}.{name}")
            own = {**matter.values.get(key, {}), name: value.strip()}
            matter = replace(matter, values={**matter.values, key: own})
            titles += [] if clause.title in titles else [clause.title]
    if not titles:
        raise Refused(_("No answer was given."))
    note = _("Answered: %(clauses)s") % {"clauses": ", ".join(titles)}
    return revise(agreement, by=by, matter=matter, note=note, about=", ".join(titles)[:200])


@transaction.atomic
def add_clause(
    agreement: Agreement, *, by: Person, title: str, paragraphs: list[str], note: str, seen_version: int
) -> Version:
    """A clause written for this paper alone."""
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    current = require_open(agreement, seen_version)
    if not title.strip() or not paragraphs:
        raise Refused(Refusal(_("A clause has a title and at least one paragraph."), "title"))
    if any(clauses.PLACE.search(paragraph) for paragraph in paragraphs):
        raise Refused(Refusal(_("A clause of this paper alone has no answers in double braces."), "wording"))
    matter = Matter.of(current)
    number = max([FREE, *(clause.number for clause in matter.clauses)]) + 1
    clause = Clause(
        key=f"free_{number}",
        number=number,
        title=title.strip()[:120],
        basis=str(_("Agreed for this paper alone.")),
        locked=False,
        summary=str(_("Written for this paper.")),
        paragraphs=tuple(paragraphs),
        origin="this paper",
    )
    found = drafting.with_clause(matter, clause, {})
    return revise(agreement, by=by, matter=found, note=note, about=clause.title)


@transaction.atomic
def take_in(agreement: Agreement, *, by: Person, clause: Clause, note: str, seen_version: int) -> Version:
    """Take a clause of the library into the paper, as the library has it now."""
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    current = require_open(agreement, seen_version)
    matter = Matter.of(current)
    found = drafting.with_clause(matter, clause, composing.facts_of(agreement, matter))
    return revise(agreement, by=by, matter=found, note=note, about=clause.title)


@transaction.atomic
def leave_out(agreement: Agreement, *, by: Person, key: str, note: str, seen_version: int) -> Version:
    """Take an optional clause, or one written for this paper, out of it."""
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    current = require_open(agreement, seen_version)
    matter = Matter.of(current)
    found = drafting.without_clause(agreement, matter, key)
    _require_settled(agreement, [key])
    return revise(agreement, by=by, matter=found, note=note, about=matter.by_key[key].title)


@transaction.atomic
def set_schedules(
    agreement: Agreement, *, by: Person, schedules: list[dict[str, Any]], note: str, seen_version: int
) -> Version:
    """The schedules added by hand: each a title with paragraphs, or with columns and rows."""
    agreement = papers.lock(agreement.pk)
    require_editor(agreement, by)
    current = require_open(agreement, seen_version)
    found = replace(Matter.of(current), schedules=tuple(schedules))
    return revise(agreement, by=by, matter=found, note=note, about=_("Schedules"))


@transaction.atomic
def enclose(agreement: Agreement, *, by: Person, name: str, content: bytes, note: str, seen_version: int) -> Version:
    """Use the host's own paper in place of the clauses; it then needs a legal approver's consent to that very file."""
    agreement = papers.lock(agreement.pk)
    if not policies.may_enclose(agreement, by):
        raise NotAllowed(_("The host's own paper is brought by the host, or by HR of the seconder."))
    current = require_open(agreement, seen_version)
    if agreement.kind != PaperKind.AGREEMENT:
        raise Refused(_("Only the agreement itself can be a paper of the host."))
    if len(content) > LARGEST_PAPER:
        raise Refused(Refusal(_("The file is larger than 5 MB."), "file"))
    if not content.startswith(b"%PDF-"):
        raise Refused(Refusal(_("The paper has to be a PDF."), "file"))
    if b"/Encrypt" in content:
        raise Refused(Refusal(_("The file is protected by a password; bring one that anybody can open."), "file"))
    _require_settled(agreement, [row.key for row in Matter.of(current).clauses])
    kept = agreement.documents.filter(sha256=composing.digest_of(content), kind=DocumentKind.ENCLOSURE).first()
    document = kept or Document.objects.create(
        agreement=agreement,
        kind=DocumentKind.ENCLOSURE,
        sha256=composing.digest_of(content),
        name=_plain(name),
        content=content,
        size=len(content),
        created_at=clock.now(),
    )
    agreement.pack = Pack.OWN_PAPER
    agreement.save(update_fields=["pack"])
    library = {**clauses.catalogue(), **editions.of(agreement.secondment.seconder, agreement.language)}
    matter = Matter(
        clauses=(library["parties"], clauses.special("own_paper"), library["signatures"]),
        values={key: values for key, values in Matter.of(current).values.items() if key in library},
        enclosure=document,
    )
    known = composing.facts_of(agreement, matter)
    matter = replace(matter, values=drafting.first_values(matter, known))
    return revise(agreement, by=by, matter=matter, note=note, about=_("The host's own paper"))


def _require_settled(agreement: Agreement, keys: list[str]) -> None:
    """What is said beside a clause that goes would be lost from sight: it is settled first."""
    requests = agreement.change_requests.filter(state=ProposalState.OPEN, clause_key__in=keys)
    threads = agreement.threads.filter(state=ThreadState.OPEN, audience=Audience.ALL, clause_key__in=keys)
    if requests.exists() or threads.exists():
        raise Refused(_("Something is still open beside a clause that would go: answer or resolve it first."))


def _plain(name: str) -> str:
    """A file's name as it may stand in a text: no path, no control characters."""
    bare = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e]", "", name).replace("\\", "/").rpartition("/")[2]
    return bare[-120:] or "paper.pdf"


def require_editor(agreement: Agreement, person: Person) -> None:
    if not policies.may_edit(agreement, person):
        raise NotAllowed(_("Only HR of the seconder prepares the terms."))
