"""The directory of people, and a line manager's team."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest
from people.forms.employments import DirectoryForm
from people.models import Employment, Person
from people.views import scope


def people(request: PersonRequest) -> HttpResponse:
    """Who works, or worked, for one's organisations: by name, address, job title, number, department."""
    organisations = request.user.organisations_seen
    if not organisations:
        raise Denied(_("The directory is for members of an organisation."))
    form = DirectoryForm(request.GET, organisations=organisations)
    form.is_valid()
    asked = form.cleaned_data
    chosen = [asked["organisation"].pk] if asked.get("organisation") else organisations
    department = asked.get("department", "")
    has_left = asked.get("show") == "left"
    everybody = Person.objects.all()
    found = everybody.left(chosen, department) if has_left else everybody.employed_at(chosen, department)
    known = None
    if asked.get("q"):
        jobs = Employment.objects.filter(organisation__in=chosen)
        jobs = jobs.filter(person__in=found.order_by()) if has_left else jobs.current().in_department(department)
        ids = found.matching(asked["q"], jobs, scope.CAP + 1)
        found, known = everybody.filter(pk__in=ids[: scope.CAP]), len(ids)
    page = scope.CappedPaginator(found.sorted_by_name(), scope.PAGE, known).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page, chosen, has_left=has_left),
        "form": form,
        "is_filtered": any(asked.values()),
        "cap": scope.CAP,
    }
    return render(request, "people/people.html", context)


def _rows(page: Page[Person], organisations: list[int], *, has_left: bool) -> list[tuple[Person, list[Employment]]]:
    """Each person with their terms of today; of who has left, with their last."""
    terms = Employment.objects.filter(person__in=list(page), organisation__in=organisations)
    if not has_left:
        terms = terms.current()
    by_person: dict[int, dict[int, Employment]] = {}
    for row in terms.select_related("organisation", "department", "line_manager").order_by("-until", "pk"):
        by_person.setdefault(row.person_id, {}).setdefault(row.organisation_id, row)
    return [(person, list(by_person.get(person.pk, {}).values())) for person in page]


def team(request: PersonRequest) -> HttpResponse:
    """Whose line manager one is today: their job and how to reach them, nothing else."""
    reports = (
        Employment.objects.current()
        .filter(line_manager=request.user)
        .select_related("person", "organisation", "department")
        .order_by("person__full_name", "pk")
    )
    page = Paginator(reports, scope.PAGE).get_page(request.GET.get("page"))
    return render(request, "people/team.html", {"page": page})
