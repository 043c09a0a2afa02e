"""What people are told about a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements import policies
from agreements.models import Agreement, Approval, ChangeRequest, Comment, SignatureSlot, Thread
from agreements.models.signature import PARTY_OF_SIGNATORY
from agreements.states import Audience, PaperKind, PaperState
from people.models import Person
from people.notify import Message, queue
from secondments import timetable
from secondments.choices import Part, Party
from secondments.notices import hr, still_here, with_deputies


def message(
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


def speakers(agreement: Agreement, party: Party) -> list[Person]:
    """Who is told for a party of a negotiation; nobody whose part in the case is over, whoever the case still names."""
    case = agreement.secondment
    if party == Party.SECONDER:
        return hr(case)
    if party == Party.SECONDEE:
        return still_here(case, [case.secondee])
    return [
        who
        for contact in still_here(case, [case.host_contact])
        for who in with_deputies(case, Part.HOST_CONTACT, contact)
    ]


def _guests(agreement: Agreement) -> list[tuple[Party, Person]]:
    """Those of the other parties to a paper whom HR of the seconder sends its terms to."""
    return [
        (party, person)
        for party in policies.APPROVERS[PaperKind(agreement.kind)]
        if party != Party.SECONDER
        for person in speakers(agreement, party)
    ]


def terms_shared(agreement: Agreement) -> None:
    """The other parties are asked to read and approve."""
    assert agreement.current
    title = agreement.secondment.title
    queue(
        *(
            message(
                agreement,
                person,
                f"shared:{agreement.current.number}",
                _("Approve the terms: %(title)s") % {"title": title}
                if agreement.kind == PaperKind.AGREEMENT
                else _("Approve %(paper)s: %(title)s") % {"paper": agreement.title, "title": title},
                _("The terms of the secondment are ready for you to read."),
                _("Approve them, answer what is asked of you, or propose a change beside any clause."),
                action=_("Read the terms"),
                about=f"agreement:{agreement.pk}:terms:{party}",
            )
            for party, person in _guests(agreement)
        )
    )


def new_version(agreement: Agreement, approved_before: Iterable[Person], *, by: Person) -> None:
    """Those concerned read again; who had approved is told that their approval no longer counts."""
    assert agreement.current
    number = agreement.current.number
    cleared = {person.pk: person for person in approved_before if person.pk != by.pk}
    told = {person.pk: (party, person) for party, person in _guests(agreement) if person.pk != by.pk}
    told |= {pk: (Party.SECONDER, person) for pk, person in cleared.items() if pk not in told}
    queue(
        *(
            message(
                agreement,
                person,
                f"version:{number}",
                _("Version %(n)d of the terms: %(title)s") % {"n": number, "title": agreement.secondment.title},
                _("The terms have changed, so your earlier approval no longer counts.")
                if pk in cleared
                else _("There is a new version of the terms."),
                _("Please look at what changed and approve this version."),
                action=_("Read the terms"),
                about=f"agreement:{agreement.pk}:terms:{party}",
            )
            for pk, (party, person) in told.items()
        )
    )


def change_asked(agreement: Agreement, request: ChangeRequest) -> None:
    """The other side is told; a counter-proposal goes to the party that proposed first."""
    to = Party.SECONDER
    if request.party == Party.SECONDER and request.answers:
        to = Party(request.answers.party)
    queue(
        *(
            message(
                agreement,
                person,
                f"change-asked:{request.pk}",
                _("A change is asked for: %(title)s") % {"title": agreement.secondment.title},
                _("%(who)s asks for a change in one clause.") % {"who": request.author},
                action=_("Answer the request"),
                path=f"{agreement.get_absolute_url()}#requests",
            )
            for person in speakers(agreement, to)
            if person.pk != request.author_id
        )
    )


def change_answered(agreement: Agreement, request: ChangeRequest) -> None:
    case = agreement.secondment
    queue(
        message(
            agreement,
            request.author,
            f"change-answered:{request.pk}",
            _("Your request was answered: %(title)s") % {"title": case.title},
            _("The change that you asked for has been answered."),
            action=_("Read the answer"),
            path=f"{agreement.get_absolute_url()}#requests",
        )
    )


def commented(thread: Thread, comment: Comment) -> None:
    """Those who read the conversation and were not the one to write; a note of one side stays on it."""
    agreement = thread.agreement
    case = agreement.secondment
    parties = {
        Audience.ALL: [Party.SECONDER, *(party for party, _person in _guests(agreement))],
        Audience.HOST: [Party.HOST],
    }.get(Audience(thread.audience), [Party.SECONDER])
    people = {person.pk: person for party in parties for person in speakers(agreement, party)}
    if thread.audience == Audience.SECONDER_MANAGER and case.line_manager:
        people[case.line_manager.pk] = case.line_manager
    queue(
        *(
            message(
                agreement,
                person,
                f"comment:{comment.pk}",
                _("A comment on the terms: %(title)s") % {"title": case.title},
                _("%(who)s wrote beside a clause.") % {"who": comment.author},
                action=_("Read the comment"),
                path=f"{agreement.get_absolute_url()}#clause-{thread.clause_key}",
            )
            for pk, person in people.items()
            if pk != comment.author_id
        )
    )


def terms_approved(agreement: Agreement, approval: Approval) -> None:
    """HR hears of each approval, and that the paper can be issued with the last."""
    case = agreement.secondment
    assert agreement.current
    is_last = agreement.state == PaperState.APPROVED
    queue(
        *(
            message(
                agreement,
                person,
                f"approved:{agreement.current.number}:{approval.party}",
                _("Terms approved: %(title)s") % {"title": case.title},
                _("%(who)s has approved version %(n)d.") % {"who": approval.person, "n": agreement.current.number},
                _("All parties have; you can issue it for signature.") if is_last else _("Others still have to."),
                action=_("Issue the agreement") if is_last else _("Open the agreement"),
            )
            for person in hr(case)
            if person.pk != approval.person_id
        )
    )


def who_signs(agreement: Agreement, slot: SignatureSlot) -> list[Person]:
    """The signatory and whoever is their deputy today."""
    part = {party: part for part, party in PARTY_OF_SIGNATORY.items()}[Party(slot.party)]
    return with_deputies(agreement.secondment, part, slot.signatory)


def who_was_asked(agreement: Agreement) -> list[Person]:
    """Everybody who was asked to sign, or has: who is told when the paper ends."""
    rows = agreement.slots.filter(invited_at__isnull=False).select_related("signatory").order_by("turn", "pk")
    return list({row.signatory_id: row.signatory for row in rows}.values())


def signature_asked(agreement: Agreement, slot: SignatureSlot) -> None:
    assert slot.due_on
    again = f":{slot.reassigned_at:%Y%m%d%H%M%S}" if slot.reassigned_at else ""
    queue(
        *(
            message(
                agreement,
                person,
                f"sign:{slot.pk}{again}",
                _("Sign: %(paper)s, %(title)s, by %(day)s")
                % {
                    "paper": agreement.title,
                    "title": agreement.secondment.title,
                    "day": date_format(slot.due_on, "j F"),
                },
                _("“%(paper)s” is ready for your signature.") % {"paper": agreement.title},
                _("You read it in the browser and sign there, once you have confirmed that it is you."),
                _("The link is for you alone: whoever you forward it to has to sign in as you."),
                action=_("Read and sign"),
                path=f"{agreement.get_absolute_url()}sign/",
                about=f"signing:{slot.pk}",
            )
            for person in who_signs(agreement, slot)
        )
    )


def signature_reminders(agreement: Agreement, slot: SignatureSlot, rung: str) -> Iterator[Message]:
    """One rung of the ladder: to whoever signs, or to HR when it is the last."""
    assert slot.due_on
    title = agreement.secondment.title
    day = date_format(slot.due_on, "j F")
    again = f":{slot.reassigned_at:%Y%m%d%H%M%S}" if slot.reassigned_at else ""
    if rung == timetable.ESCALATE:
        for person in hr(agreement.secondment):
            yield message(
                agreement,
                person,
                f"sign-late:{slot.pk}{again}",
                _("Not signed yet: %(title)s") % {"title": title},
                _("%(who)s was to sign by %(day)s and has not.") % {"who": slot.signatory, "day": day},
                _("You can remind them, give more time or name somebody else."),
                action=_("Open the agreement"),
                about=f"signing:{slot.pk}",
            )
        return
    for person in who_signs(agreement, slot):
        yield message(
            agreement,
            person,
            f"sign-reminder:{slot.pk}{again}:{rung}:{slot.due_on}",
            _("Please sign: %(title)s, by %(day)s") % {"title": title, "day": day},
            _("“%(paper)s” still waits for your signature.") % {"paper": agreement.title},
            _("If you do not want to sign, say so on the same page."),
            action=_("Read and sign"),
            path=f"{agreement.get_absolute_url()}sign/",
            about=f"signing:{slot.pk}",
        )


def voided(agreement: Agreement, people: Iterable[Person], *, by: Person | None) -> None:
    """Who was asked to sign, or has signed, is told that the paper is no longer out."""
    queue(
        *(
            message(
                agreement,
                person,
                "voided",
                _("No longer out for signature: %(title)s") % {"title": agreement.secondment.title},
                _("“%(paper)s” (%(ref)s) was called off; there is nothing more to sign on it.")
                % {"paper": agreement.title, "ref": agreement.reference},
                action=_("Open the agreement"),
            )
            for person in people
            if by is None or person.pk != by.pk
        )
    )


def expired(agreement: Agreement, asked: Iterable[Person]) -> None:
    """HR, and those who were asked, hear that the time is over."""
    people = {person.pk: person for person in [*hr(agreement.secondment), *asked]}
    queue(
        *(
            message(
                agreement,
                person,
                "expired",
                _("Not signed in time: %(title)s") % {"title": agreement.secondment.title},
                _("The time for signing “%(paper)s” is over; not all had signed.") % {"paper": agreement.title},
                _("HR of the seconder can issue it again."),
                action=_("Open the agreement"),
            )
            for person in people.values()
        )
    )


def signed(agreement: Agreement, slot: SignatureSlot) -> None:
    """HR follows along."""
    queue(
        *(
            message(
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
            message(
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
