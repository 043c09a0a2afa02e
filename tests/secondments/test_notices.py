"""What people are told about a case, and that long names stop nothing."""

from __future__ import annotations

import pytest

from people.models import Notice
from secondments import transitions
from secondments.actions import decisions
from tests.cast import Cast


def told(about: str) -> dict[str, list[str]]:
    """Who got which subject since the start, by name."""
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(key__contains=about).select_related("recipient").order_by("pk"):
        found.setdefault(notice.recipient.full_name, []).append(notice.subject)
    return found


def test_three_are_asked_to_decide(cast: Cast) -> None:
    cast.proposal()
    assert told("decision:") == {
        "Tom Berg": ["Release Ana Duarte for a secondment?"],
        "Ana Duarte": ["Would you like to be seconded to Contoso sp. z o.o.?"],
        "Łukasz Żółkowski": ["Would Contoso sp. z o.o. like to host Ana Duarte?"],
    }


def test_refusal_of_the_secondee_is_told_without_its_reason(cast: Cast) -> None:
    case = cast.proposal()
    consent = case.decisions.get(kind="consent")
    decisions.decide(consent, by=cast.secondee, verdict=False, reason="My mother is ill")
    assert "mother" not in " ".join(f"{n.subject} {n.sentences}" for n in Notice.objects.all())
    assert sorted(told(":decline:")) == ["Dora Rex", "Hanna Reed", "Tom Berg", "Łukasz Żółkowski"]


def test_open_decisions_are_called_off_when_one_declines(cast: Cast) -> None:
    cast.declined()
    assert set(Notice.objects.filter(key__startswith="decision:").values_list("cancelled_at", flat=True)) != {None}
    assert not Notice.objects.filter(Notice.OPEN, key__startswith="decision:").exists()


def test_withdrawn_draft_is_told_to_nobody(cast: Cast) -> None:
    transitions.perform(cast.draft(), "withdraw", by=cast.hr, reason="Called off")
    assert Notice.objects.count() == 0


def test_withdrawal_is_told_to_everybody_but_who_withdrew(cast: Cast) -> None:
    cast.withdrawn()
    assert sorted(told(":withdraw:")) == ["Ana Duarte", "Dora Rex", "Tom Berg", "Łukasz Żółkowski"]


@pytest.mark.parametrize("name", ["hr", "secondee", "manager", "contact"])
def test_case_of_people_with_the_longest_names_goes_its_way(cast: Cast, name: str) -> None:
    somebody = cast.people[name]
    somebody.full_name = "N" * 200
    somebody.email = f"{'n' * 60}@{'example.' * 20}org"
    somebody.save()
    assert cast.agreement_case().state == "agreement"


def test_case_of_a_host_with_the_longest_name_goes_its_way(cast: Cast) -> None:
    cast.contoso.legal_name = "C" * 200
    cast.contoso.save()
    assert cast.agreement_case().state == "agreement"
