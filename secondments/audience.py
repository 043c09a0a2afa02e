"""Who hears of something, for a whole sweep: read once for each organisation, in all or for a batch of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from people.models import Membership
from people.roles import Role
from secondments.choices import Part
from secondments.models import CasePart, Deputy, Secondment


class Audience:
    """HR of a case and of its host, deputies of a host's contact, and who has a part in the cases of a batch; by id."""

    def __init__(self) -> None:
        self._here: set[tuple[int, int]] = set()
        self._deputies: dict[int, list[Deputy]] = defaultdict(list)
        for row in Deputy.objects.current().filter(part=Part.HOST_CONTACT):
            self._deputies[row.principal_id].append(row)

    @cached_property
    def _hr(self) -> dict[int, list[int]]:
        """By organisation."""
        members = Membership.objects.current().filter(role=Role.HR, person__is_active=True)
        found: dict[int, list[int]] = defaultdict(list)
        for organisation, person in members.values_list("organisation", "person"):
            found[organisation].append(person)
        return found

    def hr(self, case: Secondment) -> list[int]:
        """As :func:`notices.hr`."""
        found = self._hr.get(case.seconder_id, [])
        return [case.owner_id] if case.owner_id in found else found

    def hr_at_host(self, case: Secondment) -> list[int]:
        """As :func:`checklist_notices.hr_at_host`."""
        return self._hr.get(case.host_id, []) if case.host_id else []

    def deputies_of_contact(self, case: Secondment, person: int) -> list[int]:
        return [row.deputy_id for row in self._deputies.get(person, []) if row.secondment_id in (None, case.pk)]

    def read(self, cases: Iterable[Secondment]) -> None:
        """Know who has a part in these cases now; those of the batch before are forgotten."""
        parts = CasePart.objects.current().filter(secondment__in=[case.pk for case in cases])
        self._here = set(parts.values_list("secondment", "person"))

    def still_here(self, case: Secondment, people: Iterable[int | None]) -> list[int]:
        """As :func:`notices.still_here`, by id, for a case of the batch."""
        return [pk for pk in dict.fromkeys(people) if pk and (case.pk, pk) in self._here]
