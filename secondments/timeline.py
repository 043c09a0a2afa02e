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
from secondments.choices import DecisionKind, Outcome, Part, Party
from secondments.models import Secondment
from secondments.policies import RECHARGE_READERS, parts_of

ALL = frozenset(Part)
HOME = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE})
HR = frozenset({Part.HR_SECONDER})
MANAGERS = HR | {Part.LINE_MANAGER}
NO_FINANCE = ALL - {Part.FINANCE_SECONDER, Part.FINANCE_HOST}
PAYERS = RECHARGE_READERS
SPENDING = HOME | {Part.FINANCE_SECONDER}
WITH_SECONDEE = HOME | {Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST}  # who works with them
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


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "j M Y")


def _named(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "name": entry.facts["person"]}


def _numbered(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "n": entry.facts["n"]}


def _days(template: str) -> Sentence:
    """A sentence with days of the entry in it."""

    def sentence(entry: LedgerEntry) -> str:
        words = {name: _day(entry.facts[name]) for name in ("first", "last", "day") if name in entry.facts}
        return _(template) % (words | {"who": entry.actor_name})

    return sentence


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


def _checkin(entry: LedgerEntry) -> str:
    return _("%(who)s checked in (due %(day)s)") % {"who": entry.actor_name, "day": _day(entry.facts["due_on"])}


def _start(entry: LedgerEntry) -> str:
    late = entry.facts.get("late", 0)
    if not late:
        return _("The placement started")
    return ngettext(
        "The placement started, one day after the day agreed",
        "The placement started, %(n)d days after the day agreed",
        late,
    ) % {"n": late}


def _extra(entry: LedgerEntry) -> str:
    parties = ", ".join(str(Party(party).label).lower() for party in entry.facts["parties"])
    return _("%(who)s asked for another check-in by %(day)s: %(parties)s") % {
        "who": entry.actor_name,
        "day": _day(entry.facts["due_on"]),
        "parties": parties,
    }


def _titled(template: str) -> Sentence:
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
        "day": _day(entry.facts["last_day"]),
        "before": _day(entry.facts["before"]),
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


def _outcome(entry: LedgerEntry) -> str:
    return _("%(who)s recorded the outcome: %(outcome)s") % {
        "who": entry.actor_name,
        "outcome": str(Outcome(entry.facts["outcome"]).label).lower(),
    }


register("secondment.begin", plain("%(who)s began the proposal"), HR, icon="pencil")
register("secondment.submit", plain("%(who)s submitted the proposal"), NO_FINANCE, icon="send")
register("secondment.revise", plain("%(who)s took the proposal back for revision"), CASE, icon="pencil")
register("secondment.decline", plain("The proposal was declined by %(who)s"), CASE, reasons=frozenset(), icon="x")
register("secondment.reopen", plain("%(who)s took the proposal up again"), CASE, icon="rotate")
register("secondment.approve", lambda e: _("All three have agreed: the proposal is approved"), NO_FINANCE, icon="check")
register("secondment.conclude", lambda e: _("All parties have signed the agreement"), ALL, icon="writing-sign")
register("secondment.start", _start, ALL, icon="player-play")
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
for _verb, _text in {
    "certificate.add": "%(who)s noted a paper that is needed abroad",
    "certificate.change": "%(who)s corrected a paper that is needed abroad",
    "certificate.put_away": "%(who)s put away a paper that is not needed any more",
}.items():
    register(_verb, plain(_text), HOME, icon="file")
for _verb, _text in {
    "trip.note": "%(who)s noted days in another country from %(first)s to %(last)s",
    "trip.remove": "%(who)s took back days in another country from %(first)s to %(last)s",
}.items():
    register(_verb, _days(_text), HOME, icon="calendar")
register("reorganisation.tell", plain("%(who)s told the secondee of a change of the organisation"), HOME, icon="users")
register("reorganisation.view", plain("%(who)s said what they think of it"), HOME, icon="message")
register("reorganisation.end", plain("%(who)s said what came of the consultation"), HOME, icon="users")
register("induction.plan", plain("%(who)s planned the first days"), WITH_SECONDEE, icon="map")
for _verb, _text in {
    "induction.finish": "%(who)s ticked “%(title)s” of the first days",
    "induction.undo": "%(who)s reopened “%(title)s” of the first days",
}.items():
    register(_verb, _titled(_text), WITH_SECONDEE, icon="checkbox")
for _verb, _text in {
    "early_end.propose": "%(who)s proposed to end the placement on %(day)s, before the notice",
    "early_end.approve": "%(who)s approved, as the second person, that the placement ends before the notice",
    "early_end.refuse": "%(who)s refused that the placement ends before the notice",
}.items():
    register(_verb, _days(_text), MANAGERS, icon="player-stop")
register("wish.ask", plain("%(who)s asked for a change of the agreement"), CASE, icon="edit")
register("wish.grant", plain("%(who)s agreed to prepare the change that was asked for"), CASE, icon="check")
register("wish.refuse", plain("%(who)s refused the change that was asked for"), CASE, icon="x")
register(
    "wish.except",
    plain("%(who)s extends the placement although the policy speaks against it"),
    MANAGERS,
    reasons=MANAGERS,
    icon="scale",
)
register("wish.take_back", plain("%(who)s took back what they had asked for"), CASE, icon="rotate")
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
register("attachment.add", _titled("%(who)s added the file “%(title)s”"), HR, icon="paperclip")
register("attachment.remove", _titled("%(who)s removed the file “%(title)s”"), HR, icon="paperclip")
register("question.ask", plain("%(who)s asked a question before deciding"), HR, icon="help")
register("question.answer", plain("%(who)s answered a question"), HR, icon="message")
register("appeal.ask", plain("%(who)s asked HR to look at the refused release again"), HOME, icon="gavel")
register("appeal.answer", _appeal, HOME, icon="gavel")
register("checkin.complete", _checkin, CASE, icon="message-check")
register("checkin.ask", _extra, CASE, icon="message-check")
register(
    "checkin.rhythm",
    lambda e: (
        _("%(who)s changed the rhythm of check-ins: every %(after)d weeks instead of %(before)d")
        % {"who": e.actor_name, "after": e.facts["after"], "before": e.facts["before"]}
    ),
    CASE,
    icon="message-check",
)
for _verb, _text in {
    "checklist.tick": "%(who)s did “%(title)s”",
    "checklist.untick": "%(who)s reopened “%(title)s”",
    "checklist.waive": "%(who)s waived “%(title)s”",
    "checklist.show": "%(who)s added a file to “%(title)s”",
    "checklist.give": "%(who)s said who sees to “%(title)s”",
    "checklist.add": "%(who)s added “%(title)s” to a checklist",
}.items():
    register(_verb, _titled(_text), HR | {Part.SECONDEE}, reasons=HR | {Part.SECONDEE}, icon="checkbox")
register("evaluation.complete", plain("%(who)s evaluated the secondment"), CASE, icon="star")
register("review.release", plain("%(who)s let the three read each other's evaluations"), CASE, icon="zoom-check")
register("review.conclude", plain("%(who)s concluded the review"), CASE, icon="zoom-check")
for _verb, _text in {
    "return_plan.change": "%(who)s wrote to the return plan",
    "return_plan.confirm": "%(who)s confirmed the role to return to",
    "return_plan.flag": "%(who)s said that the post to return to is at risk",
    "return_plan.clear": "%(who)s said that the post to return to is safe again",
}.items():
    register(_verb, plain(_text), HOME, icon="home")
register("return_plan.end_access", _days("%(who)s ended the access at the host on %(day)s"), WITH_SECONDEE, icon="key")
register(
    "follow_up.answer",
    lambda e: (
        _("%(who)s answered the questions of %(n)d months after the return")
        % {"who": e.actor_name, "n": e.facts["months"]}
    ),
    MANAGERS,
    icon="flag",
)
register("outcome.record", _outcome, HOME, icon="flag")
register("concern.raise", plain("%(who)s raised a concern"), HR, icon="alert-triangle")
register("concern.give", _named("%(who)s asked %(name)s to look into a concern"), HR, icon="alert-triangle")
register("concern.act", plain("%(who)s planned what is done about a concern"), HR, icon="checkbox")
register("concern.finish", plain("%(who)s did what was planned about a concern"), HR, icon="checkbox")
register("concern.disclose", plain("%(who)s told the secondee of a concern"), HR, icon="message")
register("concern.close", plain("%(who)s closed a concern"), HR, icon="circle-check")
for _verb, _text in {
    "leave.ask": "%(who)s asked for leave from %(first)s to %(last)s",
    "leave.refuse": "%(who)s refused leave from %(first)s to %(last)s",
    "leave.grant": "%(who)s granted leave from %(first)s to %(last)s",
    "leave.cancel": "%(who)s called off leave from %(first)s to %(last)s",
    "leave.shorten": "Leave from %(first)s was shortened: it ends with the placement on %(last)s",
}.items():
    register(_verb, _days(_text), HOME, icon="calendar")
register("leave.account", plain("%(who)s set how much leave there is"), HOME, icon="calendar")
for _verb, _text in {
    "absence.tell": "%(who)s told an absence since %(first)s",
    "absence.end": "%(who)s told the end of an absence, last day away %(last)s",
    "absence.take_back": "%(who)s took back an absence of %(first)s, told by mistake",
}.items():
    register(_verb, _days(_text), WITH_SECONDEE, icon="calendar")
register(
    "absence.read", _days("%(who)s read the reason of the absence since %(first)s"), HR | {Part.SECONDEE}, icon="eye"
)
register("recharge.hand_over", plain("%(who)s handed what is unpaid to finance"), PAYERS, icon="coin")
_counted = plain("%(who)s said how what the host pays is counted")
register(
    "recharge.terms",
    lambda e: ": ".join(filter(None, [_counted(e), e.facts.get("fields")])),
    PAYERS,
    reasons=PAYERS,
    icon="coin",
)
register(
    "recharge.hours",
    lambda e: _("%(who)s entered hours worked: %(hours)s") % {"who": e.actor_name, "hours": e.facts["hours"]},
    PAYERS,
    icon="clock",
)
for _verb, _text in {
    "recharge.invoice": "%(who)s invoiced statement %(n)d",
    "recharge.pay": "%(who)s noted that statement %(n)d is paid",
}.items():
    register(_verb, _numbered(_text), PAYERS, icon="coin")
register("expense.claim", _days("%(who)s claimed an expense of %(day)s"), SPENDING, icon="receipt")
for _verb, _text in {
    "expense.approve": "%(who)s approved an expense of %(day)s",
    "expense.refuse": "%(who)s refused an expense of %(day)s",
}.items():
    register(_verb, _days(_text), SPENDING, icon="receipt")
register("touch.note", _days("%(who)s noted a contact with home on %(day)s"), HOME, icon="message")
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
