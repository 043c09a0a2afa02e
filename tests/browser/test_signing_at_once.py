"""Two and three signatories press the button at the same moment, in browsers of their own, and press it twice."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Browser, Page

from agreements import evidence, signing
from agreements.models import Agreement, Signature
from people import clock
from people.models import Person
from tests.agreements.acts import events
from tests.browser.test_visits import come_by_link, make_documents, newest
from tests.cast import Cast, fresh

pytestmark = pytest.mark.usefixtures("site")
# A moment later, when all pages have been told; the second press comes before the first is answered.
PRESS_TWICE = """() => setTimeout(() => {
    const form = document.querySelector("#sign form");
    fetch(form.action, {method: "POST", body: new FormData(form)});
    form.requestSubmit();
}, 500)"""


def ready_to_sign(browser: Browser, person: Person) -> Page:
    """Come by the link of one's mail, read, get the code, and fill in everything but the last press."""
    page = browser.new_context().new_page()
    come_by_link(page, person)
    page.wait_for_load_state("networkidle")
    page.click("text=Send me a code")
    page.wait_for_selector("text=A code is on its way")
    page.check("input[name=agrees]")
    page.fill("input[name=signed_name]", person.full_name)
    page.fill("input[name=code]", re.search(r"\d{6}", newest(person, "code to sign S-"))[0])
    return page


@pytest.mark.parametrize("order", ["secondee+host,seconder", "secondee+host+seconder"])
def test_signatories_at_once(browser: Browser, real_cast: Cast, order: str) -> None:
    real_cast.northwind.policies.create(effective_from=clock.today("Europe/London"), signing_order=order)
    case = real_cast.agreement_case()
    signing.issue(real_cast.approved(case), by=real_cast.hr)
    make_documents()
    by_party = {"secondee": case.secondee, "host": case.host_signatory, "seconder": case.seconder_signatory}
    for group in order.split(","):
        pages = [ready_to_sign(browser, by_party[party]) for party in group.split("+")]
        for page in pages:
            page.evaluate(PRESS_TWICE)
        for page in pages:
            page.wait_for_url(re.compile(r"/agreement/$"))
            page.context.close()
    paper = Agreement.objects.get(secondment=case)
    assert (paper.state, fresh(case).state) == ("signed", "agreed")
    counted = Counter(events(paper))
    assert (counted["signed"], counted["all signed"], counted["invited"]) == (3, 1, 3)
    assert Signature.objects.count() == 3
    assert evidence.broken_at(paper.evidence.order_by("number")) is None
