"""How the views of a case begin and end: fetch within what the reader may see, and answer a refusal."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from people.models import Person
from secondments import capacities
from secondments.capacities import Capacity
from secondments.choices import Part
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused


def case(request: PersonRequest, key: str) -> Secondment:
    """The case, or 404 for a stranger to it."""
    found = fetch(Secondment.objects.visible_to(request.user).with_organisations(), key=key).know_people()
    found.capacity = capacities.acting(found, request.user)
    found.other_capacities = [other for other in capacities.of(found, request.user) if other != found.capacity]
    if found.capacity is None:
        raise Http404
    return found


class OtherCapacity(Denied):
    """The reader has the right in another capacity; the page offers to change to it."""

    def __init__(self, case: Secondment, now: Capacity, other: Capacity) -> None:
        self.case, self.capacity = case, other
        super().__init__(
            _("You are here as: %(now)s. This is for: %(other)s.") % {"now": now.label, "other": other.label}
        )


def offer(case: Secondment, person: Person, parts: Collection[Part]) -> None:
    """Raise :class:`OtherCapacity` where another capacity of the reader's is among these; called before a refusal."""
    now = capacities.acting(case, person)
    other = next((found for found in capacities.of(case, person) if found.part in parts and found != now), None)
    if now and other:
        raise OtherCapacity(case, now, other)


def explain(form: forms.BaseForm, refused: Refused) -> None:
    """Put each sentence of a refusal at the field it speaks of, or on top of the form."""
    if isinstance(refused, NotAllowed):
        raise Denied(str(refused))
    for refusal in refused.refusals:
        field = refusal.where if refusal.where in form.fields else None
        form.add_error(field, str(refusal.sentence))


def tell(request: PersonRequest, refused: Refused) -> None:
    """Say a refusal on the next page, for acts that have no form."""
    if isinstance(refused, NotAllowed):
        raise Denied(str(refused))
    for refusal in refused.refusals:
        messages.error(request, str(refusal.sentence))
