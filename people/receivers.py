"""What follows a sign-in: the session is listed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from people import sessions


@receiver(user_logged_in, dispatch_uid="people.sessions.begin")
def list_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    sessions.begin(request, user)
