from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Organisation, Person
from people.roles import Role
from secondments.choices import Part, Support
from secondments.models.secondment import Secondment

ASKERS = [(p.value, p.label) for p in (Part.SECONDEE, Part.LINE_MANAGER, Part.HR_HOST)]


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, person: Person) -> IdeaQuerySet:
        """To who asked, to the line manager of whom it is about, and to HR of the seconder."""
        hr = person.organisations_as(Role.HR)
        return self.filter(Q(asked_by=person) | Q(line_manager=person) | Q(seconder__in=hr) & ~Q(secondee=person))

    def open(self) -> IdeaQuerySet:
        return self.filter(answered_at__isnull=True)


class Idea(models.Model):
    """“I would like to be seconded”: asked by the employee, their line manager or a host; HR makes a proposal of it.

    ``secondee`` may be blank where a host asks for somebody without saying whom.
    """

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    seconder = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=20, choices=ASKERS)
    asked_at = models.DateTimeField()
    secondee = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    line_manager = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    host = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    where = models.CharField(_("where"), max_length=200, blank=True)
    role_title = models.CharField(_("what work"), max_length=200, blank=True)
    start_on = models.DateField(_("from about"), null=True, blank=True)
    end_on = models.DateField(_("until about"), null=True, blank=True)
    why = models.TextField(_("why"), max_length=6000)

    view = models.CharField(_("what you think of it"), max_length=8, choices=Support, blank=True)
    view_text = models.TextField(_("what HR should know"), max_length=2000, blank=True)
    viewed_at = models.DateTimeField(null=True)

    secondment = models.OneToOneField(Secondment, on_delete=models.SET_NULL, null=True, related_name="idea")
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(start_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="idea_ends_after_start",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, secondment__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="idea_stamped_when_answered",
            ),
        ]
        indexes = [models.Index(fields=["seconder"], condition=Q(answered_at__isnull=True), name="idea_open")]

    def __str__(self) -> str:
        return self.role_title or self.where or str(_("An idea"))

    def get_absolute_url(self) -> str:
        return reverse("idea", args=[self.key])

    @property
    def place(self) -> str:
        return self.host.legal_name if self.host else self.where
