"""What changed since somebody last looked at the terms."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from agreements import approving, negotiation
from people.models import Person
from tests.cast import Cast

TITLE = "What changed since you last looked (version {})"


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_stays_until_they_have_approved_what_is_new(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    case = cast.agreement_case()
    first = cast.shared(case).current
    assert first
    client, path = sign_in(cast.contact), f"{case.get_absolute_url()}agreement/"
    title = TITLE.format(first.number)
    assert title not in shown(client, path)
    negotiation.edit_clause(
        cast.paper(case), by=cast.hr, key="place_of_work", values={"remote_days": "4"}, wording=[], note="Asked for.",
        seen_version=first.number,
    )  # fmt: skip
    for _look in range(2):  # a second look does not take it away
        page = shown(client, path).partition(title)[2]
        assert "Place of work" in page.partition("</section>")[0]
    newer = cast.paper(case).current
    assert newer
    approving.approve(cast.paper(case), by=cast.contact, content_hash=newer.content_hash)
    assert title not in shown(client, path)


def test_is_gone_when_the_paper_is_out(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    case = cast.agreement_case()
    first = cast.shared(case).current
    assert first
    client, path = sign_in(cast.manager), f"{case.get_absolute_url()}agreement/"
    client.get(path)
    negotiation.edit_clause(
        cast.paper(case), by=cast.hr, key="place_of_work", values={"remote_days": "4"}, wording=[], note="Asked for.",
        seen_version=first.number,
    )  # fmt: skip
    assert TITLE.format(first.number) in shown(client, path)
    cast.issued(case)
    assert TITLE.format(first.number) not in shown(client, path)
