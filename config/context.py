"""What every page needs: whether this is the demo, which page it is, and whether support is looking on."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from people import sessions


def page(request: HttpRequest) -> dict[str, Any]:
    here = request.resolver_match.url_name if request.resolver_match else None
    support = getattr(request, "support", None)
    found: dict[str, Any] = {
        "is_demo": settings.DEMO,
        "site_url": settings.SITE_URL,
        "here": here or "",
        "support": support,
    }
    if support is None and getattr(request, "user", None) and request.user.is_authenticated:
        found["session_left"] = max(0, int(sessions.ends_at(request) - time.time()))
        found["session_latest"] = datetime.fromtimestamp(sessions.latest_end(request), UTC)
    return found
