"""What happens while people are away in the demo: leave, sickness, a concern now and then, contacts with home, news."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from people import clock
from people.models import Organisation, Person
from secondments.actions import absences, charges, checkins, concerns, expenses, leaves, touches
from secondments.choices import Standing
from secondments.models import RechargeTerms

if TYPE_CHECKING:
    from config.demo.stories import Teller

TICKET = b"\x89PNG\r\n\x1a\n"
TALKS = [
    "The move of the office is put off to spring.",
    "How it goes with the new colleagues; the appraisal is in May.",
    "The post is covered well; a few questions for the stand-in.",
]
CONCERNS = [
    ("safety", "The fire door of the second floor has been blocked by boxes for a week.", "secondee"),
    ("conduct", "Two meetings with a supplier were left early and without a word.", "host"),
    ("performance", "The monthly figures came late twice, and nobody was told before.", "host"),
]
NEWS = [
    ("The canteen opens again", "From Monday on, with the menu that you voted for.", False),
    ("Head of Planning wanted", "We look for somebody who has worked with other organisations. Apply by mail.", True),
]


def live(story: Teller) -> None:
    """Months of one placement, as far as they lie behind."""
    chance, plan, last = story.chance, story.plan, min(story.today, story.end)
    for n, day in enumerate(_days(story.start + timedelta(days=25), last, 38)):
        with story.at(day, 16):
            touches.note(
                story.case, by=plan.manager, on=day, channel=chance.choice(("call", "message", "meeting")),
                note=TALKS[n % len(TALKS)],
            )  # fmt: skip
    _leave(story, last)
    fell_ill = story.start + timedelta(days=chance.randint(30, 60))
    if chance.random() < 0.5 and fell_ill + timedelta(days=4) < last:
        with story.at(fell_ill, 8):
            told = absences.tell(story.case, by=plan.secondee, kind="sickness", first_day=fell_ill, reason="A flu.")
        with story.at(fell_ill + timedelta(days=3), 9):
            absences.end(told, by=plan.manager, last_day=fell_ill + timedelta(days=2))
    if chance.random() < 0.25:
        _concern(story, last)


def _days(first: date, last: date, every: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(0, max((last - first).days + 1, 0), every)]


def _leave(story: Teller, last: date) -> None:
    """A week that was granted, and in some running placements one that waits for an answer."""
    monday = story.start + timedelta(days=28 + -story.start.weekday() % 7)
    if monday + timedelta(days=4) <= story.end and monday - timedelta(days=10) < last:
        with story.at(max(story.start, monday - timedelta(days=12)), 9):
            leave = leaves.ask(
                story.case, by=story.plan.secondee, kind="annual", first_day=monday, last_day=monday + timedelta(days=4)
            )
        with story.at(max(story.start, monday - timedelta(days=11)), 9):
            leaves.decide(leave, by=story.plan.manager, granted=True)
    ahead = story.today + timedelta(days=28 - story.today.weekday())
    if story.plan.state == "active" and ahead + timedelta(days=2) < story.end and story.chance.random() < 0.4:
        with story.at(story.today - timedelta(days=1), 9):
            leaves.ask(
                story.case, by=story.plan.secondee, kind="annual", first_day=ahead, last_day=ahead + timedelta(days=2),
                note="A family visit.",
            )  # fmt: skip


def _concern(story: Teller, last: date) -> None:
    kind, what, party = story.chance.choice(CONCERNS)
    day = story.start + timedelta(days=35)
    if day + timedelta(days=9) > last:
        return
    by = story.plan.secondee if party == "secondee" else story.plan.contact
    with story.at(day):
        found = concerns.report(story.case, by=by, kind=kind, what=what, wish="Please see to it.")
    with story.at(day + timedelta(days=1)):
        action = concerns.act(
            found, by=story.plan.hr, text="Talk to both sides", doer=story.plan.hr, due_on=day + timedelta(days=6)
        )
    if story.plan.state != "active" or story.chance.random() < 0.5:
        with story.at(day + timedelta(days=5)):
            concerns.finish(action, by=story.plan.hr)
            concerns.close(found, by=story.plan.hr, end="settled", note="We talked to both sides; it is settled.")


def standings(story: Teller) -> dict[int, tuple[str, str]]:
    """How the objectives stand, in the words of one check-in."""
    found = {}
    for objective in story.case.objectives.all():
        found[objective.pk] = (str(story.chance.choice((Standing.ON_TRACK, Standing.ON_TRACK, Standing.BEHIND))), "")
    return found


def extra_checkin(story: Teller) -> None:
    """HR asks how it goes, besides the rhythm."""
    due = story.today + timedelta(days=3)
    if story.plan.state == "active" and due < story.end and story.chance.random() < 0.15:
        with story.at(story.today - timedelta(days=1)):
            checkins.ask_extra(
                story.case, by=story.plan.hr, parties=["secondee"], due_on=due, because="Your team has a new head."
            )


def charge(story: Teller) -> None:
    """Statements whose period is over are invoiced, and most of them paid; an expense now and then."""
    spent = story.start + timedelta(days=20)
    if spent + timedelta(days=2) < min(story.today, story.end) and story.chance.random() < 0.4:
        with story.at(spent + timedelta(days=1)):
            claim = expenses.claim(
                story.case, by=story.plan.secondee, spent_on=spent, kind="travel", amount=Decimal("86.40"),
                label="Return ticket", name="ticket.png", receipt=TICKET,
            )  # fmt: skip
        with story.at(spent + timedelta(days=2)):
            has_terms = RechargeTerms.objects.filter(secondment=story.case).exclude(model="none").exists()
            expenses.decide(claim, by=story.plan.hr, approved=True, passed_on=has_terms)
    over = story.case.charges.filter(last_day__lt=story.today - timedelta(days=6)).order_by("number")
    for row in list(over):
        with story.at(row.last_day + timedelta(days=4), 11):
            day = clock.today(story.case.zone)
            number = f"{story.case.reference}-{row.number}"
            row = charges.invoice(row, by=story.plan.hr, invoice_number=number, invoiced_on=day, seen=row.amount)
        paid = row.last_day + timedelta(days=story.chance.randint(12, 40))
        if paid < story.today and story.chance.random() < 0.85:
            with story.at(paid, 12):
                charges.pay(row, by=story.plan.hr, paid_on=clock.today(story.case.zone))


def settle(story: Teller) -> None:
    """What nobody has paid when the case is completed is finance's."""
    if story.case.charges.exclude(state="paid").exists():
        charges.hand_over(story.case, by=story.plan.hr, note="The last statement is on its way to the host.")


def publish_news(organisation: Organisation, by: Person) -> None:
    for title, text, is_vacancy in NEWS:
        until = clock.today(organisation.time_zone) + timedelta(days=40)
        touches.publish(organisation, by=by, title=title, text=text, link="", is_vacancy=is_vacancy, shown_until=until)
