"""The clause library of an organisation: the built-in one, with the clauses that it has made its own.

An own clause is a chain of editions; the newest counts. What a paper was made of is kept with its versions, so
that no later edition ever reaches it.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agreements import clauses
from agreements.clauses import Clause
from agreements.models import ClauseText
from people import ledger
from people.models import Organisation, Person
from people.roles import Role
from secondments.guards import Refusal
from secondments.transitions import NotAllowed, Refused

FORMAT = "tripartite-clauses"
LARGEST = 2 * 1024 * 1024  # bytes of a library that is brought


def of(organisation: Organisation, language: str = "en") -> dict[str, Clause]:
    """The library by key, in the order of its numbers; a language without own or built-in text has the English one."""
    titles = clauses.languages().get(language, {}).get("titles", {})
    found = {key: _titled(clause, titles.get(key, "")) for key, clause in clauses.catalogue().items()}
    for row in ClauseText.objects.filter(organisation=organisation, language=language).newest():
        if row.is_retired:
            found.pop(row.key, None)
        else:
            found[row.key] = clause_of(row, organisation)
    return dict(sorted(found.items(), key=lambda item: (item[1].number, item[0])))


def clause_of(row: ClauseText, organisation: Organisation) -> Clause:
    origin = _("%(organisation)s, edition %(n)d") % {"organisation": organisation, "n": row.number}
    return Clause.from_data({**row.content, "origin": origin})


def may_edit(organisation: Organisation, person: Person) -> bool:
    return person.works_for(organisation.pk, Role.HR)


def may_change_locked(organisation: Organisation, person: Person) -> bool:
    """Legal wording of the library is for legal approvers, as it is on a paper."""
    rows = organisation.memberships.current().filter(person=person, role=Role.HR, approves_legal=True)
    return rows.exists()


@transaction.atomic
def save(
    organisation: Organisation, data: dict[str, Any], *, by: Person, note: str, language: str = "en", seen: int = 0
) -> ClauseText:
    """Write the next edition of a clause; ``seen`` is the edition that the writer had before them.

    Raises ``Refused`` with sentences for what is wrong with it, when somebody else wrote meanwhile, and when legal
    wording is changed by somebody who is not a legal approver.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not may_edit(organisation, by):
        raise NotAllowed(_("Only HR of %(organisation)s edits its clauses.") % {"organisation": organisation})
    wrong = clauses.faults(data)
    if wrong:
        raise Refused(*(Refusal(sentence, "") for sentence in wrong))
    if not note.strip():
        raise Refused(Refusal(_("Say what changes and why."), "note"))
    last = ClauseText.objects.filter(organisation=organisation, key=data["key"], language=language).first()
    if (last.number if last else 0) != seen:
        raise Refused(
            _("Somebody has saved edition %(n)d meanwhile; look at it first.") % {"n": last.number if last else 0}
        )
    before = of(organisation, language).get(data["key"])
    made = Clause.from_data(data)
    touches_law = before is not None and before.locked and (not made.locked or _law(before) != _law(made))
    if touches_law and not may_change_locked(organisation, by):
        raise Refused(_("This clause is legal wording: only a legal approver of the organisation changes it."))
    if before is not None and _same(before, made) and not (last and last.is_retired):
        raise Refused(_("Nothing was changed, so no new edition was made."))
    return _write(organisation, made, by=by, note=note, language=language, last=last)


@transaction.atomic
def retire(organisation: Organisation, key: str, *, by: Person, note: str, language: str = "en") -> ClauseText:
    """Take a clause out of the library: new papers do without it; those that have it keep it."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not may_edit(organisation, by):
        raise NotAllowed(_("Only HR of %(organisation)s edits its clauses.") % {"organisation": organisation})
    present = of(organisation, language).get(key)
    if present is None:
        raise Refused(_("There is no such clause in the library."))
    if present.locked and not may_change_locked(organisation, by):
        raise Refused(_("This clause is legal wording: only a legal approver of the organisation changes it."))
    built_in = clauses.catalogue().get(key)
    if built_in and clauses.REQUIRED in built_in.needed.values():
        raise Refused(
            _("Agreements of some kind cannot do without “%(title)s”: give it another wording instead.")
            % {"title": present.title}
        )
    if not note.strip():
        raise Refused(Refusal(_("Say what changes and why."), "reason"))
    last = ClauseText.objects.filter(organisation=organisation, key=key, language=language).first()
    return _write(organisation, present, by=by, note=note, language=language, last=last, is_retired=True)


def export(organisation: Organisation, language: str = "en") -> str:
    """The whole library as JSON, as ``bring`` reads it."""
    content = {
        "format": FORMAT,
        "language": language,
        "clauses": [clause.as_data() for clause in of(organisation, language).values()],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def read(raw: bytes) -> tuple[str, list[dict[str, Any]]]:
    """Language and clauses of a file that ``export`` made; raises ``Refused`` with what is wrong and where."""
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refused(
            Refusal(_("This is not a file of clauses: %(error)s.") % {"error": str(error)[:200]}, "file")
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("clauses"), list):
        raise Refused(Refusal(_("This is not a file of clauses; export a library to see what one looks like."), "file"))
    if content.get("language", "en") not in list(clauses.languages()):
        raise Refused(Refusal(_("The language of these clauses is not known here."), "file"))
    rows, wrong, seen = content["clauses"], [], set()
    for position, data in enumerate(rows, start=1):
        name = str(data.get("key", "")) if isinstance(data, dict) else ""
        wrong += [
            _("Clause %(n)d (%(key)s): %(what)s") % {"n": position, "key": name or "?", "what": what}
            for what in clauses.faults(data)
        ]
        if name in seen:
            wrong.append(_("Clause %(n)d (%(key)s) is there twice.") % {"n": position, "key": name})
        seen.add(name)
    if wrong:
        raise Refused(*(Refusal(sentence, "file") for sentence in wrong[:20]))
    return content.get("language", "en"), rows


def differences(organisation: Organisation, language: str, rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What a file would do: keys that are new, changed and the same."""
    present = of(organisation, language)
    found: dict[str, list[str]] = {"new": [], "changed": [], "same": []}
    for data in rows:
        before = present.get(data["key"])
        kind = "new" if before is None else "same" if _same(before, Clause.from_data(data)) else "changed"
        found[kind].append(data["key"])
    return found


@transaction.atomic
def bring(organisation: Organisation, raw: bytes, *, by: Person, note: str) -> int:
    """Take over the clauses of a file that differ from what is here, all or none; returns how many."""
    language, rows = read(raw)
    kinds = differences(organisation, language, rows)
    wanted = {*kinds["new"], *kinds["changed"]}
    for data in rows:
        if data["key"] in wanted:
            last = ClauseText.objects.filter(organisation=organisation, key=data["key"], language=language).first()
            save(organisation, data, by=by, note=note, language=language, seen=last.number if last else 0)
    return len(wanted)


def _write(
    organisation: Organisation,
    clause: Clause,
    *,
    by: Person,
    note: str,
    language: str,
    last: ClauseText | None,
    is_retired: bool = False,
) -> ClauseText:
    content = clause.as_data()
    content.pop("origin")
    made = ClauseText.objects.create(
        organisation=organisation,
        key=clause.key,
        language=language,
        number=(last.number if last else 0) + 1,
        content=content,
        is_retired=is_retired,
        note=note.strip()[:500],
        made_by=by,
    )
    ledger.record(
        "clause.retire" if is_retired else "clause.edit",
        by=by,
        organisation_id=organisation.pk,
        organisation=organisation.legal_name,
        clause=clause.title,
        edition=made.number,
        language=language,
        reason=note.strip(),
    )
    return made


def _titled(clause: Clause, title: str) -> Clause:
    return Clause.from_data({**clause.as_data(), "title": title}) if title else clause


def _law(clause: Clause) -> tuple[object, ...]:
    """What of a legal clause is its wording: the paragraphs, and what can stand in their blanks."""
    blanks = {row.name: (row.type, row.source, row.choices, row.minimum, row.maximum) for row in clause.parameters}
    return clause.paragraphs, blanks


def _same(one: Clause, other: Clause) -> bool:
    first, second = one.as_data(), other.as_data()
    return {**first, "origin": ""} == {**second, "origin": ""}
