"""The people of a case: who has which part, in which capacity one is here oneself, naming others, ending parts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import entry
from people.access import Denied, PersonRequest, fetch
from people.actions import invitations
from people.models import Invitation, Person
from secondments import capacities, policies
from secondments.actions import case_parts
from secondments.choices import HOST_SIDE, NAMED, Part
from secondments.forms.parts import EndPart, NamePart, NewAddress
from secondments.models import Deputy, Secondment
from secondments.transitions import Refused
from secondments.views import scope

SHOWN = (
    Part.SECONDEE,
    Part.LINE_MANAGER,
    Part.SIGNATORY_SECONDER,
    Part.HOST_CONTACT,
    Part.HOST_SUPERVISOR,
    Part.SIGNATORY_HOST,
)


def people(request: PersonRequest, key: str) -> HttpResponse:
    """Who has and had which part, since when and by whom; each side keeps its own."""
    case = scope.case(request, key)
    if not policies.may_see_people(policies.parts_of(case, request.user)):
        raise Denied(_("Who has which part is not for finance or viewers."))
    return render(request, "secondments/people.html", _people(request, case))


def _people(request: PersonRequest, case: Secondment) -> dict[str, Any]:
    rows = list(case.parts.select_related("person", "given_by", "taken_by").order_by("-since", "-pk"))
    current = set(case.parts.current().values_list("pk", flat=True))
    invited = {i.person_id: i for i in _invitations(case).filter(person__in=[row.person_id for row in rows])}
    standing_in = Deputy.objects.current().filter(principal__in=[row.person_id for row in rows])
    deputies = [d for d in standing_in.select_related("deputy") if d.secondment_id in (None, case.pk)]
    may_invite = policies.may_run(case, request.user)
    groups = []
    for part in SHOWN:
        mine = case_parts.may_name(case, part, request.user)
        holders = [
            {
                "row": row,
                "invitation": invited.get(row.person_id) if may_invite and row.person.last_login is None else None,
                "may_readdress": may_invite and case_parts.may_readdress(case, row.person),
                "deputies": [d for d in deputies if d.principal_id == row.person_id and d.part == part],
            }
            for row in rows
            if row.part == part and row.pk in current
        ]
        groups.append(
            {
                "part": part,
                "holders": holders,
                "former": [row for row in rows if row.part == part and row.pk not in current],
                "may_name": mine,
                "waits_for_host": part == Part.SIGNATORY_HOST and not holders,
            }
        )
    return {"case": case, "groups": groups, "is_secondee": Part.SECONDEE}


def _invitations(case: Secondment) -> QuerySet[Invitation]:
    """What the seconder sent; one invitation serves all its cases with the same person."""
    return Invitation.objects.filter(organisation=case.seconder_id, cancelled_at__isnull=True)


def name_part(request: PersonRequest, key: str, part: str) -> HttpResponse:
    """Give a part to somebody, by name and e-mail."""
    case = scope.case(request, key)
    if part not in NAMED:
        raise Http404
    wanted = Part(part)
    if not case_parts.may_name(case, wanted, request.user):
        scope.offer(case, request.user, {other for other in Part if _could_name(case, wanted, request.user, other)})
        raise Denied(_("Who has this part is for the other side to say, or the case is closed."))
    form = NamePart(request.POST or None, initial=_to_confirm(case, wanted))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                zone = case.host.time_zone if case.host and wanted in HOST_SIDE else case.zone
                person = form.person(zone)
                case_parts.name(case, wanted, person, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("%(name)s has this part now and is told by e-mail.") % {"name": person})
            return redirect("case_people", key=case.key)
    return render(request, "secondments/name_part.html", {"case": case, "part": wanted, "form": form})


def _to_confirm(case: Secondment, part: Part) -> dict[str, str]:
    """Whom the seconder wrote down, where the host has only to confirm them."""
    contact = case.host_contact
    if part != Part.HOST_CONTACT or contact is None or policies.host_knows_contact(case):
        return {}
    return {"name": contact.full_name, "email": contact.email}


def _could_name(case: Secondment, part: Part, person: Person, other: Part) -> bool:
    """Whether another of the reader's capacities may say who has a part."""
    side = {Part.HR_HOST, Part.HOST_CONTACT} if part in HOST_SIDE else {Part.HR_SECONDER}
    return other in side and other in capacities.all_parts(case, person)


def end_part(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """End somebody's part, now or with a day."""
    case = scope.case(request, key)
    row = fetch(case.parts.current().select_related("person"), pk=pk)
    if not case_parts.may_name(case, Part(row.part), request.user):
        raise Denied(_("Whose part ends is for their own side to say."))
    form = EndPart(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case_parts.end(row, by=request.user, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Done; %(name)s is told by e-mail.") % {"name": row.person})
            if row.person_id == request.user.pk:
                return redirect("home")
            return redirect("case_people", key=case.key)
    return render(request, "secondments/end_part.html", {"case": case, "row": row, "form": form})


def readdress(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """Correct the address of somebody who was invited and never came."""
    case = scope.case(request, key)
    row = fetch(case.parts.current().select_related("person"), pk=pk)
    if not policies.may_run(case, request.user):
        raise Denied(_("Only HR of the seconder corrects the address of whom it invited."))
    form = NewAddress(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case_parts.readdress(case, row.person, form.cleaned_data["email"], by=request.user)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The invitation is on its way to the new address."))
            return redirect("case_people", key=case.key)
    return render(request, "secondments/readdress.html", {"case": case, "row": row, "form": form})


@require_POST
def send_invitation(request: PersonRequest, key: str, invitation_key: str) -> HttpResponse:
    """The invitation of somebody in this case once more."""
    case = scope.case(request, key)
    if not policies.may_run(case, request.user):
        raise Denied(_("Invitations are sent by HR of the seconder."))
    here = case.parts.current().values("person")
    found = fetch(_invitations(case).filter(person__in=here, accepted_at__isnull=True), key=invitation_key)
    invitations.send_again(found, by=request.user)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": found.person.email})
    return redirect("case_people", key=case.key)


@require_POST
def choose_capacity(request: PersonRequest, key: str) -> HttpResponse:
    """Act in another of one's capacities from here on, and go back to where one was."""
    case = scope.case(request, key)
    found = capacities.choose(case, request.user, request.POST.get("capacity", ""))
    if found is None:
        raise Denied(_("You do not have this capacity in this case."))
    messages.success(request, _("You are here as: %(capacity)s.") % {"capacity": found.label})
    return redirect(entry.local(request, request.POST.get("next"), otherwise=case.get_absolute_url()))
