"""In which capacity somebody acts in a case: all that they could be, the one they chose, and nothing added up.

A capacity is a part, one's own or as somebody's deputy. Named parts come from :class:`CasePart`, the others from
the memberships of today. Who has several acts in one of them: the one chosen last (:class:`ActingAs`), else the
first in :data:`ORDER`. The secondee of a case is nobody else in it: HR does not run its own secondment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from people import clock, ledger
from people.models import Person
from people.roles import Role
from secondments.choices import HOST_SIDE, Part
from secondments.models import ActingAs, CasePart, Deputy, Secondment
from secondments.models.deputy import deputising, works_for

ORDER = (
    Part.SECONDEE,
    Part.HR_SECONDER,
    Part.HR_HOST,
    Part.LINE_MANAGER,
    Part.HOST_CONTACT,
    Part.HOST_SUPERVISOR,
    Part.SIGNATORY_SECONDER,
    Part.SIGNATORY_HOST,
    Part.FINANCE_SECONDER,
    Part.FINANCE_HOST,
    Part.VIEWER_SECONDER,
    Part.VIEWER_HOST,
)
OF_SECONDER = ((Part.HR_SECONDER, Role.HR), (Part.FINANCE_SECONDER, Role.FINANCE), (Part.VIEWER_SECONDER, Role.VIEWER))
OF_HOST = ((Part.HR_HOST, Role.HR), (Part.FINANCE_HOST, Role.FINANCE), (Part.VIEWER_HOST, Role.VIEWER))


@dataclass(frozen=True)
class Capacity:
    """A part in a case; ``in_name_of`` is the id of the person whose deputy acts in it, ``name`` their name."""

    part: Part
    in_name_of: int | None = None
    name: str = ""

    @property
    def key(self) -> str:
        """As a form sends it back."""
        return f"{self.part}:{self.in_name_of}" if self.in_name_of else str(self.part)

    @property
    def label(self) -> str:
        if self.in_name_of:
            return _("%(part)s, as deputy of %(name)s") % {"part": self.part.label, "name": self.name}
        return str(self.part.label)


def of(secondment: Secondment, person: Person) -> list[Capacity]:
    """Everything that somebody could be in a case, their own before a deputy's; empty for a stranger."""
    kept = secondment.__dict__.setdefault("_capacities", {})
    if person.pk not in kept:
        kept[person.pk] = list(_found(secondment, person))
    return kept[person.pk]


def acting(secondment: Secondment, person: Person) -> Capacity | None:
    """The one capacity in which somebody acts in a case now; None for a stranger.

    The person remembers it for the ledger, which says with each entry in which capacity it was done.
    """
    found = of(secondment, person)
    if not found:
        return None
    chosen = found[0]
    if len(found) > 1:
        kept = secondment.__dict__.setdefault("_acting", {})
        if person.pk not in kept:
            row = ActingAs.objects.filter(person=person, secondment=secondment).first()
            kept[person.pk] = (row.part, row.in_name_of_id) if row else None
        chosen = _chosen(found, kept[person.pk])
    person.acting_in[secondment.pk] = (str(chosen.part), chosen.name)
    return chosen


def all_parts(secondment: Secondment, person: Person) -> frozenset[Part]:
    """Every part that somebody could act in: for conflicts of interest, never for rights."""
    return frozenset(capacity.part for capacity in of(secondment, person))


def choose(secondment: Secondment, person: Person, key: str) -> Capacity | None:
    """Act in another capacity from now on; None when the person has no such capacity. Written to the ledger."""
    found = next((capacity for capacity in of(secondment, person) if capacity.key == key), None)
    before = acting(secondment, person)
    if found is None or before == found:
        return found
    assert before
    ActingAs.objects.update_or_create(
        person=person,
        secondment=secondment,
        defaults={"part": found.part, "in_name_of_id": found.in_name_of, "chosen_at": clock.now()},
    )
    secondment.__dict__.pop("_acting", None)
    ledger.record(
        "capacity.choose",
        by=person,
        case_id=secondment.pk,
        acting_as=str(found.part),
        before=before.label,
        after=found.label,
    )
    return found


def deputies_of(person: Person | None, part: Part, secondment: Secondment) -> list[Person]:
    """Who acts in somebody's name in a case today, besides them."""
    if person is None:
        return []
    rows = Deputy.objects.current().filter(principal=person, part=part).select_related("deputy")
    found = [row.deputy for row in rows if row.secondment_id in (None, secondment.pk)]
    if secondment.is_internal:
        return found
    is_host = part in HOST_SIDE
    return [deputy for deputy in found if (secondment.seconder_id in works_for(deputy)) != is_host]


def _found(secondment: Secondment, person: Person) -> Iterable[Capacity]:
    if secondment.submitted_at is None:
        own = secondment.secondee_id != person.pk and person.works_for(secondment.seconder_id, Role.HR)
        return [Capacity(Part.HR_SECONDER)] if own else []
    rows = CasePart.objects.current().held_by(person).filter(secondment=secondment).values_list("person", "part")
    return _ordered(person, list(rows), secondment.secondee_id, secondment.seconder_id, secondment.host_id)


def _ordered(
    person: Person, rows: list[tuple[int, str]], secondee: int | None, seconder: int, host: int | None
) -> list[Capacity]:
    """Capacities in the order in which one is taken unless another was chosen."""
    own = [Capacity(Part(part)) for holder, part in rows if holder == person.pk]
    if secondee == person.pk:
        return [capacity for capacity in own if capacity.part == Part.SECONDEE]
    own += [Capacity(part) for part, role in OF_SECONDER if person.works_for(seconder, role)]
    if host != seconder:
        own += [Capacity(part) for part, role in OF_HOST if person.works_for(host, role)]
    names = {principal: name for principal, _part, _case, name in deputising(person)}
    others = [Capacity(Part(part), holder, names[holder]) for holder, part in rows if holder != person.pk]
    ordered = [*sorted(own, key=_place), *sorted(others, key=_place)]
    return list(dict.fromkeys(ordered))


def _place(capacity: Capacity) -> tuple[int, int]:
    return ORDER.index(capacity.part), capacity.in_name_of or 0


def _chosen(found: list[Capacity], wanted: tuple[str, int | None] | None) -> Capacity:
    return next((c for c in found if wanted == (c.part, c.in_name_of)), found[0])


def cases_as(person: Person) -> dict[Part, Q]:
    """For each part the cases in which somebody acts in it now: the QuerySet's side of :func:`acting`.

    Cases with a named part are few and looked at one by one; all others follow from memberships. A page asks for what
    its reader may see many times over; it is read once for each.
    """
    if person.read_once is None:
        return _cases_as(person)
    if "cases" not in person.read_once:
        person.read_once["cases"] = _cases_as(person)
    return person.read_once["cases"]


def _cases_as(person: Person) -> dict[Part, Q]:
    rows = defaultdict(list)
    for case, holder, part in CasePart.objects.current().held_by(person).values_list("secondment", "person", "part"):
        rows[case].append((holder, part))
    chosen = {a.secondment_id: (a.part, a.in_name_of_id) for a in ActingAs.objects.filter(person=person)}
    special = {*rows, *chosen}
    ids: dict[Part, list[int]] = defaultdict(list)
    for pk, *sides in Secondment.objects.filter(pk__in=special, submitted_at__isnull=False).values_list(
        "pk", "secondee", "seconder", "host"
    ):
        found = _ordered(person, rows[pk], *sides)
        if found:
            ids[_chosen(found, chosen.get(pk)).part].append(pk)
    scopes = _by_membership(person, special)
    return {part: scopes.get(part, Q(pk__in=[])) | Q(pk__in=ids[part]) for part in Part}


def _by_membership(person: Person, special: set[int]) -> dict[Part, Q]:
    """Cases in which nothing but memberships counts; each case falls to the first part in order."""
    ordinary = Q(submitted_at__isnull=False) & ~Q(pk__in=special) & ~Q(secondee=person)
    scopes: dict[Part, Q] = {}
    taken = Q(pk__in=[])
    sides: dict[Part, Any] = {part: ("seconder", role) for part, role in OF_SECONDER}
    sides |= {part: ("host", role) for part, role in OF_HOST}
    for part in (p for p in ORDER if p in sides):
        side, role = sides[part]
        mine = Q(**{f"{side}__in": person.organisations_as(role)})
        if side == "host":
            mine &= ~Q(host=F("seconder"))
        scopes[part] = ordinary & mine & ~taken
        taken |= mine
    drafts = Q(submitted_at__isnull=True, seconder__in=person.organisations_as(Role.HR)) & ~Q(secondee=person)
    scopes[Part.HR_SECONDER] |= drafts
    return scopes
