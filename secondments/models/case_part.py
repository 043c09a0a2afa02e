from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models import Person
from secondments.choices import HOST_SIDE, NAMED, Part
from secondments.models.deputy import deputising, works_for
from secondments.models.secondment import Secondment


class CasePartQuerySet(models.QuerySet["CasePart"]):
    def current(self) -> CasePartQuerySet:
        """Those that hold now."""
        now = clock.now()
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)

    def held_by(self, person: Person) -> CasePartQuerySet:
        """Those in which somebody acts: their own, and those of whom they are a deputy today.

        A deputy of one side never acts in a case in which they work for the other, however that came about.
        """
        found = Q(person=person)
        rows = deputising(person)
        own = works_for(person) if rows else []
        internal, ours = Q(secondment__host=F("secondment__seconder")), Q(secondment__seconder__in=own)
        for principal, part, case, _name in rows:
            fit = internal | (~ours if part in HOST_SIDE else ours)
            found |= fit & Q(person=principal, part=part, **({"secondment": case} if case else {}))
        return self.filter(found)

    def open(self) -> CasePartQuerySet:
        return self.filter(until__isnull=True)


class CasePart(models.Model):
    """A part that a person has in a case, from a moment and until another; all access as a named person hangs on it.

    The case's own columns say who is named in its papers; this says since when, until when, and by whom. A part
    that is over lets nobody in, whatever the columns say. The database refuses an open part of anybody else than
    whom the case names.
    """

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="case_parts")
    part = models.CharField(_("part"), max_length=20, choices=[(p.value, p.label) for p in Part if p in NAMED])
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CasePartQuerySet.as_manager()

    class Meta:
        ordering = ["secondment", "part", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["secondment", "part"],
                condition=Q(until__isnull=True) & ~Q(part=Part.HOST_SUPERVISOR),
                name="case_part_one_holder",
            ),
            models.UniqueConstraint(
                fields=["secondment", "part", "person"], condition=Q(until__isnull=True), name="case_part_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="case_part_until_after_since"
            ),
        ]
        indexes = [models.Index(fields=["person", "secondment"], name="case_part_by_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_part_display()}"


def keep_parts(cases: list[Secondment]) -> None:
    """End the parts of those whom a case no longer names, and give parts to those whom it names now.

    Called when a case is saved; a part that somebody ended while the case goes on naming its holder stays ended.
    """
    now = clock.now()
    given = []
    for case in cases:
        before, after = case.named_before, case.named
        changed = {part for part in {*before, *after} if before.get(part) != after.get(part)}
        gone = [part for part in changed if part in before]
        if gone:
            CasePart.objects.filter(secondment=case, part__in=gone).filter(
                Q(until__isnull=True) | Q(until__gt=now)
            ).update(until=Greatest(now, F("since")), taken_by=case.named_by)
        given += [
            CasePart(secondment=case, part=part, person_id=after[part], since=now, given_by=case.named_by)
            for part in sorted(changed)
            if part in after
        ]
        case.named_before = after
    CasePart.objects.bulk_create(given)
