"""Somebody at a browser: signs in by code, opens pages, sends forms, reads mail; through addresses only."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from people.delivery import deliver


class Visitor:
    """One person at one browser."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.client = Client()
        self.page: HttpResponse = HttpResponse()

    def open(self, path: str, status: int = 200) -> str:
        self.page = self.client.get(path, follow=True)
        assert self.page.status_code == status, (path, self.page.status_code)
        return self.text

    def send(self, path: str, answers: dict[str, Any], status: int = 200) -> str:
        self.page = self.client.post(path, answers, follow=True)
        assert self.page.status_code == status, (path, self.page.status_code)
        return self.text

    @property
    def text(self) -> str:
        """What the page says, without its markup."""
        main = self.page.content.decode().partition("<main")[2]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def address(self) -> str:
        """Where the browser is after the redirects."""
        return self.page.redirect_chain[-1][0] if self.page.redirect_chain else self.page.request["PATH_INFO"]

    def mails(self) -> list[Any]:
        """Everything that reached this address, oldest first."""
        deliver()
        return [letter for letter in mail.outbox if self.email in letter.to]

    def link(self, words: str) -> str:
        """The address in the newest mail whose subject has these words."""
        letter = [letter for letter in self.mails() if words in letter.subject][-1]
        return re.search(r"http://testserver(\S+)", letter.body)[1]

    def code(self, words: str) -> str:
        return re.search(r"\d{6}", [letter for letter in self.mails() if words in letter.subject][-1].subject)[0]

    def sign_in(self, next_page: str = "/") -> str:
        """Ask for a code, read it, enter it; lands on the page that was wanted."""
        self.send(f"/sign-in/?next={next_page}", {"email": self.email, "next": next_page})
        return self.send("/sign-in/code/", {"code": self.code("code to sign in"), "next": next_page})

    def follow(self, words: str) -> str:
        """Click the link of a mail; sign in when asked; land on the very page."""
        path = self.link(words)
        text = self.open(path)
        if "/sign-in/" in self.address:
            text = self.sign_in(path)
        assert self.address.split("?")[0] == path.partition("#")[0], (self.address, path)
        return text
