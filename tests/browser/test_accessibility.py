"""No axe violation on any page that each role can reach, light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser

from people.models import Person
from tests.browser import chromium
from tests.cast import Cast, person

LOOKS = [("light", 1280), ("dark", 320)]
SEEN_DARK: set[str] = set()  # kinds of page that somebody has looked at dark and narrow: once is enough for the look


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
    pages: dict[str, str] = {}
    complaints: list[str] = []
    for scheme, width in LOOKS:
        is_first = scheme == "light"
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        if role:
            chromium.sign_in(context, busy_cast.people[role], site)
        page = context.new_page()
        console = chromium.watch(page)
        # The first look finds the pages, the others visit the same.
        again = [(name, address) for name, address in pages.items() if name not in SEEN_DARK]
        for name, address in chromium.crawl(page, site) if is_first else again:
            if not is_first:
                chromium.visit(page, address)
                SEEN_DARK.add(name)
            pages.setdefault(name, address)
            complaints += chromium.violations(page)
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                complaints.append(f"{address} at {width}: wider than the window by {overflow} px")
        complaints += console
        context.close()
    assert complaints == []
    assert len(pages) >= (10 if role == "hr" else 3)


def test_axe_sees_a_fault(browser: Browser, site: str, real_cast: Cast) -> None:
    """The negative control: an image without a name is found."""
    page = browser.new_page()
    page.goto(f"{site}/verify/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/x.png\">')")
    assert [line for line in chromium.violations(page) if "image-alt" in line]
    page.close()
