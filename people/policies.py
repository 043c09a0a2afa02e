"""Who may see and change what of people and organisations: the tests on one object.

Each has a pair, a QuerySet that finds the same rows; ``tests/house/test_pairs.py`` compares the two for everybody.
``reader`` is who asks. An administrator of the installation sees nothing by that alone.
"""

from __future__ import annotations

from people import clock
from people.models import (
    ClosingDay,
    Department,
    Employment,
    Invitation,
    Membership,
    Organisation,
    Person,
    Policy,
    Signatory,
)
from people.roles import Role


def may_see_organisation(reader: Person, organisation: Organisation) -> bool:
    own = reader.organisations_as(*Role.values)
    is_ours = organisation.pk in own or organisation.kept_by_id in own
    return is_ours or (reader.is_hr and organisation.is_listed)


def may_see_inside(reader: Person, organisation: Organisation) -> bool:
    """More than what anybody's HR may find: departments, calendar, signatories, people."""
    return organisation.pk in reader.organisations_seen


def may_edit_organisation(reader: Person, organisation: Organisation) -> bool:
    """HR of it; HR of whoever entered it, while it has none."""
    return organisation.pk in reader.records_of


def may_see_department(reader: Person, department: Department) -> bool:
    return department.organisation_id in reader.organisations_seen


def may_edit_department(reader: Person, department: Department) -> bool:
    return department.organisation_id in reader.records_of


def may_see_closing_day(reader: Person, closing_day: ClosingDay) -> bool:
    return closing_day.organisation_id in reader.organisations_seen


def may_edit_closing_day(reader: Person, closing_day: ClosingDay) -> bool:
    return closing_day.organisation_id in reader.records_of


def may_see_signatory(reader: Person, signatory: Signatory) -> bool:
    return signatory.person_id == reader.pk or signatory.organisation_id in reader.organisations_seen


def may_edit_signatory(reader: Person, signatory: Signatory) -> bool:
    return signatory.organisation_id in reader.records_of


def may_see_person(reader: Person, person: Person) -> bool:
    """Oneself, one's team, and people of organisations where one is a member or which one keeps, former ones too."""
    if person == reader:
        return True
    return any(
        row.organisation_id in reader.organisations_seen or (row.line_manager_id == reader.pk and _holds(row))
        for row in person.employments.all()
    )


def may_edit_person(reader: Person, person: Person) -> bool:
    """HR that keeps this person, unless another organisation does so as well; nobody who runs the installation."""
    if person.is_administrator:
        return False
    rows = list(person.employments.all())
    if not any(row.organisation_id in reader.records_of for row in rows):
        return False
    return not is_kept_elsewhere(reader, person)


def is_kept_elsewhere(reader: Person, person: Person) -> bool:
    """Whether this person works, or will work, or holds a role where the reader does not keep the records."""
    today, now = clock.today("UTC"), clock.now()
    works = {row.organisation_id for row in person.employments.all() if row.until is None or row.until >= today}
    roles = {row.organisation_id for row in person.memberships.all() if row.until is None or row.until > now}
    return bool((works | roles) - set(reader.records_of))


def may_see_employment(reader: Person, employment: Employment) -> bool:
    return may_see_terms(reader, employment) or (employment.line_manager_id == reader.pk and _holds(employment))


def may_see_terms(reader: Person, employment: Employment) -> bool:
    """More than job and contact, which is what a line manager sees."""
    return employment.person_id == reader.pk or employment.organisation_id in reader.organisations_seen


def may_edit_employment(reader: Person, employment: Employment) -> bool:
    return employment.organisation_id in reader.records_of


def may_see_salary(reader: Person, employment: Employment) -> bool:
    """HR and finance of the very organisation, and the person; nobody who merely keeps it."""
    return employment.person_id == reader.pk or reader.works_for(employment.organisation_id, Role.HR, Role.FINANCE)


def may_edit_salary(reader: Person, employment: Employment) -> bool:
    return reader.works_for(employment.organisation_id, Role.HR)


def may_see_membership(reader: Person, membership: Membership) -> bool:
    return membership.person_id == reader.pk or reader.works_for(membership.organisation_id, *Role.values)


def may_end_membership(reader: Person, membership: Membership) -> bool:
    """HR of that organisation, while the role holds or will."""
    is_lasting = membership.until is None or membership.until > clock.now()
    return is_lasting and reader.works_for(membership.organisation_id, Role.HR)


def may_give_membership(reader: Person, organisation: Organisation) -> bool:
    """HR of it; the first HR is given by an administrator of the installation."""
    if reader.works_for(organisation.pk, Role.HR):
        return True
    return reader.is_administrator and not Membership.objects.current().filter(
        organisation=organisation, role=Role.HR
    ).exists()  # fmt: skip


def may_see_policy(reader: Person, policy: Policy) -> bool:
    return reader.works_for(policy.organisation_id, *Role.values)


def may_edit_policy(reader: Person, policy: Policy) -> bool:
    """HR of it, while the version has not begun."""
    return reader.works_for(policy.organisation_id, Role.HR) and policy.effective_from > clock.today(
        policy.organisation.time_zone
    )


def may_see_invitation(reader: Person, invitation: Invitation) -> bool:
    return invitation.person_id == reader.pk or reader.works_for(invitation.organisation_id, Role.HR)


def _holds(employment: Employment) -> bool:
    """Whether these are terms of today."""
    today = clock.today("UTC")
    has_begun = employment.since is None or employment.since <= today
    return has_begun and (employment.until is None or employment.until >= today)
