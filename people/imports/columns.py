"""Our fields, the words that other systems have for them, and the guess which column is which."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import ImportKind


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold; ``words`` are headers in plain letters that mean it."""

    name: str
    label: str | Promise
    words: tuple[str, ...]
    group: str = ""


def field(name: str, label: str | Promise, words: str) -> Field:
    return Field(name, label, (name.replace("_", " "), *(word.strip() for word in words.split(","))))


PEOPLE = (
    field("email", _("E-mail"), "e mail, mail, email address, e mail address, work email, work e mail, business email, "
          "business e mail, employee email, employee e mail, user name, username, login"),
    field("full_name", _("Name"), "name, display name, employee name, employee, person, worker, complete name"),
    field("first_name", _("First name"), "given name, forename, first names, forenames, given names, christian name"),
    field("last_name", _("Last name"), "surname, family name, second name, last names"),
    field("organisation", _("Organisation"), "organization, company, legal entity, employer, legal name, entity, "
          "company name, organisation name, employing entity"),
    field("country", _("Country of the organisation"), "country code, country of employment, land"),
    field("employee_number", _("Employee number"), "employee no, employee nr, employee id, emp id, emp no, emp number, "
          "staff number, staff no, staff id, personnel number, personnel no, payroll number, payroll no, payroll id, "
          "worker id, number, id"),
    field("job_title", _("Job title"), "title, position, job, role, function, position title, post, job name"),
    field("grade", _("Grade"), "band, level, job level, pay grade, salary grade, pay band, job grade"),
    field("department", _("Department"), "dept, team, division, unit, business unit, org unit, organisational unit, "
          "organizational unit, cost centre name, department name"),
    field("line_manager", _("Line manager: e-mail or employee number"),
          "line manager email, line manager e mail, mgr e mail, mgr email, manager e mail, "
          "manager email, manager email address, manager e mail address, manager, reports to, supervisor, "
          "supervisor email, supervisor e mail, manager id, manager number, manager employee number, "
          "line manager number, line manager employee number, line manager id, mgr id, mgr, boss, reports to email"),
    field("started_on", _("Started on"), "start date, hire date, date of joining, joining date, date joined, "
          "employment start, employment start date, date of hire, hired on, hired, started, entry date, start"),
    field("contract_type", _("Contract"), "contract, employment type, type of contract, contract kind, worker type"),
    field("contract_ends_on", _("Contract ends on"), "contract end, contract end date, end of contract, end date, "
          "fixed term end, fixed term end date, contract until"),
    field("probation_ends_on", _("Probation ends on"), "probation end, probation end date, end of probation, "
          "probation until"),
    field("weekly_hours", _("Hours per week"), "hours, weekly working hours, working hours, hours week, "
          "contracted hours, hours per week, contract hours, hours a week, standard hours"),
    field("fte", _("Share of full-time (FTE)"), "full time equivalent, fte percent, employment percentage, "
          "capacity, working time percentage, percentage, part time percentage"),
    field("annual_salary", _("Annual salary"), "salary, base salary, annual pay, gross salary, yearly salary, "
          "base pay, annual base salary, annual gross salary, pay"),
    field("salary_currency", _("Currency of the salary"), "currency, currency code, pay currency, "
          "salary currency code"),
    field("location", _("Work location"), "work location, office, site, place of work, workplace, city, "
          "office location"),
    field("time_zone", _("Time zone"), "timezone, tz"),
    field("valid_from", _("Terms hold from"), "effective date, effective from, effective, change date, date of change, "
          "valid since, terms hold from, as of, with effect from"),
)  # fmt: skip

ORGANISATIONS = (
    field("legal_name", _("Legal name"), "name, organisation, organization, company, company name, organisation name, "
          "organization name, legal entity, entity, registered name"),
    field("country", _("Country"), "country code, land, nation"),
    field("kind", _("Kind"), "type, category, organisation type, organization type, sector"),
    field("registered_number", _("Registered number"), "registration number, company number, company no, "
          "registration no, reg no, reg number, register number, krs, vat number, tax id"),
    field("address", _("Registered address"), "registered address, registered office, legal address, postal address"),
    field("visiting_address", _("Visiting address"), "office address, site address, visitor address, street address"),
    field("time_zone", _("Time zone"), "timezone, tz"),
    field("departments", _("Departments, separated by semicolons"), "department, divisions, units, teams, depts"),
)  # fmt: skip

FIELDS = {ImportKind.PEOPLE.value: PEOPLE, ImportKind.ORGANISATIONS.value: ORGANISATIONS}
OF_PERSON = re.compile(r"^(person|employee|worker|staff|colleague) ")  # in front of what the column holds
SECRET = {"annual_salary"}  # shown as given or changed, never as the number


def labels(kind: str) -> dict[str, str]:
    return {each.name: str(each.label) for each in FIELDS[kind]}


def plain(header: str) -> str:
    """A header without case, accents, brackets' content and punctuation: ``E-Mail (work)`` → ``e mail``."""
    letters = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)|\[.*?\]", " ", header)).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w]+|_", " ", letters.replace("'s", "").replace("’s", "")).split())


def guess(kind: str, headers: list[str]) -> dict[str, int]:
    """Our fields with the number of the column that seems to hold each; every column is taken once at most."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    words = [(plain(header), OF_PERSON.sub("", plain(header))) for header in headers]
    wanted = [(rank, each.name, word) for each in FIELDS[kind] for rank, word in enumerate(each.words)]
    for _rank, name, word in sorted(wanted, key=lambda item: item[0]):
        number = next((at for at, own in enumerate(words) if word in own and at not in taken), None)
        if name not in found and number is not None:
            found[name] = number
            taken.add(number)
    if "first_name" in found and "last_name" in found and "full_name" in found:
        del found["full_name"]
    return found


def known(kind: str, headers: list[str]) -> int:
    """How many headers are words that we know, to tell a header row from others."""
    words = {word for each in FIELDS[kind] for word in each.words}
    return sum(plain(header) in words for header in headers)


def signature(kind: str, headers: list[str]) -> str:
    """The same for files with the same headers in the same order, whatever their case and punctuation."""
    return hashlib.sha256("\x1f".join([kind, *(plain(header) for header in headers)]).encode()).hexdigest()
