"""The callback list in a real browser, by keyboard alone: it stays under her hand while the world goes on."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from playwright.sync_api import sync_playwright

import models
from models import Attempt, Callback, Claim, Shop, WeekHours, utcnow
from tests import screens
from tests.flows.box import until
from tests.web import seed

CHROMIUM = shutil.which("chromium")
ROWS = "[...document.querySelectorAll('#callback-list .promise')].map((row) => row.id)"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@pytest.fixture
def desk(tmp_path):
    """The operator's page, the database behind it open here too, and the shops open whenever the test runs."""
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright, models.database.connection_context():
        WeekHours.delete().execute()
        Claim.delete().execute()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.context.add_cookies([{"name": "spilka", "value": tokens["operator"], "url": address}])
        screens.listen(page, said)
        page.goto(f"{address}/desk")
        page.wait_for_selector("#callback-list .promise")
        yield page, said
        browser.close()


def arrives(customer: str, minutes: float) -> Callback:
    """A customer of the second shop has been missed so long ago."""
    seed.missed(None, Shop.get_by_id(2), customer, customer, utcnow() - dt.timedelta(minutes=minutes), "abandoned_line")
    return Callback.get(Callback.customer == customer)


def test_the_list_stays_under_her_hand_and_one_key_dials_the_next(desk):
    page, said = desk
    before = page.evaluate(ROWS)
    page.focus(f"#{before[1]} button")
    urgent = arrives("+380661234567", 500)
    page.wait_for_selector("#callbacks-new")
    assert page.evaluate(ROWS) == before
    assert page.evaluate("document.activeElement.closest('article').id") == before[1]
    page.keyboard.press("s")
    until(lambda: page.evaluate(ROWS)[0] == f"callback-{urgent.id}")
    page.keyboard.press("n")
    attempt = until(lambda: Attempt.get_or_none(Attempt.ended_at.is_null()), 10, "the wish to dial")
    assert attempt.callback == urgent
    page.wait_for_selector(f"#callback-{urgent.id}.hers .going")
    Attempt.update(sent_at=utcnow(), ended_at=utcnow(), result="answered").where(Attempt.id == attempt.id).execute()
    Callback.update(to_confirm=True).where(Callback.id == urgent.id).execute()
    page.wait_for_selector(f"#callback-{urgent.id} [data-key=KeyV]")
    page.keyboard.press("r")
    page.wait_for_selector(f"#callback-{urgent.id}.settled")
    assert Callback.get_by_id(urgent.id).closed_because == "talked"
    assert page.evaluate(ROWS)[0] == f"callback-{urgent.id}", "it stays where it was"
    assert said == []
