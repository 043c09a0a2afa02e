"""The register of personal data of what happens while a placement runs; see ``people.privacy``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from people.privacy import (
    BLANK,
    CASE,
    CONFIDENTIAL,
    DELETE,
    INTERNAL,
    KEEP,
    LINKED,
    NOT_PERSONAL,
    OPERATION,
    PERSONAL,
    TIMED,
    WORDED,
    Table,
    column,
    links,
    machine,
    stamps,
)
from secondments.privacy import SECONDEE

TABLES = (
    Table(
        "secondments.CheckInProgress",
        _("How objectives stood"),
        CASE,
        own=("checkin__person",),
        about=("checkin__secondment__secondee",),
        columns=(
            machine("id"),
            links("checkin"),
            column("objective", PERSONAL, _("which objective"), KEEP, LINKED),
            column("standing", CONFIDENTIAL, _("how it stood"), KEEP, WORDED),
            column("note", CONFIDENTIAL, _("more on how it stood"), BLANK),
        ),
    ),
    Table(
        "secondments.UsualItem",
        _("What checklists begin with"),
        OPERATION,
        columns=(
            machine("id organisation list position party days kind blocks_start wants_evidence"),
            column("title", INTERNAL, _("what is usually to be done"), NOT_PERSONAL),
        ),
    ),
    Table(
        "secondments.Evidence",
        _("Files that show that something was done"),
        CASE,
        own=("added_by",),
        about=("item__secondment__secondee",),
        columns=(
            machine("id key size"),
            links("item added_by"),
            column("name content_type content", INTERNAL, _("the file"), DELETE),
            stamps("added_at"),
        ),
    ),
    Table(
        "secondments.Concern",
        _("Concerns that you raised"),
        CASE,
        own=("raised_by",),
        about=SECONDEE,
        columns=(
            machine("id key party"),
            links("secondment raised_by owner told_by ended_by"),
            column("kind", CONFIDENTIAL, _("what it is about"), DELETE),
            column("what wish", CONFIDENTIAL, _("what happened, and what was asked for"), DELETE),
            column("told_secondee", CONFIDENTIAL, _("what HR told the secondee"), DELETE),
            column("end end_note", CONFIDENTIAL, _("what became of it"), DELETE),
            stamps("happened_on raised_at told_at ended_at"),
        ),
    ),
    Table(
        "secondments.ConcernAction",
        _("What was done about concerns"),
        CASE,
        about=("concern__secondment__secondee", "doer"),
        columns=(
            machine("id"),
            links("concern doer done_by"),
            column("text", INTERNAL, _("what is to be done"), DELETE),
            stamps("due_on done_at"),
        ),
    ),
    Table(
        "secondments.Leave",
        _("Your leave"),
        CASE,
        own=SECONDEE,
        columns=(
            machine("id key"),
            links("secondment asked_by decided_by cancelled_by"),
            column("kind", PERSONAL, _("which kind of leave"), KEEP, WORDED),
            column("first_day last_day starts_at_noon ends_at_noon days", PERSONAL, _("when"), KEEP, TIMED),
            column("note", CONFIDENTIAL, _("what you told who approves"), BLANK),
            column("granted", PERSONAL, _("whether it was granted"), KEEP, WORDED),
            column("reason", CONFIDENTIAL, _("why, or why not"), BLANK),
            stamps("asked_at due_on decided_at cancelled_at"),
        ),
    ),
    Table(
        "secondments.LeaveAccount",
        _("Your leave entitlement"),
        CASE,
        own=SECONDEE,
        columns=(
            machine("id"),
            links("secondment set_by"),
            column("yearly_days brought_in", PERSONAL, _("how much leave you have"), KEEP, TIMED),
            stamps("set_at"),
        ),
    ),
    Table(
        "secondments.Absence",
        _("Your absences"),
        CASE,
        own=SECONDEE,
        columns=(
            machine("id key"),
            links("secondment told_by cancelled_by concern"),
            column("kind", CONFIDENTIAL, _("which kind of absence"), DELETE),
            column("first_day expected_until last_day", PERSONAL, _("when"), DELETE),
            column("reason", CONFIDENTIAL, _("why you were absent"), DELETE),
            stamps("told_at cancelled_at"),
        ),
    ),
    Table(
        "secondments.Touch",
        _("How home kept in touch"),
        CASE,
        own=("secondment__secondee",),
        about=("made_by",),
        columns=(
            machine("id"),
            links("secondment made_by"),
            column("channel", PERSONAL, _("how"), DELETE),
            column("note", PERSONAL, _("what was talked about"), DELETE),
            column("on", PERSONAL, _("when"), DELETE),
            stamps("made_at"),
        ),
    ),
    Table(
        "secondments.News",
        _("News from home"),
        OPERATION,
        columns=(
            machine("id key organisation made_at shown_until taken_back_at is_vacancy"),
            links("made_by taken_back_by"),
            column("title text link", INTERNAL, _("news and vacancies for those who are away"), NOT_PERSONAL),
        ),
    ),
)
