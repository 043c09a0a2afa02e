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


# --- What a proposal says


class Category(models.TextChoices):
    """Between whom, as figures about secondments count them."""

    CROSS_DEPARTMENT = "cross_department", _("Between departments")
    INTER_ORGANISATION = "inter_organisation", _("Between organisations of a group or network")
    CLIENT_SUPPLIER = "client_supplier", _("With a client or supplier")
    PUBLIC_SECTOR = "public_sector", _("Within or with the public sector")
    NON_PROFIT = "non_profit", _("With a non-profit organisation")
    ACADEMIC = "academic", _("Research or academic")


class WorkType(models.TextChoices):
    REVIEW = "review", _("Review project")
    INITIATIVE = "initiative", _("New initiative")
    POLICY = "policy", _("Policy development")
    TASK = "task", _("A specific task")
    START_UP = "start_up", _("Start-up post")
    POST = "post", _("An existing post at the host")


class CountedIn(models.TextChoices):
    """How working time is agreed."""

    WEEK = "week", _("Hours per week")
    TOTAL = "total", _("Hours in all, within the period")


class Cover(models.TextChoices):
    """Who does the job at home meanwhile."""

    ACTING_UP = "acting_up", _("A colleague acts up")
    TEMPORARY = "temporary", _("A temporary employee")
    SPLIT = "split", _("The work is split among colleagues")
    VACANT = "vacant", _("The post stays vacant")
    NOT_NEEDED = "not_needed", _("No cover is needed")


class Funding(models.TextChoices):
    """Who bears the costs."""

    SECONDER = "seconder", _("The seconder bears all costs")
    HOST = "host", _("The host reimburses all costs")
    HOST_SALARY = "host_salary", _("The host reimburses salary and on-costs; the rest stays with the seconder")
    SHARED = "shared", _("Shared by a percentage")
    FIXED = "fixed", _("The host pays a fixed amount for the period")


class CostKind(models.TextChoices):
    ALLOWANCE = "allowance", _("Allowance")
    TRAVEL = "travel", _("Travel")
    TRAINING = "training", _("Training")
    RELOCATION = "relocation", _("Relocation")
    COVER = "cover", _("Cover for the post")
    OTHER = "other", _("Other")


class Basis(models.TextChoices):
    """For what an amount is given."""

    ONCE = "once", _("once")
    MONTH = "month", _("each month")
    WEEK = "week", _("each week")
    DAY = "day", _("each working day")


class BorneBy(models.TextChoices):
    AGREED = "agreed", _("as the funding says")
    SECONDER = "seconder", _("the seconder")
    HOST = "host", _("the host")


class Permit(models.TextChoices):
    NOT_NEEDED = "not_needed", _("Not needed")
    HELD = "held", _("Held already")
    APPLIED = "applied", _("Applied for")
    TO_APPLY = "to_apply", _("To be applied for")
    UNKNOWN = "unknown", _("Not clear yet")


class SocialSecurity(models.TextChoices):
    HOME = "home", _("Stays in the home system, with a certificate")
    HOST = "host", _("Moves to the system of the host country")
    UNKNOWN = "unknown", _("Not clear yet")


class Level(models.IntegerChoices):
    """How well somebody can do something."""

    NONE = 1, _("Not yet")
    BASIC = 2, _("With help")
    ABLE = 3, _("Alone")
    STRONG = 4, _("Well")
    EXPERT = 5, _("Teaches others")


class Support(models.TextChoices):
    """What a line manager thinks of an idea, before any decision."""

    FOR = "for", _("I support it")
    DEPENDS = "depends", _("It depends")
    AGAINST = "against", _("I do not support it")


# --- While the placement runs


class ConcernKind(models.TextChoices):
    """What a concern is about; any of them may become a reason to end early."""

    CONDUCT = "conduct", _("Conduct")
    PERFORMANCE = "performance", _("Performance of the work")
    SAFETY = "safety", _("Safety or wellbeing")
    LONG_ABSENCE = "long_absence", _("Long absence")
    CLEARANCE = "clearance", _("Loss of a clearance or registration")
    CONFLICT = "conflict", _("Conflict of interest")
    OTHER = "other", _("Something else")


class ConcernEnd(models.TextChoices):
    """What became of a concern."""

    NOTHING = "nothing", _("Nothing further is needed")
    SETTLED = "settled", _("Settled by talking")
    MEASURES = "measures", _("The seconder has acted")
    CHANGED = "changed", _("The placement is changed")
    ENDING = "ending", _("The placement ends early")


class LeaveKind(models.TextChoices):
    """Leave that is asked for; only the first is taken from the entitlement."""

    ANNUAL = "annual", _("Annual leave")
    STUDY = "study", _("Study leave")
    FAMILY = "family", _("Family leave")
    UNPAID = "unpaid", _("Unpaid leave")
    OTHER = "other", _("Other leave")


class AbsenceKind(models.TextChoices):
    """Absence that happens to somebody; nobody approves it."""

    SICKNESS = "sickness", _("Sickness")
    OTHER = "other", _("Other absence")


class Standing(models.TextChoices):
    """How an objective stands while the placement runs."""

    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")
    AT_RISK = "at_risk", _("At risk")
    DONE = "done", _("Done")


class Channel(models.TextChoices):
    """How home and the secondee were in touch."""

    MEETING = "meeting", _("Met")
    CALL = "call", _("Call or video")
    MESSAGE = "message", _("Message")
    EVENT = "event", _("Event at home")


# --- What the host is charged


class RechargeModel(models.TextChoices):
    """How what the host pays is counted."""

    NONE = "none", _("Nothing of the pay")
    FULL = "full", _("Salary, on-costs and all that the host bears")
    SALARY = "salary", _("Salary and on-costs")
    PERCENT = "percent", _("A percentage of salary and on-costs")
    FIXED = "fixed", _("A fixed amount for the placement")
    COVER = "cover", _("What the cover of the post costs beyond the salary")
    HOURS = "hours", _("By the hour, up to a cap each month")


class Frequency(models.TextChoices):
    """How often a statement is made."""

    MONTH = "month", _("each month")
    QUARTER = "quarter", _("each quarter")
    ONCE = "once", _("once, at the end")


class ChargeState(models.TextChoices):
    EXPECTED = "expected", _("Expected")
    INVOICED = "invoiced", _("Invoiced")
    PAID = "paid", _("Paid")


class ExpenseKind(models.TextChoices):
    TRAVEL = "travel", _("Travel")
    LODGING = "lodging", _("Lodging")
    MEALS = "meals", _("Meals")
    TRAINING = "training", _("Training")
    EQUIPMENT = "equipment", _("Equipment")
    OTHER = "other", _("Other")


# --- Beside and after the placement


class Rating(models.IntegerChoices):
    """An answer that can be compared across cases."""

    POOR = 1, _("Poor")
    WEAK = 2, _("Weak")
    FAIR = 3, _("Fair")
    GOOD = 4, _("Good")
    EXCELLENT = 5, _("Excellent")


class RoleBack(models.TextChoices):
    """To what somebody comes back."""

    SAME = "same", _("The same role")
    EQUIVALENT = "equivalent", _("An equivalent role")
    NEW = "new", _("A new role")


class SkillUse(models.TextChoices):
    """Whether what was learnt is used at home, some time afterwards."""

    MUCH = "much", _("Much of it")
    SOME = "some", _("Some of it")
    NONE = "none", _("None of it")


class CertificateKind(models.TextChoices):
    """Papers that somebody needs to work where they are lent to."""

    PERMIT = "permit", _("Work permit")
    VISA = "visa", _("Visa or residence permit")
    COVERAGE = "coverage", _("Certificate of social security coverage")
    DECLARATION = "declaration", _("Declaration of a posted worker")
    REGISTRATION = "registration", _("Professional registration")
    CLEARANCE = "clearance", _("Clearance or background check")
    INSURANCE = "insurance", _("Insurance")
    OTHER = "other", _("Something else")
