from secondments.models.acting_as import ActingAs
from secondments.models.case_part import CasePart
from secondments.models.checkin import CheckIn
from secondments.models.checklist import ChecklistItem
from secondments.models.decision import Decision
from secondments.models.deputy import Deputy
from secondments.models.evaluation import Evaluation, ObjectiveResult
from secondments.models.objective import Objective
from secondments.models.secondment import Secondment

__all__ = [
    "ActingAs",
    "CasePart",
    "CheckIn",
    "ChecklistItem",
    "Decision",
    "Deputy",
    "Evaluation",
    "Objective",
    "ObjectiveResult",
    "Secondment",
]
