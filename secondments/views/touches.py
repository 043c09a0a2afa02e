"""Keeping in touch: the contacts of one case, and the news of an organisation for those who are away."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people import clock
from people.access import Denied, PersonRequest, fetch, hides_secrets
from people.models import Organisation
from people.roles import Role
from people.views import scope as organisation_scope
from secondments import placement_policies, policies, scopes
from secondments.actions import touches as actions
from secondments.forms.touches import NewsForm, TouchForm
from secondments.models import News
from secondments.states import CLOSED, STARTED
from secondments.transitions import Refused
from secondments.views import scope

PAGE = 50


def touches(request: PersonRequest, key: str) -> HttpResponse:
    """Contacts that home noted, with a form for the next; news from home beside them."""
    case = scope.case(request, key)
    if not placement_policies.may_see_touches(policies.parts_of(case, request.user)):
        scope.offer(case, request.user, policies.HOME_SIDE)
        raise Denied(_("How home keeps in touch is noted and read by the home side."))
    is_open = case.state in STARTED - CLOSED
    form = TouchForm(request.POST or None, initial={"on": clock.today(case.zone)}) if is_open else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("Contacts are noted while a placement runs, and until the return is complete."))
        if form.is_valid():
            try:
                actions.note(case, by=request.user, **form.cleaned_data)
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("The contact is noted."))
                return redirect("touches", key=case.key)
    rows = scopes.touches(request.user).filter(secondment=case).select_related("made_by").order_by("-on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = News.objects.filter(
        organisation=case.seconder_id, taken_back_at__isnull=True, shown_until__gte=clock.today(case.zone)
    )
    return render(
        request,
        "secondments/touches.html",
        {"case": case, "form": form, "page": page, "news": shown[:20], "shows_words": not hides_secrets(request)},
    )


def news(request: PersonRequest, key: str) -> HttpResponse:
    """What HR of an organisation shows to those who are away; add to it, take back. Its members read it."""
    found = fetch(Organisation.objects.visible_to(request.user), key=key)
    if not request.user.works_for(found.pk, *Role.values):
        raise Denied(_("News for those who are away is for the organisation's own members."))
    writes = request.user.works_for(found.pk, Role.HR)
    if request.method == "POST" and not writes:
        raise Denied(_("News for those who are away is written by HR."))
    rows = News.objects.filter(organisation=found).select_related("made_by", "organisation")
    form = NewsForm(request.POST if request.POST and "take_back" not in request.POST else None) if writes else None
    if request.method == "POST" and "take_back" in request.POST:
        actions.take_back(fetch(rows, key=request.POST["take_back"]), by=request.user)
        messages.success(request, _("It is no longer shown."))
        return redirect("news", key=found.key)
    if form is not None and form.is_valid():
        try:
            actions.publish(found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Those who are away see it on their page."))
            return redirect("news", key=found.key)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "organisation": found,
        "form": form,
        "page": page,
        "today": clock.today(found.time_zone),
        "tabs": organisation_scope.tabs(request.user, found),
    }
    return render(request, "secondments/news.html", context)
