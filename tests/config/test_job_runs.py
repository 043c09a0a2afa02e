"""The worker's jobs are on record: each run, what it did, and how it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config import job_runs
from config.celery import bind_task, tell_task
from people.models import JobRun, Person
from secondments.tasks import advance, remind
from tests.cast import Cast, person

pytestmark = pytest.mark.django_db


def run(task: Any, given: object, state: str = "SUCCESS") -> JobRun:
    """What Celery tells before and after a task."""
    bind_task(task_id="t", task=task)
    tell_task(task=task, retval=given, state=state)
    return JobRun.objects.get(name=task.name)


def test_each_run_is_counted_and_the_last_one_shown(cast: Cast) -> None:
    first = run(remind, 3)
    assert (first.runs, first.done, first.failures, first.error) == (1, 3, 0, "")
    second = run(remind, 0)
    assert (second.runs, second.done, second.worked_at) == (2, 0, first.worked_at)
    assert second.started_at > first.started_at


def test_failure_keeps_its_kind_and_none_of_its_words(cast: Cast) -> None:
    run(advance, ValueError("Ana Duarte is ill"), "FAILURE")
    found = run(advance, 0)
    assert (found.runs, found.failures, found.error) == (2, 1, "ValueError")
    assert found.failed_at is not None


def test_real_task_is_recorded_by_its_signals(cast: Cast) -> None:
    remind.apply()
    assert JobRun.objects.get(name="secondments.remind").runs == 1


def test_administrator_sees_them(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    run(remind, 3)
    page = sign_in(person("Adam Min", is_administrator=True)).get("/administration/jobs/").content.decode()
    assert "secondments.remind" in page


def test_run_without_a_beginning_is_recorded_all_the_same(cast: Cast) -> None:
    job_runs.end("people.deliver_notices")
    assert JobRun.objects.get().milliseconds == 0
