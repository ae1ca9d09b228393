"""The first hour of an owner: from the coordinator's link to a published menu and a real call, on a telephone."""

from __future__ import annotations

import shutil
import time

import pytest
from playwright.sync_api import Page, sync_playwright

import models
from tests import screens
from tests.flows.box import until
from tests.flows.cast import OTHER
from tests.flows.sound import HEARD, heard, samples, spoken
from union import invitations
from union.audit import BOX as THE_BOX

pytestmark = [pytest.mark.flow, pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")]
NUMBER = "+380442000009"
MOST_INTERACTIONS = 40
RUNS = ("agi", "scheduler", "web")


class Hand:
    """What a person does on a page, each touch and each field counted; every page must fit the telephone."""

    def __init__(self, page: Page):
        self.page, self.count = page, 0

    def touch(self, what: str):
        self.count += 1
        self.page.locator(what).first.click()
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def type(self, where: str, text: str):
        self.count += 1
        self.page.locator(where).first.fill(text)

    def choose(self, where: str, label: str):
        self.count += 1
        with self.page.expect_response(lambda answer: "/menu" in answer.url):
            self.page.locator(where).first.select_option(label=label)
        self.page.wait_for_timeout(150)  # the morph after the answer


@pytest.fixture
def hand(cast):
    """An owner's telephone: 390 by 844, Ukrainian."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=screens.FLAGS)
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="uk-UA", base_url=f"http://{cast.box.settings.web_bind}"
        )
        yield Hand(context.new_page())
        browser.close()


def invited(cast) -> str:
    """The coordinator has made the shop and its number, and sends the link."""
    coordinator = models.User.create(email="coordinator@example.com", name="Координатор", password_hash="x")
    models.Role.create(user=coordinator, kind="coordinator")
    shop = models.Shop.create(name="Свічки", queue=models.Queue.get(), recording_wanted=True)
    models.Membership.create(shop=shop, starts_on=models.utcnow().date())
    models.Did.create(number=NUMBER, shop=shop, trunk=cast.trunk)
    invitation = invitations.invite("Марія Лис", "maria@candles.example", "uk", "owner", shop, THE_BOX)
    return f"/join/{invitations.token(invitation, cast.box.settings)}"


def next_step(hand: Hand, where: str):
    """Back to the steps, and on to the one that comes next."""
    if not hand.page.url.endswith("/start"):
        hand.touch("a[href$='/start']")
    hand.touch(".steps [role=button]")
    assert hand.page.url.endswith(where), (hand.page.url, hand.page.inner_text("main"))


def test_a_new_owner_is_on_the_air_in_less_than_forty_touches(cast, hand, tmp_path):
    hand.page.goto(invited(cast))
    hand.type("input[type=password]", "dovhyi-parol-1")
    hand.touch("main form button")
    hand.page.wait_for_url("**/start")

    until(
        lambda: "pbx_config" in cast.box.rx(f"dialplan show {NUMBER}@numbers-{cast.trunk.id}"), 5, "the number is known"
    )
    caller = cast.caller(OTHER)
    caller.call(cast.box.rings(NUMBER))
    assert caller.ended()["code"] == 480, "before the menu is published nobody answers"
    until(lambda: models.Call.select().where(models.Call.customer == OTHER).exists(), 5, "the call is a fact")
    hand.page.reload()
    next_step(hand, "prompts/new")
    hand.type("#label", "Вітання")
    hand.type("#text", "Вітаємо у крамниці «Свічки»! Розмова записується. Щоб замовити, натисніть один.")
    hand.touch("main form > button")

    next_step(hand, "hours")
    hand.type(".week input >> nth=0", "0-24")
    hand.touch("button[value=copy]")
    for weekend in (5, 6):
        hand.type(f".week input >> nth={weekend}", "0-24")
    hand.touch("button[value=save]")

    next_step(hand, "menu/draft")
    hand.choose("#greeting", "Вітання")
    hand.touch("#recording_notice")
    hand.touch("#add")
    hand.page.wait_for_selector("#o-0-key")
    hand.type("#o-0-key", "1")
    hand.type("#label-0", "Замовлення")
    hand.touch("button[value=publish]:not(.away)")
    hand.page.wait_for_url("**/menu")

    shop = models.Shop.get(models.Shop.name == "Свічки")
    operator = cast.on_duty(cast.operator, 20)
    time.sleep(1)  # Asterisk reads what was published
    ear = tmp_path / "ear.wav"
    caller.set(record=str(ear))
    caller.call(cast.box.rings(NUMBER))
    caller.answered()
    greeting = models.PromptSound.select().join(models.Prompt).where(models.Prompt.shop == shop).get()
    time.sleep(greeting.seconds + 1)
    caller.press("1")
    operator.answer(operator.wait("incoming")["call"])
    operator.answered()
    caller.hangup()
    caller.ended()
    made = samples(cast.box.settings.prompts_dir / str(shop.id) / f"{greeting.file}.wav")
    assert spoken(heard(ear), made) > HEARD
    assert cast.call(customer=OTHER, ending="answered").shop == shop

    hand.touch("a[href$='/start']")
    assert hand.page.locator(".step.done").count() == hand.page.locator(".step").count() == 6
    assert hand.count < MOST_INTERACTIONS
