"""What every page needs: whether this is the demo, and what the menu shows to this reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    return {"is_demo": settings.DEMO, "site_url": settings.SITE_URL}
