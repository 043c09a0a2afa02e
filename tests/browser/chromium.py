"""Debian's Chromium, driven by Playwright: for the browser tests and for `make screenshots`."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from people.models import Person
from people.sessions import BEGAN, CONFIRMED, SEEN

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these Chromium calls home, which takes long where there is no network; root needs the first.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_PAGES = {"agreement_pdf", "seal_certificate", "import_example", "demo_attachment", "agreement_panel", "data_copy"}


def executable() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def running() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        yield browser
        browser.close()


def sign_in(context: BrowserContext, person: Person, site: str) -> None:
    """A session made in the database, for tests that are not about signing in; its owner has just confirmed it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[BEGAN] = session[SEEN] = session[CONFIRMED] = time.time()
    session.save()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": site}])


def watch(page: Page) -> list[str]:
    """Collect what the console complains of: refused scripts or styles, errors, failed requests."""
    complaints: list[str] = []
    page.on(
        "console",
        lambda m: complaints.append(f"{m.location['url']}: {m.text}") if m.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def addresses(page: Page, site: str) -> list[str]:
    """Same-site links of the page, in order."""
    found = page.eval_on_selector_all("a[href]:not([download])", "links => links.map(a => a.href)")
    return [link.partition("#")[0] for link in found if link.startswith(site)]


def route(address: str) -> str:
    """The name of the page behind an address, or nothing when there is none."""
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


def visit(page: Page, address: str) -> None:
    """Open a page and wait until what it fetches by itself is there."""
    page.goto(address)
    if page.locator("[data-hx-trigger=load]").count():
        page.wait_for_load_state("networkidle")


def crawl(page: Page, site: str, *, start: str = "/", below: str = "/", most: int = 90) -> Iterator[tuple[str, str]]:
    """Visit one address of each kind that can be reached by links; yields its name and address, page loaded.

    Only addresses that begin with ``below``.
    """
    waiting, seen = [f"{site}{start}"], set()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        name = route(address)
        if not name or name in seen or name in NOT_PAGES:
            continue
        seen.add(name)
        visit(page, address)
        yield name, address
        waiting += [link for link in addresses(page, site) if link.startswith(f"{site}{below}")]


# What axe is asked, once it is in the page. Transitions are brought to their end first, lest a colour on its way
# from one scheme to the other is judged; of what is well axe keeps no list, which took longer than to look for faults.
JUDGE = """async rules => {
    document.getAnimations().forEach(moving => {
        if (moving.effect.getComputedTiming().endTime !== Infinity) moving.finish();
    });
    const found = await axe.run({resultTypes: ["violations"], runOnly: {type: "tag", values: rules}});
    return found.violations.map(rule => [rule.id, rule.help, rule.nodes[0].html.slice(0, 160)]);
}"""
# How the page is made, without its words: elements with their attributes, and whether there are words in them. Of
# neighbours that are made alike one is enough, except for what their ids say.
SHAPE = """() => {
    const worded = ["href", "src", "action", "content", "datetime", "value", "title", "alt"];
    const shape = node => {
        const own = [...node.attributes].map(({name, value}) =>
            worded.includes(name) || name.startsWith("data-") ? name + !!value.trim()
            : name + "=" + value.replace(/[0-9]+/g, "0"));
        const words = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
        const below = [...node.children].map(shape).filter((made, place, all) => made !== all[place - 1]);
        return "<" + node.localName + " " + own.sort().join(" ") + words + below.join("") + ">";
    };
    const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
    return (ids.length - new Set(ids).size) + shape(document.documentElement);
}"""
_SCRIPT = Axe().axe_script


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page: WCAG 2.2 AA and its best practices."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_SCRIPT)
    return [f"{page.url}: {rule}: {words} – {html}" for rule, words, html in page.evaluate(JUDGE, RULES)]


def shape(page: Page) -> str:
    """Equal for pages that are made alike, whatever words stand in them."""
    return hashlib.sha256(page.evaluate(SHAPE).encode()).hexdigest()


def photograph(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
