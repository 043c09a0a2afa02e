from secondments.models.absence import Absence
from secondments.models.acting_as import ActingAs
from secondments.models.appeal import Appeal
from secondments.models.attachment import Attachment
from secondments.models.case_part import CasePart
from secondments.models.certificate import Certificate, Trip
from secondments.models.checkin import CheckIn, CheckInProgress
from secondments.models.checklist import ChecklistItem, Evidence
from secondments.models.concern import Concern, ConcernAction
from secondments.models.cost_item import CostItem
from secondments.models.decision import Decision
from secondments.models.deputy import Deputy
from secondments.models.early_end import EarlyEnd
from secondments.models.estimate import Estimate
from secondments.models.evaluation import Evaluation, ObjectiveResult, SkillResult
from secondments.models.expense import Expense
from secondments.models.idea import Idea
from secondments.models.induction import Induction, InductionStep
from secondments.models.leave import Leave, LeaveAccount
from secondments.models.objective import Objective
from secondments.models.override import Override
from secondments.models.proposal import Proposal
from secondments.models.question import Question
from secondments.models.recharge import Charge, HoursWorked, RechargeTerms
from secondments.models.reorganisation import Reorganisation
from secondments.models.return_plan import FollowUp, ReturnPlan
from secondments.models.secondment import Secondment
from secondments.models.skill import Skill
from secondments.models.submission import Submission
from secondments.models.template import Template
from secondments.models.touch import News, Touch
from secondments.models.usual_item import UsualItem
from secondments.models.wish import Wish

__all__ = [
    "Absence",
    "ActingAs",
    "Appeal",
    "Attachment",
    "CasePart",
    "Certificate",
    "Charge",
    "CheckIn",
    "CheckInProgress",
    "ChecklistItem",
    "Concern",
    "ConcernAction",
    "CostItem",
    "Decision",
    "Deputy",
    "EarlyEnd",
    "Estimate",
    "Evaluation",
    "Evidence",
    "Expense",
    "FollowUp",
    "HoursWorked",
    "Idea",
    "Induction",
    "InductionStep",
    "Leave",
    "LeaveAccount",
    "News",
    "Objective",
    "ObjectiveResult",
    "Override",
    "Proposal",
    "Question",
    "RechargeTerms",
    "Reorganisation",
    "ReturnPlan",
    "Secondment",
    "Skill",
    "SkillResult",
    "Submission",
    "Template",
    "Touch",
    "Trip",
    "UsualItem",
    "Wish",
]
