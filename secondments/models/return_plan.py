from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import RoleBack, SkillUse
from secondments.models.secondment import Secondment


class ReturnPlan(models.Model):
    """How somebody comes back: to what, when, how, and what becomes of what they learnt.

    HR of the seconder and the line manager write all of it but the handback, which is the host's; the secondee writes
    what they wish for and how they will use and share what they learnt. ``risk_since`` says that the post to return to
    is at risk, and ``risk_done`` what is done about it.
    """

    secondment = models.OneToOneField(Secondment, on_delete=models.CASCADE, related_name="return_plan")
    meeting_on = models.DateField(_("return meeting on"), null=True, blank=True)
    meeting_notes = models.TextField(_("what was said at the meeting"), max_length=4000, blank=True)
    role_kind = models.CharField(_("comes back to"), max_length=10, choices=RoleBack, blank=True)
    role = models.CharField(_("role at home"), max_length=200, blank=True)
    manager_name = models.CharField(_("line manager then"), max_length=200, blank=True)
    post_protected_until = models.DateField(_("post protected until"), null=True, blank=True)
    start_back_on = models.DateField(_("first day back"), null=True, blank=True)
    phased = models.TextField(_("phased return"), max_length=2000, blank=True)
    training = models.TextField(_("training and reverse induction"), max_length=2000, blank=True)
    wishes = models.TextField(_("what I wish for my return"), max_length=2000, blank=True)
    skills_use = models.TextField(_("how the new skills will be used"), max_length=2000, blank=True)
    sharing = models.TextField(_("how what was learnt is shared"), max_length=2000, blank=True)
    handback = models.TextField(_("equipment, accounts and data at the host"), max_length=2000, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    risk_since = models.DateField(null=True)
    risk_why = models.TextField(_("why the post is at risk"), max_length=2000, blank=True)
    risk_done = models.TextField(_("what is done about it"), max_length=2000, blank=True)
    # Days of annual leave that were left on the last day; they go home with the secondee.
    leave_carried = models.DecimalField(_("leave carried over"), max_digits=5, decimal_places=1, null=True)
    access_ended_on = models.DateField(null=True)
    access_ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(role_kind="")),
                name="return_plan_confirmed_with_role",
            ),
            models.CheckConstraint(
                condition=Q(risk_since__isnull=True) | ~Q(risk_why=""), name="return_plan_risk_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(access_ended_on__isnull=True, access_ended_by__isnull=True)
                | Q(access_ended_on__isnull=False, access_ended_by__isnull=False),
                name="return_plan_access_stamped",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Return plan"))

    @property
    def is_at_risk(self) -> bool:
        return self.risk_since is not None


class FollowUp(models.Model):
    """Two questions some months after the return: still here, and using what was learnt?"""

    MONTHS = (6, 12, 24)

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="follow_ups")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    still_here = models.BooleanField(_("Do they still work for you?"), null=True)
    skills_used = models.CharField(_("Do they use what they learnt?"), max_length=4, choices=SkillUse, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["secondment", "months"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "months"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, still_here__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, still_here__isnull=False),
                name="follow_up_answered_stamped",
            ),
            models.CheckConstraint(
                condition=~Q(still_here=True) | ~Q(skills_used=""), name="follow_up_skills_answered_while_here"
            ),
        ]
        indexes = [models.Index(F("due_on"), condition=Q(answered_at__isnull=True), name="follow_up_open")]

    def __str__(self) -> str:
        return str(_("%(n)d months after the return") % {"n": self.months})
