"""What people are told about a paper."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements import evidence
from agreements.models import Agreement, ChangeRequest, Document, SignatureSlot
from agreements.models.signature import PARTY_OF_SIGNATORY
from people.models import Person
from people.notify import Message, queue
from secondments.choices import Part, Party
from secondments.notices import hr, with_deputies


def _message(
    agreement: Agreement,
    to: Person,
    event: str,
    subject: str,
    *sentences: str,
    action: str,
    path: str = "",
    about: str = "",
    attachment: str = "",
) -> Message:
    case = agreement.secondment
    return Message(
        key=f"agreement:{agreement.pk}:{event}:{to.pk}",
        about=about,
        case_id=case.pk,
        to=to,
        subject=subject,
        sentences=sentences,
        action_label=action,
        action_path=path or agreement.get_absolute_url(),
        why=_("You get this because you have a part in the secondment %(ref)s. Questions? Ask %(owner)s, %(mail)s.")
        % {"ref": case.reference, "owner": case.owner, "mail": case.owner.email},
        attachment=attachment,
    )


def terms_shared(agreement: Agreement) -> None:
    """The host is asked to approve; the secondee is told that the terms can be read."""
    case = agreement.secondment
    assert case.host_contact and case.secondee and agreement.current
    queue(
        *(
            _message(
                agreement,
                person,
                f"shared:{agreement.current.number}",
                _("Approve the terms: %(title)s") % {"title": case.title},
                _("The terms of the secondment are ready for you to read."),
                _("Approve them, or ask for a change beside any clause."),
                action=_("Read the terms"),
                about=f"agreement:{agreement.pk}:terms",
            )
            for person in with_deputies(case, Part.HOST_CONTACT, case.host_contact)
        ),
        _message(
            agreement,
            case.secondee,
            f"shared:{agreement.current.number}",
            _("Read the terms: %(title)s") % {"title": case.title},
            _("The terms of your secondment can be read now. You may ask for changes; you sign later."),
            action=_("Read the terms"),
            about=f"agreement:{agreement.pk}:terms",
        ),
    )


def new_version(agreement: Agreement, approved_before: Iterable[Person]) -> None:
    """The host reads again; who had approved is told that their approval no longer counts."""
    case = agreement.secondment
    assert case.host_contact and agreement.current
    number = agreement.current.number
    cleared = {person.pk for person in approved_before}
    sentence = (
        _("The terms have changed, so your earlier approval no longer counts.")
        if case.host_contact.pk in cleared
        else _("There is a new version of the terms.")
    )
    queue(
        *(
            _message(
                agreement,
                person,
                f"version:{number}",
                _("Version %(n)d of the terms: %(title)s") % {"n": number, "title": case.title},
                sentence,
                _("Please look at what changed and approve this version."),
                action=_("Read the terms"),
                about=f"agreement:{agreement.pk}:terms",
            )
            for person in with_deputies(case, Part.HOST_CONTACT, case.host_contact)
        )
    )


def change_asked(agreement: Agreement, request: ChangeRequest) -> None:
    case = agreement.secondment
    queue(
        *(
            _message(
                agreement,
                person,
                f"change-asked:{request.pk}",
                _("A change is asked for: %(title)s") % {"title": case.title},
                _("%(who)s asks for a change in one clause.") % {"who": request.author},
                action=_("Answer the request"),
            )
            for person in hr(agreement.secondment)
        )
    )


def change_answered(agreement: Agreement, request: ChangeRequest) -> None:
    case = agreement.secondment
    queue(
        _message(
            agreement,
            request.author,
            f"change-answered:{request.pk}",
            _("Your request was answered: %(title)s") % {"title": case.title},
            _("HR has answered your request for a change."),
            action=_("Read the answer"),
        )
    )


def terms_approved(agreement: Agreement) -> None:
    case = agreement.secondment
    assert agreement.current
    queue(
        *(
            _message(
                agreement,
                person,
                f"approved:{agreement.current.number}",
                _("Terms approved: %(title)s") % {"title": case.title},
                _("The host has approved version %(n)d. You can issue it for signature.")
                % {"n": agreement.current.number},
                action=_("Issue the agreement"),
            )
            for person in hr(agreement.secondment)
        )
    )


def signature_asked(agreement: Agreement, slot: SignatureSlot) -> None:
    assert slot.due_on
    part = {party: part for part, party in PARTY_OF_SIGNATORY.items()}[Party(slot.party)]
    queue(
        *(
            _message(
                agreement,
                person,
                f"sign:{slot.pk}",
                _("Sign the agreement: %(title)s, by %(day)s")
                % {"title": agreement.secondment.title, "day": date_format(slot.due_on, "j F")},
                _("The agreement is ready for your signature."),
                _("You read it in the browser and sign with a code that we send to this address."),
                action=_("Read and sign"),
                path=f"{agreement.get_absolute_url()}sign/",
                about=f"signing:{slot.pk}",
            )
            for person in with_deputies(agreement.secondment, part, slot.signatory)
        )
    )


def signed(agreement: Agreement, slot: SignatureSlot) -> None:
    """HR follows along."""
    queue(
        *(
            _message(
                agreement,
                person,
                f"signed:{slot.pk}",
                _("%(who)s has signed: %(title)s") % {"who": slot.signatory, "title": agreement.secondment.title},
                _("%(who)s has signed for the %(party)s.")
                % {"who": slot.signatory, "party": slot.get_party_display().lower()},
                action=_("Open the agreement"),
            )
            for person in hr(agreement.secondment)
        )
    )


def signature_declined(agreement: Agreement, by: Person) -> None:
    queue(
        *(
            _message(
                agreement,
                person,
                "signature-declined",
                _("Not signed: %(title)s") % {"title": agreement.secondment.title},
                _("%(who)s declined to sign; the reason is on the page.") % {"who": by},
                action=_("Open the agreement"),
            )
            for person in hr(agreement.secondment)
        )
    )


def sealed(agreement: Agreement, document: Document) -> None:
    """The sealed copy goes to the three who signed, with the head of the chain of evidence."""
    slots = agreement.slots.select_related("signatory").order_by("turn")
    recipients = {slot.signatory.pk: slot.signatory for slot in slots}
    chain = evidence.head(agreement)
    queue(
        *(
            _message(
                agreement,
                person,
                "sealed",
                _("Signed and sealed: %(title)s") % {"title": agreement.secondment.title},
                _("All have signed. Your sealed copy of the agreement is attached."),
                _("Whether a copy is genuine can be checked by anybody on the verify page."),
                _("Keep this line with it: evidence %(hash)s.") % {"hash": chain},
                action=_("Open the agreement"),
                attachment=f"document:{document.sha256}",
            )
            for person in recipients.values()
        )
    )
