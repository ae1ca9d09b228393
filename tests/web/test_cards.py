"""The owner's cards: written, found, removed and brought back, taken from a price list, saved as a file."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from models import Card
from tests.web import seed_knowledge

HX = {"HX-Request": "true"}
PU_ERH = {
    "title": "Пуер",
    "kind": "goods",
    "price_minor": "950,50",
    "stock": "8",
    "spoken": "пу-ЕР",
    "differs": "",
    "text": "Визрілий.",
}


@pytest.fixture
def owner(as_, cast):
    return as_("owner")


def shown(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="title"[^>]*>([^<]+)<', page)]


def test_a_card_is_written_and_changed(owner, cast):
    assert owner.post("/shops/1/cards/new", data=PU_ERH).location == "/shops/1/cards"
    card = Card.get()
    assert (card.price_minor, card.stock, card.shop, card.confirmed_by) == (95050, 8, cast.tea, cast.owner)
    form = owner.get(f"/shops/1/cards/{card.id}").text
    assert 'value="950,50"' in form and 'value="8"' in form
    owner.post(f"/shops/1/cards/{card.id}", data={**PU_ERH, "price_minor": "", "stock": ""})
    card = Card.get()
    assert (card.price_minor, card.stock, card.text) == (None, None, "Визрілий.")


def test_one_more_card_is_asked_for_at_once(owner):
    assert owner.post("/shops/1/cards/new", data={**PU_ERH, "do": "again"}).location == "/shops/1/cards/new"


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "а" * 121), ("price_minor", "дорого"), ("price_minor", "-1"), ("stock", "багато"),
     ("stock", "-1"), ("kind", "gold"), ("text", "а" * 2001), ("differs", "а" * 2001), ("spoken", "а" * 121)],
)  # fmt: skip
def test_a_wrong_card_is_refused_beside_its_field_with_all_that_was_typed(owner, field, value):
    answer = owner.post("/shops/1/cards/new", data={**PU_ERH, field: value})
    assert answer.status_code == 422 and f'id="{field}-fault"' in answer.text
    assert "Визрілий." in answer.text or field == "text"
    assert value in ("", "gold") or value in answer.text
    assert Card.select().count() == 0


def test_a_title_that_another_card_has_is_refused(owner):
    owner.post("/shops/1/cards/new", data=PU_ERH)
    answer = owner.post("/shops/1/cards/new", data=PU_ERH)
    assert answer.status_code == 422 and 'id="title-fault"' in answer.text


def test_the_list_is_searched_as_it_is_typed_and_by_kind(owner, cast):
    seed_knowledge.knowledge(cast)
    assert shown(owner.get("/shops/1/cards?q=чайнику", headers=HX).text) == ["Чайник глиняний, 200 мл"]
    assert shown(owner.get("/shops/1/cards?kind=payment").text) == ["Оплата"]
    assert "Показати всі" in owner.get("/shops/1/cards?q=крокодил").text


def test_removing_asks_nothing_and_is_undone_by_one_touch(owner, cast):
    seed_knowledge.knowledge(cast)
    card = Card.get(Card.title == "Оплата")
    page = owner.get(owner.post(f"/shops/1/cards/{card.id}/remove").location).text
    assert "Оплата" not in shown(page) and f"/shops/1/cards/{card.id}/restore" in page
    owner.post(f"/shops/1/cards/{card.id}/restore")
    assert "Оплата" in shown(owner.get("/shops/1/cards").text)


def test_one_touch_says_that_it_is_still_so(owner, cast):
    seed_knowledge.knowledge(cast)
    card = Card.get(Card.title == "Піала порцелянова")
    row = owner.post(f"/shops/1/cards/{card.id}/confirm", headers=HX).text
    assert row.lstrip().startswith(f'<li class="card-row" id="card-{card.id}"') and "1 хвилину тому" in row
    assert "2 місяці тому" not in owner.get("/shops/1/cards").text


def test_a_list_is_looked_at_before_it_is_taken(owner, cast):
    seed_knowledge.knowledge(cast)
    before = Card.select().count()
    form = {"lines": "Піала порцелянова; 199; 120\nЧабань; 2 000; 1\nОплата готівкою", "do": "look"}
    page = owner.post("/shops/1/cards/list", data=form)
    assert page.status_code == 200 and Card.select().count() == before
    assert "180\u00a0₴" in page.text and "199\u00a0₴" in page.text and "2\u00a0000\u00a0₴" in page.text
    assert owner.post("/shops/1/cards/list", data={**form, "do": "take"}).status_code == 302
    assert Card.get(Card.title == "Піала порцелянова").price_minor == 19900 and Card.select().count() == before + 2


def test_a_wrong_line_is_marked_and_nothing_is_taken(owner):
    answer = owner.post("/shops/1/cards/list", data={"lines": "Чай; 420\nПуер; <дорого>", "do": "take"})
    assert answer.status_code == 422 and Card.select().count() == 0
    assert "Пуер; &lt;дорого&gt;" in answer.text and "Це не ціна" in answer.text
    assert owner.post("/shops/1/cards/list", data={"lines": "", "do": "look"}).status_code == 422
    assert owner.post("/shops/1/cards/list", data={"lines": "чай\n" * 501, "do": "take"}).status_code == 422


def test_the_file_holds_every_card_and_nothing_a_spreadsheet_computes(owner, cast):
    seed_knowledge.knowledge(cast)
    owner.post("/shops/1/cards/new", data={**PU_ERH, "title": "=1+1", "text": "@SUM(A1)"})
    rows = list(csv.reader(io.StringIO(owner.get("/shops/1/cards.csv").text.removeprefix("\ufeff")), delimiter=";"))
    cells = {row[0]: row for row in rows}
    assert len(rows) == 1 + Card.select().count()
    assert cells["Чайник глиняний, 200 мл"][1:3] == ["1250,50", "0"]
    assert cells["'=1+1"][6] == "'@SUM(A1)"


def test_a_card_of_another_shop_is_not_found_under_ones_own(as_, cast):
    seed_knowledge.knowledge(cast)
    card = Card.get()
    browser = as_("other_owner")
    assert browser.get(f"/shops/2/cards/{card.id}").status_code == 404
    for deed in ("confirm", "remove", "restore"):
        assert browser.post(f"/shops/2/cards/{card.id}/{deed}").status_code == 404
    assert browser.get(f"/shops/2/cards?removed={card.id}").status_code == 200


def test_an_empty_shop_is_told_what_to_do(owner):
    assert "/shops/1/cards/list" in owner.get("/shops/1/cards").text
