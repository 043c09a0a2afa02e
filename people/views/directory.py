"""People and organisations: lists and pages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from people.access import Denied, PersonRequest, fetch
from people.actions import erasure
from people.models import Employment, Organisation, Person
from people.roles import Role

PAGE = 50


def people(request: PersonRequest) -> HttpResponse:
    """Whom HR, finance and viewers may look up, by name, e-mail or job title."""
    organisations = request.user.organisations_as(*Role.values)
    if not organisations:
        raise Denied("The directory is for members of an organisation.")
    employments = (
        Employment.objects.current()
        .filter(organisation__in=organisations)
        .select_related("person", "organisation", "department", "line_manager")
    )
    words = request.GET.get("q", "").strip()
    for word in words.split():
        employments = employments.filter(
            Q(person__full_name__icontains=word) | Q(person__email__icontains=word) | Q(job_title__icontains=word)
        )
    page = Paginator(employments.order_by("person__full_name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "people/people.html", {"page": page, "words": words})


def person(request: PersonRequest, key: str) -> HttpResponse:
    """One person; salary only to HR and finance of the employing organisation, and to the person."""
    found = fetch(Person.objects.visible_to(request.user), key=key)
    own = found == request.user
    scope = request.user.organisations_as(*Role.values)
    paid_by = request.user.organisations_as(Role.HR, Role.FINANCE)
    employments = found.employments.select_related("organisation", "department", "line_manager")
    if not own:
        employments = employments.filter(organisation__in=scope)
    shows_data = own or erasure.may_erase(found, request.user)
    rows = [(employment, own or employment.organisation_id in paid_by) for employment in employments]
    return render(request, "people/person.html", {"person": found, "rows": rows, "shows_data": shows_data})


def organisations(request: PersonRequest) -> HttpResponse:
    """Organisations that one may see."""
    if not request.user.memberships_now:
        raise Denied("The directory is for members of an organisation.")
    found = Organisation.objects.visible_to(request.user).annotate(people_count=Count("employments"))
    words = request.GET.get("q", "").strip()
    if words:
        found = found.filter(legal_name__icontains=words)
    page = Paginator(found.order_by("legal_name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "people/organisations.html", {"page": page, "words": words})


def organisation(request: PersonRequest, key: str) -> HttpResponse:
    """One organisation: particulars, departments; members and policy of one's own."""
    found = fetch(Organisation.objects.visible_to(request.user), key=key)
    is_own = request.user.works_for(found.pk, *Role.values)
    memberships = found.memberships.current().select_related("person") if is_own else []
    policy = found.policies.first() if is_own else None
    return render(
        request,
        "people/organisation.html",
        {
            "organisation": found,
            "departments": found.departments.all(),
            "is_own": is_own,
            "memberships": memberships,
            "policy": policy,
        },
    )
