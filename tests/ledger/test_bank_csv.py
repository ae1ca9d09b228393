"""Lists as banks write them: encodings, separators, headings; nothing is entered twice, nothing is guessed."""

from __future__ import annotations

import datetime as dt

import pytest

from ledger import accounts, bank_csv, payments
from models import Payment, Shop
from tests.ledger import books
from union.audit import BOX

PRIVAT = """\ufeffВиписка за період 01.12.2025 - 31.12.2025
"Дата операції","Час","Контрагент","Призначення платежу","Сума","Валюта","№ документа"
"05.12.2025","10:11","ФОП Бондар І.М.","Членський внесок, Чайна крамниця","350,00","UAH","1201"
"05.12.2025","12:00","ТОВ ХОСТИНГ","Оплата сервера","-500.00","UAH","1202"
"08.12.2025","09:30","Невідомий","внесок","1 234,5 грн","UAH",""
"08.12.2025","09:30","Невідомий","внесок","1 234,5 грн","UAH",""
"колись","","","","10,00","UAH",""
"09.12.2025","","","","десять","UAH",""
"""
RUSSIAN = """Дата;Плательщик;Назначение платежа;Дебет;Кредит\r
05.12.25;Лысенко О.;Мильня, взнос за ноябрь;;"350,00"\r
06.12.25;Связь;телефон;120,00;\r
"""


def told(content: bytes) -> list[tuple]:
    return [(row.day, row.amount_minor, row.payer, row.reference, row.fault) for row in bank_csv.read(content)]


def test_a_list_with_a_preamble_and_one_signed_column():
    fifth, eighth = dt.date(2025, 12, 5), dt.date(2025, 12, 8)
    assert told(PRIVAT.encode()) == [
        (fifth, 35_000, "ФОП Бондар І.М.", "1201", ""),
        (fifth, -50_000, "ТОВ ХОСТИНГ", "1202", ""),
        (eighth, 123_450, "Невідомий", "", ""),
        (eighth, 123_450, "Невідомий", "", ""),
        (None, 0, "", "", "day"),
        (dt.date(2025, 12, 9), 0, "", "", "amount"),
    ]


def test_a_list_in_cp1251_with_debit_and_credit():
    assert told(RUSSIAN.encode("cp1251")) == [
        (dt.date(2025, 12, 5), 35_000, "Лысенко О.", "", ""),
        (dt.date(2025, 12, 6), -12_000, "Связь", "", ""),
    ]


@pytest.mark.parametrize("content", [b"", b"\x00\xff", "ціна;товар\n1;2\n".encode(), b"date\n2025-12-05\n"])
def test_what_is_no_list_is_refused(content):
    with pytest.raises(bank_csv.NotAList):
        bank_csv.read(content)


def test_a_list_is_entered_once_however_often_it_is_read(db):
    tea, _ = books.union(2)
    Shop.update(name="Чайна крамниця").where(Shop.id == tea.id).execute()
    for _ in range(2):
        rows = payments.recognise(bank_csv.read(PRIVAT.encode()))
        assert [row.shop for row in rows[:3]] == [tea, None, None]
        payments.enter_movements([(row, tea) for row in rows if row.amount_minor > 0], BOX)
    assert [row.is_known for row in payments.recognise(bank_csv.read(PRIVAT.encode()))] == [True, False, True, True, False, False]  # fmt: skip
    assert Payment.select().count() == 3
    assert accounts.owed_by(tea) == -(35_000 + 2 * 123_450)


def test_what_was_entered_by_hand_is_known_by_the_banks_reference(db):
    (tea,) = books.union(1)
    payments.enter({"kind": "shop", "shop": tea, "place": "bank", "day": dt.date(2025, 12, 5), "amount_minor": 35_000,
                    "reference": "1201"}, "form-1", BOX)  # fmt: skip
    rows = payments.recognise(bank_csv.read(PRIVAT.encode()))
    assert [row.is_known for row in rows[:2]] == [True, False]
    payments.reverse(Payment.get(), "не та крамниця", BOX)
    assert not payments.recognise(bank_csv.read(PRIVAT.encode()))[0].is_known


@pytest.mark.parametrize(
    ("words", "named"),
    [("внесок Крамниця 1", 1), ("внесок КРАМНИЦЯ 12, грудень", 12), ("Крамниця 12/1", 12), ("Чай і кава", 3),
     ("від Чай", 2), ("Чайна", None), ("Крамниця 1 та Крамниця 12", None)],
)  # fmt: skip
def test_a_payer_is_the_shop_whose_whole_name_stands_there(db, words, named):
    shops = books.union(12)
    for place, name in ((1, "Чай"), (2, "Чай і кава")):
        Shop.update(name=name).where(Shop.id == shops[place].id).execute()
    (row,) = payments.recognise(bank_csv.read(f"Дата;Платник;Сума\n05.12.2025;{words};350,00\n".encode()))
    assert (row.shop and row.shop.id) == named
