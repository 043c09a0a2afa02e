"""The forms on a page, and what somebody would type into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from people import clock

NEW_ADDRESS = "new.colleague@example.org"  # of somebody whom nobody knows yet
KINDS = {"text", "search", "email", "date", "number", "hidden", "password", "tel", "url"}


@dataclass
class Form:
    """Where it goes, what it holds, and which of its values stand in lists of choices."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Collects the forms that change something, with each field filled in."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found = path, list[Form]()
        self.form: Form | None = None
        self.select = self.area = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            sent = given.get("method", "get").lower() == "post"
            self.form = Form(given.get("action") or self.path) if sent else None
        elif self.form is None:
            return
        elif tag == "input" and name:
            self._input(name, given)
        elif tag == "button" and name:
            self.form.buttons[f"{name}={given.get('value', '')}"] = name
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if given.get("value") and ("selected" in given or self.select not in self.form.values):
                self.form.values[self.select] = given["value"]
        elif tag == "textarea":
            self.area, self.text = name, ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self.form
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            if "checked" in given or name not in self.form.values:
                self.form.values[name] = given.get("value", "on")
        elif kind in KINDS and name != "csrfmiddlewaretoken":
            self.form.values[name] = given.get("value") or typed(kind, given)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form:
            self.found.append(self.form)
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.form and self.area:
            self.form.values[self.area] = self.text.strip() or "Some words about it."
            self.area = ""


def typed(kind: str, given: dict[str, str]) -> str:
    """Something that such a field takes."""
    day = clock.today("UTC") + timedelta(days=20)
    if given["name"] == "salary_currency":
        return "GBP"
    return {
        "email": NEW_ADDRESS,
        "date": day.isoformat(),
        "number": given.get("min") or "1",
        "hidden": "",
        "password": "four words of good length",
    }.get(kind, "Words")


def on_page(path: str, text: str) -> list[dict[str, object]]:
    """Each form as often as it has buttons with a meaning: where it goes and what it sends."""
    reader = Reader(path)
    reader.feed(text)
    sent: list[dict[str, object]] = []
    for form in reader.found:
        for pressed in form.buttons or [""]:
            name, _, value = pressed.partition("=")
            sent.append({"action": form.action, "values": {**form.values, **({name: value} if name else {})}})
    return sent
