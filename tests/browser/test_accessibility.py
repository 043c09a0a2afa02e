"""No axe violation on any page that each role can reach, light and dark, wide and narrow."""

from __future__ import annotations

from typing import Literal

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from playwright.sync_api import Browser, Page

from people.models import Person
from tests import markers
from tests.browser import chromium
from tests.cast import Cast, fresh, on, person

LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 320)]
SEEN_DARK: set[str] = set()  # kinds of page that somebody has looked at dark and narrow: once is enough for the look
JUDGED: set[tuple[str, str, int, str]] = set()  # kind of page, scheme, width and shape of what axe has seen
# Once the page has followed the scheme, which it does by a script: scheme, width, and by how much it is too wide.
MEASURE = """async () => {
    const page = document.documentElement;
    const scheme = () => matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    while (page.dataset.bsTheme !== scheme()) await new Promise(requestAnimationFrame);
    return [scheme(), innerWidth, page.scrollWidth - page.clientWidth];
}"""


@pytest.fixture
def busy_cast(real_cast: Cast) -> Cast:
    """Cases in many states, so that links lead to many pages."""
    real_cast.draft()
    real_cast.proposal(is_full_time=False, weekly_hours=1)
    real_cast.issued(real_cast.agreement_case(is_full_time=False, weekly_hours=2))
    real_cast.approved(real_cast.agreement_case(is_full_time=False, weekly_hours=3))
    real_cast.shared(real_cast.agreement_case(is_full_time=False, weekly_hours=4))
    real_cast.people["administrator"] = administrator()
    return real_cast


def administrator() -> Person:
    """Who runs the installation, with the second factor without which nothing is shown."""
    who = person("Ada Min", is_administrator=True)
    Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={"secret": "none"})
    return who


@pytest.mark.parametrize("role", ["hr", "secondee", "contact", "manager", "finance", "administrator", None])
def test_pages_without_violation(browser: Browser, site: str, busy_cast: Cast, role: str | None) -> None:
    names: set[str] = set()
    complaints: list[str] = []
    context = browser.new_context(reduced_motion="reduce")
    if role:
        chromium.sign_in(context, busy_cast.people[role], site)
    page = context.new_page()
    console = chromium.watch(page)
    look(page, *LOOKS[0])
    for name, address in chromium.crawl(page, site):
        names.add(name)
        complaints += faults(page, name, address)
        if name not in SEEN_DARK:
            SEEN_DARK.add(name)
            look(page, *LOOKS[1])
            complaints += faults(page, name, address)
            look(page, *LOOKS[0])
    context.close()
    assert complaints + console == []
    assert len(names) >= (10 if role == "hr" else 3)


@pytest.mark.parametrize("role", ["hr", "secondee", "contact"])
def test_pages_of_placements_without_violation(browser: Browser, site: str, real_cast: Cast, role: str) -> None:
    """A placement that runs, with something on each of its pages; and one that is looked back upon."""
    where = {"work_country": "PL", "permit": "held", "social_security": "home"}
    running = real_cast.active(kind="international", is_full_time=False, weekly_hours=1, proposal=where)
    with on(running.start_on), transaction.atomic():
        markers.while_away(real_cast, fresh(running))
    review = real_cast.in_review(is_full_time=False, weekly_hours=2)
    names: set[str] = set()
    complaints: list[str] = []
    context = browser.new_context(reduced_motion="reduce")
    chromium.sign_in(context, real_cast.people[role], site)
    page = context.new_page()
    for start in (running.get_absolute_url(), f"{review.get_absolute_url()}review/", "/away/", "/people-with-us/"):
        look(page, *LOOKS[0])
        for name, address in chromium.crawl(page, site, start=start, below=start):
            names.add(name)
            complaints += faults(page, name, address)
            if name not in SEEN_DARK:
                SEEN_DARK.add(name)
                look(page, *LOOKS[1])
                complaints += faults(page, name, address)
                look(page, *LOOKS[0])
    context.close()
    assert complaints == []
    assert {"wishes", "wish", "induction", "return_plan", "reorganisations", "leaves", "concerns", "review"} <= names


def look(page: Page, scheme: Literal["light", "dark"], width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})


def faults(page: Page, name: str, address: str) -> list[str]:
    """What is wrong with the page as it looks now. Of pages of one kind that are made alike axe is asked once."""
    scheme, width, overflow = page.evaluate(MEASURE)
    found = [f"{address} at {width}: wider than the window by {overflow} px"] if overflow > 0 else []
    made = (name, scheme, width, chromium.shape(page))
    if made not in JUDGED:
        found += chromium.violations(page)
        JUDGED.add(made)
    return found


def test_axe_sees_a_fault(browser: Browser, site: str, real_cast: Cast) -> None:
    """The negative control: an image without a name is found."""
    page = browser.new_page()
    page.goto(f"{site}/verify/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\">')")
    assert [line for line in chromium.violations(page) if "image-alt" in line]
    page.close()
