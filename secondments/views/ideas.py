"""Ideas for a secondment: asked by an employee, a line manager or a host; HR makes proposals of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from people.models import Employment, Organisation, Person
from people.roles import Role
from secondments import policies
from secondments.actions import ideas as actions
from secondments.choices import Part
from secondments.forms.proposal import IdeaForm, ViewForm
from secondments.models import Idea
from secondments.transitions import Refused
from secondments.views import scope

PAGE = 50
JOINED = ("asked_by", "secondee", "line_manager", "host", "seconder", "answered_by", "secondment")


def ideas(request: PersonRequest) -> HttpResponse:
    """One's own ideas, those about one's team, and those that one's organisation is asked."""
    rows = Idea.objects.visible_to(request.user).select_related(*JOINED)
    page = Paginator(rows.order_by("answered_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "secondments/ideas.html", {"page": page, "ways": ways(request.user)})


def ways(person: Person) -> list[tuple[Part, str]]:
    """As what somebody may ask, with the words of the button."""
    found = []
    if person.employments.current().exists():
        found.append((Part.SECONDEE, _("I would like to be seconded")))
    if person.reports.current().exists():
        found.append((Part.LINE_MANAGER, _("I would like to second somebody of my team")))
    if person.is_hr:
        found.append((Part.HR_HOST, _("We would like to host somebody")))
    return found


def new(request: PersonRequest, part: str) -> HttpResponse:
    """Ask, as what the address says."""
    asked_as = next((way for way, _label in ways(request.user) if way == part), None)
    if asked_as is None:
        if part not in {Part.SECONDEE, Part.LINE_MANAGER, Part.HR_HOST}:
            raise Http404
        raise Denied(_("This is for employees, for line managers, and for HR of a host."))
    own = request.user.organisations_as(Role.HR)
    seconders = Organisation.objects.visible_to(request.user).exclude(pk__in=own)
    team = Person.objects.filter(employments__in=request.user.reports.current()).distinct().order_by("full_name")
    form = IdeaForm(
        request.POST or None,
        by=request.user,
        asked_as=asked_as,
        seconders=seconders,
        team=team if asked_as == Part.LINE_MANAGER else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = _ask(request.user, asked_as, form)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("HR is told of your idea; you hear by e-mail what becomes of it."))
            return redirect(found)
    return render(request, "secondments/idea_form.html", {"form": form, "asked_as": asked_as})


def _ask(by: Person, asked_as: Part, form: IdeaForm) -> Idea:
    given: dict[str, Any] = form.cleaned_data
    secondee = {Part.SECONDEE: by, Part.LINE_MANAGER: given.get("secondee")}.get(asked_as)
    seconder = given.get("seconder")
    if secondee is not None:
        rows = Employment.objects.current().filter(person=secondee)
        if asked_as == Part.LINE_MANAGER:
            rows = rows.filter(line_manager=by)
        seconder = rows.select_related("organisation").order_by("pk")[0].organisation
    assert seconder
    return actions.ask(by=by, asked_as=asked_as, seconder=seconder, secondee=secondee, fields=form.columns())


def idea(request: PersonRequest, key: str) -> HttpResponse:
    """One idea: what is asked, what the line manager thinks, what became of it."""
    found = fetch(Idea.objects.visible_to(request.user).select_related(*JOINED), key=key)
    may_view = policies.may_view_idea(found, request.user)
    may_answer = found.answered_at is None and policies.may_answer_idea(found, request.user)
    form: ViewForm | Reason | None = None
    if may_answer:
        form = Reason(request.POST or None, label=_("Why is no proposal made of it?"))
    elif may_view:
        form = ViewForm(request.POST or None, initial={"view": found.view, "text": found.view_text})
    if request.method == "POST":
        if form is None:
            raise Denied(_("The line manager says what they think, and HR answers, once."))
        if form.is_valid():
            try:
                if may_answer:
                    actions.decline(found, by=request.user, answer=form.cleaned_data["reason"])
                else:
                    given = form.cleaned_data
                    actions.say_view(found, by=request.user, view=given["view"], text=given["text"])
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("Thank you; it is recorded."))
                return redirect(found)
    may_open = found.secondment is not None and policies.may_see(found.secondment, request.user)
    context = {"idea": found, "form": form, "may_answer": may_answer, "may_view": may_view, "may_open": may_open}
    return render(request, "secondments/idea.html", context)


@require_POST
def take_up(request: PersonRequest, key: str) -> HttpResponse:
    """HR makes a draft of it."""
    found = fetch(Idea.objects.visible_to(request.user), key=key)
    try:
        case = actions.take_up(found, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
        return redirect(found)
    return redirect("edit_proposal", key=case.key)
