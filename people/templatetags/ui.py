"""Template tags that every page uses; made a builtin in the settings."""

from __future__ import annotations

import datetime
import decimal
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people import clock

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int = 18) -> str:
    """An icon as inline SVG, an ornament beside its word; drawn once for each process."""
    drawing = ElementTree.fromstring(_drawings().read(f"outline/{name}.svg"))  # noqa: S314 - out of a package
    for part in drawing.iter():
        part.tag = part.tag.removeprefix("{http://www.w3.org/2000/svg}")
    drawing.attrib |= {"width": str(size), "height": str(size), "stroke-width": "2", "aria-hidden": "true"}
    return mark_safe(ElementTree.tostring(drawing, encoding="unicode"))  # noqa: S308 - nothing of it is typed by anybody


@cache
def _drawings() -> ZipFile:
    """The icons of the package, their list read once; the package itself reads its thousands for each icon anew."""
    return ZipFile(BytesIO((files("tablericons") / "tablericons.zip").read_bytes()))


@register.filter
def day(value: datetime.date | datetime.datetime | None) -> str:
    """A date as a machine-readable element: 4 May 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
        return format_html(
            '<time datetime="{}">{}</time>', value.isoformat(timespec="minutes"), date_format(value, "j M Y, H:i")
        )
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "j M Y"))


@register.filter
def figure(value: object) -> str:
    """A cell of a table of numbers: a day as a day, a number with its thousands parted, anything else as it is."""
    if isinstance(value, datetime.date):
        return day(value)
    text = str(value)
    try:
        number = decimal.Decimal(text)
    except decimal.InvalidOperation:
        return text
    exponent = number.normalize().as_tuple().exponent
    places = min(-int(number.as_tuple().exponent), max(2, -int(exponent)))
    return number_format(number, decimal_pos=max(places, 0), force_grouping=True)


@register.filter
def distance(value: datetime.date | None) -> str:
    """How far a day is from today, in words: in 12 days, today, 3 days ago."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value).date()
    days = (value - clock.today(timezone.get_current_timezone_name())).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if days > 0:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}


@register.simple_tag
def since(value: datetime.datetime | None) -> str:
    """How long something has lasted: since today, for 5 days."""
    if value is None:
        return ""
    days = (clock.now() - value).days
    return ngettext("for %(n)d day", "for %(n)d days", days) % {"n": days} if days else _("since today")


@register.simple_tag
def is_past(value: datetime.date | None) -> bool:
    return value is not None and value < clock.today(timezone.get_current_timezone_name())


@register.inclusion_tag("_components/tag.html")
def tag(tone: str, label: str) -> dict[str, Any]:
    """A status: a tone with its icon, and a word, so that it is never colour alone."""
    icons = {"neutral": "circle", "progress": "progress", "attention": "alert-triangle", "good": "circle-check"}
    return {"tone": tone, "label": label, "icon_name": icons[tone]}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with some values changed; ``None`` takes one out."""
    found = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return f"?{found.urlencode()}" if found else "?"


@register.simple_tag(takes_context=True)
def asked(context: dict[str, Any], name: str) -> str:
    """What the address asks for under a name, or nothing."""
    return context["request"].GET.get(name, "")


@register.filter
def in_words(name: str) -> str:
    """The name of a form's field as people read it: Full name."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()
