"""Cards and pasted price lists: one name once, all of a list or nothing of it, removing undone."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from models import AuditEntry, Card
from orders import cards, prices, search
from union.faults import Refused

LIST = """Пуер, 357 г; 950; 8
Чайник глиняний; 1 250,50 грн; 0

"Піала"; ; 120
Чай зелений;420;
Ложка"""


def add(shop, owner, title: str, **values) -> Card:
    return cards.add(shop, {"kind": "goods", "title": title, **values}, owner)


def row(card: Card) -> tuple:
    card = Card.get_by_id(card.id)
    return card.title, card.price_minor, card.stock


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("950", 95000), ("1 250,50", 125050), ("1250.5", 125050), ("1\u00a0250 грн", 125000), ("950 ₴", 95000),
        ("₴950", 95000), ("0", 0), ("0,05", 5), ("12'500", 1250000), ("950 грн.", 95000), ("10 UAH", 1000),
        ("", None), ("дорого", None), ("-5", None), ("1,250,50", None), ("5,555", None), ("1e5", None),
        ("٣", 300), ("99999999999999", None), ("½", None), ("грн", None),
    ],
)  # fmt: skip
def test_a_price_is_read_as_people_write_it(typed, minor):
    assert prices.minor(typed) == minor


def test_a_change_says_again_when_it_was_so(tea, owner):
    card = add(tea, owner, "Пуер", price_minor=95000)
    old = card.confirmed_at - dt.timedelta(days=9)
    for again in (lambda: cards.change(card, {"stock": 3}, owner), lambda: cards.confirm(card, owner)):
        Card.update(confirmed_at=old).execute()
        again()
        assert Card.get().confirmed_at > old + dt.timedelta(days=8)
    assert row(card) == ("Пуер", 95000, 3)


def test_two_cards_of_a_shop_have_not_one_title_but_two_shops_may(shops, owner):
    tea, soap = shops
    first, second = add(tea, owner, "Пуер"), add(tea, owner, "Чай")
    add(soap, owner, "Пуер")
    for change in (lambda: add(tea, owner, "Пуер"), lambda: cards.change(second, {"title": "Пуер"}, owner)):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.faults == {"title": "card_taken"}
    cards.change(first, {"title": "Пуер", "stock": 1}, owner)


def test_a_removed_card_comes_back_unless_its_title_is_taken(tea, owner):
    card = add(tea, owner, "Пуер")
    cards.remove(card, owner)
    assert list(cards.present(tea)) == []
    another = add(tea, owner, "Пуер")
    with pytest.raises(Refused):
        cards.restore(card, owner)
    cards.change(another, {"title": "Пуер молодий"}, owner)
    cards.restore(card, owner)
    assert {each.title for each in cards.present(tea)} == {"Пуер", "Пуер молодий"}


def test_a_list_sets_what_it_names_and_leaves_the_rest(tea, owner):
    pu_erh = add(tea, owner, "пуер,  357 г", price_minor=90000, stock=20, text="Визрілий.")
    bowl = add(tea, owner, "Піала", price_minor=18000, stock=3)
    kept = add(tea, owner, "Гайвань", price_minor=30000)
    lines = cards.read_list(tea, LIST)
    assert [(line.fault, line.card and line.card.id, line.is_news) for line in lines] == [
        ("", pu_erh.id, True), ("", None, True), ("", bowl.id, True), ("", None, True), ("", None, True)]  # fmt: skip
    cards.take_list(tea, lines, owner)
    assert row(pu_erh) == ("пуер,  357 г", 95000, 8) and Card.get_by_id(pu_erh.id).text == "Визрілий."
    assert row(bowl) == ("Піала", 18000, 120) and row(kept) == ("Гайвань", 30000, None)
    assert row(Card.get(Card.title == "Чайник глиняний"))[1:] == (125050, 0)
    assert [card.title for card in search.cards(tea, "чайника")] == ["Чайник глиняний"]
    assert not any(line.is_news for line in cards.read_list(tea, LIST))


def test_cells_copied_from_a_spreadsheet_are_a_list_too(tea):
    (line,) = cards.read_list(tea, "Чай; зелений\t1 420,00\t1 000 шт.")
    assert (line.title, line.price_minor, line.stock, line.fault) == ("Чай; зелений", 142000, 1000, "")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("; 950; 8", "title_missing"), ("—; 5", "title_missing"), ("Пуер; дорого; 8", "price_wrong"),
        ("Пуер; 950; багато", "stock_wrong"), ("Пуер; 950; -1", "stock_wrong"), ("Пуер; 950; 8; ще", "line_parts"),
        ("а" * 121 + ";1", "title_long"), ("чай; 5", "title_twice"), ("ДОСТАВКА; 5", "title_twice"),
    ],
)  # fmt: skip
def test_of_a_list_with_a_wrong_line_nothing_is_taken(tea, owner, typed, fault):
    cards.add(tea, {"kind": "delivery", "title": "Доставка"}, owner)
    lines = cards.read_list(tea, f"Чай; 420; 1\n\n{typed}")
    assert [(line.number, line.fault) for line in lines] == [(1, ""), (3, fault)]
    with pytest.raises(Refused):
        cards.take_list(tea, lines, owner)
    assert cards.present(tea).count() == 1


def test_the_version_tells_every_change(shops, owner):
    tea, soap = shops
    seen = [cards.version(tea)]
    card = add(tea, owner, "Пуер")
    for change in (lambda: None, lambda: cards.change(card, {"stock": 1}, owner), lambda: cards.confirm(card, owner),
                   lambda: cards.remove(card, owner), lambda: cards.restore(card, owner),
                   lambda: cards.take_list(tea, cards.read_list(tea, "Пуер;5"), owner)):  # fmt: skip
        change()
        seen.append(cards.version(tea))
    assert all(before != after for before, after in pairwise(seen))
    add(soap, owner, "Мило")
    assert cards.version(tea) == seen[-1]


def test_the_journal_names_cards_and_never_their_prices(tea, owner):
    card = add(tea, owner, "Пуер", price_minor=95000)
    cards.change(card, {"price_minor": 99000}, owner)
    cards.take_list(tea, cards.read_list(tea, "Пуер;987"), owner)
    told = " ".join(entry.detail for entry in AuditEntry.select())
    assert "Пуер" in told and not any(price in told for price in ("950", "990", "987"))
