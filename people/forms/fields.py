"""Fields that read what people type and paste: 4/5/2026, 4 May 2026 and 46146 are days, 37,5 is a number."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.forms.base import DateInput
from people.imports import cells

EXCEL = date(1899, 12, 30)  # day 0 of spreadsheets, for days after February 1900
EARLIEST, LATEST = date(1990, 1, 1), date(2079, 12, 31)
SERIAL = re.compile(r"[2-7]\d{4}")  # 1954 to 2119


class DayField(forms.DateField):
    """A day, also as it is copied out of a spreadsheet or a letter; the day stands before the month."""

    default_error_messages = {
        "invalid": _("This is not a day of the calendar; write it as 2026-05-04 or 4 May 2026."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            value = value.strip()
            if SERIAL.fullmatch(value):
                return EXCEL + timedelta(days=int(value))
            value = cells.day(value)
        found = super().to_python(value)
        if found and not EARLIEST <= found <= LATEST:
            raise forms.ValidationError(_("Is this year right? Give a day between 1990 and 2079."))
        return found


class NumberField(forms.DecimalField):
    """A number with a point or a comma; ``money`` reads one mark before three digits as grouping: 1,500 is 1500."""

    default_error_messages = {"invalid": _("This is not a number; write for instance 37.5.")}
    widget = forms.TextInput

    def __init__(self, *, money: bool = False, **kwargs: Any) -> None:
        self.money = money
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = cells.number(re.sub(r"[£€$%]", "", value), thousands=self.money) if value.strip() else ""
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """37.50 as 37.5, 40.00 as 40: as people write it."""
        if hasattr(value, "normalize"):
            return f"{value.normalize():f}" if not self.money else f"{value:.2f}"
        return value
