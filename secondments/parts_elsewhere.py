"""Who is counted on in open cases: nobody else's HR may take them over meanwhile."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from secondments.models import CasePart
from secondments.states import CLOSED


def held(people: Collection[int], organisations: Collection[int]) -> set[int]:
    """Those with a part today in an open, submitted case that none of these organisations is a party to."""
    ours = Q(secondment__seconder__in=organisations) | Q(secondment__host__in=organisations)
    rows = CasePart.objects.current().filter(person__in=people, secondment__submitted_at__isnull=False)
    return set(rows.exclude(ours).exclude(secondment__state__in=sorted(CLOSED)).values_list("person_id", flat=True))
