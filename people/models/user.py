from __future__ import annotations

import re
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from people.keys import new_key
from people.roles import Role


class Fold(models.Func):
    """Text without case, accents and strokes (Żółkowski → zolkowski); the function is made by a migration."""

    function = "fold"
    output_field = models.TextField()


class Words(models.Func):
    """The words of a name and of an e-mail address, folded, for full-text search by their beginnings; indexed."""

    function = "name_words"
    output_field = models.Field()


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Person) -> PersonQuerySet:
        """People whom HR, finance or viewers of an organisation may look up, and oneself."""
        organisations = person.organisations_as(Role.HR, Role.FINANCE, Role.VIEWER)
        return self.filter(
            models.Q(pk=person.pk)
            | models.Q(pk__in=self.model.objects.filter(employments__organisation__in=organisations).values("pk"))
        )

    def sorted_by_name(self) -> PersonQuerySet:
        """As people look for names: accents and case make no difference."""
        return self.order_by(Fold("full_name"), "pk")

    def named(self, text: str) -> PersonQuerySet:
        """Those of whom each word typed begins a word of the name or of the address, whatever the accents."""
        found = self
        for word in re.findall(r"\w+", text)[:8]:
            query = models.Func(Fold(models.Value(f"{word}:*")), template="to_tsquery('simple', %(expressions)s)")
            found = found.filter(
                models.Func(
                    Words("full_name", "email"),
                    query,
                    template="(%(expressions)s)",
                    arg_joiner=" @@ ",
                    output_field=models.BooleanField(),
                )
            )
        return found


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
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

    def organisations_as(self, *roles: str) -> list[int]:
        """Ids of organisations for which this person is a member in one of these roles."""
        return sorted({organisation for organisation, role in self.memberships_now if role in roles})

    def works_for(self, organisation_id: int | None, *roles: str) -> bool:
        return any(found == organisation_id and role in roles for found, role in self.memberships_now)

    @property
    def is_hr(self) -> bool:
        return bool(self.organisations_as(Role.HR))
