from secondments.models.checkin import CheckIn
from secondments.models.checklist import ChecklistItem
from secondments.models.decision import Decision
from secondments.models.evaluation import Evaluation, ObjectiveResult
from secondments.models.objective import Objective
from secondments.models.secondment import Secondment

__all__ = [
    "CheckIn",
    "ChecklistItem",
    "Decision",
    "Evaluation",
    "Objective",
    "ObjectiveResult",
    "Secondment",
]
