"""The register of personal data: complete, and honest about what it keeps."""

from __future__ import annotations

from django.apps import apps
from django.db.models import BinaryField, CharField, GenericIPAddressField, JSONField, TextField

from people.privacy import BLANK, CONFIDENTIAL, KEEP, NOT_PERSONAL, PERSONAL, REGISTER, REPLACE, SIGNED

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
INSTALLED = {name: table for name, table in REGISTER.items() if name.split(".")[0] in apps.app_configs}
WORDS = (CharField, TextField, JSONField, BinaryField, GenericIPAddressField)


def test_every_table_is_in_the_register() -> None:
    assert set(INSTALLED) ^ set(MODELS) == set()


def test_every_column_is_in_the_register_once() -> None:
    found = {f"{name}.{column.name}" for name, model in MODELS.items() for column in model._meta.concrete_fields}
    listed = [f"{name}.{column}" for name, table in INSTALLED.items() for one in table.columns for column in one.names]
    assert (set(listed) ^ found, len(listed)) == (set(), len(set(listed)))


def test_every_column_has_its_purpose_and_every_table_its_time() -> None:
    silent = [
        (table.model, column.names)
        for table in REGISTER.values()
        for column in table.columns
        if not str(column.purpose) or not str(table.kept) or not str(table.title)
    ]
    assert silent == []


def test_what_is_kept_of_a_person_has_a_reason() -> None:
    unexplained = [
        (table.model, column.names)
        for table in REGISTER.values()
        for column in table.columns
        if column.rule in {KEEP, SIGNED} and not str(column.why)
    ]
    assert unexplained == []


def test_nothing_personal_is_called_not_personal() -> None:
    denied = [
        (table.model, column.names)
        for table in REGISTER.values()
        for column in table.columns
        if column.rule == NOT_PERSONAL and column.secrecy in {PERSONAL, CONFIDENTIAL}
    ]
    assert denied == []


def test_personal_words_are_kept_only_where_they_come_from_a_fixed_list() -> None:
    """A text that somebody typed cannot be kept; one of a list of choices, a key or a digest can."""
    typed = {
        f"{name}.{column.name}"
        for name, table in INSTALLED.items()
        if table.is_personal and not table.is_deleted
        for column in MODELS[name]._meta.concrete_fields
        if isinstance(column, WORDS) and not column.choices and table.by_name[column.name].rule in {KEEP, NOT_PERSONAL}
    }
    assert typed == {
        "agreements.Agreement.language",
        "agreements.Agreement.title",
        "agreements.Approval.content_hash",
        "agreements.ChangeRequest.clause_key",
        "agreements.Document.sha256",
        "agreements.EvidenceEvent.hash",
        "agreements.EvidenceEvent.previous",
        "agreements.LegalConsent.clause_key",
        "agreements.LegalConsent.wording_hash",
        "agreements.Signature.content_hash",
        "agreements.Signature.disclosure_version",
        "agreements.Signature.document_sha256",
        "agreements.Thread.clause_key",
        "agreements.Version.content_hash",
        "people.Erasure.key",
        "people.LegalHold.key",
        "people.Notice.about",
        "people.Notice.attachment",
        "people.Notice.key",
        "people.Person.key",
        "people.SupportSession.key",
        "secondments.Certificate.key",
        "secondments.Charge.currency",
        "secondments.Charge.reminded",
        "secondments.ChecklistItem.reminded",
        "secondments.Concern.key",
        "secondments.Deputy.key",
        "secondments.EarlyEnd.key",
        "secondments.Leave.key",
        "secondments.Override.rule",
        "secondments.Proposal.sections",
        "secondments.Reorganisation.key",
        "secondments.Secondment.key",
        "secondments.Secondment.policy",
        "secondments.Secondment.reference",
        "secondments.Secondment.turn",
        "secondments.Secondment.worked_before",
        "secondments.Trip.key",
        "secondments.Wish.key",
    }


def test_tables_that_are_deleted_are_deleted_as_a_whole() -> None:
    mixed = [
        table.model
        for table in REGISTER.values()
        if table.is_deleted and any(column.rule in {BLANK, REPLACE, SIGNED} for column in table.columns)
    ]
    assert mixed == []


def test_lookups_lead_to_people() -> None:
    """A mistyped lookup would find nobody, and erase nothing."""
    from people.models import Person

    for name, table in INSTALLED.items():
        columns = [column.of for column in table.columns if column.of]
        for lookup in [*table.own, *table.about, *columns]:
            model = MODELS[name]
            if lookup == "pk":
                assert model is Person
                continue
            for step in lookup.split("__"):
                model = model._meta.get_field(step).related_model
            assert model is Person
