"""Words of the trade that models, forms and policies share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INTERNAL = "internal", _("Internal – another department")
    EXTERNAL = "external", _("External – another organisation")
    INTERNATIONAL = "international", _("International – another country")


class Part(models.TextChoices):
    """What somebody is in one case; all access follows from it (see docs/developers.md)."""

    HR_SECONDER = "hr_seconder", _("HR of the seconder")
    FINANCE_SECONDER = "finance_seconder", _("Finance of the seconder")
    VIEWER_SECONDER = "viewer_seconder", _("Viewer at the seconder")
    SECONDEE = "secondee", _("Secondee")
    LINE_MANAGER = "line_manager", _("Line manager")
    HOST_CONTACT = "host_contact", _("Host contact")
    HOST_SUPERVISOR = "host_supervisor", _("Supervisor at the host")
    HR_HOST = "hr_host", _("HR of the host")
    FINANCE_HOST = "finance_host", _("Finance of the host")
    VIEWER_HOST = "viewer_host", _("Viewer at the host")
    SIGNATORY_HOST = "signatory_host", _("Signatory of the host")
    SIGNATORY_SECONDER = "signatory_seconder", _("Signatory of the seconder")


# Parts that a person is named for in a case, and the column of the case that says who; supervisors have none.
COLUMN_OF = {
    Part.SECONDEE: "secondee_id",
    Part.LINE_MANAGER: "line_manager_id",
    Part.HOST_CONTACT: "host_contact_id",
    Part.SIGNATORY_HOST: "host_signatory_id",
    Part.SIGNATORY_SECONDER: "seconder_signatory_id",
}
NAMED = frozenset({*COLUMN_OF, Part.HOST_SUPERVISOR})
HOST_SIDE = (Part.HOST_CONTACT, Part.HOST_SUPERVISOR, Part.SIGNATORY_HOST)
# Parts in which a deputy can act; consent and the secondee's own words are nobody else's to give.
DEPUTISED = (Part.LINE_MANAGER, Part.HOST_CONTACT, Part.SIGNATORY_HOST, Part.SIGNATORY_SECONDER)


class Party(models.TextChoices):
    """The three parties, and the line manager who speaks for the seconder in a review."""

    SECONDER = "seconder", _("Seconder")
    SECONDEE = "secondee", _("Secondee")
    HOST = "host", _("Host")
    LINE_MANAGER = "line_manager", _("Line manager")


class DecisionKind(models.TextChoices):
    RELEASE = "release", _("Release by the line manager")
    CONSENT = "consent", _("Consent of the secondee")
    ACCEPTANCE = "acceptance", _("Acceptance by the host")


class Going(models.IntegerChoices):
    """How a placement goes, as a check-in says it."""

    BADLY = 1, _("Badly")
    WITH_DIFFICULTY = 2, _("With difficulty")
    FAIRLY = 3, _("Fairly well")
    WELL = 4, _("Well")
    VERY_WELL = 5, _("Very well")


LOW = frozenset({Going.BADLY, Going.WITH_DIFFICULTY})


class Result(models.TextChoices):
    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT_MET = "not_met", _("Not met")


class Outcome(models.TextChoices):
    SAME_ROLE = "same_role", _("Returned to the same role")
    OTHER_ROLE = "other_role", _("Returned to another role")
    PROMOTED = "promoted", _("Returned with a promotion")
    JOINED_HOST = "joined_host", _("Joined the host")
    LEFT = "left", _("Left")
    OTHER = "other", _("Other")


class ListKind(models.TextChoices):
    OUTWARD = "outward", _("Before leaving the home post")
    INWARD = "inward", _("Before arriving at the host")
    RETURN = "return", _("Coming back")
