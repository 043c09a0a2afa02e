"""Questions before deciding, and HR's answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.access import Denied, PersonRequest, fetch
from secondments import policies, scopes
from secondments.actions import questions
from secondments.choices import Part
from secondments.forms.proposal import Words
from secondments.transitions import Refused
from secondments.views import scope
from secondments.views.decisions import asked_of


def ask(request: PersonRequest, key: str, kind: str) -> HttpResponse:
    """Ask HR something before deciding."""
    case, decision = asked_of(request, key, kind)
    form = Words(request.POST or None, label=_("Your question to HR"))
    if request.method == "POST" and form.is_valid():
        try:
            questions.ask(decision, by=request.user, text=form.cleaned_data["text"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("HR is asked; you get an e-mail with the answer."))
            return redirect("decide", key=case.key, kind=kind)
    return render(request, "secondments/ask_question.html", {"case": case, "decision": decision, "form": form})


def answer(request: PersonRequest, key: str, pk: int) -> HttpResponse:
    """HR answers one."""
    case = scope.case(request, key)
    found = fetch(scopes.questions(request.user).filter(secondment=case).select_related("asked_by"), pk=pk)
    if not policies.may_run(case, request.user):
        scope.offer(case, request.user, {Part.HR_SECONDER})
        raise Denied(_("HR of the seconder answers questions."))
    form = Words(request.POST or None, label=_("Answer"), help_text=_("Whoever decides this reads it."))
    if request.method == "POST" and form.is_valid():
        try:
            questions.answer(found, by=request.user, text=form.cleaned_data["text"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("The answer is kept, and who asked is told."))
            return redirect(case)
    return render(request, "secondments/answer_question.html", {"case": case, "question": found, "form": form})
