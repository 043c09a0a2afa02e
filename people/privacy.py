"""The register of personal data: every column of every table, what it is for, how long it stays, how it is erased.

Each house declares its own tables in a ``privacy.py`` like this one; a test compares them with the models, so
that a new column without a line here fails. The page "My data", a person's copy of their data and the erasure
all read this register, so what is told, what is given and what is erased cannot drift apart.

To add a model: a ``Table`` with one line a field. ``own`` are the lookups from a row to the person whose row it
is, ``about`` those to others of whom it speaks; rows are erased for both, and copied for the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Secrecy(StrEnum):
    """Who may know: anybody, who works with it, the person and few others, those named by access.md, nobody."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a word, not a password


class Rule(StrEnum):
    """What an erasure does with a column."""

    KEEP = "keep"
    BLANK = "blank"
    REPLACE = "replace"
    DELETE = "delete row"
    SIGNED = "signed set"  # stays byte for byte in a signed agreement, is blanked in any other paper
    NOT_PERSONAL = "not personal"


PUBLIC, INTERNAL, PERSONAL, CONFIDENTIAL, SECRET = Secrecy
KEEP, BLANK, REPLACE, DELETE, SIGNED, NOT_PERSONAL = Rule
COPIED = frozenset({PERSONAL, CONFIDENTIAL})

ACCOUNT = _("until your account is erased")
CASE = _("as long as the case: its end and the years that the seconder's policy says")
SIGNED_SET = _("for good in a signed agreement; otherwise as long as the case")
OPERATION = _("as long as the application runs")
SHORT = _("some hours or days")

ERASED = _("Erased")
LINKED = _("joins rows; whom it leads to has no name any more")
TIMED = _("a time or a number without a name")
WORDED = _("a word out of a fixed list, without a name")


@dataclass(frozen=True)
class Column:
    """One or several columns of the same kind. ``to`` is the new value of REPLACE; ``of`` names whose it is
    where that differs from the row's; ``why`` says why something of a person is kept."""

    names: tuple[str, ...]
    secrecy: Secrecy
    purpose: Text
    rule: Rule
    why: Text = ""
    to: Any = None
    of: str = ""


@dataclass(frozen=True)
class Table:
    """A model of ours or of a library. ``title`` and the purposes are for people to read."""

    model: str
    title: Text
    kept: Text
    columns: tuple[Column, ...]
    own: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    by_name: dict[str, Column] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            self.by_name.update(dict.fromkeys(column.names, column))

    @property
    def is_personal(self) -> bool:
        return bool(self.own or self.about)

    @property
    def is_deleted(self) -> bool:
        return any(column.rule == DELETE for column in self.columns)

    @property
    def copied(self) -> list[str]:
        """The names of the columns that a person's copy of their data holds."""
        return [name for name, column in self.by_name.items() if column.secrecy in COPIED]


REGISTER: dict[str, Table] = {}


def declare(*tables: Table) -> None:
    REGISTER.update({table.model: table for table in tables})


def column(names: str, secrecy: Secrecy, purpose: Text, rule: Rule, why: Text = "", **more: Any) -> Column:
    """Columns by their names, separated by spaces."""
    return Column(tuple(names.split()), secrecy, purpose, rule, why, **more)


def machine(names: str) -> Column:
    """What only the application needs."""
    return column(names, INTERNAL, _("how the application works"), NOT_PERSONAL)


def links(names: str) -> Column:
    return column(names, INTERNAL, _("which rows belong together"), KEEP, LINKED)


def stamps(names: str) -> Column:
    return column(names, PERSONAL, _("when something happened"), KEEP, TIMED)


TABLES = (
    Table(
        "people.Person",
        _("Your account"),
        ACCOUNT,
        own=("pk",),
        columns=(
            machine("id is_administrator"),
            column(
                "full_name", PERSONAL, _("to show who somebody is and who did what"), REPLACE, to=_("Erased person")
            ),
            column("email", PERSONAL, _("to sign in and to write to you"), REPLACE, to="erased-{key}@erased.invalid"),
            column("phone", PERSONAL, _("so that others in your cases can reach you"), BLANK),
            column("time_zone", PERSONAL, _("to show times as your clock does"), REPLACE, to="UTC"),
            column("is_active", PERSONAL, _("whether you may sign in"), REPLACE, to=False),
            column("last_login", PERSONAL, _("when you last signed in"), BLANK),
            column("joined_at", PERSONAL, _("when you were entered"), KEEP, TIMED),
            column("key", INTERNAL, _("the unguessable part of your page's address"), KEEP, LINKED),
            column("password", SECRET, _("a digest of the password, if there is one"), REPLACE, to="!"),
        ),
    ),
    Table(
        "people.Employment",
        _("Employment"),
        ACCOUNT,
        own=("person",),
        columns=(
            machine("id"),
            links("person"),
            column("organisation", PERSONAL, _("who employs you"), KEEP, LINKED),
            column("department line_manager", PERSONAL, _("to whom you report, who releases you"), BLANK),
            column("employee_number", PERSONAL, _("to match you with the employer's own records"), BLANK),
            column("job_title grade location", PERSONAL, _("what you do, and where"), BLANK),
            column("contract_type", PERSONAL, _("whether a contract outlasts a secondment"), REPLACE, to="other"),
            column("weekly_hours", PERSONAL, _("what full-time means for you"), REPLACE, to=40),
            column("probation_ends_on", PERSONAL, _("whether you can be seconded yet"), BLANK),
            column("started_on contract_ends_on", PERSONAL, _("length of service, end of the contract"), BLANK),
            column("annual_salary salary_currency", CONFIDENTIAL, _("what a secondment costs"), BLANK),
            column("since until", PERSONAL, _("when these terms held"), KEEP, _("shows that the employment is over")),
        ),
    ),
    Table(
        "people.Membership",
        _("Roles for an organisation"),
        ACCOUNT,
        own=("person",),
        columns=(
            machine("id"),
            links("person given_by taken_by"),
            column("organisation role", PERSONAL, _("what you may see and do for whom"), KEEP, WORDED),
            column("since until", PERSONAL, _("when the role held"), KEEP, TIMED),
        ),
    ),
    Table(
        "people.Signatory",
        _("Right to sign for an organisation"),
        ACCOUNT,
        own=("person",),
        columns=(
            machine("id"),
            links("person given_by taken_by"),
            column("organisation", PERSONAL, _("for whom you may sign"), KEEP, LINKED),
            column("title", PERSONAL, _("how you sign"), BLANK),
            column("since until", PERSONAL, _("when you may sign"), KEEP, TIMED),
        ),
    ),
    Table(
        "people.Invitation",
        _("Invitations"),
        ACCOUNT,
        own=("person",),
        columns=(
            machine("id key case_id times_sent"),
            links("person invited_by"),
            column("organisation", PERSONAL, _("who invited you"), DELETE),
            column("email what", PERSONAL, _("where the invitation went, and what for"), DELETE),
            column("sent_at expires_at accepted_at cancelled_at", PERSONAL, _("what became of it"), DELETE),
        ),
    ),
    Table(
        "people.Notice",
        _("Messages to you"),
        ACCOUNT,
        own=("recipient",),
        columns=(
            machine("id key about case_id attachment is_secret attempts next_attempt_at claimed_at"),
            links("recipient"),
            column("subject", PERSONAL, _("what you are told"), REPLACE, to=ERASED),
            column("sentences", PERSONAL, _("what you are told in full"), BLANK),
            column("why", PERSONAL, _("why you are told"), BLANK),
            column("action_label action_path", INTERNAL, _("where the message leads"), BLANK),
            stamps("created_at sent_at cancelled_at failed_at"),
            column("error", INTERNAL, _("why it could not be sent"), BLANK),
        ),
    ),
    Table(
        "people.LedgerEntry",
        _("What you did"),
        CASE,
        columns=(
            machine("id number words chain previous hash words_digest"),
            column("actor_id subject_id case_id", INTERNAL, _("who did it, to whom, in which case"), KEEP, LINKED),
            column("at", PERSONAL, _("when it was done"), KEEP, TIMED),
            column("verb", PERSONAL, _("what was done"), KEEP, WORDED),
            column("acting_as", PERSONAL, _("as what"), KEEP, WORDED),
        ),
    ),
    Table(
        "people.LedgerWords",
        _("What you did, in words"),
        CASE,
        columns=(  # erased by people.ledger.forget, which says so in the ledger
            machine("id salt erased_at"),
            column("actor_name", PERSONAL, _("who did it"), BLANK),
            column("reason", CONFIDENTIAL, _("why"), BLANK),
            column("facts", CONFIDENTIAL, _("what exactly"), BLANK),
        ),
    ),
    Table(
        "people.DataCopy",
        _("Copies of your data"),
        _("seven days"),
        own=("person",),
        columns=(
            machine("id key attempts claimed_at failed_at organisation"),
            links("person asked_by"),
            column("reason", PERSONAL, _("why HR asked for the copy"), DELETE),
            column("asked_at made_at expires_at", PERSONAL, _("when it was asked for and made"), DELETE),
            column("json pdf", SECRET, _("the copy itself"), DELETE),
        ),
    ),
    Table(
        "people.LegalHold",
        _("Legal holds"),
        _("until they are lifted and your account is erased"),
        about=("person",),
        columns=(
            machine("id key"),
            links("person case_id organisation placed_by lifted_by"),
            column("reason", CONFIDENTIAL, _("why nothing may be erased"), REPLACE, to=ERASED),
            stamps("placed_at lifted_at"),
        ),
    ),
    Table(
        "people.Erasure",
        _("Erasures"),
        _("for good: it shows that the erasure was made"),
        about=("person",),
        columns=(
            machine("id key"),
            links("person organisation asked_by confirmed_by"),
            column("grounds", INTERNAL, _("on which grounds"), KEEP, WORDED),
            stamps("found_at asked_at done_at"),
        ),
    ),
    Table(
        "people.Organisation",
        _("Organisations"),
        OPERATION,
        columns=(
            machine("id key kept_by is_listed second_factor_required created_at"),
            column("legal_name kind registered_number", PUBLIC, _("who the party is"), NOT_PERSONAL),
            column("address visiting_address country time_zone", PUBLIC, _("where it is"), NOT_PERSONAL),
            column("working_days holiday_region", INTERNAL, _("when it works"), NOT_PERSONAL),
        ),
    ),
    Table(
        "people.Department",
        _("Departments"),
        OPERATION,
        columns=(machine("id organisation"), column("name", INTERNAL, _("a part of the organisation"), NOT_PERSONAL)),
    ),
    Table(
        "people.ClosingDay",
        _("Closing days"),
        OPERATION,
        columns=(machine("id organisation"), column("day name", INTERNAL, _("when it is closed"), NOT_PERSONAL)),
    ),
    Table(
        "people.Policy",
        _("Rules of an organisation"),
        OPERATION,
        columns=(
            machine("id organisation effective_from made_at"),
            links("made_by"),
            column("note", INTERNAL, _("what changed and why"), NOT_PERSONAL),
            column("minimum_days maximum_days decision_days signing_days", INTERNAL, _("rules"), NOT_PERSONAL),
            column("first_checkin_weeks checkin_every_weeks", INTERNAL, _("rules"), NOT_PERSONAL),
            column("remind_before_days remind_after_days escalate_after_days", INTERNAL, _("rules"), NOT_PERSONAL),
            column("review_days_before return_meeting_days_before", INTERNAL, _("rules"), NOT_PERSONAL),
            column("minimum_service_months probation_must_be_over", INTERNAL, _("rules"), NOT_PERSONAL),
            column("contract_must_outlast months_between", INTERNAL, _("rules"), NOT_PERSONAL),
            column("cumulative_maximum_days extensions_maximum", INTERNAL, _("rules"), NOT_PERSONAL),
            column("extension_maximum_days extension_days_before", INTERNAL, _("rules"), NOT_PERSONAL),
            column("decisions_in_sequence signing_order", INTERNAL, _("rules"), NOT_PERSONAL),
            column("retention_years", INTERNAL, _("how long cases are kept"), NOT_PERSONAL),
            column("notice_weeks_seconder notice_weeks_host notice_weeks_secondee", INTERNAL, _("rules"), NOT_PERSONAL),
        ),
    ),
    Table("people.DemoClock", _("The demo's clock"), OPERATION, columns=(machine("id days"),)),
)
