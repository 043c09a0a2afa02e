"""A passkey in a real browser with a virtual device: made, asked for after the code, and used to confirm."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page

from people.delivery import deliver
from people.models import Person
from people.sessions import BEGAN, CONFIRMED
from tests.browser import chromium
from tests.cast import Cast

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(context: BrowserContext) -> Page:
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def sign_in_by_code(page: Page, site: str, person: Person) -> None:
    page.goto(f"{site}/sign-in/")
    page.fill("input[name=email]", person.email)
    page.click("main button")
    page.wait_for_url("**/sign-in/code/**")
    deliver()
    page.fill("input[name=code]", _code(person))
    page.click("main button")


def _code(person: Person) -> str:
    from django.core import mail

    letters = [letter for letter in mail.outbox if person.email in letter.to and "code" in letter.subject]
    return re.search(r"\d{6}", letters[-1].subject)[0]


def test_passkey_from_making_to_confirming(browser: Browser, site: str, real_cast: Cast) -> None:
    context = browser.new_context()
    page = with_device(context)
    console = chromium.watch(page)
    sign_in_by_code(page, site, real_cast.hr)
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/security/passkey/")
    page.fill("input[name=name]", "Work laptop")
    page.click("text=Make the passkey")
    page.wait_for_selector("text=Your recovery codes")
    assert Authenticator.objects.filter(user=real_cast.hr, type="webauthn").count() == 1
    page.click("text=Sign out")
    sign_in_by_code(page, site, real_cast.hr)
    page.wait_for_url("**/sign-in/second-factor/")
    page.goto(f"{site}/secondments/")
    assert "/sign-in/" in page.url
    page.goto(f"{site}/sign-in/second-factor/")
    page.click("text=Use a passkey")
    page.wait_for_url(f"{site}/")
    grow_old(context)
    page.goto(f"{site}/security/password/")
    assert "/confirm/" in page.url
    page.click("text=Use a passkey")
    page.wait_for_url(f"{site}/security/password/")
    assert console == []
    context.close()


def grow_old(context: BrowserContext) -> None:
    """As if the session had been signed in to an hour ago."""
    key = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "sessionid")
    change(key, **{CONFIRMED: 3600, BEGAN: 3600})


def change(key: str, **ago: float) -> None:
    row = Session.objects.get(session_key=key)
    held = row.get_decoded()
    for name, seconds in ago.items():
        held[name] = datetime.now(UTC).timestamp() - seconds
    row.session_data = Session.get_session_store_class()().encode(held)
    row.expire_date = datetime.now(UTC) + timedelta(hours=1)
    row.save()


def test_without_the_device_the_page_says_so(browser: Browser, site: str, real_cast: Cast) -> None:
    context = browser.new_context()
    chromium.sign_in(context, real_cast.hr, site)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")  # an environment without any device
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    page.goto(f"{site}/security/passkey/")
    page.fill("input[name=name]", "Phone")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no device')); }")
    page.click("text=Make the passkey")
    page.wait_for_selector("text=Your device gave no passkey. Try again.")
    assert page.input_value("input[name=name]") == "Phone"
    context.close()


def test_warning_before_the_session_ends_and_staying(browser: Browser, site: str, real_cast: Cast, settings) -> None:
    settings.SESSION_IDLE_MINUTES = 2  # so that the warning comes at once
    context = browser.new_context()
    chromium.sign_in(context, real_cast.hr, site)
    page = context.new_page()
    console = chromium.watch(page)
    page.goto(f"{site}/profile/")
    page.evaluate("() => { document.querySelector('input[name=phone]').value = '0113'; }")  # typed before the warning
    page.wait_for_selector("dialog[open]", timeout=20_000)
    assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
    assert chromium.violations(page) == []
    settings.SESSION_IDLE_MINUTES = 30
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog", state="hidden")
    assert page.input_value("input[name=phone]") == "0113"
    assert console == []
    context.close()
