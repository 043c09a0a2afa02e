"""What all sections of a proposal have in common: saved one by one, also half filled in.

A section reads and writes columns of the case and of its proposal; some have rows (objectives, skills, costs). It
accepts what is missing, as it is a draft; what is missing is asked for when the proposal is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from people.forms.base import Form
from people.keys import new_key
from people.models import Person
from secondments.forms.rows import TABLE_TITLES, BaseRows, clean_text
from secondments.models import Secondment


class Section(Form):
    """One section. ``case_fields`` and ``proposal_fields`` are columns; the others are worked out in :meth:`answers`.

    ``tables`` names its rows: the relation of the case, and their form set.
    """

    name = ""
    title: str | Promise = ""
    lead: str | Promise = ""
    case_fields: tuple[str, ...] = ()
    proposal_fields: tuple[str, ...] = ()
    tables: Mapping[str, type[BaseRows]] = {}
    use_required_attribute = False  # a draft may miss anything
    do_not_call_in_templates = True  # templates are given the class too

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    page = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)  # one opening of the section

    def __init__(self, data: Any = None, *, case: Secondment, by: Person) -> None:
        self.case, self.by = case, by
        kept = case.proposal.unfinished.get(self.name, {}) if data is None else {}
        texts = {name: value for name, value in kept.items() if name not in self.tables}
        super().__init__(data, initial=self.starting() | texts)
        self.unfinished = kept
        self.prepare()
        self.rows = {
            table: formset(
                data,
                prefix=table,
                # Compared with what was saved, a row that did not change would count as left empty.
                initial=[*self._saved(table, formset), *kept.get(table, [])] if data is None else None,
            )
            for table, formset in self.tables.items()
        }

    def tables_shown(self) -> list[tuple[str, BaseRows]]:
        """The form sets with the words above them."""
        return [(str(TABLE_TITLES[table]), rows) for table, rows in self.rows.items()]

    @property
    def faulty_rows(self) -> Any:
        """The rows of the first table with faults, for the error summary."""
        if not self.is_bound:
            return []
        return next((rows for rows in self.rows.values() if rows.total_error_count()), [])

    def _saved(self, table: str, formset: type[BaseRows]) -> list[dict[str, Any]]:
        names = formset.form.base_fields
        return [{name: getattr(row, name) for name in names} for row in getattr(self.case, table).all()]

    def shown(self, name: str) -> str:
        """What a field holds, in the words of the page."""
        value, field = self[name].value(), self.fields[name]
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(field, forms.ModelChoiceField):
            return str(value) if hasattr(value, "pk") else ""
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            words = {str(key): str(label) for key, label in choices if key != ""}
            values = value if isinstance(value, list) else [value]
            return ", ".join(words[str(key)] for key in values if str(key) in words)
        return "" if value is None else str(value)

    def starting(self) -> dict[str, Any]:
        found = {name: getattr(self.case, name) for name in self.case_fields}
        found |= {name: getattr(self.case.proposal, name) for name in self.proposal_fields}
        return found | {"seen": str(saves(self.case, self.name)), "page": new_key()}

    def prepare(self) -> None:
        """What depends on the case: the choices of a field, a help text."""

    def is_valid(self) -> bool:
        answers = [super().is_valid(), *(rows.is_valid() for rows in self.rows.values())]  # each is asked
        return all(answers)

    def answers(self, *, quick: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was read of the fields without a fault, for the case and for its proposal; ``quick``: while typing."""
        found = self.cleaned_data
        of_case = {name: found[name] for name in self.case_fields if name in found}
        of_proposal = {name: found[name] for name in self.proposal_fields if name in found}
        return of_case, of_proposal

    def table_rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows without a fault, of tables that were sent."""
        sent = {table: rows for table, rows in self.rows.items() if rows.management_form.is_valid()}
        return {table: rows.rows() for table, rows in sent.items() if rows.is_valid() or not rows.non_form_errors()}

    def faults(self) -> int:
        """How many fields and rows could not be read."""
        return len(self.errors) + sum(rows.total_error_count() for rows in self.rows.values())

    waiting: tuple[str, ...] = ()  # fields that are not acted on before the section is sent

    def typed(self, *, quick: bool = False) -> dict[str, Any]:
        """What stands in fields that could not be read, or not yet, kept as it was typed."""
        wrong = [name for name in self.errors if name in self.fields and name not in {"seen", "page"}]
        wrong += [name for name in self.waiting if quick and name in self.changed_data and name not in wrong]
        found: dict[str, Any] = {name: clean_text(self.data.get(name, "")) for name in wrong if self.data.get(name)}
        return found | {table: rows.typed() for table, rows in self.rows.items() if rows.typed()}


def saves(case: Secondment, section: str) -> int:
    """How often a section was saved; who saves again must have seen the last."""
    return int(case.proposal.sections.get(section, {}).get("n", 0))
