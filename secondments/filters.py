"""Filters of the list of secondments."""

from __future__ import annotations

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from people import clock
from people.forms.base import style
from secondments.models import Secondment
from secondments.models.secondment import SecondmentQuerySet
from secondments.states import CLOSED, PHASE_OF, PLACED, Phase, State

SORTS = [
    ("-changed_at", _("Last changed")),
    ("start_on", _("First day")),
    ("end_on", _("Last day")),
    ("turn_until", _("Due next")),
]


class SecondmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"), widget=forms.SearchInput())
    phase = django_filters.ChoiceFilter(method="in_phase", choices=Phase, label=_("Phase"), empty_label=_("All"))
    show = django_filters.ChoiceFilter(
        method="narrow",
        label=_("Show"),
        empty_label=_("All"),
        choices=[
            ("open", _("Open cases")),
            ("overdue", _("Overdue")),
            ("starting", _("Starting in 30 days")),
            ("ending", _("Ending in 30 days")),
            ("mine", _("Owned by me")),
        ],
    )
    sort = django_filters.ChoiceFilter(method="ordered", choices=SORTS, label=_("Order"), empty_label=None)

    class Meta:
        model = Secondment
        fields: list[str] = []

    @property
    def form(self) -> forms.Form:
        form = super().form
        style(form)
        return form

    def search(self, found: SecondmentQuerySet, name: str, words: str) -> SecondmentQuerySet:
        for word in words.split():
            found = found.filter(
                Q(reference__icontains=word)
                | Q(secondee__full_name__icontains=word)
                | Q(host__legal_name__icontains=word)
                | Q(seconder__legal_name__icontains=word)
                | Q(role_title__icontains=word)
            )
        return found

    def in_phase(self, found: SecondmentQuerySet, name: str, phase: str) -> SecondmentQuerySet:
        return found.filter(state__in=[state for state, its in PHASE_OF.items() if its == phase])

    def narrow(self, found: SecondmentQuerySet, name: str, what: str) -> SecondmentQuerySet:
        today = clock.today("UTC")
        month = today + timedelta(days=30)
        match what:
            case "open":
                return found.open()
            case "overdue":
                return found.exclude(state__in=CLOSED).filter(turn_until__lt=today)
            case "starting":
                return found.filter(state=State.AGREED, start_on__range=(today, month))
            case "ending":
                return found.filter(state__in=PLACED, end_on__range=(today, month))
            case "mine":
                return found.filter(owner=self.request.user)
        return found

    def ordered(self, found: SecondmentQuerySet, name: str, order: str) -> SecondmentQuerySet:
        return found.order_by(order, "-pk")
