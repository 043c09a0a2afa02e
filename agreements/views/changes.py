"""Changes that a party proposes and the other side answers; comments beside a clause."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agreements import conversations, policies, proposing, scopes
from agreements.composing import Matter
from agreements.forms.terms import ChangeForm, CommentForm, ReplyForm
from agreements.models import Agreement, ChangeRequest, Thread
from agreements.views.scope import paper
from people.access import Denied, PersonRequest, fetch
from people.forms.base import Reason
from secondments.transitions import Refused
from secondments.views import scope


def ask_for_change(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """The host or the secondee asks for a change of one clause, in words or exactly."""
    agreement = paper(request, key, number)
    if not policies.may_ask_for_change(agreement, request.user):
        scope.offer(agreement.secondment, request.user, policies.NEGOTIATORS)
        raise Denied(_("You cannot ask for changes to these terms."))
    return _propose(request, agreement, clause_key, None)


def counter(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Answer a proposal with another one."""
    agreement = paper(request, key, number)
    found = _proposal(agreement, pk)
    _require_answerer(request, found)
    return _propose(request, agreement, found.clause_key, found)


def _propose(
    request: PersonRequest, agreement: Agreement, clause_key: str, answers: ChangeRequest | None
) -> HttpResponse:
    current = agreement.current
    assert current
    matter = Matter.of(current)
    definition = matter.by_key.get(clause_key)
    shown = next((row for row in current.content["clauses"] if row["key"] == clause_key), None)
    if definition is None or shown is None:
        raise Http404
    present, wording = matter.values.get(clause_key, {}), matter.paragraphs(definition)
    initial: dict[str, Any] = {"seen_version": current.number}
    if answers:
        initial |= {f"answer_{name}": value for name, value in answers.values.items()}
        wording = answers.wording or wording
    form = ChangeForm(request.POST or None, clause=definition, values=present, wording=wording, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {
            "by": request.user,
            "text": form.cleaned_data["text"],
            "seen_version": form.cleaned_data["seen_version"],
            "values": form.answers(),
            "wording": form.paragraphs(),
        }
        try:
            if answers:
                proposing.counter(answers, **given)
            else:
                proposing.propose(agreement, key=clause_key, **given)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Your proposal is with the other side; you are told when it is answered."))
            return redirect(f"{agreement.get_absolute_url()}#clause-{clause_key}")
    context = {
        "agreement": agreement,
        "case": agreement.secondment,
        "clause": shown,
        "definition": definition,
        "form": form,
        "answers": answers,
    }
    return render(request, "agreements/ask_for_change.html", context)


@require_POST
def accept(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take an exact proposal as it is."""
    agreement = paper(request, key, number)
    found = _proposal(agreement, pk)
    try:
        made = proposing.accept(found, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        assert made.became
        messages.success(request, _("Accepted: version %(n)d of the terms is made.") % {"n": made.became.number})
    return redirect(f"{agreement.get_absolute_url()}#clause-{found.clause_key}")


def decline_change(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Decline a proposal, with a reason."""
    agreement = paper(request, key, number)
    found = _proposal(agreement, pk)
    _require_answerer(request, found)
    form = Reason(request.POST or None, label=_("Why is it declined?"))
    if request.method == "POST" and form.is_valid():
        try:
            proposing.decline(found, by=request.user, answer=form.cleaned_data["reason"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect(f"{agreement.get_absolute_url()}#clause-{found.clause_key}")
    context = {"agreement": agreement, "case": agreement.secondment, "change": found, "form": form}
    return render(request, "agreements/decline_change.html", context)


@require_POST
def withdraw(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take one's own proposal back."""
    agreement = paper(request, key, number)
    found = _proposal(agreement, pk)
    try:
        proposing.withdraw(found, by=request.user)
    except Refused as refused:
        scope.tell(request, refused)
    else:
        messages.success(request, _("Your proposal is taken back."))
    return redirect(f"{agreement.get_absolute_url()}#clause-{found.clause_key}")


def _proposal(agreement: Agreement, pk: int) -> ChangeRequest:
    found = fetch(agreement.change_requests.select_related("author", "answers"), pk=pk)
    found.agreement = agreement
    return found


def _require_answerer(request: PersonRequest, found: ChangeRequest) -> None:
    if not policies.may_answer(found, request.user):
        scope.offer(found.agreement.secondment, request.user, policies.COMMENTERS)
        raise Denied(_("This is for the other side to answer."))


def comment(request: PersonRequest, key: str, number: int, clause_key: str) -> HttpResponse:
    """Begin a conversation beside a clause, or a note of one's own side."""
    agreement = paper(request, key, number)
    assert agreement.current
    shown = next((row for row in agreement.current.content["clauses"] if row["key"] == clause_key), None)
    audiences = conversations.audiences(agreement, request.user)
    if not (audiences and policies.may_comment(agreement, request.user)):
        scope.offer(agreement.secondment, request.user, policies.COMMENTERS)
        raise Denied(_("You cannot comment on these terms."))
    if shown is None:
        raise Http404
    form = CommentForm(request.POST or None, audiences=audiences)
    if request.method == "POST" and form.is_valid():
        try:
            conversations.start(agreement, by=request.user, key=clause_key, **form.cleaned_data)
        except Refused as refused:
            scope.explain(form, refused)
        else:
            messages.success(request, _("Your comment stands beside the clause."))
            return redirect(f"{agreement.get_absolute_url()}#clause-{clause_key}")
    context = {"agreement": agreement, "case": agreement.secondment, "clause": shown, "form": form, "thread": None}
    return render(request, "agreements/comment.html", context)


def reply(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """A conversation with all that was said, and an answer to it."""
    agreement = paper(request, key, number)
    thread = _thread(request, agreement, pk)
    assert agreement.current
    if not policies.may_comment(agreement, request.user):
        scope.offer(agreement.secondment, request.user, policies.COMMENTERS)
        raise Denied(_("You cannot comment on these terms."))
    rows = agreement.current.content["clauses"]
    shown = next((row for row in rows if row["key"] == thread.clause_key), None)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            conversations.reply(thread, by=request.user, text=form.cleaned_data["text"])
        except Refused as refused:
            scope.explain(form, refused)
        else:
            return redirect(f"{agreement.get_absolute_url()}#clause-{thread.clause_key}")
    context = {"agreement": agreement, "case": agreement.secondment, "clause": shown, "form": form, "thread": thread}
    return render(request, "agreements/comment.html", context)


@require_POST
def settle(request: PersonRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Say that a conversation is resolved, or close it."""
    agreement = paper(request, key, number)
    thread = _thread(request, agreement, pk)
    try:
        conversations.settle(thread, by=request.user, state=request.POST.get("state", ""))
    except Refused as refused:
        scope.tell(request, refused)
    return redirect(f"{agreement.get_absolute_url()}#clause-{thread.clause_key}")


def _thread(request: PersonRequest, agreement: Agreement, pk: int) -> Thread:
    found = fetch(scopes.threads_of(agreement, request.user).prefetch_related("comments__author"), pk=pk)
    found.agreement = agreement
    return found
