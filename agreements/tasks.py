"""Celery tasks of this house."""

from celery import shared_task


@shared_task(name="agreements.make_documents")
def make_documents() -> int:
    """Render review copies, seal signed papers, print approved proposals and what was asked to be printed."""
    # These bring WeasyPrint and pyHanko along, which only the worker needs.
    from agreements import documents, printing, sheets

    return documents.make_pending() + sheets.make_pending() + printing.make_pending()


@shared_task(name="agreements.sweep_signing")
def sweep_signing() -> int:
    """Remind who has not signed, let papers lapse whose time is over, tell HR of seals that are late."""
    from agreements import documents, envelopes

    return envelopes.expire_due() + envelopes.remind_due() + documents.tell_late()


@shared_task(name="agreements.renew_seals")
def renew_seals() -> int:
    """Renew timestamps of sealed papers before they lose their worth; throw old printouts away."""
    from agreements import documents, printing

    return documents.renew_due() + printing.sweep()
