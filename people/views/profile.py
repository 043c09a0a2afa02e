"""One's own page: name, telephone, time zone; and what one was told."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import PersonRequest
from people.forms.people import ProfileForm


def profile(request: PersonRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    return render(request, "people/profile.html", {"form": form})


def notices(request: PersonRequest) -> HttpResponse:
    """Messages to me, newest first; codes are left out."""
    found = request.user.notices.filter(is_secret=False, cancelled_at__isnull=True).order_by("-created_at", "-pk")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "people/notices.html", {"page": page})
