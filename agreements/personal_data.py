"""What this house keeps about a person: signatures, approvals, changes asked for; copied and erased.

The signed set stays byte for byte; papers that were never signed by all lose their words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from agreements import scopes
from agreements.models import (
    Agreement,
    Approval,
    ChangeRequest,
    Comment,
    LegalConsent,
    Look,
    Printout,
    Signature,
    SignatureOrigin,
    SignatureSlot,
    SigningCode,
    SigningLink,
    Thread,
)
from agreements.states import ENDED
from people import personal_data
from people.models import Person
from people.personal_data import Section, section


def sections(person: Person, reader: Person) -> Iterable[Section]:
    """HR gets what is in papers that it may see; from where somebody signed is for that person alone."""
    own = person == reader
    papers = Agreement.objects.all() if own else scopes.readable(reader)
    yield section("agreements.ChangeRequest", ChangeRequest.objects.filter(author=person, agreement__in=papers))
    yield section("agreements.Approval", Approval.objects.filter(person=person, version__agreement__in=papers))
    yield section("agreements.SignatureSlot", SignatureSlot.objects.filter(signatory=person, agreement__in=papers))
    yield section("agreements.Signature", Signature.objects.filter(slot__signatory=person, agreement__in=papers))
    threads = Thread.objects.filter(started_by=person) if own else scopes.threads(reader).filter(started_by=person)
    yield section("agreements.Thread", threads)
    comments = Comment.objects.filter(author=person)
    yield section("agreements.Comment", comments if own else comments.filter(thread__in=scopes.threads(reader)))
    yield section("agreements.LegalConsent", LegalConsent.objects.filter(person=person, agreement__in=papers))
    if own:
        yield section("agreements.Look", Look.objects.filter(person=person))
        yield section("agreements.SigningLink", SigningLink.objects.filter(person=person))
        yield section("agreements.Printout", Printout.objects.filter(asked_by=person).defer("content"))
        yield section("agreements.SignatureOrigin", SignatureOrigin.objects.filter(signature__slot__signatory=person))
        yield section("agreements.SigningCode", SigningCode.objects.filter(slot__signatory=person))


def erase(person: Person) -> None:
    """Take the words out of the unsigned papers of the person's cases; a function of the owner does it."""
    found = personal_data.cases(person).all
    unsigned = Agreement.objects.filter(secondment__in=found, state__in=sorted(ENDED))
    unsigned.update(changes={})
    with connection.cursor() as cursor:
        for pk in unsigned.values_list("pk", flat=True):
            cursor.execute("SELECT erase_paper(%s, %s)", [pk, person.pk])


def print_copy(html: str, created: datetime) -> bytes:
    from agreements import pdf  # brings WeasyPrint's fonts along, which only the worker needs

    return pdf.render_copy(html, created=created)


HOUSE = personal_data.House("agreements", 2, sections, erase=erase)
