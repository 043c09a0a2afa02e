"""A placement lived day by day: people act through their pages, the calendar sweeps, and the mail is kept as one pile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from people.models import Notice, Person
from secondments import beside_reminders, reminders
from secondments.actions import calendar
from secondments.models import CheckIn, Secondment
from tests.cast import Cast, fresh, on
from tests.journeys.people import Visitor

DAY = timedelta(days=1)
Act = Callable[[], object]


@dataclass(frozen=True)
class Told:
    """One message that was written, and not called off by the evening."""

    day: date
    to: str
    subject: str
    sentences: str


class Year:
    """``at`` says who does what on which day, ``live`` does it; every page that is sent has to be taken."""

    def __init__(self, cast: Cast, case: Secondment) -> None:
        self.cast, self.case = cast, case
        self.pile: list[Told] = []
        self._plan: dict[date, list[Act]] = defaultdict(list)
        self._seen = max(Notice.objects.values_list("pk", flat=True))
        self._of_party = {
            "seconder": cast.hr,
            "secondee": cast.secondee,
            "line_manager": cast.manager,
            "host": cast.contact,
        }
        self._browsers: dict[int, Visitor] = {}

    def at(self, day: date, act: Act) -> None:
        self._plan[day].append(act)

    def send(self, who: Person, path: str, **answers: object) -> Visitor:
        """Open a page of the case and send its form; a page that comes back instead of the next one is a refusal."""
        if who.pk not in self._browsers:
            self._browsers[who.pk] = Visitor(who.email)
        browser = self._browsers[who.pk]
        browser.client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        address = f"/secondments/{self.case.key}/{path}"
        browser.open(address)
        if answers:
            named = {name.replace("__", "-"): value for name, value in answers.items()}
            browser.send(address, {name: str(v) if isinstance(v, date) else v for name, v in named.items()})
            assert browser.page.redirect_chain, (path, browser.text)
        return browser

    def tick(self, *lists: str, but: Person | None = None) -> None:
        """Everybody does what is theirs on these lists."""
        for item in fresh(self.case).checklist.filter(list__in=lists, done_at=None):
            who = self._of_party[item.party]
            if who != but:
                self.send(who, "")
                self._browsers[who.pk].send(f"/secondments/{self.case.key}/checklist/{item.pk}/tick/", {"done": "1"})
                item.refresh_from_db()
                assert item.done_at

    def check_in(self, day: date, who: Person) -> None:
        for checkin in fresh(self.case).checkins.filter(CheckIn.PENDING, due_on=day, person=who):
            self.send(who, f"check-ins/{checkin.pk}/", going="4", progress="On", skills="", support="", note_to_hr="")

    def look_back(self, party: str) -> None:
        answers: dict[str, object] = {"what_worked": "Much", "skills": "Planning", "would_repeat": "yes"}
        for objective in self.case.objectives.all():
            answers |= {f"result_{objective.pk}": "met", f"evidence_{objective.pk}": "the report"}
        self.send(self._of_party[party], f"evaluations/{party}/", went="4", supported="5", worth="4", **answers)

    def live(self, first: date, last: date) -> None:
        for n in range((last - first).days + 1):
            day = first + n * DAY
            with on(day):
                for act in self._plan.pop(day, []):
                    act()
                calendar.advance()
                reminders.remind()
                beside_reminders.count_days()
            self._keep(day)
        assert not self._plan, "nothing that was planned is left undone"

    def _keep(self, day: date) -> None:
        fresh_ones = Notice.objects.filter(pk__gt=self._seen).select_related("recipient").order_by("pk")
        for row in fresh_ones:
            self._seen = row.pk
            if row.cancelled_at is None and not row.is_secret:
                self.pile.append(Told(day, row.recipient.full_name, row.subject, " ".join(row.sentences)))

    def told(self, words: str, *people: Person) -> list[date]:
        """On which days these people were told something with such a subject."""
        names = {person.full_name for person in people}
        return [row.day for row in self.pile if words in row.subject and row.to in names]

    def days(self, words: str) -> dict[str, list[date]]:
        """Who was told something with such a subject, and when."""
        found = defaultdict(list)
        for row in self.pile:
            if words in row.subject:
                found[row.to].append(row.day)
        return dict(found)

    def said_twice(self) -> list[tuple[str, str, str]]:
        """Word for word the same to the same person within three weeks, less than lies between two check-ins."""
        last: dict[tuple[str, str, str], date] = {}
        found = []
        for row in self.pile:
            said = (row.to, row.subject, row.sentences)
            if said in last and (row.day - last[said]).days < 21:
                found.append(said)
            last[said] = row.day
        return found
