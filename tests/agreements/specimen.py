"""A specimen of an agreement as the press takes it: terms, signatories, record of signing, attached files."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from agreements import pdf

CREATED = datetime(2026, 11, 21, 16, 5, 9, tzinfo=UTC)
ATTACHED = {
    "terms.json": b'{"title":"Secondment agreement"}',
    "audit-trail.json": b'[{"number":1}]',
    "review-copy.pdf": b"%PDF-1.7 stands for the review copy",
}
WORDING = (
    """The Secondee remains an employee of the Seconder throughout the Secondment Period. Nothing in this
    agreement creates a contract of employment between the Secondee and the Host, and neither of them shall
    hold the Secondee out as an employee of the Host.""",
    """The Host shall direct the day-to-day work of the Secondee within the role described in the particulars,
    and shall tell the Seconder within two Business Days of anything that would be a matter for discipline,
    grievance or long-term absence.""",
    """Salary, pension and benefits stay with the Seconder. Annual leave is approved by the Seconder after the
    Host has been heard; a request is answered within five Business Days, and a refusal gives its reason.""",
)
TITLES = (
    "Definitions and interpretation", "Background and purpose", "Secondment period", "Role and duties",
    "Place of work",
    "Hours and working pattern", "Employment status and continuity", "Consent and variation of contract",
    "Direction and line management", "Pay, grade, benefits and pension", "Costs, recharge and invoicing",
    "Annual leave and public holidays", "Confidentiality", "Intellectual property", "Data protection",
    "Early ending by notice", "Return to the home post", "Signature and counterparts",
)  # fmt: skip


def specimen_terms(clauses: int = 18) -> dict[str, Any]:
    """Return the terms of a three-party agreement, with names in Polish, Vietnamese, Greek and Cyrillic."""
    return {
        "document": {
            "number": "S-2026-00012/1",
            "title": "Secondment agreement",
            "version": 3,
            "language": "en",
            "prepared_on": "2026-11-21",
            "hash": hashlib.sha256(b"terms").hexdigest(),
        },
        "parties": [
            _party("seconder", "Seconder", "Northwind Research Limited", "Siobhán O’Rourke, Director of People"),
            _party(
                "host",
                "Host",
                "Ελληνικό Ινστιτούτο Ενέργειας Α.Ε.",
                "Γιώργος Παπαδόπουλος, Διευθύνων Σύμβουλος",
            ),
            _party("secondee", "Secondee", "Łucja Źdźbłowska-Nguyễn", ""),
        ],
        "particulars": [
            {"label": label, "value": value}
            for label, value in {
                "Role at the Host": "Senior grid analyst (grade 7)",
                "Secondment period": "1 February 2027 to 31 January 2028",
                "Place of work": "Thessaloniki, with up to two days a week from Kraków",
                "Working time": "0.8 FTE: Monday to Thursday, 30 hours a week",
                "Supervisor at the Host": "Юлія Щербаківська",
                "Contact at the Seconder": "Trần Thị Hồng Nhung",
                "Salary paid by": "the Seconder, recharged monthly at cost",
                "Notice": "Seconder 4 weeks\nHost 4 weeks\nSecondee 4 weeks",
            }.items()
        ],
        "clauses": [_clause(number, TITLES[(number - 1) % len(TITLES)]) for number in range(1, clauses + 1)],
        "schedules": [
            {
                "letter": "A",
                "title": "Costs and recharge",
                "columns": ["Component", "Basis", "Share", "Amount a month"],
                "rows": [
                    ["Salary", "Actual cost, paid by the Seconder", "100 %", "4,812.50 EUR"],
                    ["Employer’s pension and social security", "Actual cost", "100 %", "1,104.00 EUR"],
                    ["Travel", "Receipts, by the Host’s policy", "50 %", "350.00 EUR"],
                ],
            },
            {
                "letter": "B",
                "title": "Objectives",
                "columns": ["Objective", "Measure", "Owner", "Due"],
                "rows": [
                    [
                        "Forecast model for the islands",
                        "Error below 4 % over a quarter",
                        "Host",
                        "30 June 2027",
                    ],
                    ["Handover to the home team", "Two workshops and a written guide", "Secondee"],
                ],
            },
        ],
    }


def _party(capacity: str, label: str, name: str, represented_by: str) -> dict[str, Any]:
    return {
        "capacity": capacity,
        "label": label,
        "name": name,
        "registered_number": "" if capacity == "secondee" else "04821773",
        "address": "12 Harbour Street, Floor 3, 1010 Exampletown",
        "represented_by": represented_by,
        "defined_as": f"the {label}",
    }


def _clause(number: int, title: str) -> dict[str, Any]:
    paragraphs = [
        {"number": f"{number}.{index + 1}", "text": " ".join(WORDING[(number + index) % 3].split())}
        for index in range(2)
    ]
    return {"number": number, "key": f"clause_{number}", "title": title, "paragraphs": paragraphs}


def specimen_signatories(signed: bool) -> list[dict[str, Any]]:
    people = (
        ("secondee", "Secondee", "Łucja Źdźbłowska-Nguyễn", "", ""),
        ("host", "Host", "Γιώργος Παπαδόπουλος", "Διευθύνων Σύμβουλος", "Ελληνικό Ινστιτούτο Ενέργειας Α.Ε."),
        ("seconder", "Seconder", "Siobhán O’Rourke", "Director of People", "Northwind Research Limited"),
    )
    return [
        {
            "capacity": capacity,
            "label": label,
            "name": name,
            "title": title,
            "organisation": organisation,
            "signed_name": name if signed else "",
            "drawing": "M20 150L300 20L580 150 M100 90L500 90" if signed and capacity == "host" else "",
            "instead": f"{name} signs in place of Άννα Νικολάου: on leave" if capacity == "host" else "",
            "signed_at": "21 November 2026, 16:05 UTC" if signed else "",
            "code_checked": "One-time code sent to the email address was entered" if signed else "",
        }
        for capacity, label, name, title, organisation in people
    ]


FINGERPRINT = ":".join(f"{n:02X}" for n in range(32))


def specimen_record() -> dict[str, Any]:
    happenings = (
        "Terms frozen and review copy stored", "Invitation sent to Łucja Źdźbłowska-Nguyễn", "Code verified",
        "Review copy opened", "Disclosure accepted, version 2",
        "Signed by Łucja Źdźbłowska-Nguyễn (secondee)",
        "Signed by Γιώργος Παπαδόπουλος (host)", "Signed by Siobhán O’Rourke (seconder)",
        "All parties have signed",
    )  # fmt: skip
    return {
        "agreement_number": "S-2026-00012/1",
        "content_hash": hashlib.sha256(b"terms").hexdigest(),
        "review_copy_hash": hashlib.sha256(b"review copy").hexdigest(),
        "chain_head": hashlib.sha256(b"chain").hexdigest(),
        "disclosure": {
            "version": "2",
            "text": "You are about to sign electronically. You may ask for paper instead.\n"
            "By typing your name and choosing “Sign” you agree to be bound by the agreement you have read.",
        },
        "signatures": [
            {
                "label": one["label"],
                "name": one["name"],
                "email": "someone@example.org",
                "signed_name": one["signed_name"],
                "signed_at": one["signed_at"],
                "identity": "Personal link by email and a one-time code",
                "ip": "2001:db8::7",
                "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0 😀",
            }
            for one in specimen_signatories(signed=True)
        ],
        "events": [
            {"number": number, "at": f"21 November 2026, 15:{40 + number}:07 UTC", "text": text}
            for number, text in enumerate(happenings, 1)
        ],
        "verify_url": "https://tripartite.example.org/verify/",
        "fingerprint": FINGERPRINT,
        "expires_on": "2026-12-21",
        "seal_note": "Sealed by Tripartite when the last party had signed; no change is allowed after it.",
    }


def review_copy(terms: dict[str, Any] | None = None) -> bytes:
    return pdf.render_review_copy(terms or specimen_terms(), specimen_signatories(signed=False), created=CREATED)
