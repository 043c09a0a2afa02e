"""How what happens to papers reads in the timeline of a case."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.models import LedgerEntry
from secondments.choices import Part, Party
from secondments.timeline import ALL, CASE, HR, Sentence, register

NEGOTIATION = CASE
SIGNERS = ALL


def _paper(template: str) -> Sentence:
    def sentence(entry: LedgerEntry) -> str:
        facts = {"version": "", "clause": "", **entry.facts}
        return _(template) % {"who": entry.actor_name, **facts}

    return sentence


def _answered(entry: LedgerEntry) -> str:
    verb = _("accepted") if entry.facts["accepted"] else _("declined")
    return _("%(who)s %(verb)s the change asked for in “%(clause)s”") % {
        "who": entry.actor_name,
        "verb": verb,
        "clause": entry.facts["clause"],
    }


def _signed(entry: LedgerEntry) -> str:
    return _("%(who)s signed for the %(party)s") % {
        "who": entry.actor_name,
        "party": Party(entry.facts["party"]).label.lower(),
    }


def register_sentences() -> None:
    """Called once when Django starts."""
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
    register("agreement.approve", _paper("%(who)s approved version %(version)s for the host"), CASE, icon="thumb-up")
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
    register("agreement.void", _paper("The agreement %(paper)s became void"), CASE, icon="file-off")
