"""Browser tests: skipped with a loud line where no Chromium is found, never silently."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium

# Playwright's loop makes Django believe it is in an asynchronous context; the tests are not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chromium.executable() is None:
        for item in items:
            if "tests/browser" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM WAS FOUND: apt-get install chromium"))


@pytest.fixture(scope="module")  # not longer: while Playwright's loop runs, nothing else in the process may have one
def browser() -> Iterator[Browser]:
    with chromium.running() as found:
        yield found


@pytest.fixture
def site(live_server, settings) -> str:
    settings.SITE_URL = live_server.url
    return live_server.url
