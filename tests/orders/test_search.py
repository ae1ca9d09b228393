"""Finding cards by what customers say: every form of a word, as it is typed, in one shop alone."""

from __future__ import annotations

import pytest

from models import CardWords
from orders import cards, search
from orders.words import stems, words

# a line a word, its forms as customers say them; the first is what stands on the card
UKRAINIAN = """
чайник чайника чайнику чайникові чайником чайники чайників чайникам чайниками чайниках
чашка чашки чашці чашку чашкою чашок чашкам чашками чашках
чай чаю чаєм чаї чаїв чаями чаях
олія олії олію олією олій оліями
зелений зелена зелене зелені зеленого зеленому зеленим зелених зеленими зеленої зелену зеленою
синій синя синє сині синього синьому синім синіх синіми синьої синю синьою
мішок мішка мішку мішком мішки мішків мішками
набір набору набором набори наборів наборами
сіль солі сіллю солей
ложка ложки ложці ложку ложкою ложок ложками
доставка доставки доставку доставкою доставці
варення варенню варенням варень
якість якості якістю
килим килима килимом килими килимів
подарунок подарунка подарунку подарунком подарунки подарунків
рушник рушника рушником рушники рушників рушниками
ціна ціни ціну ціною цін цінами
лялька ляльки ляльці ляльку лялькою ляльок
пляшка пляшки пляшці пляшкою пляшок
ніж ножа ножем ножі ножів
м'ята м’яти мʼятою
каструля каструлі каструлю каструлею каструль каструлями
дзеркало дзеркала дзеркалом дзеркал дзеркалами
шампунь шампуню шампунем шампуні шампунів
окуляри окулярів окулярами
ґудзик гудзика ґудзики гудзиків
річ речі річчю речей
свічка свічки свічці свічок свічками
крісло крісла кріслом крісел кріслами
ліжко ліжка ліжком ліжок
сковорода сковороди сковороду сковородою сковорід
книга книги книзі книгу книгою книг
дощовик дощовика дощовики дощовиків
"""
RUSSIAN = """
чайный чайного чайному чайным чайная чайную чайной чайные чайных
зелёный зелёная зеленого зелёные зелёных зелёным
дрель дрели дрелью дрелей дрелям
ключ ключа ключом ключи ключей ключами
чехол чехла чехлом чехлы чехлов
ковёр ковра ковром ковры ковров
ведро ведра ведром вёдра вёдер вёдрами
мыло мыла мылом мылу
полотенце полотенца полотенцем полотенец полотенцами
акция акции акцию акцией акций акциями
коробка коробки коробке коробку коробкой коробок коробками
варенье варенья вареньем
щётка щётки щётку щёткой щёток
размер размера размером размеры размеров
шуруповёрт шуруповерта шуруповертом шуруповёрты
перчатки перчаток перчатками перчатка
лампочка лампочки лампочку лампочек лампочками
нож ножа ножом ножи ножей
кресло кресла креслом кресел
гвоздь гвоздя гвоздём гвозди гвоздей
стекло стекла стеклом стёкла стёкол
доставка доставки доставку доставкой доставке
подарок подарка подарком подарки подарков
синий синяя синее синие синего синей синих
хороший хорошего хорошая хорошие хороших
лёд льда льдом
"""
FORMS = [
    (language, line.split()[0], form)
    for language, text in (("uk", UKRAINIAN), ("ru", RUSSIAN))
    for line in text.strip().splitlines()
    for form in line.split()
]


def goods(shop, owner, title: str, text: str = ""):
    return cards.add(shop, {"kind": "goods", "title": title, "text": text}, owner)


def titles(shop, typed: str) -> list[str]:
    return [card.title for card in search.cards(shop, typed)]


def test_every_form_a_customer_says_finds_the_card(tea, owner, capsys):
    for word in {word for _, word, _ in FORMS}:
        goods(tea, owner, word)
    missed = [(form, word) for _, word, form in FORMS if word not in titles(tea, form)]
    by_beginning = sum(words(word)[0].startswith(words(form)[0]) for _, word, form in FORMS)
    with capsys.disabled():
        share, plain = 1 - len(missed) / len(FORMS), by_beginning / len(FORMS)
        print(
            f"\n{len(FORMS)} forms of {len({w for _, w, _ in FORMS})} words: {share:.1%} found, {plain:.1%} by beginnings alone"
        )
        print("not found:", *(f"{form} ({word})" for form, word in missed))
    assert len(missed) <= 0.02 * len(FORMS)


def test_few_words_are_taken_for_another():
    """Of a catalogue's different words hardly any become one."""
    for language in ("uk", "ru"):
        first = {word for its, word, _ in FORMS if its == language}
        assert len({stems(word)[0] for word in first}) >= 0.97 * len(first)


@pytest.mark.parametrize("typed", ["ч", "чай", "чайн", "ЧАЙНИК", "глин чайн", "Чайнику глиняного", "чайник, глиняний!"])
def test_it_is_found_while_it_is_typed_in_any_order_and_case(tea, owner, typed):
    goods(tea, owner, "Чайник глиняний, 200 мл")
    assert titles(tea, typed) == ["Чайник глиняний, 200 мл"]


@pytest.mark.parametrize("typed", ["м'ята", "м’ята", "мʼята", "мята", "М`ЯТИ", "м\u02bcятою"])
def test_an_apostrophe_may_be_any_or_none(tea, owner, typed):
    goods(tea, owner, "М'ята сушена")
    assert titles(tea, typed) == ["М'ята сушена"]


def test_a_letter_of_two_signs_and_a_stress_mark_change_nothing(tea, owner):
    goods(tea, owner, "Ча\u0301й чо\u0301рний")
    assert titles(tea, "чаи\u0306 чорнии\u0306") == ["Ча\u0301й чо\u0301рний"]


def test_the_title_counts_more_than_the_text(tea, owner):
    goods(tea, owner, "Піала", "Пасує до чайника.")
    goods(tea, owner, "Чайник")
    assert titles(tea, "чайники") == ["Чайник", "Піала"]


def test_all_words_are_wanted_and_some_will_do(tea, owner):
    goods(tea, owner, "Чай зелений")
    goods(tea, owner, "Чай чорний")
    assert titles(tea, "зеленого чаю") == ["Чай зелений"]
    assert titles(tea, "чорного крокодила") == ["Чай чорний"]
    assert titles(tea, "крокодил") == []


def test_another_shops_cards_are_never_found(shops, owner):
    tea, soap = shops
    goods(soap, owner, "Чайне мило")
    assert titles(tea, "чайне") == titles(tea, "") == []
    assert titles(soap, "чайного") == ["Чайне мило"]


@pytest.mark.parametrize(
    "typed",
    ['"', "'", "*", "чай*", 'чай" OR "мило', "title:чай", "NEAR(чай)", "{title} : чай", "-чай", "^чай", "(", "AND",
     "NOT чай", "\\", "чай\x00", "%", "_", ";--", "🙂", " " * 50, "а" * 5000, "чай " * 500],
)  # fmt: skip
def test_nothing_typed_is_taken_for_a_query(tea, owner, typed):
    goods(tea, owner, "Чай чорний")
    assert titles(tea, typed) in ([], ["Чай чорний"])


def test_the_index_follows_every_change(tea, owner):
    card = goods(tea, owner, "Чайник")
    cards.change(card, {"title": "Самовар"}, owner)
    assert (titles(tea, "чайник"), titles(tea, "самовари")) == ([], ["Самовар"])
    cards.remove(card, owner)
    assert titles(tea, "самовар") == [] and CardWords.select().count() == 0
    cards.restore(card, owner)
    assert titles(tea, "самовар") == ["Самовар"]


def test_numbers_and_latin_words_are_words_too(tea, owner):
    goods(tea, owner, "Лампа LED-25 E27")
    for typed in ("led", "LED 25", "e27", "led-25", "лампи e2"):
        assert titles(tea, typed) == ["Лампа LED-25 E27"]


def test_of_nothing_typed_delivery_and_payment_come_before_goods(tea, owner):
    goods(tea, owner, "Абрикоса")
    cards.add(tea, {"kind": "delivery", "title": "Нова пошта"}, owner)
    assert titles(tea, "") == ["Нова пошта", "Абрикоса"]
