import pytest
from django.db import transaction
from django.test import Client
from tests.house import addresses
from tests.house.addresses import ROUTES

ROLES = [
    "anonymous",
    "hr",
    "finance",
    "viewer",
    "manager",
    "secondee",
    "contact",
    "supervisor",
    "signatory",
    "deputy",
    "host_hr",
    "host_finance",
    "administrator",
    "stranger_hr",
    "stranger",
]
SIGN = {200: "o", 204: "n", 403: "x", 404: ".", 405: "-"}


def letter(a):
    if a.status_code in (301, 302):
        u = a.url.split("?")[0]
        return "s" if u == "/sign-in/" else "c" if u == "/confirm/" else "f" if u == "/security/needed/" else ">"
    return SIGN.get(a.status_code, str(a.status_code))


class Undo(Exception):
    pass


def send(client, method, path, cookies=None):
    client.cookies.clear()
    client.cookies.load(cookies or {})
    try:
        with transaction.atomic():
            a = getattr(client, method)(path)
            raise Undo
    except Undo:
        return letter(a)


def test_gen(cast, sign_in):
    w = addresses.build(cast)
    rows = []
    cl = {r: (Client() if r == "anonymous" else sign_in(w.people[r])) for r in ROLES}
    for c in cl.values():
        c.raise_request_exception = False
    jar = {r: {k: m.value for k, m in c.cookies.items()} for r, c in cl.items()}
    for name in ROUTES:
        cells = []
        for r in ROLES:
            try:
                p = w.path(name)
            except KeyError as e:
                cells = [f"KEY {e}"]
                break
            if name == "account_logout":
                pass
            cells.append("".join(send(cl[r], m, p, jar[r]) for m in ("get", "post")))
        rows.append(f"{name:30} " + "  ".join(cells))
    open("/tmp/table.txt", "w").write("\n".join(rows))
