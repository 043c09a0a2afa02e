"""More ways in that a reviewer with an account in every role tried; each stays shut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from people.imports.files import Unreadable
from people.models import Person
from tests.cast import Cast, person
from tests.people.files import uploaded

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize(
    "address",
    [
        "/people/%00/", "/secondments/%00/", "/organisations/%00/", "/invitations/%00/", "/deputies/%00/",
        "/copies/%00/json/", "/people/import/%00/", "/sign-in/with/%00/back/", "/organisations/?q=%00",
        "/people/new/?organisation=%00", "/secondments/new/?seconder=%00", "/administration/people/?q=%00",
    ],
)  # fmt: skip
def test_nul_in_an_address_finds_nothing(cast: Cast, sign_in: SignIn, address: str) -> None:
    for client in (Client(), *(sign_in(who) for who in (cast.hr, cast.contact, person("Ada Min")))):
        assert client.get(address).status_code == 404
    assert sign_in(cast.hr).get(address).headers["Cache-Control"] == "no-store, private"


def test_nul_in_a_file_is_refused_and_not_a_fault_of_ours(cast: Cast) -> None:
    for text in ("\x00,full name\nx,y\n", "email,full name\na@x.example,A\x00na\n"):
        with pytest.raises(Unreadable, match="a character that is no text"):
            uploaded(cast.hr, cast.northwind, text.encode("utf-16"))
