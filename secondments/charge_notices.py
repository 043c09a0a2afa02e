"""What people are told about what the host pays, and about expenses."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from people.models import Membership, Person
from people.notify import Message
from people.roles import Role
from secondments.models import Charge, Expense, Secondment
from secondments.notices import hr, message, still_here
from secondments.placement_notices import each


def who_charges(case: Secondment) -> list[Person]:
    """Finance of the seconder; where there is none, HR."""
    members = Membership.objects.current().filter(organisation=case.seconder_id, role=Role.FINANCE)
    found = [row.person for row in members.filter(person__is_active=True).select_related("person")]
    return [who for who in found if who.pk != case.secondee_id] or hr(case)


def charge_reminder(charge: Charge, what: str, to: Person) -> Message:
    """A period is over and can be invoiced, or an invoice is overdue."""
    case = charge.secondment
    words = {"title": case.title, "day": date_format(charge.last_day, "j F Y")}
    subject, sentence = {
        "ready": (_("To be invoiced: %(title)s"), _("The statement until %(day)s can be invoiced.")),
        "overdue": (_("Not paid yet: %(title)s"), _("The invoice for the time until %(day)s is overdue.")),
    }[what]
    return message(
        case,
        to,
        f"charge:{charge.first_day}:{charge.last_day}:{what}",
        subject % words,
        sentence % words,
        action=_("Open the statement"),
        path=charge.get_absolute_url(),
        about=f"charge:{case.pk}:{charge.number}:{what}",
    )


def expense_claimed(expense: Expense) -> None:
    case = expense.secondment
    each(
        case,
        who_charges(case),
        f"expense:{expense.pk}:claimed",
        _("An expense to approve: %(title)s") % {"title": case.title},
        _("The secondee claims an expense; the receipt is on the page."),
        path=expense.get_absolute_url(),
    )


def expense_decided(expense: Expense) -> None:
    case = expense.secondment
    answer = _("Your expense is approved") if expense.approved else _("Your expense is not approved")
    each(
        case,
        still_here(case, [case.secondee]),
        f"expense:{expense.pk}:decided",
        answer,
        _("It is about what you spent on %(day)s.") % {"day": date_format(expense.spent_on, "j F Y")},
        path=expense.get_absolute_url(),
    )
