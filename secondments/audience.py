"""Who hears of something, for a whole sweep: read once for each organisation, in all or for a batch of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from people.models import Person
from secondments import checklist_notices, notices
from secondments.choices import Part
from secondments.models import CasePart, Deputy, Secondment


class Audience:
    """HR of a case and of its host, deputies of a host's contact, and who has a part in the cases of a batch."""

    def __init__(self) -> None:
        self._hr: dict[tuple[int, int], list[Person]] = {}
        self._hr_at_host: dict[int | None, list[Person]] = {}
        self._here: set[tuple[int, int]] = set()
        self._deputies: dict[int, list[Deputy]] = defaultdict(list)
        for row in Deputy.objects.current().filter(part=Part.HOST_CONTACT).select_related("deputy"):
            self._deputies[row.principal_id].append(row)

    def hr(self, case: Secondment) -> list[Person]:
        """As :func:`notices.hr`."""
        key = (case.seconder_id, case.owner_id)
        if key not in self._hr:
            self._hr[key] = notices.hr(case)
        return self._hr[key]

    def hr_at_host(self, case: Secondment) -> list[Person]:
        """As :func:`checklist_notices.hr_at_host`."""
        if case.host_id not in self._hr_at_host:
            self._hr_at_host[case.host_id] = checklist_notices.hr_at_host(case)
        return self._hr_at_host[case.host_id]

    def deputies_of_contact(self, case: Secondment, person: int) -> list[Person]:
        return [row.deputy for row in self._deputies.get(person, []) if row.secondment_id in (None, case.pk)]

    def read(self, cases: Iterable[Secondment]) -> None:
        """Know who has a part in these cases now; those of the batch before are forgotten."""
        parts = CasePart.objects.current().filter(secondment__in=[case.pk for case in cases])
        self._here = set(parts.values_list("secondment", "person"))

    def still_here(self, case: Secondment, people: Iterable[int | None]) -> list[int]:
        """As :func:`notices.still_here`, by id, for a case of the batch."""
        return [pk for pk in dict.fromkeys(people) if pk and (case.pk, pk) in self._here]
