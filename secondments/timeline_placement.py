"""How what happens while a placement runs and ends reads in the timeline of its case."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.models import LedgerEntry
from secondments.choices import Outcome, Part, Party
from secondments.policies import RECHARGE_READERS
from secondments.timeline import CASE, HOME, HR, MANAGERS, Sentence, day_of, plain, register, titled

PAYERS = RECHARGE_READERS
SPENDING = HOME | {Part.FINANCE_SECONDER}
WITH_SECONDEE = HOME | {Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.HR_HOST}  # who works with them


def _named(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "name": entry.facts["person"]}


def _numbered(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "n": entry.facts["n"]}


def _days(template: str) -> Sentence:
    """A sentence with days of the entry in it."""

    def sentence(entry: LedgerEntry) -> str:
        words = {name: day_of(entry.facts[name]) for name in ("first", "last", "day") if name in entry.facts}
        return _(template) % (words | {"who": entry.actor_name})

    return sentence


def _checkin_day(template: str) -> Sentence:
    return lambda entry: _(template) % {"who": entry.actor_name, "day": day_of(entry.facts["due_on"])}


def _extra(entry: LedgerEntry) -> str:
    parties = ", ".join(str(Party(party).label).lower() for party in entry.facts["parties"])
    return _("%(who)s asked for another check-in by %(day)s: %(parties)s") % {
        "who": entry.actor_name,
        "day": day_of(entry.facts["due_on"]),
        "parties": parties,
    }


def _outcome(entry: LedgerEntry) -> str:
    return _("%(who)s recorded the outcome: %(outcome)s") % {
        "who": entry.actor_name,
        "outcome": str(Outcome(entry.facts["outcome"]).label).lower(),
    }


def register_sentences() -> None:
    """Called once when Django starts."""
    for verb, text in {
        "certificate.add": "%(who)s noted a paper that is needed abroad",
        "certificate.change": "%(who)s corrected a paper that is needed abroad",
        "certificate.put_away": "%(who)s put away a paper that is not needed any more",
    }.items():
        register(verb, plain(text), HOME, icon="file")
    for verb, text in {
        "trip.note": "%(who)s noted days in another country from %(first)s to %(last)s",
        "trip.remove": "%(who)s took back days in another country from %(first)s to %(last)s",
    }.items():
        register(verb, _days(text), HOME, icon="calendar")
    register(
        "reorganisation.tell", plain("%(who)s told the secondee of a change of the organisation"), HOME, icon="users"
    )
    register("reorganisation.view", plain("%(who)s said what they think of it"), HOME, icon="message")
    register("reorganisation.end", plain("%(who)s said what came of the consultation"), HOME, icon="users")
    register("induction.plan", plain("%(who)s planned the first days"), WITH_SECONDEE, icon="map")
    for verb, text in {
        "induction.finish": "%(who)s ticked “%(title)s” of the first days",
        "induction.undo": "%(who)s reopened “%(title)s” of the first days",
    }.items():
        register(verb, titled(text), WITH_SECONDEE, icon="checkbox")
    for verb, text in {
        "early_end.propose": "%(who)s proposed to end the placement on %(day)s, before the notice",
        "early_end.approve": "%(who)s approved, as the second person, that the placement ends before the notice",
        "early_end.refuse": "%(who)s refused that the placement ends before the notice",
        "early_end.take_back": "%(who)s took back that the placement ends on %(day)s, before the notice",
    }.items():
        register(verb, _days(text), MANAGERS, icon="player-stop")
    register("wish.ask", plain("%(who)s asked for a change of the agreement"), CASE, icon="edit")
    register("wish.notice", _days("%(who)s gave notice: by it the placement ends on %(day)s"), CASE, icon="player-stop")
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
    register("checkin.complete", _checkin_day("%(who)s checked in (due %(day)s)"), CASE, icon="message-check")
    register(
        "checkin.attend",
        _checkin_day("%(who)s saw to what the check-in of %(day)s asked for"),
        HR,
        icon="message-check",
    )
    register(
        "checkin.share",
        _checkin_day("%(who)s told the line manager in short what the check-in of %(day)s said"),
        MANAGERS | {Part.SECONDEE},
        icon="message-check",
    )
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
    register("evaluation.complete", plain("%(who)s evaluated the secondment"), CASE, icon="star")
    register("review.release", plain("%(who)s let the three read each other's evaluations"), CASE, icon="zoom-check")
    register("review.conclude", plain("%(who)s concluded the review"), CASE, icon="zoom-check")
    for verb, text in {
        "return_plan.change": "%(who)s wrote to the return plan",
        "return_plan.confirm": "%(who)s confirmed the role to return to",
        "return_plan.flag": "%(who)s said that the post to return to is at risk",
        "return_plan.clear": "%(who)s said that the post to return to is safe again",
    }.items():
        register(verb, plain(text), HOME, icon="home")
    register(
        "return_plan.end_access", _days("%(who)s ended the access at the host on %(day)s"), WITH_SECONDEE, icon="key"
    )
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
    for verb, text in {
        "leave.ask": "%(who)s asked for leave from %(first)s to %(last)s",
        "leave.refuse": "%(who)s refused leave from %(first)s to %(last)s",
        "leave.grant": "%(who)s granted leave from %(first)s to %(last)s",
        "leave.cancel": "%(who)s called off leave from %(first)s to %(last)s",
        "leave.shorten": "Leave from %(first)s was shortened: it ends with the placement on %(last)s",
        "leave.count": "Leave from %(first)s to %(last)s was counted again: other days of the week are worked",
    }.items():
        register(verb, _days(text), HOME, icon="calendar")
    register("leave.account", plain("%(who)s set how much leave there is"), HOME, icon="calendar")
    for verb, text in {
        "absence.tell": "%(who)s told an absence since %(first)s",
        "absence.end": "%(who)s told the end of an absence, last day away %(last)s",
        "absence.take_back": "%(who)s took back an absence of %(first)s, told by mistake",
    }.items():
        register(verb, _days(text), WITH_SECONDEE, icon="calendar")
    register(
        "absence.read",
        _days("%(who)s read the reason of the absence since %(first)s"),
        HR | {Part.SECONDEE},
        icon="eye",
    )
    register("recharge.hand_over", plain("%(who)s handed what is unpaid to finance"), PAYERS, icon="coin")
    counted = plain("%(who)s said how what the host pays is counted")
    register(
        "recharge.terms",
        lambda e: ": ".join(filter(None, [counted(e), e.facts.get("fields")])),
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
    for verb, text in {
        "recharge.invoice": "%(who)s invoiced statement %(n)d",
        "recharge.pay": "%(who)s noted that statement %(n)d is paid",
    }.items():
        register(verb, _numbered(text), PAYERS, icon="coin")
    register("expense.claim", _days("%(who)s claimed an expense of %(day)s"), SPENDING, icon="receipt")
    for verb, text in {
        "expense.approve": "%(who)s approved an expense of %(day)s",
        "expense.refuse": "%(who)s refused an expense of %(day)s",
    }.items():
        register(verb, _days(text), SPENDING, icon="receipt")
    register("touch.note", _days("%(who)s noted a contact with home on %(day)s"), HOME, icon="message")
