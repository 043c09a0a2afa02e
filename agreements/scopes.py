"""For lists: the papers that somebody may read or work on, as QuerySets; each is the pair of a test in policies.py."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from agreements import policies
from agreements.models import Agreement, ChangeRequest, Document, Printout, Thread, Version
from agreements.states import SHARED, PaperKind, PaperState
from people.models import Person
from secondments.choices import Part
from secondments.scopes import cases_in


def readable(person: Person) -> QuerySet[Agreement]:
    """The pair of ``may_read``."""
    found = Agreement.objects.filter(secondment__in=cases_in(person, {Part.HR_SECONDER}))
    contract = Q(kind=PaperKind.CONTRACT)
    for kind, parts in ((~contract, policies.READERS), (contract, policies.CONTRACT_READERS)):
        cases = cases_in(person, parts - {Part.HR_SECONDER})
        found |= Agreement.objects.filter(kind, shared_at__isnull=False, secondment__in=cases)
    return found


def with_costs(person: Person) -> QuerySet[Agreement]:
    """The pair of ``may_read_costs``."""
    finance = cases_in(person, policies.FINANCE)
    shared = Agreement.objects.filter(kind=PaperKind.AGREEMENT, shared_at__isnull=False, secondment__in=finance)
    return readable(person) | shared


def editable(person: Person) -> QuerySet[Agreement]:
    """The pair of ``may_edit``."""
    return Agreement.objects.filter(secondment__in=cases_in(person, {Part.HR_SECONDER}))


def negotiable(person: Person) -> QuerySet[Agreement]:
    """The pair of ``may_ask_for_change``."""
    contract = Q(kind=PaperKind.CONTRACT)
    others = Q(secondment__in=cases_in(person, policies.NEGOTIATORS)) & ~contract
    own = Q(secondment__in=cases_in(person, policies.NEGOTIATORS & policies.CONTRACT_READERS)) & contract
    return Agreement.objects.filter(others | own, state__in=SHARED)


def threads(person: Person) -> QuerySet[Thread]:
    """The pair of ``may_read_thread``."""
    found = Q(pk__in=[])
    for audience, parts in policies.AUDIENCES.items():
        found |= Q(audience=audience, agreement__secondment__in=cases_in(person, parts))
    return Thread.objects.filter(found, agreement__in=readable(person))


def printouts(person: Person) -> QuerySet[Printout]:
    """What somebody asked to be printed, while they may read the paper."""
    return Printout.objects.filter(asked_by=person, agreement__in=readable(person))


def downloadable(person: Person) -> QuerySet[Agreement]:
    """The pair of ``may_download``."""
    return readable(person).exclude(state=PaperState.DRAFT)


# A version that another replaced before the paper was shown to the guests.
UNSEEN = Exists(
    Version.objects.filter(
        agreement=OuterRef("agreement"),
        number__gt=OuterRef("number"),
        created_at__lte=OuterRef("agreement__shared_at"),
    )
)


def versions(person: Person) -> QuerySet[Version]:
    """All to HR of the seconder; to others the version that they were shown first, and all after it."""
    shown = Q(Q(agreement__in=readable(person)), ~UNSEEN)
    return Version.objects.filter(Q(agreement__in=editable(person)) | shown)


def versions_of(agreement: Agreement, person: Person) -> QuerySet[Version]:
    """Those of ``versions`` that belong to one paper, asked for without looking through all others."""
    if policies.may_edit(agreement, person):
        return agreement.versions.all()
    return agreement.versions.exclude(UNSEEN) if policies.may_read(agreement, person) else agreement.versions.none()


def threads_of(agreement: Agreement, person: Person) -> QuerySet[Thread]:
    """Those of ``threads`` that belong to one paper."""
    return agreement.threads.filter(audience__in=policies.hears(agreement, person))


def change_requests(person: Person) -> QuerySet[ChangeRequest]:
    return ChangeRequest.objects.filter(agreement__in=readable(person))


def documents(person: Person) -> QuerySet[Document]:
    return Document.objects.filter(agreement__in=downloadable(person))
