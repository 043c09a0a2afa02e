"""Changes of the organisation at one side while somebody is lent: told, consulted about, and what came of it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from secondments import abroad_notices, placement_policies, policies, transitions
from secondments.choices import Part, Party
from secondments.guards import Refusal
from secondments.models import Reorganisation, Secondment
from secondments.states import CLOSED, SIGNED
from secondments.transitions import NotAllowed, Refused

MANY = 100  # of one case


def party_of(case: Secondment, parts: frozenset[Part]) -> str:
    """For which side somebody tells a change; none where it is not theirs to tell."""
    if case.state not in SIGNED or case.state in CLOSED:
        return ""
    return next((p for part, p in placement_policies.TELLS_REORGANISATION.items() if part in parts), "")


@transaction.atomic
def tell(
    case: Secondment,
    *,
    by: Person,
    what: str,
    takes_effect_on: date | None = None,
    consulted_until: date | None = None,
    touches_post: bool = False,
) -> Reorganisation:
    """Each side's own; the secondee is told at once, and asked for their view where there is a consultation."""
    case = transitions.lock(case.pk)
    party = party_of(case, policies.parts_of(case, by))
    if not party:
        raise NotAllowed(_("A change of the organisation is told by HR of its side, or the host contact."))
    if not what.strip():
        raise Refused(Refusal(_("Say what changes."), "what"))
    if consulted_until and consulted_until < clock.today(case.zone):
        raise Refused(Refusal(_("This day has passed."), "consulted_until"))
    if case.reorganisations.count() >= MANY:
        raise Refused(_("A lot of changes are noted in this case already."))
    found = Reorganisation.objects.create(
        secondment=case,
        party=party,
        what=what.strip(),
        takes_effect_on=takes_effect_on,
        consulted_until=consulted_until,
        touches_post=touches_post and party == Party.SECONDER,
        told_at=clock.now(),
        told_by=by,
    )
    ledger.record("reorganisation.tell", by=by, case_id=case.pk, party=party)
    abroad_notices.reorganisation_told(found)
    return found


def _held(found: Reorganisation) -> Reorganisation:
    case = transitions.lock(found.secondment_id)
    found = case.reorganisations.select_for_update().get(pk=found.pk)
    found.secondment = case
    if found.ended_at:
        raise Refused(_("The consultation is over."))
    return found


@transaction.atomic
def give_view(found: Reorganisation, *, by: Person, view: str) -> Reorganisation:
    """The secondee says what they think of it; may be written anew until the consultation is over."""
    found = _held(found)
    if Part.SECONDEE not in policies.parts_of(found.secondment, by):
        raise NotAllowed(_("The secondee is asked for their view."))
    if not view.strip():
        raise Refused(Refusal(_("Say what you think of it."), "reason"))
    found.view, found.viewed_at = view.strip(), clock.now()
    found.save()
    ledger.record("reorganisation.view", by=by, case_id=found.secondment_id)
    abroad_notices.reorganisation_viewed(found)
    return found


@transaction.atomic
def end(found: Reorganisation, *, by: Person, result: str) -> Reorganisation:
    """What came of the consultation; the secondee is told."""
    found = _held(found)
    if party_of(found.secondment, policies.parts_of(found.secondment, by)) != found.party:
        raise NotAllowed(_("Whoever's side changes says what came of it."))
    if not result.strip():
        raise Refused(Refusal(_("Say what came of it."), "reason"))
    found.result, found.ended_at, found.ended_by = result.strip(), clock.now(), by
    found.save()
    ledger.record("reorganisation.end", by=by, case_id=found.secondment_id)
    abroad_notices.reorganisation_ended(found)
    return found
