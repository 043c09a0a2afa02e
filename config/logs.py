"""How a log line looks in production: one JSON object with the time, the level, who speaks and what is said.

Lines of a request or a task carry what is bound to it (``bind``): request id, task id. No line carries what people
typed: of an exception the stack and the kind are kept, of its message no quoted value, no row that PostgreSQL
names, and nothing that stands in the request's form.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict

SHORTEST = 4  # characters; shorter values of a form are found in ordinary words
QUOTED = re.compile(r"'[^'\n]+'|\"[^\"\n]+\"|“[^”\n]+”|‘[^’\n]+’")


def json_lines() -> structlog.stdlib.ProcessorFormatter:
    """A formatter for ``logging``; an exception becomes part of its line, so that no line is torn apart."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            forget_what_was_typed,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def tell_exception(logger: Any, name: str, event: EventDict) -> EventDict:
    """The stack, the kinds, and the first line of each message without what is quoted in it.

    PostgreSQL's further lines name whole rows (``DETAIL: Failing row contains …``); a conversion that fails quotes
    what it was given.
    """
    found = event.pop("exc_info", None)
    if not found:
        return event
    error = found if isinstance(found, BaseException) else found[1] if isinstance(found, tuple) else None
    if error is not None:
        event["exception"] = "".join(_told(error)).rstrip()
    return event


def _told(error: BaseException) -> list[str]:
    lines = []
    if error.__cause__ is not None:
        lines = [*_told(error.__cause__), "\nThe direct cause of:\n\n"]
    elif error.__context__ is not None and not error.__suppress_context__:
        lines = [*_told(error.__context__), "\nDuring its handling:\n\n"]
    if error.__traceback__ is not None:
        lines += ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)]
    message = QUOTED.sub("'…'", (str(error).splitlines() or [""])[0])
    kind = type(error).__qualname__
    return [*lines, f"{kind}: {message}\n" if message else f"{kind}\n"]


def forget_what_was_typed(logger: Any, name: str, event: EventDict) -> EventDict:
    """Blank the values of the form that a line's request carried, wherever they stand in the line."""
    record: logging.LogRecord | None = event.get("_record")
    typed = _typed(getattr(record, "request", None))
    for key, value in event.items():
        if isinstance(value, str) and key not in ("_record", "_from_structlog"):
            for secret in typed:
                value = value.replace(secret, "…")
            event[key] = value
    return event


def _typed(request: Any) -> list[str]:
    """The longest first, so that no part of one is left over."""
    try:
        form = request.POST
        values = {value.strip() for name in form for value in form.getlist(name) if isinstance(value, str)}
    except Exception:  # no request, or one whose body cannot be read any more: the message is masked already
        return []
    return sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True)


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    tell_exception,
]


def begin(**bound: Any) -> None:
    """From now on each line of this thread carries what is bound, and nothing of what came before."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**bound)


structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
