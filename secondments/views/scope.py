"""How the views of a case begin and end: fetch within what the reader may see, and answer a refusal."""

from __future__ import annotations

from django import forms
from django.contrib import messages

from people.access import Denied, PersonRequest, fetch
from secondments.models import Secondment
from secondments.transitions import NotAllowed, Refused


def case(request: PersonRequest, key: str) -> Secondment:
    """The case, or 404 for a stranger to it."""
    return fetch(Secondment.objects.visible_to(request.user).with_case_data(), key=key)


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
