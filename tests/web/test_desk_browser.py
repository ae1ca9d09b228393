"""A call on the desk in a real browser, by the keyboard alone: it rings, she notes, the network is cut, it is over."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect, sync_playwright

import models
from tests import screens
from tests.flows.box import until
from tests.web import seed

CHROMIUM = shutil.which("chromium")
RING = "call => document.dispatchEvent(new CustomEvent('phone:ringing', {detail: call}))"
CARD = "#call[data-call='{}'] #note-text"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")


@dataclass
class Desk:
    """The operator's page, what the browser complained of, and the rows behind it."""

    page: Page
    address: str
    said: list[str]

    def ring(self, key: str, did: int = 1) -> None:
        """As her browser's telephone tells it."""
        self.page.evaluate(RING, {"key": key, "did": did})

    def note(self, key: str) -> str | None:
        row = models.CallNote.get_or_none(models.CallNote.call_key == key)
        return row and row.text

    def kept(self) -> str:
        return self.page.inner_text("#note-kept")


@pytest.fixture
def desk(tmp_path):
    tokens, said = screens.fill(tmp_path), []
    with screens.served(tmp_path) as address, sync_playwright() as playwright, models.database.connection_context():
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=screens.FLAGS)
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.context.add_cookies([{"name": "spilka", "value": tokens["operator"], "url": address}])
        screens.listen(page, said)
        page.goto(f"{address}/desk/calls")
        yield Desk(page, address, said)
        browser.close()


def rings(key: str, customer: str = seed.CUSTOMERS[0], shop: int = 1) -> models.Call:
    """A call becomes a fact that rings at the operator's telephone."""
    call = models.Call.create(key=key, direction="in", shop=shop, did=1, customer=customer, arrived_at=models.utcnow())
    operator = models.User.get(models.User.name == "Ірина Мороз")
    models.Leg.create(call=call, uniqueid=f"{key}x", party="operator", user=operator, rang_at=models.utcnow())
    return call


def test_the_call_that_rings_is_on_the_desk_before_it_is_a_fact_and_then_with_the_customer(desk):
    desk.page.wait_for_selector("#call[data-call='live.1']")  # no browser telephone told of it: the page asked
    desk.ring("new.1")
    desk.page.wait_for_selector("#call[data-call='new.1']")
    assert desk.page.inner_text("#call-shop") == "Чайна лавка"
    sizes = desk.page.evaluate(
        "[...document.querySelectorAll('body *')].map(e => [parseFloat(getComputedStyle(e).fontSize), e.id])"
    )
    assert max(sizes)[1] == "call-shop"
    rings("new.1")
    desk.page.wait_for_selector(CARD.format("new.1"))
    assert "•• 87" in desk.page.inner_text(".customer")
    assert desk.said == []


def test_a_call_is_noted_and_settled_by_the_keyboard_alone_on_one_screen(desk):
    rings("new.1")
    desk.ring("new.1")
    desk.page.wait_for_selector(CARD.format("new.1"))
    desk.page.keyboard.press("z")
    desk.page.keyboard.type("2 пачки, 1 у подарунок")
    until(lambda: desk.note("new.1") == "2 пачки, 1 у подарунок", 5)
    assert models.Outcome.get_or_none(models.Outcome.call_key == "new.1") is None  # digits in a text are text
    desk.page.keyboard.press("Alt+2")
    desk.page.wait_for_selector("#outcomes button[value=advice][aria-pressed=true]")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("1")
    desk.page.wait_for_selector("#outcomes button[value=order][aria-pressed=true]")
    desk.page.keyboard.press("y")
    desk.page.wait_for_selector("#outcomes button[value=yes][aria-pressed=true]")
    last = models.Outcome.select().where(models.Outcome.call_key == "new.1").order_by(models.Outcome.id.desc()).first()
    assert (last.kind, last.solved) == ("order", True)
    assert desk.page.evaluate("document.documentElement.scrollHeight") <= 768
    desk.page.keyboard.press("k")
    desk.page.wait_for_selector(".had-calls")
    assert "Замовлення" in desk.page.inner_text(".had-calls")
    assert desk.said == []


def test_what_is_typed_while_the_network_is_cut_is_said_to_be_unsaved_and_sent_when_it_is_back(desk):
    rings("new.1")
    desk.ring("new.1")
    desk.page.wait_for_selector(CARD.format("new.1"))
    desk.page.context.set_offline(True)
    desk.page.keyboard.press("z")
    desk.page.keyboard.type("Просить рахунок")
    desk.page.wait_for_selector(".kept.unsaved")
    desk.page.wait_for_selector("#cut", state="visible", timeout=10_000)
    assert desk.note("new.1") is None
    desk.page.keyboard.type(" на фірму")
    desk.page.context.set_offline(False)
    until(lambda: desk.note("new.1") == "Просить рахунок на фірму", 10)
    desk.page.wait_for_selector(".kept:not(.unsaved)")
    desk.page.wait_for_selector("#cut", state="hidden", timeout=10_000)
    assert desk.page.evaluate("document.activeElement.id") == "note-text"
    assert desk.page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('unsent:'))") == []


def test_what_was_not_sent_survives_the_next_call_and_a_reload(desk):
    rings("new.1")
    desk.ring("new.1")
    desk.page.wait_for_selector(CARD.format("new.1"))
    desk.page.route("**/note", lambda route: route.abort())
    desk.page.keyboard.press("z")
    desk.page.keyboard.type("перша")
    desk.page.wait_for_selector(".kept.unsaved")
    rings("new.2", seed.CUSTOMERS[1])
    desk.ring("new.2")
    desk.page.wait_for_selector(CARD.format("new.2"))
    assert desk.page.input_value("#note-text") == ""
    desk.page.goto(f"{desk.address}/desk/calls/new.1")
    assert desk.page.input_value("#note-text") == "перша" and desk.note("new.1") is None
    desk.page.unroute("**/note")
    until(lambda: desk.note("new.1") == "перша", 10)
    assert desk.note("new.2") is None


def test_when_the_call_is_over_its_card_stays_and_what_is_typed_with_it(desk):
    call = rings("new.1")
    desk.ring("new.1")
    desk.page.wait_for_selector(CARD.format("new.1"))
    desk.page.keyboard.press("z")
    desk.page.keyboard.type("Дякує")
    models.Leg.update(ended_at=models.utcnow()).where(models.Leg.call == call).execute()
    models.Call.update(ended_at=models.utcnow(), answered_at=call.arrived_at).where(models.Call.id == call.id).execute()
    desk.page.wait_for_selector("#call[data-call='new.1'] .call-state.over", timeout=10_000)
    assert desk.page.input_value("#note-text") == "Дякує"


# --- two tabs of one browser -------------------------------------------------------------------------------------

ELSEWHERE = "#telephone [data-fault=elsewhere]"


def test_of_two_tabs_one_has_the_telephone_and_the_other_can_take_it(desk):
    first, second = desk.page, desk.page.context.new_page()
    screens.listen(second, desk.said)
    second.goto(f"{desk.address}/desk")
    expect(second.locator(ELSEWHERE)).to_be_visible()
    expect(first.locator(ELSEWHERE)).to_be_hidden()
    second.locator("[data-phone=take]").click()
    expect(second.locator(ELSEWHERE)).to_be_hidden()
    expect(first.locator(ELSEWHERE)).to_be_visible()
    second.reload()
    expect(second.locator("#telephone")).not_to_have_attribute("data-state", "elsewhere")
    expect(first.locator(ELSEWHERE)).to_be_visible()
    second.close()  # whoever waits has it then
    expect(first.locator(ELSEWHERE)).to_be_hidden()
    assert desk.said == []
