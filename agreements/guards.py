"""Ready to sign? Thirteen checks, each with sentences that say what is missing and where it is mended.

The numbers and what each asks are those of the catalogue (docs/clauses.md). ``where`` of a refusal is a place on
the page of the terms (``clause-<key>``, ``questions``, ``approvals``, ``requests``, ``noted``) or ``people``, ``case``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import composing, drafting, facts, waiting
from agreements.composing import Matter
from agreements.models import Agreement
from agreements.states import Audience, Pack, PaperKind, ProposalState, ThreadState
from people.imports import cells
from people.models import Person
from secondments.choices import Kind, Part, Party
from secondments.eligibility import Answer
from secondments.facts import eligibility_of
from secondments.guards import Refusal
from secondments.timetable import length

AT_RISK, DAY_COUNT = "post_at_risk", "day_count"  # what HR can take note of, by name


@dataclass(frozen=True)
class Check:
    """One of the thirteen, with what is missing; none means that it holds."""

    number: int
    title: Any
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.refusals


class Look:
    """What the checks read of a paper, each thing once."""

    def __init__(self, agreement: Agreement) -> None:
        assert agreement.current
        self.paper, self.version = agreement, agreement.current
        self.matter = Matter.of(agreement.current)
        self.case = facts.varied(agreement.secondment, agreement.changes)
        self.known = composing.facts_of(agreement, self.matter)
        self.is_own_paper = agreement.pack == Pack.OWN_PAPER

    def has(self, key: str) -> bool:
        return key in self.matter.by_key

    def value(self, key: str, name: str) -> str:
        """An answer as it stands; empty where the clause is not in the paper."""
        clause = self.matter.by_key.get(key)
        return composing.values_of(clause, self.matter.values, self.known).get(name, "").strip() if clause else ""

    def title(self, key: str) -> str:
        return self.matter.by_key[key].title

    @cached_property
    def questions(self) -> list[tuple[Any, Any]]:
        return drafting.open_questions(self.paper, self.version)


def _missing(look: Look, key: str, *names: str) -> Iterator[Refusal]:
    """Answers that a clause of the paper needs and has not."""
    clause = look.matter.by_key.get(key)
    if clause is None:
        return
    labels = {parameter.name: parameter.label for parameter in clause.parameters}
    for name in names:
        if name in labels and not look.value(key, name):
            yield Refusal(
                _("Answer “%(label)s” in “%(clause)s”.") % {"label": labels[name], "clause": clause.title},
                f"clause-{key}",
            )


def _dates(look: Look) -> Iterator[Refusal]:
    case, rules = look.case, look.case.rules
    assert case.start_on and case.end_on
    if case.end_on < case.start_on:
        yield Refusal(_("The last day is before the first day."), "case")
        return
    days = length(case.start_on, case.end_on)
    if days > rules.maximum_days:
        yield Refusal(
            _("The policy allows at most %(max)d days; these are %(days)d.")
            % {"max": rules.maximum_days, "days": days},
            "case",
        )
    overridden = set(case.overrides.values_list("rule", flat=True))
    for verdict in eligibility_of(case):
        is_asked = verdict.rule in {"cumulative_maximum_days", "contract_must_outlast"}
        if is_asked and verdict.answer == Answer.NOT_MET and verdict.rule not in overridden:
            yield Refusal(verdict.sentence, "case")


def _recharge(look: Look) -> Iterator[Refusal]:
    if not look.has("cost_recharge") or look.value("cost_recharge", "model") in {"", "none"}:
        return
    yield from _missing(look, "cost_recharge", "share_or_amount", "currency", "frequency", "payment_days")
    yield from _missing(look, "vat_treatment", "treatment", "decided_by")
    schedules = list(look.version.content["schedules"])
    if look.paper.kind == PaperKind.VARIATION:  # those that are signed go on
        signed = look.paper.secondment.agreements.exclude(pk=look.paper.pk).filter(
            kind__in=[PaperKind.AGREEMENT, PaperKind.VARIATION], signed_at__isnull=False
        )
        schedules += [
            row
            for paper in signed.select_related("current")
            if paper.current
            for row in paper.current.content["schedules"]
        ]
    if not any("cost" in schedule["title"].lower() for schedule in schedules):
        yield Refusal(
            _("There is a recharge but no schedule of costs: add one, or say in the proposal who bears the costs."),
            "schedules",
        )


def _leave(look: Look) -> Iterator[Refusal]:
    approver = look.value("annual_leave", "approver")
    reason = look.value("annual_leave", "approver_reason").lower()
    if approver and approver != "the Seconder" and reason in {"", "not applicable", "none", "–", "-"}:
        yield Refusal(_("Leave is approved by the Seconder; say why it is otherwise here."), "clause-annual_leave")


def _notice(look: Look) -> Iterator[Refusal]:
    yield from _missing(
        look, "termination_notice", "notice_weeks_seconder", "notice_weeks_host", "notice_weeks_secondee"
    )


def _contacts(look: Look) -> Iterator[Refusal]:
    if not look.known["host_supervisor"]:
        yield Refusal(_("Say who supervises the secondee at the host."), "people")
    if not look.known["line_manager"]:
        yield Refusal(_("Say who is the contact at home."), "people")
    yield from _missing(look, "supervision_direction", "supervisor", "home_contact")


def _between_organisations(look: Look) -> Iterator[Refusal]:
    if look.case.kind == Kind.INTERNAL:
        return
    needed = {
        "trigger_events": ("events",),
        "intellectual_property": ("owner",),
        "data_protection": ("roles",),
        "insurance_indemnity": ("covers",),
    }
    for key, names in needed.items():
        yield from _missing(look, key, *names)


def _return(look: Look) -> Iterator[Refusal]:
    yield from _missing(look, "return_reintegration", "option", "protected_until")
    until = _day(look.value("return_reintegration", "protected_until"))
    if until and look.case.end_on and until < look.case.end_on and AT_RISK not in look.paper.noted:
        yield Refusal(
            _("The post is protected until %(day)s, before the last day: change it, or say that the post is at risk.")
            % {"day": date_format(until, "j F Y")},
            "noted",
        )


def _conditions(look: Look) -> Iterator[Refusal]:
    listed = look.value("secondment_term", "conditions_precedent")
    for line in (line.strip(" ;.") for line in listed.splitlines()):
        if line and line.lower() not in {"none", "not applicable", "no conditions"} and "(" not in line:
            yield Refusal(
                _("Say in brackets who sees to the condition “%(what)s”, for instance (the Host).")
                % {"what": line[:80]},
                "clause-secondment_term",
            )


def _settled(paper: Agreement) -> Iterator[Refusal]:
    if paper.change_requests.filter(state=ProposalState.OPEN).exists():
        yield Refusal(_("A request for a change is still open; it has to be answered first."), OPEN_MATTERS)
    if paper.threads.filter(state=ThreadState.OPEN, audience=Audience.ALL).exists():
        yield Refusal(_("A comment is still open; resolve it first."), OPEN_MATTERS)


def _approved(look: Look) -> Iterator[Refusal]:
    yield from _settled(look.paper)
    names = {Party.HOST: _("The host"), Party.SECONDEE: _("The secondee"), Party.SECONDER: _("HR of the seconder")}
    for party in waiting.missing_approvals(look.paper):
        yield Refusal(_("%(who)s has not approved this version yet.") % {"who": names[party]}, "approvals")


def _legal(look: Look) -> Iterator[Refusal]:
    for key, _hash in legal_consents_missing(look.paper, look.matter):
        if key == ENCLOSURE:
            yield Refusal(_("A legal approver has to agree to the host's own paper."), "legal")
        else:
            yield Refusal(
                _("“%(clause)s” is legal wording and was changed: a legal approver has to agree.")
                % {"clause": look.title(key)},
                f"clause-{key}",
            )


LASTING = {"not applicable", "unlimited", "indefinite", "permanent"}  # documents that do not expire


def _abroad(look: Look) -> Iterator[Refusal]:
    if look.case.kind != Kind.INTERNATIONAL:
        return
    yield from _missing(look, "tax_social_security", "window_days", "projected_days", "certificate")
    projected, window = (
        look.value("tax_social_security", "projected_days"),
        look.value("tax_social_security", "window_days"),
    )
    if projected.isdecimal() and window.isdecimal() and DAY_COUNT not in look.paper.noted:
        yield Refusal(
            _("%(days)s days are projected against a window of %(window)s: take note of it.")
            % {"days": projected, "window": window},
            "noted",
        )
    for key, name in (("tax_social_security", "certificate_expiry"), ("immigration_rtw", "permit_expiry")):
        said = look.value(key, name)
        expiry = _day(said)
        if said and expiry is None and said.lower().rstrip(".") not in LASTING:
            yield Refusal(
                _(
                    "In “%(clause)s” write a day for “%(said)s”, such as 31 March 2027, or “not applicable”, "
                    "or “unlimited”."
                )
                % {"clause": look.title(key), "said": said[:60]},
                f"clause-{key}",
            )
        if expiry and look.case.end_on and expiry < look.case.end_on:
            yield Refusal(
                _("In “%(clause)s” a document expires on %(day)s, before the last day.")
                % {"clause": look.title(key), "day": date_format(expiry, "j F Y")},
                f"clause-{key}",
            )


def _complete(look: Look) -> Iterator[Refusal]:
    for clause, parameter in look.questions:
        yield Refusal(
            _("Open question in “%(clause)s”: %(label)s.") % {"clause": clause.title, "label": parameter.label},
            "case" if parameter.is_fixed else "questions",
        )
    for clause in drafting.required_missing(look.paper, look.matter):
        yield Refusal(_("The clause “%(clause)s” is required and missing.") % {"clause": clause.title}, "clauses")


def _signatories(look: Look) -> Iterator[Refusal]:
    case = look.case
    people = [person for party, person in signatories(look.paper).items() if person]
    needed = len(signatories(look.paper))
    if len({person.pk for person in people}) < needed:
        yield Refusal(
            _("Three different people have to sign.") if needed == 3 else _("Different people have to sign."), "people"
        )
    named = set(case.parts.current().values_list("part", "person"))
    for part, person in (
        (Part.SIGNATORY_HOST, case.host_signatory if Party.HOST in signatories(look.paper) else None),
        (Part.SIGNATORY_SECONDER, case.seconder_signatory),
    ):
        if person and (str(part), person.pk) not in named:
            yield Refusal(_("%(name)s signs no longer: name somebody else on “People”.") % {"name": person}, "people")
    for person in people:
        if not person.is_active or not person.email or person.email.endswith(".invalid"):
            yield Refusal(_("%(name)s cannot be reached by e-mail.") % {"name": person}, "people")


CHECKS: tuple[tuple[Any, Callable[[Look], Iterator[Refusal]]], ...] = (
    (gettext_lazy("The days are in order and within the policy"), _dates),
    (gettext_lazy("A recharge has its schedule, VAT decision, frequency and days of payment"), _recharge),
    (gettext_lazy("Leave is approved by the seconder"), _leave),
    (gettext_lazy("Notice is set for all three parties"), _notice),
    (gettext_lazy("Supervisor at the host and contact at home are named"), _contacts),
    (
        gettext_lazy("Trigger events, intellectual property, data protection and insurance are settled"),
        _between_organisations,
    ),
    (gettext_lazy("The way back is settled"), _return),
    (gettext_lazy("Conditions before the start have owners"), _conditions),
    (gettext_lazy("Nothing is open, and every party has approved this version"), _approved),
    (gettext_lazy("Changed legal wording has the legal approver's consent"), _legal),
    (gettext_lazy("Days and documents abroad are in order"), _abroad),
    (gettext_lazy("No question is open and no required clause is missing"), _complete),
    (gettext_lazy("All who sign are named, can be reached, and are different people"), _signatories),
)


ENCLOSURE = "enclosure"
APPROVALS, LEGAL = 9, 10  # what comes after an approval, or is not for the other parties
OPEN_MATTERS = "requests"  # where on the page they are, of what check 9 says the part that an approval waits for


def signatories(agreement: Agreement) -> dict[Party, Person | None]:
    """Who signs a paper, by party; a letter is signed for the seconder alone."""
    case = agreement.secondment
    everybody = {
        Party.SECONDEE: case.secondee,
        Party.HOST: case.host_signatory,
        Party.SECONDER: case.seconder_signatory,
    }
    parties = {
        PaperKind.CONTRACT: (Party.SECONDEE, Party.SECONDER),
        PaperKind.EARLY_END: (Party.SECONDER,),
    }.get(PaperKind(agreement.kind), tuple(everybody))
    return {party: everybody[party] for party in parties}


def legal_consents_missing(agreement: Agreement, matter: Matter) -> list[tuple[str, str]]:
    """Key and hash of legal wording that was changed, or of the host's own paper, without a consent to just that."""
    given = set(agreement.legal_consents.values_list("clause_key", "wording_hash"))
    needed = [
        (key, composing.wording_hash(matter.wordings[key]))
        for key, clause in matter.by_key.items()
        if clause.locked and key in matter.wordings
    ]
    if matter.enclosure:
        needed.append((ENCLOSURE, matter.enclosure.sha256))
    return [row for row in needed if row not in given]


def checks(agreement: Agreement) -> list[Check]:
    """All thirteen as they stand; a paper that is a further one is asked those that can apply to it."""
    return _asked(Look(agreement))


def _asked(look: Look) -> list[Check]:
    is_whole = look.paper.kind in {PaperKind.AGREEMENT, PaperKind.VARIATION}
    skipped = set() if is_whole else {1, 2, 3, 4, 5, 6, 7, 8, 11}
    if look.is_own_paper:
        skipped |= {2, 3, 4, 6, 7, 8, 11}
    return [
        Check(number, title, list(missing(look)))
        for number, (title, missing) in enumerate(CHECKS, start=1)
        if number not in skipped
    ]


def before_approval(agreement: Agreement, held: list[Check]) -> list[Refusal]:
    """What stands between the current version and a party's approval: open matters, open questions, open checks."""
    return [
        *(row for check in held if check.number == APPROVALS for row in check.refusals if row.where == OPEN_MATTERS),
        *(row for check in held if check.number not in {APPROVALS, LEGAL} for row in check.refusals),
    ]


def before_issue(agreement: Agreement, held: list[Check]) -> list[Refusal]:
    """What stands between an approved version and the signatures."""
    from agreements import pdf

    refusals = [row for check in held for row in check.refusals]
    assert agreement.current
    strange = pdf.unprintable(agreement.current.terms)
    if strange:
        refusals.append(
            Refusal(
                _("The document's fonts cannot print: %(characters)s. Replace them in the terms.")
                % {"characters": " ".join(sorted(strange))},
                "terms",
            )
        )
    return refusals


def ready_for_approval(agreement: Agreement) -> list[Refusal]:
    return before_approval(agreement, checks(agreement))


def ready_to_issue(agreement: Agreement) -> list[Refusal]:
    return before_issue(agreement, checks(agreement))


def _day(text: str) -> date | None:
    """A day as people write it; None for words that are no day."""
    try:
        return date.fromisoformat(cells.day(text))
    except ValueError:
        return None
