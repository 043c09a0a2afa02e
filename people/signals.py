"""What people tells the houses above it; they listen, people does not know them."""

from django.dispatch import Signal

# Somebody leaves an organisation. Sent by the action inside its transaction, after the rows are written.
# Arguments: organisation, person, day (the last day of the employment; it may lie ahead).
left = Signal()
