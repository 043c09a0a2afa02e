"""What people are told about what the host pays, and about expenses."""

from __future__ import annotations

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from people.models import Membership, Person
from people.notify import Message
from people.roles import Role
from secondments.models import Charge, Expense, RechargeTerms, Secondment
from secondments.notices import hr, message, still_here
from secondments.placement_notices import each


def who_charges(case: Secondment) -> list[Person]:
    """Finance of the seconder; where there is none, HR."""
    members = Membership.objects.current().filter(organisation=case.seconder_id, role=Role.FINANCE)
    found = [row.person for row in members.filter(person__is_active=True).select_related("person")]
    return [who for who in found if who.pk != case.secondee_id] or hr(case)


def charge_reminder(charge: Charge, what: str, to: Person) -> Message:
    """A period is over and can be invoiced, was over a month ago and is not, or an invoice is overdue."""
    case = charge.secondment
    words = {"title": case.title, "day": date_format(charge.last_day, "j F Y")}
    subject, sentence = {
        "ready": (_("To be invoiced: %(title)s"), _("The statement until %(day)s can be invoiced.")),
        "waiting": (
            _("Still not invoiced: %(title)s"),
            _("The time until %(day)s has been over for a month and is not invoiced."),
        ),
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


def terms_changed(case: Secondment, terms: RechargeTerms, what: str, by: Person) -> None:
    """Whoever pays, or speaks for who does, hears that it is counted otherwise; amounts are on the page."""
    people = [*still_here(case, [case.host_contact, case.line_manager]), *who_charges(case)]
    each(
        case,
        [who for who in people if who.pk != by.pk],
        f"charge-terms:{terms.set_at:%Y%m%d%H%M%S%f}",
        _("What the host pays is counted otherwise: %(title)s") % {"title": case.title},
        _("%(who)s has changed: %(what)s.") % {"who": by, "what": what},
        _("It has to follow what all three have signed. What was invoiced stays; the next statement corrects it."),
        path=f"{case.get_absolute_url()}costs/",
    )


def handed(case: Secondment, terms: RechargeTerms, by: Person) -> None:
    """Finance follows what is not paid from now on; what they are to know is on the page."""
    each(
        case,
        [who for who in who_charges(case) if who.pk != by.pk],
        f"charges-handed:{terms.handed_at:%Y%m%d%H%M%S}",
        _("Yours to follow now: %(title)s") % {"title": case.title},
        _("%(who)s has handed you what the host has not paid yet. What you are to know is on the page.") % {"who": by},
        path=f"{case.get_absolute_url()}costs/",
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
        _("It is about the %(amount)s that you spent on %(day)s.")
        % {
            "amount": number_format(expense.amount, 2, force_grouping=True),
            "day": date_format(expense.spent_on, "j F Y"),
        },
        path=expense.get_absolute_url(),
    )
