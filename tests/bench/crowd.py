"""A hundred thousand people at the organisations of the bench, and the directory that looks through them."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Employment, Membership, Organisation, Person
from people.roles import Role

PEOPLE = 100_000
FIRST = ["Ana", "Łukasz", "Jürgen", "Zoë", "Ólafur", "Nguyễn", "Priya", "Callum", "Inês", "Đorđe", "Maja", "Tom"]
LAST = ["Duarte", "Żółkowski", "Groß", "Sørensen", "Reed", "Novák", "Öztürk", "Mac Lean", "O’Brien", "Kowalska"]
JOBS = ["Analyst", "Planner", "Engineer", "Head of operations", "Nurse", "Clerk", "Adviser"]
# What somebody asks of the directory; the last person of a large organisation finds one of their own.
ASKED = {
    "first_page": "/people/",
    "by_name": "/people/?q=zolkowski+lukasz",
    "by_one_person": "/people/?q=p77777",
    "by_job": "/people/?q=head+operations",
    "by_number": "/people/?q=E-54321",
    "by_letter": "/people/?q=a",
    "by_nothing": "/people/?q=qqqq",
    "left": "/people/?show=left",
    "last_page": "/people/?page=20",
}


def fill(size: int = PEOPLE) -> None:
    """Nine in ten work at the first organisation, one in twenty of these has left; the rest is spread."""
    chance = Random(11)
    organisations = list(Organisation.objects.order_by("pk"))
    for start in range(0, size, 5_000):
        people = Person.objects.bulk_create(
            Person(
                email=f"p{n}@crowd.example", full_name=f"{chance.choice(FIRST)} {chance.choice(LAST)}-{n % 997}",
                password="!",
            )
            for n in range(start, min(start + 5_000, size))
        )  # fmt: skip
        Employment.objects.bulk_create(
            Employment(
                person=person,
                organisation=organisations[0] if n % 10 else organisations[1 + n % (len(organisations) - 1)],
                job_title=chance.choice(JOBS),
                employee_number=f"E-{n}",
                since="2020-01-01",
                until="2024-01-01" if n % 20 == 1 else None,
            )
            for n, person in enumerate(people, start)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def readers() -> dict[str, Client]:
    """HR of the large organisation, and of a small one."""
    found = {}
    for name, email in (("large", "hr0@bench.example"), ("small", "hr1@bench.example")):
        client = Client()
        client.force_login(
            Person.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        found[name] = client
    assert Membership.objects.filter(role=Role.HR).exists()
    return found


def database_time(client: Client, path: str, repeats: int = 9) -> float:
    """Median seconds that the database takes for a page."""
    found = []
    for _ in range(repeats):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        found.append(sum(float(query["time"]) for query in queries.captured_queries))
    return median(found)


def directory() -> Iterator[tuple[str, float]]:
    """Seconds of database time for each question, asked by the large and by the small organisation."""
    for size, client in readers().items():
        for name, path in ASKED.items():
            yield f"directory_{size}_{name}", database_time(client, path)
