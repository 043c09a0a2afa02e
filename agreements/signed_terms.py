"""What a signed paper says that the case then goes by: from when on, what the host is charged, the post at home."""

from __future__ import annotations

from datetime import date
from typing import Any

from agreements import guards
from agreements.models import Agreement
from secondments.choices import Frequency

HOW_OFTEN = {"monthly": Frequency.MONTH, "quarterly": Frequency.QUARTER, "once,": Frequency.ONCE}
TAX = (("tax_treatment", "treatment", 200), ("tax_reason", "decided_by", 300))  # and how much of it is kept


def effective_on(variation: Agreement) -> date | None:
    """From which day on a variation counts, as it says itself; None where it is on paper of one's own."""
    return _day(guards.Look(variation).value("variation", "effective"))


def protected_until(paper: Agreement) -> date | None:
    """Until when the post at home is protected; None where the paper does not say it as a day."""
    return _day(guards.Look(paper).value("return_reintegration", "protected_until"))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def of_recharge(paper: Agreement) -> dict[str, Any]:
    """How often, paid by when, suspended after how long an illness, VAT: as its clauses answer; nothing else.

    A variation answers only what it changes. What is free text (the share, the limit) is HR's to enter.
    """
    look = guards.Look(paper)
    found: dict[str, Any] = {}
    if often := HOW_OFTEN.get(look.value("cost_recharge", "frequency").partition(" ")[0]):
        found["frequency"] = often
    if (days := look.value("cost_recharge", "payment_days")).isdecimal():
        found["payment_days"] = int(days)
    if (weeks := look.value("sickness_absence", "recharge_weeks")).isdecimal():
        found |= {"suspends_absence": True, "sickness_charged_days": 7 * int(weeks)}
    for name, parameter, most in TAX:
        if text := look.value("vat_treatment", parameter):
            found[name] = text[:most]
    return found
