"""My deputies, and those for whom I stand in."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import clock
from people.access import PersonRequest, fetch
from people.models import Person
from secondments.actions import deputies as actions
from secondments.choices import DEPUTISED, Part
from secondments.forms.parts import DeputyForm
from secondments.models import CasePart, Deputy
from secondments.transitions import Refused
from secondments.views import scope


def deputies(request: PersonRequest) -> HttpResponse:
    """Those who act or acted in my name, those in whose name I do, and a form to name one."""
    may_name = CasePart.objects.current().filter(person=request.user, part__in=DEPUTISED).exists()
    form = DeputyForm(request.POST or None, principal=request.user) if may_name else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            with transaction.atomic():
                found = form.cleaned_data
                actions.name(
                    Person.objects.made_known(found["email"], found["name"], request.user.time_zone),
                    by=request.user,
                    part=Part(found["part"]),
                    since=found["since"],
                    until=found["until"],
                    secondment=found["secondment"],
                )
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("They are asked by e-mail."))
            return redirect("deputies")
    rows = Deputy.objects.visible_to(request.user).select_related(
        "principal", "deputy", "secondment__secondee", "secondment__host"
    )[:100]
    today = clock.today("UTC")
    context = {
        "form": form,
        "mine": [row for row in rows if row.principal_id == request.user.pk],
        "for_others": [row for row in rows if row.deputy_id == request.user.pk],
        "today": today,
    }
    return render(request, "secondments/deputies.html", context)


def deputy(request: PersonRequest, key: str) -> HttpResponse:
    """One deputyship: what it means; accept, decline, end."""
    found = fetch(
        Deputy.objects.visible_to(request.user).select_related(
            "principal", "deputy", "secondment__secondee", "secondment__host"
        ),
        key=key,
    )
    context = {"row": found, "is_deputy": found.deputy_id == request.user.pk, "today": clock.today("UTC")}
    return render(request, "secondments/deputy.html", context)


@require_POST
def answer(request: PersonRequest, key: str) -> HttpResponse:
    """Accept, or end it, which declines where it was not accepted yet."""
    found = fetch(Deputy.objects.visible_to(request.user), key=key)
    try:
        if request.POST.get("answer") == "accept":
            actions.accept(found, by=request.user)
            messages.success(request, _("Thank you: on these days you act in their name."))
        else:
            actions.end(found, by=request.user)
            messages.success(request, _("Ended; the other of you is told by e-mail."))
    except Refused as refused:
        scope.tell(request, refused)
    return redirect("deputies")
