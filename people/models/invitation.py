from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.keys import new_key
from people.models.organisation import Organisation
from people.models.user import Person
from people.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Neither taken up nor called off nor expired."""
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=clock.now())

    def visible_to(self, person: Person) -> InvitationQuerySet:
        """One's own, and those that HR of one's organisations sent."""
        return self.filter(Q(person=person) | Q(organisation__in=person.organisations_as(Role.HR)))


class Invitation(models.Model):
    """HR of an organisation asks somebody to come and take a part; the mail links to its first page.

    Somebody who never signed in can only do so while an invitation of theirs is open. A change of address
    cancels what was sent to the old one.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"), max_length=254)
    case_id = models.BigIntegerField(null=True, editable=False)
    what = models.CharField(_("what for"), max_length=300)
    onward = models.CharField(max_length=300, blank=True, editable=False)
    sent_at = models.DateTimeField()
    times_sent = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="invitation_open_unique",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="invitation_accepted_or_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.what}"
