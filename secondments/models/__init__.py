from secondments.models.absence import Absence
from secondments.models.acting_as import ActingAs
from secondments.models.appeal import Appeal
from secondments.models.attachment import Attachment
from secondments.models.case_part import CasePart
from secondments.models.checkin import CheckIn, CheckInProgress
from secondments.models.checklist import ChecklistItem, Evidence
from secondments.models.concern import Concern, ConcernAction
from secondments.models.cost_item import CostItem
from secondments.models.decision import Decision
from secondments.models.deputy import Deputy
from secondments.models.estimate import Estimate
from secondments.models.evaluation import Evaluation, ObjectiveResult
from secondments.models.expense import Expense
from secondments.models.idea import Idea
from secondments.models.leave import Leave, LeaveAccount
from secondments.models.objective import Objective
from secondments.models.override import Override
from secondments.models.proposal import Proposal
from secondments.models.question import Question
from secondments.models.recharge import Charge, HoursWorked, RechargeTerms
from secondments.models.secondment import Secondment
from secondments.models.skill import Skill
from secondments.models.submission import Submission
from secondments.models.template import Template
from secondments.models.touch import News, Touch
from secondments.models.usual_item import UsualItem

__all__ = [
    "Absence",
    "ActingAs",
    "Appeal",
    "Attachment",
    "CasePart",
    "Charge",
    "CheckIn",
    "CheckInProgress",
    "ChecklistItem",
    "Concern",
    "ConcernAction",
    "CostItem",
    "Decision",
    "Deputy",
    "Estimate",
    "Evaluation",
    "Evidence",
    "Expense",
    "HoursWorked",
    "Idea",
    "Leave",
    "LeaveAccount",
    "News",
    "Objective",
    "ObjectiveResult",
    "Override",
    "Proposal",
    "Question",
    "RechargeTerms",
    "Secondment",
    "Skill",
    "Submission",
    "Template",
    "Touch",
    "UsualItem",
]
