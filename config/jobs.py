"""Whether mail goes out and documents are made, for an administrator: numbers, and nothing of what is in them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agreements.documents import PENDING
from agreements.models import Agreement
from agreements.states import PaperState
from config import heartbeat
from config.views import sign_of_life
from people import anchors
from people.access import PersonRequest, require_administrator
from people.models import JobRun, Notice


@require_administrator
def jobs(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    waiting = Notice.objects.filter(Notice.OPEN).aggregate(
        waiting=Count("pk"), oldest=Min("created_at"), retried=Count("pk", filter=~Q(error=""))
    )
    past = {
        "sent": Notice.objects.filter(sent_at__gt=now - timedelta(hours=24)).count(),
        "failed": Notice.objects.filter(failed_at__gt=now - timedelta(days=30)).count(),
    }
    documents = Agreement.objects.filter(PENDING).aggregate(
        reviews=Count("pk", filter=Q(state=PaperState.SIGNING)),
        seals=Count("pk", filter=Q(state=PaperState.SIGNED)),
        retried=Count("pk", filter=Q(job_attempts__gt=1)),
    )
    last = anchors.last()
    context = {
        "mail": waiting | past,
        "documents": documents,
        "parts": [(part, sign_of_life(part)) for part in heartbeat.PARTS],
        "anchored": last.at if last else None,
        "runs": JobRun.objects.all(),
    }
    return render(request, "people/administration/jobs.html", context)
