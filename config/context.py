"""What every page needs: whether this is the demo, and what the menu shows to this reader."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from people import sessions


def page(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {"is_demo": settings.DEMO, "site_url": settings.SITE_URL}
    match = getattr(request, "resolver_match", None)
    found["page_name"] = match.url_name or "" if match else ""
    if getattr(request, "user", None) and request.user.is_authenticated:
        found["session_left"] = max(0, int(sessions.ends_at(request) - time.time()))
        found["session_latest"] = datetime.fromtimestamp(sessions.latest_end(request), UTC)
    return found
