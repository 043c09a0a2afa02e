"""How forms look: one field template, an error summary on top, Bootstrap's classes on the widgets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Takes the field and form templates from the project's own folder."""

    form_template_name = "_components/form.html"
    field_template_name = "_components/field.html"


def style(form: forms.BaseForm) -> None:
    """Give each widget the class that Bootstrap wants for its kind."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
            css = "form-check-input"
        elif isinstance(widget, forms.Select):
            css = "form-select"
        else:
            css = "form-control"
        if css not in widget.attrs.get("class", ""):
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()


class Form(forms.Form):
    fields: dict[str, Any]  # each is of a kind of its own, which the stubs do not know

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)


class ModelForm(forms.ModelForm):
    """A form whose database constraints answer as form errors, each at its field.

    ``checked_with`` names fields of the model that are not on the form but take part in its constraints;
    ``places`` gives, by the name of a constraint, the field that mends it and the sentence to say there.
    """

    fields: dict[str, Any]  # as above

    checked_with: tuple[str, ...] = ()
    places: dict[str, tuple[str | None, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # not in the stubs
        return found - set(self.checked_with)

    def _post_clean(self) -> None:
        # Django puts what a constraint says on top of the form; it is asked below, where the field is known.
        self.instance.validate_constraints = lambda exclude=None: None
        try:
            super()._post_clean()  # type: ignore[misc] # not in the stubs
        finally:
            del self.instance.validate_constraints
        self._ask_constraints()

    def _ask_constraints(self) -> None:
        excluded = self._get_validation_exclusions()
        for constraint in self._meta.model._meta.constraints:
            try:
                constraint.validate(self._meta.model, self.instance, exclude=excluded)
            except forms.ValidationError as error:
                field, sentence = self.places.get(constraint.name, (None, error))
                self.add_error(field, sentence)


class DateInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Reason(Form):
    """One question: why. Used wherever an act needs a reason."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, label: str = "", required: bool = True, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        self.fields["reason"].help_text = help_text
        if label:
            self.fields["reason"].label = label
