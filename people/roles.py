"""Words for who people are: roles of a membership, kinds of organisations, capacities in a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do for an organisation."""

    HR = "hr", _("HR")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


class Weekday(models.IntegerChoices):
    """As ``date.weekday()`` counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ContractType(models.TextChoices):
    PERMANENT = "permanent", _("Permanent")
    FIXED_TERM = "fixed_term", _("Fixed-term")
    OTHER = "other", _("Other")


class OrganisationKind(models.TextChoices):
    OWN_GROUP = "own_group", _("Own group")
    CLIENT = "client", _("Client")
    SUPPLIER = "supplier", _("Supplier")
    PUBLIC_BODY = "public_body", _("Public body")
    NON_PROFIT = "non_profit", _("Non-profit")
    ACADEMIC = "academic", _("Academic")
    OTHER = "other", _("Other")


class SigningOrder(models.TextChoices):
    """Who signs after whom; those joined by a plus are asked at the same time."""

    SECONDEE_HOST_SECONDER = "secondee,host,seconder", _("Secondee, host, seconder")
    HOST_SECONDEE_SECONDER = "host,secondee,seconder", _("Host, secondee, seconder")
    SECONDEE_SECONDER_HOST = "secondee,seconder,host", _("Secondee, seconder, host")
    ORGANISATIONS_LAST = "secondee,host+seconder", _("Secondee, then host and seconder at the same time")
    SECONDER_LAST = "secondee+host,seconder", _("Secondee and host at the same time, then seconder")
    ALL_AT_ONCE = "secondee+host+seconder", _("All at the same time")


class Grounds(models.TextChoices):
    """Why a person's data is erased; fixed words, so that nothing about the person is written anew."""

    RETENTION = "retention", _("It has been kept for long enough")
    REQUEST = "request", _("The person asked for it")
    MISTAKE = "mistake", _("The person was entered by mistake")
