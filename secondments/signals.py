"""The one signal that points up the slope: agreements listen to it to draft and to void their papers."""

from django.dispatch import Signal

# Sent by the door inside its transaction, after the row and the ledger are written.
# Arguments: secondment, name (of the transition), by (Person or None), reason.
transitioned = Signal()
