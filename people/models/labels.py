"""What a field is called on pages."""

from django.db import models


def label(row: models.Model, name: str) -> str:
    """The label of a field of a row."""
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return str(field.verbose_name)
