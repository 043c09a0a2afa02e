"""What the stories do not bring: somebody in two capacities, a deputy, an administrator, a provider that is off."""

from __future__ import annotations

from datetime import timedelta

from config.demo import away
from people import clock
from people.actions import administrators, memberships
from people.models import Employment, Person, SignInDomain, SignInProvider
from people.roles import Role
from secondments.actions import deputies, ideas, questions
from secondments.choices import Part
from secondments.models import Decision, Secondment
from secondments.states import State

ADMINISTRATOR = "ines.albrecht@tripartite.example"


def add(owner: Person | None) -> None:
    """Build on what the stories left open for the HR person who owns most cases."""
    assert owner  # the stories have made them
    waiting = Decision.objects.filter(verdict__isnull=True, secondment__owner=owner, secondment__state=State.PROPOSAL)
    outside = waiting.exclude(secondment__kind="internal").select_related("decider", "secondment__host")
    release = outside.filter(kind="release").order_by("-pk").first()
    if release:
        _two_capacities(release, owner)
    acceptance = outside.filter(kind="acceptance").order_by("-pk").first()
    if acceptance:
        _deputy(acceptance)
        _question(acceptance)
    _idea(owner)
    away.publish_news(owner.memberships.current().get(role=Role.HR).organisation, owner)
    _provider(owner)
    _administrator()


def _question(acceptance: Decision) -> None:
    """The host's contact has asked something before deciding, and HR has not answered yet."""
    questions.ask(acceptance, by=acceptance.decider, text="Can the secondee begin a week later, after our audit?")


def _idea(owner: Person) -> None:
    """An employee who would like to be seconded; the line manager has not said what they think."""
    organisation = owner.memberships.current().get(role=Role.HR).organisation
    rows = Employment.objects.current().filter(organisation=organisation, line_manager__isnull=False)
    lent = Secondment.objects.values("secondee")
    found = rows.exclude(person__in=lent).exclude(person=owner).select_related("person").order_by("-pk").first()
    if found:
        ideas.ask(
            by=found.person,
            asked_as=Part.SECONDEE,
            seconder=organisation,
            secondee=found.person,
            fields={"where": "A charity nearby", "why": "To use what I do at work for others, and to learn to lead."},
        )


def _two_capacities(release: Decision, owner: Person) -> None:
    """A line manager who also works in finance sees the case as one of the two, and chooses."""
    memberships.give(release.secondment.seconder, release.decider, Role.FINANCE, by=owner)


def _deputy(acceptance: Decision) -> None:
    """The host contact is away for two weeks; a colleague acts in their name."""
    contact, host = acceptance.decider, acceptance.secondment.host
    assert host
    today = clock.today("UTC")
    named = set(Secondment.objects.filter(host=host).values_list("host_contact", "host_signatory", "secondee"))
    taken = {pk for row in named for pk in row}
    colleague = (
        Person.objects.filter(employments__organisation=host, memberships__isnull=True)
        .exclude(pk__in={*taken, contact.pk} - {None})
        .order_by("pk")
        .first()
    )
    if colleague is None:
        return
    row = deputies.name(colleague, by=contact, part=Part.HOST_CONTACT, since=today, until=today + timedelta(days=14))
    deputies.accept(row, by=colleague)


def _provider(owner: Person) -> None:
    """An organisation's own sign-in, as the operator would enter it; HR has not switched it on."""
    organisation = owner.memberships.current().get(role=Role.HR).organisation
    provider = SignInProvider(
        organisation=organisation, issuer="https://sign-in.example/realms/staff", client_id="tripartite"
    )
    provider.secret = "a secret of the demo"  # noqa: S105 - opens nothing
    provider.save()
    SignInDomain.objects.create(provider=provider, domain=owner.email.rpartition("@")[2])


def _administrator() -> None:
    person = Person.objects.create_user(ADMINISTRATOR, full_name="Ines Albrecht", time_zone="Europe/London")
    administrators.appoint(person)
