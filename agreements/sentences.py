"""How what happens to papers reads in the timeline of a case."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.states import Audience, ThreadState
from people.models import LedgerEntry
from secondments import timeline
from secondments.choices import Part, Party
from secondments.timeline import ALL, CASE, HR, Sentence

NEGOTIATION = CASE
SIGNERS = ALL


def _paper(template: str) -> Sentence:
    def sentence(entry: LedgerEntry) -> str:
        facts = {"version": "", "clause": "", "person": "", "before": "", **entry.facts}
        return _(template) % {"who": entry.actor_name, **facts}

    return sentence


def _answered(entry: LedgerEntry) -> str:
    verb = _("accepted") if entry.facts["accepted"] else _("declined")
    return _("%(who)s %(verb)s the change asked for in “%(clause)s”") % {
        "who": entry.actor_name,
        "verb": verb,
        "clause": entry.facts["clause"],
    }


def _comment(entry: LedgerEntry) -> str:
    """That a note of one side was written is told to that side alone, so it is not told here at all."""
    if entry.facts.get("audience") != Audience.ALL:
        return ""
    return _("%(who)s commented on “%(clause)s”") % {"who": entry.actor_name, "clause": entry.facts["clause"]}


def _comment_settled(entry: LedgerEntry) -> str:
    if entry.facts.get("audience") != Audience.ALL:
        return ""
    form = _("%(who)s resolved a comment on “%(clause)s”")
    if entry.facts.get("state") == ThreadState.CLOSED:
        form = _("%(who)s closed a comment on “%(clause)s”")
    return form % {"who": entry.actor_name, "clause": entry.facts["clause"]}


def _approved(entry: LedgerEntry) -> str:
    return _("%(who)s approved version %(version)s for the %(party)s") % {
        "who": entry.actor_name,
        "version": entry.facts["version"],
        "party": Party(entry.facts["party"]).label.lower(),
    }


def _extended(entry: LedgerEntry) -> str:
    day = date.fromisoformat(entry.facts["until"])
    return _("%(who)s extended the time for signing to %(day)s") % {
        "who": entry.actor_name, "day": date_format(day, "j M Y"),
    }  # fmt: skip


def _signed(entry: LedgerEntry) -> str:
    return _("%(who)s signed for the %(party)s") % {
        "who": entry.actor_name,
        "party": Party(entry.facts["party"]).label.lower(),
    }


CONTRACT = frozenset({Part.HR_SECONDER, Part.LINE_MANAGER, Part.SECONDEE, Part.SIGNATORY_SECONDER})


def register_sentences() -> None:
    """Called once when Django starts. What happens to the secondee's own contract is told to its readers alone."""
    _register("agreement", ALL)
    _register("contract", CONTRACT)


def _register(book: str, allowed: frozenset[Part]) -> None:
    def register(
        verb: str, sentence: Sentence, readers: frozenset[Part], *, reasons: frozenset[Part] = HR, icon: str = "point"
    ) -> None:
        name = f"{book}.{verb.partition('.')[2]}"
        timeline.register(name, sentence, readers & allowed, reasons=reasons & allowed, icon=icon)

    register("agreement.draft", _paper("The agreement %(paper)s was drafted"), HR, icon="file-text")
    register(
        "agreement.share", _paper("%(who)s sent the terms to the parties (version %(version)s)"), CASE, icon="send"
    )
    register(
        "agreement.prepare",
        _paper("%(who)s made version %(version)s of the terms: “%(clause)s” changed"),
        HR,
        icon="versions",
    )
    register(
        "agreement.version",
        _paper("%(who)s made version %(version)s of the terms: “%(clause)s” changed"),
        NEGOTIATION,
        reasons=NEGOTIATION,
        icon="versions",
    )
    register("agreement.reopen", _paper("The approval of the earlier version no longer counts"), CASE, icon="refresh")
    register(
        "agreement.change_asked", _paper("%(who)s asked for a change in “%(clause)s”"), NEGOTIATION, icon="message"
    )
    register("agreement.change_answered", _answered, NEGOTIATION, icon="message-check")
    register("agreement.change_withdrawn", _paper("%(who)s took back a request for “%(clause)s”"), NEGOTIATION)
    register("agreement.comment", _comment, NEGOTIATION, icon="message")
    register("agreement.comment_settled", _comment_settled, NEGOTIATION, icon="message-check")
    register("agreement.party_approve", _approved, CASE, icon="thumb-up")
    register("agreement.approve", _paper("All parties have approved version %(version)s"), CASE, icon="thumb-up")
    register(
        "agreement.legal_consent",
        _paper("%(who)s agreed to the changed legal wording of “%(clause)s”"),
        HR,
        icon="gavel",
    )
    register("agreement.note", _paper("%(who)s took note of what has to be known before signing"), HR, icon="note")
    register(
        "agreement.issue", _paper("%(who)s issued version %(version)s for signature"), CASE, icon="file-certificate"
    )
    register("agreement.sign", _signed, SIGNERS, icon="writing-sign")
    register("agreement.complete", _paper("The agreement %(paper)s is complete"), SIGNERS, icon="file-check")
    register(
        "agreement.decline",
        _paper("%(who)s declined to sign"),
        CASE,
        reasons=frozenset({Part.HR_SECONDER}),
        icon="x",
    )
    register("agreement.reassign", _paper("%(person)s signs in place of %(before)s"), CASE, icon="user-edit")
    register("agreement.extend_signing", _extended, CASE, icon="calendar-plus")
    register("agreement.expire", _paper("The time for signing %(paper)s was over"), CASE, icon="clock-off")
    register("agreement.supersede", _paper("A later paper takes the place of %(paper)s"), CASE, icon="file-off")
    register("agreement.void", _paper("The agreement %(paper)s became void"), CASE, icon="file-off")
