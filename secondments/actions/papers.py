"""What the agreements house reports about the papers of a case: signed, sealed."""

from __future__ import annotations

from people import clock
from people.models import Person
from secondments import transitions
from secondments.models import Secondment


def record_signed(secondment: Secondment, *, by: Person) -> Secondment:
    """The last signature is on the paper: stamp it and conclude; inside the signer's transaction."""
    secondment = transitions.lock(secondment.pk)
    Secondment.objects.filter(pk=secondment.pk).update(agreement_signed_at=clock.now())
    return transitions.perform(secondment, "conclude", by=by, automatically=True)


def record_sealed(secondment: Secondment) -> None:
    """The sealed copy exists and verifies; from now on the calendar may start the placement."""
    Secondment.objects.filter(pk=secondment.pk, agreement_sealed_at__isnull=True).update(
        agreement_sealed_at=clock.now()
    )
