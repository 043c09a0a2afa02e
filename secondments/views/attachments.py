"""Files beside a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from people.access import Denied, PersonRequest, fetch
from secondments import policies, scopes
from secondments.actions import attachments as actions
from secondments.choices import Part
from secondments.forms.proposal import FileForm
from secondments.transitions import Refused
from secondments.views import scope


def attachments(request: PersonRequest, key: str) -> HttpResponse:
    """The files of a case that one may read; HR of the seconder adds to them."""
    case = scope.case(request, key)
    parts = policies.parts_of(case, request.user)
    if not parts & {Part.HR_SECONDER, *policies.FILE_READERS}:
        raise Denied(_("Files are for those who decide and for HR of the seconder."))
    may_add = policies.may_attach(case, request.user)
    form = FileForm(request.POST or None, request.FILES or None) if may_add else None
    if request.method == "POST":
        if form is None:
            raise Denied(_("Only HR of the seconder keeps files with a proposal, until the case is closed."))
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                actions.add(
                    case,
                    by=request.user,
                    name=file.name,
                    content=file.read(actions.MOST + 1),
                    is_shared=form.cleaned_data["is_shared"],
                )
            except Refused as refused:
                scope.explain(form, refused)
            else:
                messages.success(request, _("The file is kept with the proposal."))
                return redirect("attachments", key=case.key)
    rows = (
        scopes.attachments(request.user)
        .filter(secondment=case)
        .select_related("added_by", "secondment")
        .defer("content")
    )
    return render(request, "secondments/attachments.html", {"case": case, "rows": rows, "form": form})


def attachment(request: PersonRequest, key: str, file_key: str) -> HttpResponse:
    """One file, always to be saved and never shown by the browser."""
    case = scope.case(request, key)
    found = fetch(scopes.attachments(request.user).filter(secondment=case), key=file_key)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


@require_POST
def remove(request: PersonRequest, key: str, file_key: str) -> HttpResponse:
    case = scope.case(request, key)
    found = fetch(scopes.attachments(request.user).filter(secondment=case), key=file_key)
    try:
        actions.remove(found, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("The file is removed."))
    return redirect("attachments", key=case.key)
