"""Celery tasks of this house."""

from celery import shared_task


@shared_task(name="agreements.make_documents")
def make_documents() -> int:
    """Render review copies, seal signed papers, print approved proposals that wait for it."""
    from agreements import documents, sheets  # bring WeasyPrint and pyHanko along, which only the worker needs

    return documents.make_pending() + sheets.make_pending()
