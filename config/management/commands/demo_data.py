"""Writes the demo's organisations, people and cases into an empty database."""

from __future__ import annotations

import multiprocessing
import time
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils import timezone

from agreements.models import SignatureSlot
from config.demo import cast, extras, plans, stories, world
from people.actions.invitations import VALID
from people.models import Invitation, Notice, Organisation
from secondments.models import Decision
from secondments.states import State

WORKERS = 2
SEED = 20260504


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        """People and drafts first, in one order; then the stories, two at a time, as each makes PDFs."""
        if not settings.DEMO:
            raise CommandError("Demo data goes into a demo only; DEMO is off.")
        if Organisation.objects.exists():
            self.stdout.write("Demo data is there already.")
            return
        began = time.monotonic()
        self.stdout.write("Writing 12 organisations, 400 people and 80 secondments (about two minutes) …")
        chance = Random(SEED)
        with transaction.atomic():
            houses = world.build(chance)
            tellers = [
                stories.Teller(plans.casting(plan, chance, houses, number))
                for number, plan in enumerate(plans.plans(), start=1)
            ]
            for teller in tellers:
                teller.begin()
        self._tell(tellers)
        extras.add(cast.owner())
        quiet_history()
        renew_invitations()
        self.stdout.write(f"Demo data written in {time.monotonic() - began:.0f} s.")

    def _tell(self, tellers: list[stories.Teller]) -> None:
        connections.close_all()
        done = 0
        with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
            for _ in pool.imap_unordered(_tell_one, tellers):
                done += 1
                if done % 10 == 0:
                    self.stdout.write(f"  {done} of {len(tellers)} cases")
                    self.stdout.flush()


def _tell_one(teller: stories.Teller) -> int:
    teller.tell()
    return teller.plan.key


def quiet_history() -> None:
    """Mail of the past counts as sent; what asks somebody for something now goes out for real."""
    open_now = [
        f"decision:{pk}"
        for pk in Decision.objects.filter(verdict__isnull=True, secondment__state=State.PROPOSAL).values_list(
            "pk", flat=True
        )
    ]
    open_now += [
        f"signing:{pk}"
        for pk in SignatureSlot.objects.filter(
            signature__isnull=True, invited_at__isnull=False, agreement__state="signing"
        ).values_list("pk", flat=True)
    ]
    now = timezone.now()
    past = Notice.objects.filter(Notice.OPEN)
    past.filter(is_secret=True).update(sentences=[], subject="A code", sent_at=now)
    past.exclude(about__in=open_now).update(sent_at=now)


def renew_invitations() -> None:
    """Stories are told side by side, an old one perhaps last: invitations hold from today, for what is asked now."""
    unused = Invitation.objects.filter(accepted_at__isnull=True, cancelled_at__isnull=True)
    unused.update(expires_at=timezone.now() + VALID)
    asked = Decision.objects.filter(verdict__isnull=True, secondment__state=State.PROPOSAL)
    for decision in asked.exclude(kind="consent").select_related("secondment"):
        case = decision.secondment
        unused.filter(person=decision.decider_id, organisation=case.seconder_id).update(
            what=f"You are asked to decide about a secondment: {case.title}.",
            onward=f"{case.get_absolute_url()}decide/{decision.kind}/",
            case_id=case.pk,
        )
