"""`make screenshots`: photographs all pages as each role, wide and narrow, light and dark, into var/screenshots/.

Starts a demo of its own in a directory of its own, signs each person in, and follows links until one page of
each kind has been seen. Seven of the pictures are copied to docs/images/ for the documentation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "var" / "screenshots"
DOCS = ROOT / "docs" / "images"
PORT = 18765
SITE = f"http://localhost:{PORT}"
LOOKS = [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "SITE_URL": SITE, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tripartite-pictures-")))
        directory.chmod(0o711)
        pair = stack.enter_context(embedded.running(directory, durable=False))
        os.environ |= {"DATABASE_URL": pair.database_url, "REDIS_URL": pair.redis_url, "DEMO_MAIL": str(directory)}
        manage("migrate", "-v0")
        manage("demo_data")
        stack.enter_context(web())
        import django

        django.setup()
        taken = photograph_all()
    print(f"{taken} pictures in {OUT.relative_to(ROOT)}")
    return 0


def manage(*words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], check=True, cwd=ROOT)


@contextmanager
def web() -> Iterator[None]:
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--port", str(PORT)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            time.sleep(0.2)
            try:
                urlopen(f"{SITE}/livez", timeout=1)
                break
            except OSError:
                continue
        yield
    finally:
        server.terminate()
        server.wait()


def cast() -> dict[str, object]:
    """Somebody for each role, with something to do."""
    from config.demo import cast as guide
    from people.models import Membership, Person

    people = [Person.objects.get(email=email) for _title, _name, email, _what in guide.guides()]
    roles = dict(zip(["hr", "secondee", "host-contact", "line-manager", "terms", "signatory"], people, strict=False))
    finance = Membership.objects.filter(role="finance").select_related("person").first()
    return {
        "visitor": None,
        **roles,
        "finance": finance.person if finance else None,
        "administrator": administrator(),
    }


def administrator() -> object:
    """Who runs the installation; made here, as the demo has none."""
    from allauth.mfa.models import Authenticator

    from people.models import Person

    who = Person.objects.create_user("administrator@tripartite.example", full_name="Ada Min", is_administrator=True)
    Authenticator.objects.create(user=who, type=Authenticator.Type.TOTP, data={"secret": "none"})
    return who


def photograph_all() -> int:
    from tests.browser import chromium

    taken = 0
    with chromium.running() as browser:
        for role, person in cast().items():
            pages: dict[str, str] = {}
            for scheme, width in LOOKS:
                context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
                if person:
                    chromium.sign_in(context, person, SITE)
                page = context.new_page()
                for name, address in list(pages.items()) or chromium.crawl(page, SITE):
                    if name in pages:
                        chromium.visit(page, address)
                    pages.setdefault(name, address)
                    chromium.photograph(page, OUT / role / f"{name}-{width}-{scheme}.png")
                    taken += 1
                context.close()
            print(f"{role}: {', '.join(pages)}")
        for_docs(browser)
    return taken


def for_docs(browser) -> None:
    """The pictures of the documentation: the top of seven pages."""
    from people.models import Person
    from secondments.models import Secondment
    from tests.browser import chromium

    people: dict[str, Person] = cast()  # type: ignore[assignment]
    hr = people["hr"]

    def case(turn: str) -> Secondment:
        return Secondment.objects.with_case_data().filter(owner=hr, turn=turn).order_by("pk").first()

    active, change, deciding, signing = case("check_in"), case("change"), case("decisions"), case("signature")
    shots = {
        "home-hr": (hr, "/"),
        "case": (hr, active.get_absolute_url()),
        "terms": (hr, f"{change.get_absolute_url()}agreement/"),
        "decide": (deciding.host_contact, f"{deciding.get_absolute_url()}decide/acceptance/"),
        "sign": (people["signatory"], f"{signing.get_absolute_url()}agreement/sign/"),
        "placement": (active.secondee, f"{active.get_absolute_url()}placement/"),
        "verify": (None, "/verify/"),
    }
    DOCS.mkdir(parents=True, exist_ok=True)
    for name, (person, path) in shots.items():
        context = browser.new_context(viewport={"width": 1200, "height": 800})
        if person:
            chromium.sign_in(context, person, SITE)
        page = context.new_page()
        chromium.visit(page, f"{SITE}{path}")
        if name == "sign":
            page.wait_for_timeout(2500)  # the browser's own PDF viewer takes a moment
        page.screenshot(path=DOCS / f"{name}.png")
        context.close()


if __name__ == "__main__":
    sys.exit(main())
