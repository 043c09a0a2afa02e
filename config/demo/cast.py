"""The guided start: whom to sign in as, and what waits for them; found by what the stories left open."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from agreements.models import SignatureSlot
from people.models import Membership, Person
from secondments.models import CasePart, CheckIn, Decision, Deputy, Secondment
from secondments.states import State

Row = tuple[str, str, str, str]


def owner() -> Person | None:
    """The HR person who runs most cases; None when there is no demo data yet."""
    found = (
        Secondment.objects.values("owner")
        .annotate(n=Count("pk"))
        .order_by("-n", "owner")
        .values_list("owner", flat=True)
        .first()
    )
    return Person.objects.filter(pk=found).first()


def guides() -> list[Row]:
    """Title, name, e-mail, what to try; empty when there is no demo data yet."""
    hr = owner()
    if hr is None:
        return []
    rows = [(_("HR of the seconder"), hr, _("runs all cases: propose, prepare terms, follow, conclude"))]
    waiting = (_secondee(hr), _decider(hr, "acceptance"), _decider(hr, "release"), _terms(hr), _signatory(hr))
    rows += [row for row in (*waiting, _deputy(), _two_capacities(), _host_hr(hr), _administrator()) if row]
    return [(title, person.full_name, person.email, what) for title, person, what in rows]


def _deputy() -> tuple[str, Person, str] | None:
    row = Deputy.objects.current().select_related("deputy").order_by("pk").first()
    return (_("Deputy"), row.deputy, _("acts in the name of a host contact who is away")) if row else None


def _two_capacities() -> tuple[str, Person, str] | None:
    """A line manager of an open case who also works in finance."""
    held = CasePart.objects.current().filter(part="line_manager", secondment__state=State.PROPOSAL).values("person")
    found = Membership.objects.current().filter(role="finance", person__in=held).select_related("person").first()
    return (
        (_("Line manager and finance"), found.person, _("sees a case as one of the two, and chooses"))
        if found
        else None
    )


def _host_hr(hr: Person) -> tuple[str, Person, str] | None:
    """HR of an organisation that hosts one of the cases."""
    hosts = Secondment.objects.filter(owner=hr).exclude(kind="internal").values("host")
    found = Membership.objects.current().filter(role="hr", organisation__in=hosts).exclude(person=hr)
    row = found.select_related("person").order_by("pk").first()
    return (_("HR of a host"), row.person, _("says who speaks and signs for the host")) if row else None


def _administrator() -> tuple[str, Person, str] | None:
    found = Person.objects.filter(is_administrator=True).order_by("pk").first()
    what = _("runs the installation; has to set up a second factor first")
    return (_("Administrator"), found, what) if found else None


def _secondee(hr: Person) -> tuple[str, Person, str] | None:
    checkin = (
        CheckIn.objects.filter(CheckIn.PENDING, party="secondee", secondment__owner=hr, secondment__state=State.ACTIVE)
        .select_related("person")
        .order_by("due_on", "pk")
        .first()
    )
    return (_("Secondee"), checkin.person, _("on a placement, with a check-in to fill in")) if checkin else None


def _decider(hr: Person, kind: str) -> tuple[str, Person, str] | None:
    words = {
        "acceptance": (_("Host contact"), _("asked to accept a secondee, and never signed in before")),
        "release": (_("Line manager"), _("asked to release an employee")),
    }[kind]
    decision = (
        Decision.objects.filter(kind=kind, verdict__isnull=True, secondment__owner=hr, secondment__state=State.PROPOSAL)
        .exclude(secondment__kind="internal")
        .select_related("decider")
        .order_by("pk")
        .first()
    )
    return (words[0], decision.decider, words[1]) if decision else None


def _terms(hr: Person) -> tuple[str, Person, str] | None:
    case = Secondment.objects.filter(owner=hr, turn="host_terms").select_related("host_contact").order_by("pk").first()
    if case is None or case.host_contact is None:
        return None
    return (_("Host contact"), case.host_contact, _("asked to read and approve the terms of an agreement"))


def _signatory(hr: Person) -> tuple[str, Person, str] | None:
    slot = (
        SignatureSlot.objects.filter(
            signature__isnull=True,
            invited_at__isnull=False,
            agreement__state="signing",
            agreement__secondment__owner=hr,
        )
        .exclude(party="secondee")
        .select_related("signatory")
        .order_by("pk")
        .first()
    )
    return (_("Signatory"), slot.signatory, _("an agreement half signed: it is their turn")) if slot else None
