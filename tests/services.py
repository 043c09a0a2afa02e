"""A pytest plugin: PostgreSQL and Valkey for the tests, before Django's settings load.

One pair for the whole run, in a directory of its own that is removed afterwards; workers of pytest-xdist
inherit its addresses and take a Redis database each (pytest-django gives each its own PostgreSQL database).
``TEST_DATABASE_URL`` and ``TEST_REDIS_URL`` name other servers; the developer's own ``DATABASE_URL`` and
``REDIS_URL`` are never used. A killed run leaves no process (see ``config.embedded.children``) and its
directory to the next one.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import embedded

PREFIX = "tripartite-test-"


@pytest.hookimpl(tryfirst=True)  # pytest-django loads the settings in its own implementation of this hook
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1, …; set before the worker reads its plugins
    if worker:
        os.environ["REDIS_DB"] = str(int(worker.removeprefix("gw")) + 1)
        return
    os.environ["REDIS_DB"] = "0"
    stack = ExitStack()
    early_config.add_cleanup(stack.close)  # at the end, after Ctrl-C, and when loading fails
    try:
        start_pair(stack)
    except embedded.CannotStart as reason:
        raise pytest.UsageError(str(reason)) from None


def start_pair(stack: ExitStack) -> None:
    """Start what the environment does not name, and tell the settings."""
    database_url, redis_url = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
    remove_abandoned()
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    directory.chmod(0o711)  # started by root, PostgreSQL runs as another account and must pass
    stack.callback(remove, directory)
    pair = stack.enter_context(
        embedded.running(directory, durable=False, database_url=database_url, redis_url=redis_url)
    )
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = pair.database_url, pair.redis_url
    if not database_url:
        embedded.let_rows_be_laid_down(directory)


def remove_abandoned() -> None:
    """Remove the directories of killed runs: ours, once started, and held by nobody."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if directory.stat().st_uid == os.geteuid() and embedded.was_started(directory):
            try:
                remove(directory)
            except embedded.CannotStart:
                continue


def remove(directory: Path) -> None:
    embedded.erase(directory, whole=True)
