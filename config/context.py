"""What every page needs: whether this is the demo, which page it is, and whether support is looking on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    here = request.resolver_match.url_name if request.resolver_match else None
    support = getattr(request, "support", None)
    return {"is_demo": settings.DEMO, "site_url": settings.SITE_URL, "here": here or "", "support": support}
