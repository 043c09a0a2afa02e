"""What people are told about the files of a paper: the sealed copy, and one that is late."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agreements import evidence
from agreements.composing import PARTIES
from agreements.models import Agreement, Document
from agreements.notices import message, speakers
from agreements.states import PaperKind
from people.notify import queue
from secondments.notices import hr


def sealed(agreement: Agreement, document: Document) -> None:
    """The sealed copy goes to all who signed and to who speaks for each party, with the head of the evidence."""
    slots = agreement.slots.select_related("signatory").order_by("turn", "pk")
    recipients = {slot.signatory.pk: slot.signatory for slot in slots}
    for party in PARTIES[PaperKind(agreement.kind)]:
        recipients |= {person.pk: person for person in speakers(agreement, party)}
    chain = evidence.head(agreement)
    queue(
        *(
            message(
                agreement,
                person,
                "sealed",
                _("Signed and sealed: %(title)s") % {"title": agreement.secondment.title},
                _("All have signed. Your sealed copy of “%(paper)s” is attached.") % {"paper": agreement.title},
                _("Whether a copy is genuine can be checked by anybody on the verify page."),
                _("Keep this line with it: evidence %(hash)s.") % {"hash": chain},
                action=_("Open the agreement"),
                about=f"sealed:{agreement.pk}",
                attachment=f"document:{document.sha256}",
            )
            for person in recipients.values()
        )
    )


def seal_late(agreement: Agreement) -> None:
    """HR hears when a sealed copy is still missing though all have signed."""
    queue(
        *(
            message(
                agreement,
                person,
                "seal-late",
                _("The sealed copy is late: %(title)s") % {"title": agreement.secondment.title},
                _("All have signed, and the signatures stand. The sealed copy could not be made yet."),
                _("It is tried again by itself; tell whoever runs the installation if it lasts."),
                action=_("Open the agreement"),
            )
            for person in hr(agreement.secondment)
        )
    )
