from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        """Those that hold now."""
        now = clock.now()
        return self.lasting().filter(since__lte=now)

    def lasting(self) -> MembershipQuerySet:
        """Those that hold now or will."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))

    def visible_to(self, person: Person) -> MembershipQuerySet:
        """Those of one's own organisations, and one's own; former ones too."""
        return self.filter(Q(organisation__in=person.organisations_as(*Role.values)) | Q(person=person))

    def editable_by(self, person: Person) -> MembershipQuerySet:
        """Those that HR of the organisation may end."""
        return self.lasting().filter(organisation__in=person.organisations_as(Role.HR))


class Membership(models.Model):
    """A role that a person holds for an organisation, from a moment and until another."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    # Of HR: whose consent a change of legal wording needs.
    approves_legal = models.BooleanField(_("approves changes of legal wording"), default=False)
    since = models.DateTimeField(_("since"), default=clock.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=Q(until__isnull=True),
                name="membership_open_unique",
            ),
            models.CheckConstraint(
                condition=Q(approves_legal=False) | Q(role=Role.HR), name="membership_legal_approver_is_hr"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")), name="membership_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.get_role_display()}, {self.organisation}"
