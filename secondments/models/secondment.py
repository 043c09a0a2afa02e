from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NoReturn

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people import public_holidays, workdays
from people.keys import new_key
from people.models import Organisation, Person
from people.models.ranges import DateRange, IdRange
from people.roles import Role, Weekday
from secondments import timetable
from secondments.choices import COLUMN_OF, Kind, Outcome, Part, Party
from secondments.models.lifecycle import Lifecycle
from secondments.patterns import EVERY_DAY, Off, Pattern
from secondments.states import CLOSED, OCCUPYING, OPEN, PHASE_OF, SIGNED, STARTED, TONE, State


class SecondmentQuerySet(models.QuerySet["Secondment"]):
    def update(self, **fields: Any) -> int:
        """As usual, but never the state: that has one door, ``transitions.perform``."""
        if "state" in fields or "transition_number" in fields:
            raise TypeError("A state changes through transitions.perform and no other way.")
        if fields.keys() & _NAMING:
            raise TypeError("Who has a part in a case changes by saving the case, which keeps the parts.")
        return super().update(**fields)

    def bulk_create(self, objs: Any, *args: Any, **options: Any) -> Any:
        """As usual, with the parts of those named."""
        from secondments.models.case_part import keep_parts

        made = super().bulk_create(objs, *args, **options)
        keep_parts(list(objs))
        return made

    def visible_to(self, person: Person) -> SecondmentQuerySet:
        """Cases in which the person has a part or an organisation of theirs is a party.

        A draft is known to HR of the seconder alone; the others see a case from its first submission on.
        """
        from secondments.models.case_part import CasePart

        hr = person.organisations_as(Role.HR)
        members = person.organisations_as(*Role.values)
        named = CasePart.objects.current().held_by(person).values("secondment")
        scope = Q(submitted_at__isnull=False, pk__in=named)
        if hr:
            scope |= Q(submitted_at__isnull=True, seconder__in=hr) & ~Q(secondee=person)
        if members:
            submitted = Q(submitted_at__isnull=False) & ~Q(secondee=person)
            scope |= submitted & (Q(seconder__in=members) | Q(host__in=members))
        return self.filter(scope)

    def open(self) -> SecondmentQuerySet:
        return self.filter(state__in=sorted(OPEN))

    def with_list_data(self) -> SecondmentQuerySet:
        return self.select_related("secondee", "host", "seconder")

    def with_case_data(self) -> SecondmentQuerySet:
        """With both organisations and the people named, for going through many cases."""
        return self.with_organisations().select_related(*_PEOPLE)

    def light(self, *names: str) -> SecondmentQuerySet:
        """Only these columns, for finding the few that a sweep has to do with; its state and zone are always there."""
        return self.select_related("seconder").only("state", "seconder", "seconder__time_zone", *names)

    def with_organisations(self) -> SecondmentQuerySet:
        """For one case: its people come with :meth:`Secondment.know_people`."""
        return self.select_related("host", "seconder")


_PEOPLE = ("secondee", "owner", "line_manager", "host_contact", "host_signatory", "seconder_signatory")
_NAMING = {name for column in COLUMN_OF.values() for name in (column, column.removesuffix("_id"))}


def part(name: Any) -> models.ForeignKey:
    return models.ForeignKey(
        Person, verbose_name=name, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


def stamped(*pairs: tuple[frozenset[State] | set[State], str]) -> list[models.CheckConstraint]:
    """One check for each stamp: in these states it is there."""
    return [
        models.CheckConstraint(
            condition=~Q(state__in=sorted(states)) | Q(**{f"{field}__isnull": False}),
            name=f"secondment_{field}_in_state",
        )
        for states, field in pairs
    ]


class Secondment(Lifecycle):
    """One case: a seconder lends a secondee to a host and gets them back."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    seconder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    secondee = part(_("secondee"))
    line_manager = part(_("line manager"))
    seconder_signatory = part(_("signs for the seconder"))
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.INTERNAL)
    host = models.ForeignKey(
        Organisation,
        verbose_name=_("host organisation"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    host_department = models.CharField(_("host department"), max_length=200, blank=True)
    host_contact = part(_("host contact"))
    host_signatory = part(_("signs for the host"))
    # The seconder may suggest who signs for the host; the host's side says so.
    host_signatory_confirmed_at = models.DateTimeField(null=True, editable=False)
    host_signatory_confirmed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    role_title = models.CharField(_("role at the host"), max_length=200, blank=True)
    location = models.CharField(_("place of work"), max_length=200, blank=True)
    start_on = models.DateField(_("first day"), null=True, blank=True)
    end_on = models.DateField(_("last day"), null=True, blank=True)
    began_on = models.DateField(_("began on"), null=True, editable=False)  # the first day that it ran, late or not
    agreed_end_on = models.DateField(_("last day as agreed"), null=True, editable=False)
    end_before_on = models.DateField(null=True, editable=False)  # the last day before the placement was ended early
    return_list_at = models.DateTimeField(
        null=True, editable=False
    )  # when the usual items of the way back were written
    end_moved_on = models.DateField(null=True, editable=False)  # when the last day became what it is, if it was moved
    weekly_hours = models.DecimalField(
        _("hours per week"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal("60"))],
    )
    is_full_time = models.BooleanField(_("full-time"), default=True)
    # Hours in all within the period, where they are not agreed by the week; weekly_hours is then the most in a week.
    total_hours = models.DecimalField(
        _("hours in all"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("1")), MaxValueValidator(Decimal("9999"))],
    )
    working_days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday), verbose_name=_("days of the week"), default=list, blank=True
    )
    # What held before it was varied, oldest first: a day; the hours and the days of a week until the one before.
    worked_before = models.JSONField(default=list, editable=False)
    # Goes on until notice is given; end_on is then the day by which it is reviewed or has been extended.
    is_indefinite = models.BooleanField(_("indefinite, subject to notice"), default=False)
    purpose = models.TextField(_("purpose"), max_length=6000, blank=True)
    policy = models.JSONField(default=dict, editable=False)

    agreement_signed_at = models.DateTimeField(null=True, editable=False)
    agreement_sealed_at = models.DateTimeField(null=True, editable=False)

    ended_early_at = models.DateTimeField(null=True, editable=False)
    notice_given_on = models.DateField(_("notice received on"), null=True, editable=False)
    ended_early_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    early_end_reason = models.TextField(blank=True, editable=False)
    early_end_asked_by = models.CharField(max_length=14, choices=Party, blank=True, editable=False)

    review_released_at = models.DateTimeField(null=True, editable=False)  # before the conclusion, if HR says so
    review_released_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    review_conclusion = models.TextField(blank=True, editable=False)
    review_waived_because = models.TextField(blank=True, editable=False)
    review_concluded_at = models.DateTimeField(null=True, editable=False)
    review_concluded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    outcome_note = models.TextField(_("note on the outcome"), blank=True)
    returned_on = models.DateField(_("back at work since"), null=True, blank=True)

    # Whose turn it is, kept by turns.py so that lists need not work it out for each row.
    turn = models.CharField(max_length=30, blank=True, editable=False)
    turn_names = models.CharField(max_length=400, blank=True, editable=False)
    turn_since = models.DateTimeField(null=True, editable=False)
    turn_until = models.DateField(null=True, editable=False)

    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    named_before: dict[Part, int] = {}
    named_by: Person | None = None
    capacity: Any = None  # in which the reader of a page is here, and the others they could change to
    other_capacities: list[Any] = []

    objects = SecondmentQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="secondment_state_known"),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(start_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="secondment_ends_after_start",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(
                    secondee__isnull=False,
                    host__isnull=False,
                    line_manager__isnull=False,
                    host_contact__isnull=False,
                    start_on__isnull=False,
                    end_on__isnull=False,
                    weekly_hours__isnull=False,
                    submitted_at__isnull=False,
                ),
                name="secondment_complete_once_submitted",
            ),
            *stamped(
                ({State.AGREEMENT, *SIGNED}, "approved_at"),
                (SIGNED, "agreed_at"),
                (SIGNED, "agreement_signed_at"),
                (STARTED, "agreement_sealed_at"),
                (STARTED, "started_at"),
                (STARTED, "began_on"),
                ({State.REVIEW, State.RETURN, State.COMPLETED}, "review_began_at"),
                ({State.RETURN, State.COMPLETED}, "return_began_at"),
                ({State.RETURN, State.COMPLETED}, "review_concluded_at"),
                ({State.AGREEMENT, *SIGNED}, "host_signatory_confirmed_at"),
                ({State.AGREEMENT, *SIGNED}, "host_signatory_confirmed_by"),
                ({State.COMPLETED}, "completed_at"),
                ({State.COMPLETED}, "completed_by"),
                ({State.DECLINED}, "declined_at"),
                ({State.DECLINED}, "declined_by"),
                ({State.WITHDRAWN}, "withdrawn_at"),
                ({State.WITHDRAWN}, "withdrawn_by"),
            ),
            models.CheckConstraint(
                condition=Q(ended_early_at__isnull=True)
                | (~Q(early_end_reason="") & ~Q(early_end_asked_by="") & Q(ended_early_by__isnull=False)),
                name="secondment_early_end_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.COMPLETED) | ~Q(outcome=""), name="secondment_completed_has_outcome"
            ),
            ExclusionConstraint(
                name="secondment_no_full_time_overlap",
                expressions=[
                    (IdRange(F("secondee"), F("secondee"), Value("[]")), RangeOperators.OVERLAPS),
                    (DateRange(F("start_on"), F("end_on"), Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=sorted(OCCUPYING), is_full_time=True),
                violation_error_message=_("This person is placed full-time elsewhere in these days."),
            ),
        ]
        indexes = [
            models.Index(fields=["seconder", "-changed_at"], name="secondment_by_seconder"),
            models.Index(fields=["host", "-changed_at"], name="secondment_by_host"),
            models.Index(fields=["state", "start_on"], name="secondment_by_state_start"),
            models.Index(fields=["state", "end_on"], name="secondment_by_state_end"),
            models.Index(fields=["seconder", "state", "end_on"], name="secondment_seconder_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    def know_people(self) -> Secondment:
        """Read the people named, all in one query.

        Joined six times to a single case they cost the database more to plan than all the other queries for it.
        """
        found = Person.objects.in_bulk({getattr(self, f"{name}_id") for name in _PEOPLE} - {None})
        for name in _PEOPLE:
            if who := found.get(getattr(self, f"{name}_id")):
                setattr(self, name, who)
        return self

    def get_absolute_url(self) -> str:
        return reverse("secondment", args=[self.key])

    @property
    def zone(self) -> str:
        """The organisation's time zone, to which the dates of the case belong."""
        return self.seconder.time_zone

    @property
    def rules(self) -> timetable.Rules:
        return timetable.Rules.of(self.policy)

    @property
    def phase(self) -> str:
        return PHASE_OF[State(self.state)]

    @property
    def tone(self) -> str:
        return TONE[State(self.state)]

    @property
    def is_released(self) -> bool:
        """Whether the three read each other's evaluations."""
        return self.review_released_at is not None or self.review_concluded_at is not None

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    @property
    def is_internal(self) -> bool:
        """Whether lender and host are the same employer, so that its HR is HR of both."""
        return self.host_id == self.seconder_id

    @property
    def title(self) -> str:
        """The case in words: who, at which host."""
        who = self.secondee.full_name if self.secondee else _("Somebody")
        where = self.host.legal_name if self.host else _("a host")
        return _("%(who)s at %(where)s") % {"who": who, "where": self.where or where}

    @property
    def where(self) -> str:
        """The host as people call it: the department too where it is the same employer."""
        if not self.host:
            return self.host_department
        if self.host_department and self.host_id == self.seconder_id:
            return f"{self.host_department}, {self.host}"
        return self.host.legal_name

    @cached_property
    def employment(self) -> Any:
        """The secondee's employment at the seconder, or None."""
        if not self.secondee_id:
            return None
        return self.secondee.employments.current().filter(organisation=self.seconder_id).first()

    @property
    def estimate(self) -> Any:
        """What it is estimated to cost with the present secondee, or None."""
        return self.estimates.filter(is_current=True, secondee=self.secondee_id).first()

    def work_calendar(self) -> workdays.Calendar:
        """When the secondee works: on the days agreed, less the holidays and closing days of the place of work."""
        assert self.host
        there = self.host.calendar()
        holidays, closing_days = there.holidays, there.closing_days
        abroad = str(self.proposal.work_country)
        if abroad and abroad != str(self.host.country):
            holidays, closing_days = public_holidays.Holidays(abroad), frozenset()
        worked = self.pattern(frozenset(self.host.working_days))
        if not worked.before:
            return workdays.Calendar(worked.week, holidays, closing_days)
        return workdays.Calendar(EVERY_DAY, holidays, Off(worked, closing_days))

    def pattern(self, usual: frozenset[int]) -> Pattern:
        """The days that are worked, and were before a variation; ``usual`` where none are named."""
        before = ((date.fromisoformat(day), frozenset(days) or usual) for day, _hours, days in self.worked_before)
        return Pattern(frozenset(self.working_days) or usual, tuple(before))

    @property
    def full_time_hours(self) -> Decimal:
        return self.employment.weekly_hours if self.employment else Decimal("40")

    @property
    def named(self) -> dict[Part, int]:
        """Ids of the persons who are named for a part; the host's signatory once the host's side has said so."""
        found = {part: self.__dict__.get(column) for part, column in COLUMN_OF.items()}
        if self.__dict__.get("host_signatory_confirmed_at") is None:
            found[Part.SIGNATORY_HOST] = None
        return {part: person_id for part, person_id in found.items() if person_id}

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Secondment:
        """As usual, and remember who was named, so that saving keeps the parts of those who changed."""
        found = super().from_db(*args, **kwargs)
        found.named_before = found.named
        return found

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row and, where somebody else is named now, the parts; ``named_by`` says by whom."""
        from secondments.models.case_part import keep_parts

        super().save(*args, **kwargs)
        keep_parts([self])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Cases are withdrawn, completed or anonymised, never deleted.")
