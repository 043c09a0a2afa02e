"""Many at once: threads with connections of their own that begin together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection

Act = Callable[[], Any]


def at_once(acts: Sequence[Act]) -> list[Any]:
    """What each act gave, or the exception that it raised, in the order of the acts."""
    start = Barrier(len(acts), timeout=30)
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Act) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def tally(results: Sequence[Any]) -> dict[str, int]:
    """How many succeeded, and how many failed by which exception."""
    return dict(Counter(type(r).__name__ if isinstance(r, Exception) else "done" for r in results))
