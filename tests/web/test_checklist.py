"""The beginning of a shop: every tick is a fact, the words for the provider can be copied, nothing is live too early."""

from __future__ import annotations

import re
from html import unescape

import pytest

from calls import checklist
from models import Call, Did, Menu, QueueOperator, Role, Shop, WeekHours, utcnow
from tests.web import seed
from union import audit, people


@pytest.fixture
def fresh(cast) -> Shop:
    """A shop of today: it has its owner (of the soap shop) and nothing else."""
    shop = Shop.create(name="Свічки", queue=cast.tea.queue)
    people.give_role(cast.other_owner, "owner", shop, audit.BOX)
    return shop


def states(shop: Shop) -> dict[str, str]:
    return checklist.read(Shop.get_by_id(shop.id)).steps()


def test_each_step_follows_from_facts(cast, fresh, settings):
    assert states(fresh) == {
        "number": "todo", "greeting": "todo", "hours": "todo", "menu": "todo", "people": "done", "test": "todo"}  # fmt: skip
    did = Did.create(number="+380442003030", shop=fresh, trunk=cast.trunk)
    assert states(fresh)["number"] == "begun"
    refused = Call.create(key="r.1", direction="in", shop=fresh, did=did, arrived_at=utcnow(), ended_at=utcnow(),
                          ending="refused")  # fmt: skip
    assert (states(fresh)["number"], states(fresh)["test"]) == ("done", "todo")
    assert not checklist.is_working(fresh.id)
    seed.menu_of(fresh, settings.prompts_dir)
    Menu.update(status="draft").where(Menu.shop == fresh).execute()
    assert (states(fresh)["greeting"], states(fresh)["menu"]) == ("done", "begun")
    Menu.update(status="published").where(Menu.shop == fresh).execute()
    WeekHours.create(shop=fresh, weekday=0, opens_minute=540, closes_minute=1080)
    seed.call(fresh, "t.1", None, utcnow(), "abandoned_menu")
    assert set(states(fresh).values()) == {"done"} and checklist.is_working(fresh.id)
    Did.update(ends_at=utcnow()).where(Did.id == did.id).execute()
    assert refused.did == did, "what was seen stays seen"


def test_recording_without_the_notice_is_not_done(cast, fresh, settings):
    seed.menu_of(fresh, settings.prompts_dir)
    Shop.update(recording_wanted=True).where(Shop.id == fresh.id).execute()
    assert states(fresh)["greeting"] == "begun"
    Menu.update(recording_notice=True).where(Menu.shop == fresh).execute()
    assert states(fresh)["greeting"] == "done"


def test_a_call_that_still_goes_on_proves_nothing_yet(cast, fresh):
    seed.call(fresh, "t.1", None, utcnow(), "", ends=False)
    assert states(fresh)["number"] == "todo"


def test_without_an_operator_the_step_waits(cast, fresh):
    QueueOperator.delete().execute()
    assert states(fresh)["people"] == "todo"


def test_an_owner_lands_on_it_until_a_call_was_answered_and_then_in_his_calls(as_, cast):
    Role.update(ends_at=utcnow()).where(Role.user == cast.other_owner).execute()
    people.give_role(cast.owner, "operator", None, audit.BOX)
    people.end_role(Role.get(Role.user == cast.owner, Role.kind == "operator"), audit.BOX)
    browser = as_("owner")
    assert browser.get("/").location == "/shops/1/start"
    seed.calls(cast)
    assert browser.get("/").location == "/shops/1/calls"
    assert "/shops/1/start" not in browser.get("/shops/1/calls").text


def copied(page: str) -> list[str]:
    return [unescape(words) for words in re.findall(r'class="words" id="[^"]+">([^<]+)<', page)]


def test_the_words_for_the_provider_name_the_number_and_where_calls_go_when_the_box_is_gone(as_, cast):
    first, code, *_ = copied(as_("owner").get("/shops/1/start").text)
    assert "+380442001010" in first and code == "**21*+380442001010#"
    Shop.update(last_resort_number="+380671112233").execute()
    words = copied(as_("owner").get("/shops/1/start").text)
    assert any("+380671112233" in text and "+380442001010" in text for text in words)


def test_the_page_says_what_comes_next(as_, cast, fresh):
    page = as_("other_owner").get(f"/shops/{fresh.id}/start").text
    assert "1 з 6" in page and "опублікуєте" in page
    assert re.search(r'id="step-greeting" class="step todo next"', page), "what the owner can do himself"
    page = as_("coordinator").get(f"/shops/{fresh.id}/start").text
    assert re.search(r'id="step-number" class="step todo next"', page)
