"""What HR may say of its organisation's provider: on or off, required or not. The rest is the operator's."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from people import ledger
from people.models import Person, SignInProvider


@transaction.atomic
def switch(provider: SignInProvider, *, is_on: bool, is_required: bool, by: Person) -> SignInProvider:
    """Raises ValidationError with a sentence when HR would lock itself out."""
    found = SignInProvider.objects.select_for_update().get(pk=provider.pk)
    if is_required and not is_on:
        raise ValidationError({"is_required": _("Only a provider that is on can be required.")})
    if is_required and not found.vouches_for(by.email):
        raise ValidationError(
            {"is_required": _("Your own address is not of its domains: you could no longer sign in.")}
        )
    found.is_on, found.is_required = is_on, is_required
    found.save(update_fields=["is_on", "is_required"])
    ledger.record(
        "sign_in.provider_switched",
        by=by,
        organisation=found.organisation.legal_name,
        is_on=is_on,
        is_required=is_required,
    )
    return found
