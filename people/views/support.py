"""Seeing what somebody sees: beginning, ending, and the list for HR of the person's organisation."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import Denied, PersonRequest, fetch, require_administrator
from people.actions import support
from people.confirming import confirmed
from people.looking_on import SESSION_KEY
from people.models import Organisation, Person, SupportSession
from people.roles import Role
from people.views import scope
from people.views.administration import PAGE, ask, person_context


@require_POST
@require_administrator
@confirmed
def begin(request: PersonRequest, key: str) -> HttpResponse:
    """From the next page on, what the person sees."""
    found = fetch(Person.objects.all(), key=key)
    request.subject = found
    form = ask(request.POST)
    if form.is_valid():
        try:
            session = support.begin(found, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            request.session[SESSION_KEY] = session.key
            return redirect("home")
    return render(request, "people/administration/person.html", person_context(found, form))


@require_POST
def end(request: PersonRequest) -> HttpResponse:
    """Back to one's own pages."""
    session = request.support
    if session is None:
        return redirect("home")
    support.end(session)
    del request.session[SESSION_KEY]
    messages.success(request, _("The support session has ended; these are your own pages."))
    return redirect(session)


def about_ours(request: PersonRequest, key: str) -> HttpResponse:
    """Who looked at pages of people of one's organisation, when and why; for its HR."""
    organisation = fetch(Organisation.objects.visible_to(request.user), key=key)
    if not request.user.works_for(organisation.pk, Role.HR):
        raise Denied(_("Support sessions are read by HR of the organisation."))
    found = SupportSession.objects.about_people_of(organisation).select_related("administrator", "person")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "organisation": organisation, "tabs": scope.tabs(request.user, organisation)}
    return render(request, "people/support.html", context)
