"""Template tags: how a cell of a table of numbers reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from people.templatetags.ui import figure


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 11, 2), "2 Nov 2026"),
        (Decimal("3416.6667"), "3,416.6667"),
        (Decimal("12345.50"), "12,345.50"),
        (Decimal("2.60000000"), "2.60"),
        (Decimal("0.59090909"), "0.59090909"),
        (Decimal("-140.00"), "-140.00"),
        (Decimal(1), "1"),
        (22, "22"),
        ("Salary", "Salary"),
        ("", ""),
    ],
)
def test_figures_keep_their_places_and_part_their_thousands(value: object, shown: str) -> None:
    assert strip_tags(figure(value)) == shown
