"""How a log line looks in production: one JSON object with the time, the level, who speaks and what is said."""

from __future__ import annotations

import structlog


def json_lines() -> structlog.stdlib.ProcessorFormatter:
    """A formatter for ``logging``; an exception becomes part of its line, so that no line is torn apart."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
