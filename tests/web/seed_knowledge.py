"""What is said and known in the small union: the tea shop's script and cards, what its operator asked."""

from __future__ import annotations

import datetime as dt

from models import Card, Question, utcnow
from orders import cards, questions, scripts
from orders.scripts import Step
from tests.web.seed import Cast
from union.audit import Actor

SCRIPT = (
    Step("greeting", "Чайна лавка, добрий день! Мене звати {name}. Чим можу допомогти?"),
    Step("questions", "Який чай ви любите: зелений, чорний чи пуер?"),
    Step("questions", "Скільки грамів: сто чи двісті п'ятдесят?"),
    Step("questions", "Куди надіслати: місто й відділення?"),
    Step("objections", "Розумію. Є такий самий урожай у пакунку по п'ятдесят грамів, удвічі дешевше.", "Дорого!"),
    Step("objections", "Звісно. Записати вам ціну, щоб протрималася до завтра?", "Я ще подумаю"),
    Step("closing", "Дякую! Щойно посилка поїде, ми надішлемо вам повідомлення з номером."),
)
CARDS = (  # kind, title, price, stock, days since it was said, spoken, differs, text
    ("goods", "Пуер «Золота гора», 357 г", 95000, 8, 3, "пу-ЕР", "Обгортка тепер коричнева, на фото зелена.",
     "Визрілий, урожай 2019 року. Заварювати окропом, перший злив не пити."),
    ("goods", "Чайник глиняний, 200 мл", 125050, 0, 1, "", "", "Ісинська глина, ручна робота."),
    ("goods", "Чай зелений «Лунцзін», 100 г", 42000, 31, 3, "лун-цзін", "", "Весняний збір, заварювати водою 80 °C."),
    ("goods", "Піала порцелянова", 18000, 120, 64, "", "Малюнок трохи інший на кожній.", ""),
    ("goods", "Варення з айви, 250 г", 16500, 24, 3, "", "", ""),
    ("delivery", "Доставка Новою поштою", 7000, None, 12, "", "", "1–2 дні. Від тисячі гривень коштом магазину. Надсилаємо до 15:00."),
    ("payment", "Оплата", None, None, 12, "", "", "Карткою на сайті, під час отримання або на рахунок ФОП."),
    ("returns", "Повернення", None, None, 40, "", "", "14 днів, якщо пакунок не відкривали. Пересилку туди й назад платить магазин, якщо помилився він."),
)  # fmt: skip


def knowledge(cast: Cast) -> None:
    """All of it."""
    owner = Actor(cast.owner)
    scripts.write(cast.tea, list(SCRIPT), 0, owner)
    for card in CARDS:
        write(cast, *card)
    asked(cast, "m1.1", "150 піал порцелянових на весілля, а в наявності 120. Чи буде ще до п'ятниці?", 190)
    answered = asked(cast, "a7.1", "Чи можна пуер вагітним?", 88)
    questions.answer(answered, "Радимо слабкий зелений або трав'яний, а про пуер хай спитає лікаря.", owner)
    asked(cast, "a7.1", "Чи є подарункова коробка на дві піали?", 4)


def write(cast: Cast, kind, title, price, stock, days, spoken, differs, text) -> Card:
    values = {"kind": kind, "title": title, "price_minor": price, "stock": stock, "spoken": spoken, "differs": differs}
    card = cards.add(cast.tea, {**values, "text": text}, Actor(cast.owner))
    Card.update(confirmed_at=utcnow() - dt.timedelta(days=days)).where(Card.id == card.id).execute()
    return card


def asked(cast: Cast, key: str, text: str, minutes: int) -> Question:
    at = utcnow() - dt.timedelta(minutes=minutes)
    return Question.create(shop=cast.tea, call_key=key, operator=cast.operator, text=text, asked_at=at)
