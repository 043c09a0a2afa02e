"""The one way in which the terms of a paper change: a new version with its author and its reason."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements import drafting, notices, papers, waiting
from agreements.composing import Matter
from agreements.models import Agreement, Version
from agreements.states import EDITABLE, PaperState
from people.models import Person
from secondments.guards import Refusal
from secondments.transitions import Refused


def require_open(agreement: Agreement, seen_version: int) -> Version:
    """The current version, if it can still be changed and is the one that the writer had before them."""
    if agreement.state not in EDITABLE:
        raise Refused(_("The terms can no longer be edited: the paper is out for signature or has ended."))
    current = agreement.current
    assert current
    if current.number != seen_version:
        raise Refused(
            _("Somebody made version %(n)d while you were writing. Yours is kept below; compare and save again.")
            % {"n": current.number}
        )
    return current


def revise(agreement: Agreement, *, by: Person, matter: Matter, note: str, about: str) -> Version:
    """Write the next version inside the caller's lock; approvals of the older one no longer count, and it is told.

    ``about`` names what changed in the timeline. Refused when nothing did.
    """
    current = agreement.current
    assert current
    if not note.strip():
        raise Refused(Refusal(_("Say why it changes."), "note"))
    approved = list(current.approvals.select_related("person"))
    version = drafting.add_version(agreement, by=by, note=note.strip(), matter=matter)
    if _substance(version) == _substance(current) and matter.schedules == tuple(current.schedules):
        raise Refused(_("Nothing was changed, so no new version was made."))
    if agreement.state == PaperState.APPROVED:
        papers.perform(agreement, "reopen", by=by, version=version.number)
    said: dict[str, Any] = {"by": by, "reason": note.strip(), "version": version.number, "clause": about}
    if agreement.shared_at is None:
        papers.record(agreement, "prepare", **said)
    else:
        papers.record(agreement, "version", **said)
    if agreement.state != PaperState.DRAFT:
        notices.new_version(agreement, [approval.person for approval in approved], by=by)
    waiting.settle(agreement)
    return version


def _substance(version: Version) -> dict[str, Any]:
    """The terms without what differs between any two versions."""
    content = dict(version.content)
    content["document"] = {
        name: value for name, value in content["document"].items() if name not in {"version", "prepared_on"}
    }
    return content
