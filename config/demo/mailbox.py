"""A page that lists what the embedded mail server received, so that codes and links work without a mail client."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

SHOWN = 60


@dataclass
class Mail:
    name: str
    to: str
    subject: str
    at: datetime
    text: str = ""
    files: list[str] = field(default_factory=list)


def folder() -> Path:
    return Path(settings.DEMO_MAIL)


@login_not_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest mail first."""
    words = request.GET.get("q", "").strip().lower()
    found = []
    for path in sorted(folder().glob("*.eml"), reverse=True):
        mail = _read(path)[0]
        if words in f"{mail.to} {mail.subject}".lower():
            found.append(mail)
        if len(found) >= SHOWN:
            break
    return render(request, "demo/inbox.html", {"messages_sent": found, "words": words})


@login_not_required
def message(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/message.html", {"mail": _read(_path(name))[0]})


@login_not_required
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponse:
    parts = list(_read(_path(name))[1].iter_attachments())
    if number >= len(parts):
        raise Http404
    part = parts[number]
    response = HttpResponse(part.get_payload(decode=True), content_type=part.get_content_type())
    response.headers["Content-Disposition"] = f'attachment; filename="{part.get_filename() or "file"}"'
    return response


def _path(name: str) -> Path:
    path = folder() / name
    if path.parent != folder() or path.suffix != ".eml" or not path.is_file():
        raise Http404
    return path


def _read(path: Path) -> tuple[Mail, EmailMessage]:
    parsed: EmailMessage = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    mail = Mail(
        name=path.name,
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]).strip(),
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        text=body.get_content() if body else "",
        files=[part.get_filename() or "file" for part in parsed.iter_attachments()],
    )
    return mail, parsed
