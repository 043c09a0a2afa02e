"""What is kept about somebody: one's own page, HR's page of an employee, the copies, and who is due to be erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people import ledger, personal_data
from people.access import Denied, PersonRequest, fetch
from people.actions import copies, erasure, holds
from people.confirming import confirmed
from people.forms.personal_data import CopyForm, ErasureForm, HoldForm
from people.models import DataCopy, Erasure, LegalHold, Organisation, Person
from people.personal_data import Refused
from people.privacy import COPIED
from people.roles import Role

SHOWN = 10  # copies on a page
FILES = {"json": "application/json", "pdf": "application/pdf"}


# --- One's own


@confirmed
def my_data(request: PersonRequest) -> HttpResponse:
    """What is kept about me, why and for how long; and a copy of it."""
    if request.method == "POST":
        copies.ask(request.user, by=request.user)
        messages.success(request, _("The copy is being made. You get a mail when it is ready."))
        return redirect("my_data")
    found = list(DataCopy.objects.visible_to(request.user).filter(person=request.user).defer("json", "pdf")[:SHOWN])
    return render(
        request,
        "people/my_data.html",
        {"copies": found, "waits": any(copy.is_waiting for copy in found), "tables": list(in_plain_words())},
    )


def in_plain_words() -> Iterator[dict[str, Any]]:
    """The register for people: each personal table with what it holds, for what, for how long."""
    for table in personal_data.tables():
        purposes = [str(column.purpose) for column in table.columns if column.secrecy in COPIED]
        if table.own and purposes:
            yield {"title": table.title, "kept": table.kept, "purposes": dict.fromkeys(purposes)}


@confirmed
def download(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    """One file of a copy; only to who asked for it and to the person."""
    copy = fetch(DataCopy.objects.ready().visible_to(request.user).select_related("person"), key=key)
    if kind not in FILES:
        raise Http404
    if copy.person_id != request.user.pk:
        ledger.record("data.download", by=request.user, subject=copy.person, copy=copy.key)
    response = HttpResponse(bytes(getattr(copy, kind)), content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="personal-data-{copy.person.key}.{kind}"'
    response.headers["Cache-Control"] = "no-store, private"
    return response


# --- HR's page of an employee


def _whom(request: PersonRequest, key: str) -> tuple[Person, Organisation | None]:
    """Somebody and the last employer, for its HR and for the administrator, whose reading is recorded."""
    user = request.user
    scope = Person.objects.all() if user.is_administrator else Person.objects.visible_to(user)
    person = fetch(scope, key=key)
    if not erasure.may_erase(person, user):
        raise Denied(_("This page is for HR of the last employer. Your own data are on your profile."))
    return person, erasure.last_employer(person)


@confirmed
def person_data(request: PersonRequest, key: str) -> HttpResponse:
    """HR asks for a copy, places and lifts holds, asks for the erasure and confirms it."""
    person, employer = _whom(request, key)
    is_hr = employer is not None and request.user.works_for(employer.pk, Role.HR)
    if not is_hr:  # also when a form comes back with faults, which shows the page as well
        ledger.record("data.look", by=request.user, subject=person)
    done = Erasure.objects.filter(person=person, done_at__isnull=False).first()
    found: dict[str, Any] = {
        "person": person,
        "is_hr": is_hr,
        "employer": employer,
        "copies": list(
            DataCopy.objects.visible_to(request.user)
            .filter(person=person)
            .select_related("asked_by")
            .defer("json", "pdf")[:SHOWN]
        ),
        "holds": list(LegalHold.objects.visible_to(request.user).filter(person=person).select_related("placed_by")),
        "done": done,
        "asked": Erasure.objects.asked().filter(person=person).select_related("asked_by").first(),
        "refusals": [] if done else personal_data.refusals(person),
        "form": None,
        "copy_form": CopyForm(prefix="copy"),
        "hold_form": HoldForm(prefix="hold"),
        "erasure_form": ErasureForm(prefix="erasure"),
    }
    found["waits"] = any(copy.is_waiting for copy in found["copies"])
    if request.method == "POST":
        answer = _act(request, person, employer, found)
        if answer:
            return answer
    return render(request, "people/person_data.html", found)


def _act(
    request: PersonRequest, person: Person, employer: Organisation | None, found: dict[str, Any]
) -> HttpResponse | None:
    """Do what the pressed button says; None when its form has faults, which the page then shows."""
    name = request.POST.get("do", "")
    if name not in FORMS:
        raise Http404
    form_class, act, said = FORMS[name]
    form = form_class(request.POST, prefix=name)
    found[f"{name}_form"] = found["form"] = form
    if not form.is_valid():
        return None
    try:
        act(person, employer, request.user, form.cleaned_data)
    except Refused as refused:
        for sentence in refused.sentences:
            form.add_error(None, sentence)
        return None
    messages.success(request, str(said))
    return redirect("person_data", key=person.key)


def _copy(person: Person, employer: Organisation | None, by: Person, words: dict[str, Any]) -> None:
    copies.ask(person, by=by, organisation=employer, reason=words["reason"])


def _hold(person: Person, employer: Organisation | None, by: Person, words: dict[str, Any]) -> None:
    if employer is None:
        raise Refused(_("A hold is placed by HR of an employer, and this person has none."))
    holds.place(employer, by=by, person=person, reason=words["reason"])


def _ask(person: Person, employer: Organisation | None, by: Person, words: dict[str, Any]) -> None:
    erasure.ask(person, by=by, reason=words["grounds"])


FORMS: dict[str, tuple[type[forms.Form], Callable[..., None], Any]] = {
    "copy": (CopyForm, _copy, _("The copy is being made. You get a mail when it is ready.")),
    "hold": (HoldForm, _hold, _("The legal hold is placed: nothing is erased until it is lifted.")),
    "erasure": (ErasureForm, _ask, _("Asked for. A second person confirms it or calls it off.")),
}


@require_POST
@confirmed
def confirm_erasure(request: PersonRequest, key: str) -> HttpResponse:
    """The second person says yes; there is no way back."""
    person, _employer = _whom(request, key)
    try:
        erasure.anonymise(person, by=request.user)
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, _("The data are erased. What stays is listed below."))
    return redirect("person_data", key=key)


@require_POST
def call_off_erasure(request: PersonRequest, key: str) -> HttpResponse:
    person, _employer = _whom(request, key)
    found = fetch(Erasure.objects.asked(), person=person)
    try:
        erasure.call_off(found, by=request.user)
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, _("The erasure is called off."))
    return redirect("person_data", key=key)


@require_POST
def lift_hold(request: PersonRequest, key: str, hold: str) -> HttpResponse:
    person, _employer = _whom(request, key)
    found = fetch(LegalHold.objects.visible_to(request.user), person=person, key=hold)
    try:
        holds.lift(found, by=request.user)
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, _("The legal hold is lifted."))
    return redirect("person_data", key=key)


def _tell(request: PersonRequest, refused: Refused) -> None:
    for sentence in refused.sentences:
        messages.error(request, sentence)


# --- Who is due


def erasures(request: PersonRequest) -> HttpResponse:
    """People who left and whose data need not be kept any longer, and what was asked for; erases nothing."""
    if not (request.user.is_hr or request.user.is_administrator):
        raise Denied(_("This page is for the HR staff of an organisation."))
    found: QuerySet[Erasure] = (
        Erasure.objects.open()
        .visible_to(request.user)
        .select_related("person", "organisation", "asked_by")
        .order_by("found_at", "pk")
    )
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    if request.user.is_administrator:
        ledger.record("administrator.read", by=request.user, path=request.get_full_path()[:2000])
    return render(request, "people/erasures.html", {"page": page})
