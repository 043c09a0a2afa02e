"""The story of a case in plain sentences, out of the ledger; each reader sees what their part gives them.

Each verb has a sentence and the parts that may read it. A verb without an entry is shown to nobody, and a
test says so. Houses above add their verbs with :func:`register`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.models import LedgerEntry, Person, Policy
from people.models.labels import label
from secondments.choices import DecisionKind, Part, Party
from secondments.models import Secondment
from secondments.policies import parts_of

ALL = frozenset(Part)
HOME = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE})
HR = frozenset({Part.HR_SECONDER})
MANAGERS = HR | {Part.LINE_MANAGER}
NO_FINANCE = ALL - {Part.FINANCE_SECONDER, Part.FINANCE_HOST}
CASE = NO_FINANCE - {Part.VIEWER_HOST, Part.VIEWER_SECONDER}

Sentence = Callable[[LedgerEntry], str]


@dataclass(frozen=True)
class Presenter:
    """How one verb reads, who may read it, and who may read its reason."""

    sentence: Sentence
    readers: frozenset[Part]
    reason_readers: frozenset[Part] = HR
    icon: str = "point"


@dataclass(frozen=True)
class Line:
    """One line of a timeline."""

    at: datetime
    sentence: str
    reason: str
    icon: str
    acting_as: str


PRESENTERS: dict[str, Presenter] = {}


def register(
    verb: str, sentence: Sentence, readers: frozenset[Part], *, reasons: frozenset[Part] = HR, icon: str = "point"
) -> None:
    PRESENTERS[verb] = Presenter(sentence, readers, reasons, icon)


def of(secondment: Secondment, person: Person) -> list[Line]:
    """The timeline that a person may read, newest first; one query."""
    parts = parts_of(secondment, person)
    entries = LedgerEntry.objects.filter(case_id=secondment.pk).order_by("-at", "-pk")
    if Part.HR_SECONDER not in parts and secondment.submitted_at:
        # What came before a revision is between HR and those who were in it then.
        entries = entries.filter(at__gte=secondment.submitted_at)
    return list(lines(entries, parts))


def lines(entries: Iterable[LedgerEntry], parts: frozenset[Part]) -> Iterable[Line]:
    for entry in entries:
        presenter = PRESENTERS.get(entry.verb)
        if presenter is None or not parts & presenter.readers:
            continue
        if entry.erased_at:
            yield Line(entry.at, _("The words of this entry were erased"), "", "eraser", "")
            continue
        sentence = presenter.sentence(entry)
        if not sentence:
            continue
        reason = entry.reason if parts & presenter.reason_readers else ""
        yield Line(entry.at, sentence, reason, presenter.icon, _acting_as(entry))


def _acting_as(entry: LedgerEntry) -> str:
    """In which part, and in whose name, it was done."""
    if entry.acting_as not in Part.values:
        return ""
    label = str(Part(entry.acting_as).label)
    name = entry.facts.get("in_name_of")
    return _("%(part)s, as deputy of %(name)s") % {"part": label, "name": name} if name else label


def plain(template: str) -> Sentence:
    """A sentence that only needs the name of who acted."""
    return lambda entry: _(template) % {"who": entry.actor_name}


def day_of(text: str) -> str:
    return date_format(date.fromisoformat(text), "j M Y")


def _decision(entry: LedgerEntry) -> str:
    kind = DecisionKind(entry.verb.partition(".")[2])
    yes: Any = {
        DecisionKind.RELEASE: _("%(who)s released the secondee"),
        DecisionKind.CONSENT: _("%(who)s consented"),
        DecisionKind.ACCEPTANCE: _("%(who)s accepted for the host"),
    }
    no: Any = {
        DecisionKind.RELEASE: _("%(who)s refused the release"),
        DecisionKind.CONSENT: _("%(who)s declined the secondment"),
        DecisionKind.ACCEPTANCE: _("%(who)s declined for the host"),
    }
    return (yes if entry.facts["verdict"] else no)[kind] % {"who": entry.actor_name}


def _start(entry: LedgerEntry) -> str:
    late = entry.facts.get("late", 0)
    if not late:
        return _("The placement started")
    return ngettext(
        "The placement started, one day after the day agreed",
        "The placement started, %(n)d days after the day agreed",
        late,
    ) % {"n": late}


def titled(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "title": entry.facts["title"]}


def _part(template: str) -> Sentence:
    return lambda entry: (
        _(template)
        % {
            "who": entry.actor_name,
            "name": entry.facts["person"],
            "part": str(Part(entry.facts["part"]).label).lower(),
        }
    )


def _end_early(entry: LedgerEntry) -> str:
    return _(
        "%(who)s ended the placement early, asked for by the %(party)s: last day %(day)s instead of %(before)s"
    ) % {
        "who": entry.actor_name,
        "party": Party(entry.facts["asked_by"]).label.lower(),
        "day": day_of(entry.facts["last_day"]),
        "before": day_of(entry.facts["before"]),
    }


def _rule(template: str) -> Sentence:
    """A rule of eligibility by the name that the policy's page gives it."""
    return lambda entry: _(template) % {"who": entry.actor_name, "rule": label(Policy(), entry.facts["rule"])}


def _appeal(entry: LedgerEntry) -> str:
    granted = _("%(who)s granted the appeal and the release")
    return (granted if entry.facts["granted"] else _("%(who)s upheld the refusal of release")) % {
        "who": entry.actor_name
    }


def _choice(entry: LedgerEntry) -> str:
    return _("%(who)s acts as %(after)s from here on, before as %(before)s") % {
        "who": entry.actor_name,
        "after": str(entry.facts["after"]).lower(),
        "before": str(entry.facts["before"]).lower(),
    }


register("secondment.begin", plain("%(who)s began the proposal"), HR, icon="pencil")
register("secondment.submit", plain("%(who)s submitted the proposal"), NO_FINANCE, icon="send")
register("secondment.revise", plain("%(who)s took the proposal back for revision"), CASE, icon="pencil")
register("secondment.decline", plain("The proposal was declined by %(who)s"), CASE, reasons=frozenset(), icon="x")
register("secondment.reopen", plain("%(who)s took the proposal up again"), CASE, icon="rotate")
register("secondment.approve", lambda e: _("All three have agreed: the proposal is approved"), NO_FINANCE, icon="check")
register("secondment.conclude", lambda e: _("All parties have signed the agreement"), ALL, icon="writing-sign")
register("secondment.start", _start, ALL, icon="player-play")
register(
    "secondment.hold_back",
    lambda e: _("The placement could not begin on %(day)s as agreed") % {"day": day_of(e.facts["start_on"])},
    ALL,
    icon="player-pause",
)
register("secondment.begin_review", lambda e: _("The review opened"), NO_FINANCE, icon="zoom-check")
register("secondment.begin_return", lambda e: _("The last day has passed: the return began"), NO_FINANCE, icon="home")
register("secondment.complete", plain("%(who)s completed the secondment"), ALL, icon="circle-check")
register("secondment.withdraw", plain("%(who)s withdrew the secondment"), ALL, icon="x")
register("secondment.extend", lambda e: _("The placement goes on: the last day was moved"), NO_FINANCE, icon="rotate")
register(
    "secondment.vary",
    lambda e: _("The case was changed as the signed %(paper)s says") % e.facts,
    NO_FINANCE,
    icon="edit",
)
register("secondment.end_early", _end_early, NO_FINANCE, icon="player-stop")
for _kind in DecisionKind:
    register(f"decision.{_kind}", _decision, NO_FINANCE, icon="gavel")
register(
    "eligibility.override",
    _rule("%(who)s proposed it although a rule is not met: %(rule)s"),
    MANAGERS,
    reasons=MANAGERS,
    icon="scale",
)
register("eligibility.restore", _rule("%(who)s took back the exception to a rule: %(rule)s"), MANAGERS, icon="scale")
register("attachment.add", titled("%(who)s added the file “%(title)s”"), HR, icon="paperclip")
register("attachment.remove", titled("%(who)s removed the file “%(title)s”"), HR, icon="paperclip")
register("question.ask", plain("%(who)s asked a question before deciding"), HR, icon="help")
register("question.answer", plain("%(who)s answered a question"), HR, icon="message")
register("appeal.ask", plain("%(who)s asked HR to look at the refused release again"), HOME, icon="gavel")
register("appeal.answer", _appeal, HOME, icon="gavel")
for _verb, _text in {
    "checklist.tick": "%(who)s did “%(title)s”",
    "checklist.untick": "%(who)s reopened “%(title)s”",
    "checklist.waive": "%(who)s waived “%(title)s”",
    "checklist.show": "%(who)s added a file to “%(title)s”",
    "checklist.give": "%(who)s said who sees to “%(title)s”",
    "checklist.add": "%(who)s added “%(title)s” to a checklist",
}.items():
    register(_verb, titled(_text), HR | {Part.SECONDEE}, reasons=HR | {Part.SECONDEE}, icon="checkbox")
register("part.give", _part("%(who)s named %(name)s as %(part)s"), CASE, reasons=HR, icon="user-plus")
register("part.end", _part("%(who)s ended the part of %(name)s as %(part)s"), CASE, reasons=HR, icon="user-minus")
register(
    "invitation.send",
    lambda e: _("%(who)s invited %(name)s") % {"who": e.actor_name, "name": e.facts["person"]},
    HR,
    icon="mail",
)
register("invitation.take_up", plain("%(who)s came for the first time"), CASE, icon="login")
register("capacity.choose", _choice, HR, icon="switch-horizontal")
for _verb, _text in {
    "deputy.name": "%(who)s asked %(name)s to be their deputy as %(part)s",
    "deputy.accept": "%(who)s accepted to be deputy as %(part)s",
    "deputy.end": "%(who)s ended the deputyship of %(name)s as %(part)s",
}.items():
    register(_verb, _part(_text), CASE, icon="users")
