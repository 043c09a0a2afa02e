from django.db import models


class DemoClock(models.Model):
    """By how many days the demo's clock is ahead; one row, and none outside the demo."""

    days = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="demo_clock_single_row")]

    def __str__(self) -> str:
        return f"{self.days:+d} days"
