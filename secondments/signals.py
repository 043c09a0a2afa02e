"""What points up the slope: agreements draft and void their papers, and hold on to who signs one that is out."""

from django.dispatch import Signal

# Sent by the door inside its transaction, after the row and the ledger are written.
# Arguments: secondment, name (of the transition), by (Person or None), reason.
transitioned = Signal()

# Sent inside the transaction before somebody else is named for a part; a listener that cannot have that refuses.
# Arguments: secondment, part.
renaming = Signal()
