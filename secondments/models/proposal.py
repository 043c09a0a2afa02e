from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from people.models import Person
from secondments.choices import Category, Cover, Funding, Part, Permit, SocialSecurity, WorkType
from secondments.models.secondment import Secondment

LONG = 6000


def words(name: Any) -> models.TextField:
    return models.TextField(name, max_length=LONG, blank=True)


def percent(name: Any) -> models.DecimalField:
    return models.DecimalField(
        name,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(200))],
    )


class Proposal(models.Model):
    """What a proposal says beyond the particulars of its case: why, with what cover, for whose money, at what risk.

    One for each case, made with it. ``sections`` says of each section how often and by whom it was saved, so that
    two who write at once are told; ``unfinished`` keeps what was typed and cannot be read yet, such as half a date.
    """

    secondment = models.OneToOneField(
        Secondment, on_delete=models.CASCADE, related_name="proposal", primary_key=True, editable=False
    )

    category = models.CharField(_("category"), max_length=20, choices=Category, blank=True)
    work_type = models.CharField(_("type of work"), max_length=12, choices=WorkType, blank=True)
    why_secondment = words(_("why a secondment, and not another way"))
    benefit_seconder = words(_("what the seconder gains"))
    benefit_secondee = words(_("what the secondee gains"))
    benefit_host = words(_("what the host gains"))
    selection = models.CharField(_("how the secondee was chosen"), max_length=300, blank=True)
    if_refused = words(_("what happens if it is refused"))
    host_provides = words(_("what the host provides"))
    host_grade = models.CharField(_("grade of the role"), max_length=100, blank=True)
    checks = words(_("checks and clearances"))
    leave_note = words(_("leave and appraisal"))
    return_post = words(_("post to return to"))

    cover = models.CharField(_("cover for the post"), max_length=12, choices=Cover, blank=True)
    cover_who = models.CharField(_("who covers"), max_length=300, blank=True)
    cover_ends_with = models.BooleanField(_("the cover ends with the secondment"), default=True)
    cover_note = words(_("more about the cover"))

    funding = models.CharField(_("who bears the costs"), max_length=12, choices=Funding, blank=True)
    host_percent = percent(_("the host's share, %"))
    fixed_amount = models.DecimalField(
        _("fixed amount"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    pay_note = words(_("pay during the secondment"))
    budget_holder = models.CharField(_("budget or cost centre"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    on_cost_percent = percent(_("on-costs, % of the salary"))

    risks = words(_("risks, and what is done about them"))
    conditions = words(_("conditions"))

    work_country = CountryField(_("country of work"), blank=True)
    permit = models.CharField(_("permit to work there"), max_length=12, choices=Permit, blank=True)
    social_security = models.CharField(_("social security"), max_length=10, choices=SocialSecurity, blank=True)
    is_accompanied = models.BooleanField(_("family comes along"), default=False)
    relocation = words(_("relocation and travel home"))
    tax_note = words(_("tax and insurance"))

    # Who first asked for the secondment, and when: the figures of the reports begin there.
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    started_as = models.CharField(max_length=20, choices=[(p.value, p.label) for p in Part], blank=True, editable=False)
    first_asked_at = models.DateTimeField(null=True, editable=False)
    first_submitted_at = models.DateTimeField(null=True, editable=False)

    # The one page that says what was approved is still to be made by a worker.
    sheet_due_at = models.DateTimeField(null=True, editable=False)

    sections = models.JSONField(default=dict, editable=False)
    unfinished = models.JSONField(default=dict, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(host_percent__isnull=True) | Q(host_percent__range=(0, 100)),
                name="proposal_share_within_100",
                violation_error_message=_("A share is between 0 and 100 per cent."),
            ),
        ]
        indexes = [
            models.Index(fields=["sheet_due_at"], condition=Q(sheet_due_at__isnull=False), name="proposal_sheet_due")
        ]

    def __str__(self) -> str:
        return str(self.secondment)
