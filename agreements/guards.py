"""Ready to sign? Each check answers with sentences that say what is missing and where to fix it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agreements import drafting
from agreements.models import Agreement
from agreements.states import RequestState
from secondments.choices import Part, Party
from secondments.guards import Refusal


def ready_for_approval(agreement: Agreement) -> list[Refusal]:
    """What stands between the current version and the host's approval."""
    refusals = []
    if agreement.change_requests.filter(state=RequestState.OPEN).exists():
        refusals.append(
            Refusal(_("A request for a change is still open; HR has to answer it first."), "change-requests")
        )
    for clause, parameter in _questions(agreement):
        refusals.append(
            Refusal(
                _("Open question in “%(clause)s”: %(label)s.") % {"clause": clause.title, "label": parameter.label},
                f"clause-{clause.key}",
            )
        )
    return refusals


def ready_to_issue(agreement: Agreement) -> list[Refusal]:
    """What stands between an approved version and the signatures."""
    from agreements import pdf

    refusals = ready_for_approval(agreement)
    version = agreement.current
    assert version
    if not version.approvals.filter(party=Party.HOST, content_hash=version.content_hash).exists():
        refusals.append(Refusal(_("The host has not approved this version yet."), "approvals"))
    case = agreement.secondment
    people = {case.secondee_id, case.host_signatory_id, case.seconder_signatory_id}
    if len(people - {None}) < 3:
        refusals.append(Refusal(_("Three different people have to sign."), "people"))
    for row_part, person in (
        (Part.SIGNATORY_HOST, case.host_signatory),
        (Part.SIGNATORY_SECONDER, case.seconder_signatory),
    ):
        if person and not case.parts.current().filter(part=row_part, person=person).exists():
            refusals.append(
                Refusal(_("%(name)s signs no longer: name somebody else on “People”.") % {"name": person}, "people")
            )
    strange = pdf.unprintable(version.terms)
    if strange:
        refusals.append(
            Refusal(
                _("The document's fonts cannot print: %(characters)s. Replace them in the terms.")
                % {"characters": " ".join(sorted(strange))},
                "terms",
            )
        )
    return refusals


def _questions(agreement: Agreement) -> list:
    assert agreement.current
    return drafting.open_questions(agreement, agreement.current)
