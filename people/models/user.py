from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.roles import Role

if TYPE_CHECKING:
    from people.models.employment import EmploymentQuerySet


class Fold(models.Func):
    """Text without case, accents and strokes (Żółkowski → zolkowski); the function is made by a migration."""

    function = "fold"
    output_field = models.TextField()


class Words(models.Func):
    """The words of a name and of an e-mail address, folded, for full-text search by their beginnings; indexed."""

    function = "name_words"
    output_field = models.Field()


def words_of(text: str) -> list[str]:
    """What somebody typed, word by word; the first eight."""
    return re.findall(r"\w+", text)[:8]


def begins_word(words: Words, word: str) -> models.Func:
    """Whether a word begins one of these words."""
    query = models.Func(Fold(models.Value(f"{word}:*")), template="to_tsquery('simple', %(expressions)s)")
    return models.Func(
        words, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=models.BooleanField()
    )


def _employments(organisations: list[int]) -> EmploymentQuerySet:
    """The rows of the person of an outer query at some organisations."""
    from people.models.employment import Employment

    return Employment.objects.filter(person=models.OuterRef("pk"), organisation__in=organisations).order_by()


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Person) -> PersonQuerySet:
        """People employed, now or once, where one is a member or which one keeps; one's team; and oneself."""
        from people.models.employment import Employment

        employed = Employment.objects.filter(organisation__in=person.organisations_seen)
        team = Employment.objects.current().filter(line_manager=person)
        return self.filter(
            models.Q(pk=person.pk) | models.Q(pk__in=employed.values("person")) | models.Q(pk__in=team.values("person"))
        )

    def editable_by(self, person: Person) -> PersonQuerySet:
        """People of the organisations that one keeps the records of, whom no other organisation keeps as well.

        One keeps the records of the organisations whose HR one is, and of those of :attr:`Person.keeps`.
        Another keeps somebody who works there, or will, or holds a role there.
        """
        from people.models.employment import Employment
        from people.models.membership import Membership

        records = person.records_of
        theirs = Employment.objects.lasting().exclude(organisation__in=records).values("person")
        roles = Membership.objects.lasting().exclude(organisation__in=records).values("person")
        ours = Employment.objects.filter(organisation__in=records).values("person")
        return self.filter(pk__in=ours, is_administrator=False).exclude(pk__in=theirs).exclude(pk__in=roles)

    def employed_at(self, organisations: list[int], department: str = "") -> PersonQuerySet:
        """Those who work today at one of these, in a department of this name if one is given."""
        rows = _employments(organisations).in_department(department)
        return self.filter(models.Exists(rows.current()))

    def left(self, organisations: list[int], department: str = "") -> PersonQuerySet:
        """Those who once worked at one of these, and neither do any more nor will."""
        rows = _employments(organisations)
        once = rows.in_department(department)
        return self.filter(models.Exists(once), ~models.Exists(rows.lasting()))

    def matching(self, text: str, jobs: EmploymentQuerySet, most: int) -> list[int]:
        """Ids of those whom :meth:`named` finds, or who hold one of these jobs whose title or number has all words.

        At most so many, and any of them when there are more: each index is read by itself and no further than
        that, where sorting all of a common name would take a second. Letters are left out beside longer words.
        """
        words = words_of(text)
        typed = " ".join([word for word in words if len(word) > 1] or words)
        by_name = self.order_by().named(typed).values_list("pk", flat=True)[:most]
        by_job = jobs.order_by().with_words(typed).values_list("person", flat=True)[:most]
        return list(dict.fromkeys([*by_name, *by_job]))[:most]

    def sorted_by_name(self) -> PersonQuerySet:
        """As people look for names: accents and case make no difference."""
        return self.order_by(Fold("full_name"), "pk")

    def named(self, text: str) -> PersonQuerySet:
        """Those of whom each word typed begins a word of the name or of the address, whatever the accents."""
        return self.filter(*(begins_word(Words("full_name", "email"), word) for word in words_of(text)))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def made_known(self, email: str, full_name: str, time_zone: str) -> Person:
        """The person with this address, made known here if they are not; call it inside the act's transaction."""
        found = self.filter(email__iexact=email).first()
        return found or self.create_user(email, full_name=" ".join(full_name.split()), time_zone=time_zone)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Person:
        """Make a person who signs in by emailed code; a password is the exception."""
        person = self.model(email=email.strip(), **fields)
        if password:
            person.set_password(password)
        else:
            person.set_unusable_password()
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> Person:
        return self.get(email__iexact=email)


class Person(AbstractBaseUser):
    """Anybody who has a part in a case or a membership of an organisation; signs in by e-mail."""

    key = models.CharField(max_length=12, unique=True, default=new_key, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    full_name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    # How mails come: reminders never within the quiet hours; all that can wait in one mail a day, if that is wanted.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.BooleanField(_("one mail a day"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_administrator = models.BooleanField(_("runs this installation"), default=False, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["full_name", "pk"]
        indexes = [
            GinIndex(Words("full_name", "email"), name="person_words"),
            models.Index(Fold("full_name"), "id", name="person_sorted"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_unique",
                violation_error_message=_("Somebody with this e-mail address is already here."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.key])

    # While a page is read, and not while somebody acts: what need be read only once for it, by name.
    read_once: dict[str, Any] | None = None

    @cached_property
    def _memberships_read(self) -> list[tuple[int, str, bool]]:
        found = self.memberships.current()
        return list(found.values_list("organisation_id", "role", "organisation__second_factor_required"))

    @cached_property
    def memberships_now(self) -> list[tuple[int, str]]:
        """Pairs of organisation id and role, of today; read once for each request."""
        return [(organisation, role) for organisation, role, _ in self._memberships_read]

    @property
    def needs_second_factor(self) -> bool:
        """Whoever runs the installation, and HR and finance of organisations that want it."""
        return self.is_administrator or any(
            wanted and role in (Role.HR, Role.FINANCE) for _, role, wanted in self._memberships_read
        )

    @cached_property
    def acting_in(self) -> dict[int, tuple[str, str]]:
        """In which part and in whose name this person acts, by the id of the case; the ledger says so each time."""
        return {}

    def organisations_as(self, *roles: str) -> list[int]:
        """Ids of organisations for which this person is a member in one of these roles."""
        return sorted({organisation for organisation, role in self.memberships_now if role in roles})

    def works_for(self, organisation_id: int | None, *roles: str) -> bool:
        return any(found == organisation_id and role in roles for found, role in self.memberships_now)

    @property
    def is_hr(self) -> bool:
        return bool(self.organisations_as(Role.HR))

    @property
    def is_in_finance(self) -> bool:
        """Whether they follow what is recharged: HR and finance of an organisation."""
        return bool(self.organisations_as(Role.HR, Role.FINANCE))

    @cached_property
    def keeps(self) -> list[int]:
        """Ids of organisations that this person's own entered, and that have no HR themselves; HR keeps them."""
        from people.models.organisation import Organisation

        own = self.organisations_as(Role.HR)
        found = Organisation.objects.filter(kept_by__in=own).without_hr() if own else Organisation.objects.none()
        return sorted(found.values_list("pk", flat=True))

    @property
    def records_of(self) -> list[int]:
        """Ids of organisations whose people and particulars this person writes."""
        return sorted({*self.organisations_as(Role.HR), *self.keeps})

    @property
    def organisations_seen(self) -> list[int]:
        """Ids of organisations whose people this person may look up."""
        return sorted({*self.organisations_as(*Role.values), *self.keeps})
