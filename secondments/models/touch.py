from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.models import Organisation, Person
from secondments.choices import Channel
from secondments.models.secondment import Secondment


class Touch(models.Model):
    """Home and the secondee were in touch: when, how, and what is worth remembering. Read by the home side."""

    secondment = models.ForeignKey(Secondment, on_delete=models.CASCADE, related_name="touches")
    on = models.DateField(_("when"))
    channel = models.CharField(_("how"), max_length=8, choices=Channel)
    note = models.TextField(_("what was talked about"), max_length=2000, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["secondment", "-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}, {self.on}"


class News(models.Model):
    """Something from home for those who are away: news, or a vacancy."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="news")
    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=4000)
    link = models.URLField(_("link"), max_length=300, blank=True)
    is_vacancy = models.BooleanField(_("a vacancy"), default=False)
    shown_until = models.DateField(_("shown until"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="news_taken_back_stamped",
            ),
        ]

    def __str__(self) -> str:
        return self.title
