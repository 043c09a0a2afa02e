"""Words for who people are: roles of a membership, kinds of organisations, capacities in a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do for an organisation."""

    HR = "hr", _("HR")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")


class OrganisationKind(models.TextChoices):
    OWN_GROUP = "own_group", _("Own group")
    CLIENT = "client", _("Client")
    SUPPLIER = "supplier", _("Supplier")
    PUBLIC_BODY = "public_body", _("Public body")
    NON_PROFIT = "non_profit", _("Non-profit")
    ACADEMIC = "academic", _("Academic")
    OTHER = "other", _("Other")
