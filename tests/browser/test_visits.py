"""Visits in a real browser: the host contact from mail to signature, by keyboard, and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Thread

import pytest
from django.core import mail
from django.db import connection
from playwright.sync_api import Browser, Page

from agreements import documents
from agreements.models import Agreement
from people.delivery import deliver
from people.models import Person
from tests.browser import chromium
from tests.cast import Cast, fresh

pytestmark = pytest.mark.usefixtures("site")


def newest(person: Person, words: str) -> str:
    """The subject and body of the newest mail to somebody."""
    deliver()
    letters = [m for m in mail.outbox if person.email in m.to and words in m.subject]
    return f"{letters[-1].subject}\n{letters[-1].body}"


def follow_mail(page: Page, person: Person, words: str) -> None:
    """Open the link of a mail and sign in with the code that comes."""
    page.goto(re.search(r"http://\S+", newest(person, words))[0])
    if "/sign-in/" in page.url:
        page.fill("input[name=email]", person.email)
        page.click("main button")
        page.wait_for_url("**/sign-in/code/**")
        page.fill("input[name=code]", re.search(r"\d{6}", newest(person, "code to sign in"))[0])
        page.click("main button")
        page.wait_for_url(re.compile("/(secondments|invitations)/"))


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_host_contact_from_mail_to_decision(browser: Browser, real_cast: Cast, with_script: bool) -> None:
    case = real_cast.proposal()
    context = browser.new_context(java_script_enabled=with_script)
    page = context.new_page()
    console = chromium.watch(page)
    follow_mail(page, real_cast.contact, "like to host")
    page.click("text=Go on")  # the first page of somebody who was never here
    page.wait_for_url("**/decide/acceptance/")
    page.click("main button:has-text('Decline')")  # without a reason
    page.wait_for_selector("text=Say why you decline")
    page.click("main button:has-text('Accept')")
    page.wait_for_selector("text=your decision is recorded")
    assert case.decisions.get(kind="acceptance").verdict is True
    assert console == []
    context.close()


def test_decision_by_keyboard_alone(browser: Browser, site: str, real_cast: Cast) -> None:
    case = real_cast.proposal()
    context = browser.new_context()
    chromium.sign_in(context, real_cast.manager, site)
    page = context.new_page()
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Read and decide"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/decide/release/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Release":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=your decision is recorded")
    assert case.decisions.get(kind="release").verdict is True
    context.close()


def test_signing_in_the_browser(browser: Browser, real_cast: Cast, tmp_path: Path) -> None:
    """Each signatory reads the very file, gets a code and signs; the sealed file verifies by dropping it."""
    case = real_cast.agreement_case()
    from agreements import signing

    signing.issue(real_cast.approved(case), by=real_cast.hr)
    make_documents()
    for person in (case.secondee, case.host_signatory, case.seconder_signatory):
        context = browser.new_context()
        page = context.new_page()
        console = chromium.watch(page)
        come_by_link(page, person)
        page.wait_for_load_state("networkidle")
        if person == case.host_signatory:
            draw(page)
        page.click("text=Send me a code")
        page.wait_for_selector("text=A code is on its way")
        page.check("input[name=agrees]")
        page.fill("input[name=signed_name]", person.full_name)
        page.fill("input[name=code]", re.search(r"\d{6}", newest(person, "code to sign S-"))[0])
        page.click("button:has-text('Sign the agreement')")
        page.wait_for_selector("text=You have signed. Thank you.")
        assert console == []
        context.close()
    make_documents()
    agreement = Agreement.objects.select_related("sealed_copy").get(secondment=case)
    assert fresh(case).state == "agreed"
    strokes = {s.slot.party: len(s.drawing) for s in agreement.signatures.select_related("slot")}
    assert strokes == {"secondee": 0, "host": 1, "seconder": 0}
    verify_by_upload(browser, bytes(agreement.sealed_copy.content), tmp_path, page_url=page.url)


def come_by_link(page: Page, person: Person) -> None:
    """The link of the mail, its one button, and signing in where that is asked for."""
    page.goto(re.search(r"http://\S+/sign/\w+/", newest(person, "Sign: "))[0])
    assert person.full_name not in page.content()
    page.click("main form button")
    page.wait_for_url("**/sign-in/**")
    page.fill("input[name=email]", person.email)
    page.click("main button")
    page.wait_for_url("**/sign-in/code/**")
    page.fill("input[name=code]", re.search(r"\d{6}", newest(person, "code to sign in"))[0])
    page.click("main button")
    page.wait_for_url("**/agreement/sign/")


def draw(page: Page) -> None:
    """One stroke with the mouse."""
    field = page.locator(".signature-pad svg")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=8)
    page.mouse.up()


def make_documents() -> None:
    """What the worker does; in a thread of its own, as this one runs Playwright's loop."""

    def make() -> None:
        documents.make_pending()
        connection.close()

    worker = Thread(target=make)
    worker.start()
    worker.join()


def verify_by_upload(browser: Browser, sealed: bytes, folder: Path, page_url: str) -> None:
    site = page_url.partition("/secondments/")[0]
    page = browser.new_page()
    for content, answer in ((sealed, "Genuine."), (sealed[:-1] + b"x", "Altered."), (b"%PDF-", "Unknown.")):
        path = folder / "agreement.pdf"
        path.write_bytes(content)
        page.goto(f"{site}/verify/")
        page.set_input_files("input[type=file]", path)
        # Only the fingerprint is sent: it tells a genuine file, and of any other that it is not known.
        page.wait_for_selector("text=Genuine." if answer == "Genuine." else "text=No agreement has this fingerprint")
        page.click("text=Verify the file")
        page.wait_for_selector(f"text={answer}")
    page.close()
