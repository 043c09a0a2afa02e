"""The house itself: the slope, the floors, the names, and that nothing is said that nobody can read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey, ManyToManyField

from secondments import timeline
from secondments.models import Secondment

ROOT = Path(__file__).parents[2]
HOUSES = ["people", "secondments", "agreements", "config"]  # downhill first: each may lean on those before it
LONGEST = 400

sources = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py")) if "migrations" not in path.parts]


def test_imports_run_downhill() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    found = subprocess.run([sys.executable, str(linter)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def relations() -> Iterator[tuple[str, str, str]]:
    """Every foreign key of ours: its house, the house it points at, its name."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_parents=False):
            if isinstance(field, ForeignKey | ManyToManyField):
                target = field.related_model._meta.app_label
                yield model._meta.app_label, target, f"{model.__name__}.{field.name}"


def test_foreign_keys_run_downhill() -> None:
    ours = [(HOUSES.index(a), HOUSES.index(b), name) for a, b, name in relations() if {a, b} <= set(HOUSES)]
    assert len(ours) > 50
    assert [name for house, target, name in ours if target > house] == []


def test_foreign_keys_of_others_do_not_point_at_the_upper_houses() -> None:
    others = {(a, b) for a, b, _ in relations() if a not in HOUSES and b in HOUSES}
    assert others == {("account", "people"), ("mfa", "people"), ("socialaccount", "people")}


FORBIDDEN = {"utils", "helpers", "common", "core", "misc", "manager", "managers", "service", "services", "handlers"}


def test_no_file_is_named_after_nothing() -> None:
    names = {part for path in sources for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & FORBIDDEN == set()


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): n for path in sources if (n := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_top_level_is_fixed() -> None:
    """The top level is fixed: a new house or a stray module is a decision, not an accident."""
    found = {path.name for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found == {"manage.py", "people", "secondments", "agreements", "config", "tests"}


RECORD = re.compile(r"ledger\.record\(\s*f?\"([a-z_{}]+\.[a-z_{}.]+)\"(?:\s+if\s+\w+\s+else\s+\"([a-z_.]+)\")?")
PAPER = re.compile(r"papers\.(?:perform|record)\(")  # what is done with a paper goes through these two …
PAPER_VERB = re.compile(r"papers\.(?:perform|record)\(\s*\w+,\s*\"(\w+)\"")  # … with its verb spelt out
BOOKS = ("agreement", "contract")  # the secondee's own contract has verbs of its own
# Written beside no case: no timeline shows them.
CASELESS = {
    "people.import",
    "people.first_hr",
    "invitation.cancel",
}
CASELESS |= {"organisation.add", "organisation.edit", "department.add", "department.rename", "department.remove"}
CASELESS |= {"closing_day.add", "closing_day.remove", "signatory.give", "signatory.end"}
CASELESS |= {"membership.give", "membership.end", "membership.legal", "person.add", "person.rename"}
CASELESS |= {"person.deactivate", "person.reactivate", "salary.read", "policy.make", "policy.edit", "policy.remove"}
CASELESS |= {
    "ledger.anchor",
    "ledger.erase",
    "administrator.appoint",
    "administrator.end",
    "administrator.read",
    "support.begin",
    "support.read",
    "support.end",
}
CASELESS |= {
    "data.copy",
    "data.download",
    "data.look",
    "erasure.ask",
    "erasure.call_off",
    "erasure.do",
    "hold.place",
    "hold.lift",
}
CASELESS |= {"people.undo_import", "idea.ask", "idea.view", "idea.decline", "template.make", "template.remove"}
CASELESS |= {"clause.edit", "clause.retire", "news.publish", "news.take_back", "checklist.usual"}
CASELESS |= {"sign_in.provider_entered", "sign_in.provider_switched"}  # others of sign_in.… are written by telling.tell


def written_verbs() -> set[str]:
    """Every verb that the code writes to the ledger; those made of a name are spelt out."""
    text = "\n".join(path.read_text("utf-8") for path in sources if "demo" not in path.parts)
    found = {verb for pair in RECORD.findall(text) for verb in pair if verb}
    transitions = {t.name for t in Secondment._meta.get_field("state").get_all_transitions(Secondment)}
    made = {
        "secondment.{name}": {f"secondment.{name}" for name in transitions},
        "{book}.{verb}": {f"{book}.{verb}" for book in BOOKS for verb in PAPER_VERB.findall(text)},
        "decision.{decision.kind}": {"decision.release", "decision.consent", "decision.acceptance"},
    }
    assert {verb for verb in found if "{" in verb} == set(made)
    return {verb for verb in found if "{" not in verb}.union(*made.values())


def test_every_ledger_verb_has_its_sentence_in_the_timeline() -> None:
    assert written_verbs() - CASELESS == set(timeline.PRESENTERS)


def test_every_act_on_a_paper_spells_its_verb_out() -> None:
    """A verb that came out of a name could not be held against the sentences."""
    unspelt = [
        str(path.relative_to(ROOT))
        for path in sources
        if len(PAPER.findall(text := path.read_text("utf-8"))) != len(PAPER_VERB.findall(text))
    ]
    assert unspelt == []


def test_ledger_has_one_writer() -> None:
    writers = [path.relative_to(ROOT) for path in sources if "LedgerEntry.objects.create" in path.read_text("utf-8")]
    assert [str(path) for path in writers if "demo" not in path.parts] == ["people/ledger.py"]


STATE = re.compile(r"state\s*(?:=|==|!=)\s*[\"'](?:draft|proposal|agreement|agreed|active|review|return)[\"']")


def test_nobody_spells_a_state_in_quotes() -> None:
    code = [path for path in sources if "demo" not in path.parts]
    spelt = [str(path.relative_to(ROOT)) for path in code if STATE.search(path.read_text("utf-8"))]
    assert spelt == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
