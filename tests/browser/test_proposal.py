"""Writing a proposal in real browsers: saved as one types, told when somebody else was there, at 320 pixels too."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from people.models import Person
from secondments.models import Secondment
from tests.browser import chromium
from tests.cast import Cast, fresh, member, person

SECTION = "work"  # role, hours and place


def window(browser: Browser, site: str, who: Person, width: int = 1280) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 800})
    chromium.sign_in(context, who, site)
    page = context.new_page()
    return page, chromium.watch(page)


def test_section_is_saved_as_one_types_and_the_panel_follows(browser: Browser, site: str, real_cast: Cast) -> None:
    case = real_cast.draft(weekly_hours=None, role_title="")
    page, console = window(browser, site, real_cast.hr, width=320)
    page.goto(f"{site}{case.get_absolute_url()}edit/{SECTION}/")
    expect(page.locator("#beside-title, #beside")).to_be_visible()
    page.get_by_label("Role at the host").press_sequentially("Planner", delay=15)
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_label("Hours per week").fill("many")
    expect(page.locator("#saved")).to_contain_text("kept as you typed it")
    assert fresh(case).role_title == "Planner"
    page.reload()
    assert page.get_by_label("Hours per week").input_value() == "many"
    expect(page.locator(".error-summary")).to_contain_text("This is not a number")
    page.get_by_label("Hours per week").fill("37,5")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", name="Purpose and benefits", level=1)).to_be_visible()
    assert str(fresh(case).weekly_hours) == "37.50"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (wide, console) == (0, [])
    page.context.close()


def test_two_browsers_at_once(browser: Browser, site: str, real_cast: Cast) -> None:
    case: Secondment = real_cast.draft()
    other = member(person("Olga Other"), real_cast.northwind, "hr")
    (mine, mine_said), (theirs, theirs_said) = (window(browser, site, who) for who in (real_cast.hr, other))
    for page in (mine, theirs):
        page.goto(f"{site}{case.get_absolute_url()}edit/purpose/")
    theirs.get_by_label("Purpose").fill("Theirs")
    expect(theirs.locator("#saved")).to_contain_text("Saved")
    mine.get_by_label("Purpose").fill("Mine")
    expect(mine.locator("#saved")).to_contain_text("Olga Other saved this section meanwhile")
    assert fresh(case).purpose == "Theirs"
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.get_by_text("What the other has saved")).to_be_visible()
    expect(mine.locator("dd.text")).to_have_text("Theirs")
    assert mine.get_by_label("Purpose").input_value() == "Mine"
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.get_by_text("“Purpose and benefits” is saved.")).to_be_visible()
    assert fresh(case).purpose == "Mine"
    assert mine_said == theirs_said == []
    for page in (mine, theirs):
        page.context.close()
