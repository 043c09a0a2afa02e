from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.models import Person
from secondments.choices import Level, Party, Rating, Result
from secondments.models.objective import Objective
from secondments.models.secondment import Secondment
from secondments.models.skill import Skill


class Evaluation(models.Model):
    """What one of the three says of the secondment at its end."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="evaluations")
    party = models.CharField(
        max_length=14, choices=[(p.value, p.label) for p in (Party.SECONDEE, Party.HOST, Party.LINE_MANAGER)]
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="evaluations")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    completed_at = models.DateTimeField(null=True)
    what_worked = models.TextField(_("What worked well, and what did not?"), blank=True)
    skills = models.TextField(_("Which skills were gained?"), blank=True)
    # The same three questions in every case, so that cases can be compared.
    went = models.PositiveSmallIntegerField(_("How did the secondment go as a whole?"), choices=Rating, null=True)
    supported = models.PositiveSmallIntegerField(
        _("How well was the secondee supported by both sides?"), choices=Rating, null=True
    )
    worth = models.PositiveSmallIntegerField(_("How much was it worth to you?"), choices=Rating, null=True)
    would_repeat = models.BooleanField(_("Would you do it again?"), null=True)
    # What was written so far, field by field as it was typed; for whoever writes it alone, gone once handed in.
    draft = models.JSONField(default=dict, editable=False)
    drafted_at = models.DateTimeField(null=True, editable=False)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["secondment", "party"]
        constraints = [
            models.UniqueConstraint(fields=["secondment", "party"], name="evaluation_once_each_party"),
            models.CheckConstraint(
                condition=Q(drafted_at__isnull=True, drafted_by__isnull=True)
                | Q(drafted_at__isnull=False, drafted_by__isnull=False, completed_at__isnull=True),
                name="evaluation_drafted_stamped",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(completed_at__isnull=True), name="evaluation_open_by_person")
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} of {self.secondment_id}"


class ObjectiveResult(models.Model):
    """How far one objective was met, in the eyes of one evaluator."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="results")
    result = models.CharField(_("result"), max_length=8, choices=Result)
    evidence = models.TextField(_("evidence"), blank=True)

    class Meta:
        ordering = ["evaluation", "objective"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "objective"], name="objective_result_once")]

    def __str__(self) -> str:
        return f"{self.objective}: {self.get_result_display()}"


class SkillResult(models.Model):
    """How well the secondee could do something before, and can now, in the eyes of one evaluator."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="skill_results")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="results")
    before = models.PositiveSmallIntegerField(_("before"), choices=Level)
    after = models.PositiveSmallIntegerField(_("now"), choices=Level)

    class Meta:
        ordering = ["evaluation", "skill"]
        constraints = [models.UniqueConstraint(fields=["evaluation", "skill"], name="skill_result_once")]

    def __str__(self) -> str:
        return f"{self.skill}: {self.get_before_display()} → {self.get_after_display()}"
