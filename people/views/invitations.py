"""The first page of somebody who was invited."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from people.access import PersonRequest, fetch
from people.actions import invitations
from people.models import Invitation


def invitation(request: PersonRequest, key: str) -> HttpResponse:
    """Who asks, what for, how this works; opening it takes the invitation up, one called off leads nowhere."""
    mine = Invitation.objects.filter(person=request.user, cancelled_at__isnull=True)
    found = fetch(mine.select_related("organisation", "invited_by"), key=key)
    if found.accepted_at is None:
        found = invitations.take_up(found, by=request.user)
    return render(request, "people/invitation.html", {"invitation": found})
