"""What the demonstration's shops let operators say and know: a script each, and cards as their owners write them.

Said on different days, so that the age of a price is seen; one price is old enough to be looked at again.
"""

from __future__ import annotations

import datetime as dt

from models import Card, Script, Shop, utcnow
from orders import cards, scripts
from orders.scripts import Step
from union.audit import Actor

CLOSING = Step("closing", "Дякую за замовлення! Щойно посилка поїде, ви отримаєте повідомлення з номером.")
ASKED = (
    Step("questions", "На яке ім'я записати?"),
    Step("questions", "Куди надіслати: місто й відділення Нової пошти?"),
    Step("questions", "Оплатите карткою чи під час отримання?"),
)
SCRIPTS = {
    "tea": (
        Step("greeting", "Чайна крамниця, добрий день! Мене звати {name}. Який чай вам до смаку?"),
        Step("questions", "Для себе чи на подарунок? Скільки грамів?"),
        *ASKED,
        Step("objections", "Маємо такий самий урожай у пакунках по 50 грамів, удвічі дешевше.", "Дорого"),
        Step("objections", "Звісно. Притримати для вас до завтра?", "Я подумаю"),
        CLOSING,
    ),
    "soap": (
        Step("greeting", "Мильня, добрий день, мене звати {name}. Слухаю вас."),
        Step("questions", "Для якої шкіри: сухої, чутливої, дитячої?"),
        *ASKED,
        Step("objections", "Один брусок служить близько двох місяців і не сушить шкіру.", "У магазині дешевше"),
        CLOSING,
    ),
    "tools": (
        Step("greeting", "Майстер-інструмент, мене звати {name}. Що майструєте?"),
        Step("questions", "По чому працюватимете: дерево, метал, бетон?"),
        *ASKED,
        Step("objections", "Гарантія два роки, і сервіс у нас свій: не працює — міняємо.", "А якщо зламається?"),
        CLOSING,
    ),
}
DELIVERY = (
    "delivery",
    "Доставка Новою поштою",
    7000,
    None,
    20,
    "",
    "",
    "1–2 дні. Замовлене до 15:00 їде того самого дня. Від 1 000 ₴ коштом магазину.",
)
PAYMENT = (
    "payment",
    "Оплата",
    None,
    None,
    20,
    "",
    "",
    "Карткою за посиланням, під час отримання (плюс 20 ₴ комісії пошти) або на рахунок.",
)
RETURNS = (
    "returns",
    "Повернення й обмін",
    None,
    None,
    45,
    "",
    "",
    "14 днів, якщо не вживали. Якщо помилилися ми, пересилку платимо ми.",
)
CARDS = {  # kind, title, price, stock, days since it was said, how it is said, what differs, what to know
    "tea": (
        ("goods", "Пуер шу «Золота гора», 357 г", 95000, 8, 3, "пу-ЕР шу", "Обгортка тепер коричнева, на фото зелена.", "Урожай 2019 року. Перший злив не пити."),
        ("goods", "Лунцзін весняний, 100 г", 42000, 31, 3, "лун-ЦЗІН", "", "Зелений, заварювати водою 80 °C."),
        ("goods", "Улун «Те Гуань Інь», 100 г", 38500, 14, 3, "те ґуань ІНЬ", "", "Світлий, квітковий; витримує шість заварювань."),
        ("goods", "Чорний чай «Дянь Хун», 100 г", 29000, 22, 3, "", "", "М'який, із медовим присмаком, без гіркоти."),
        ("goods", "Трав'яний збір «Карпатський», 80 г", 16500, 40, 9, "", "", "М'ята, чебрець, липа. Без кофеїну."),
        ("goods", "Чайник глиняний, 200 мл", 125000, 0, 1, "", "Ручна робота: відтінок глини різний.", "Будуть за тиждень, можна записати в чергу."),
        ("goods", "Піала порцелянова, 60 мл", 9000, 120, 62, "", "", "Від 20 штук знижка 10 %."),
        DELIVERY, PAYMENT, RETURNS,
    ),
    "soap": (
        ("goods", "Мило з лавандою, 100 г", 14500, 36, 5, "", "", "Оливкова олія, ефірна олія лаванди. Для сухої шкіри."),
        ("goods", "Мило дитяче з вівсом, 100 г", 13500, 18, 5, "", "", "Без запаху, без барвників; від народження."),
        ("goods", "Мило дьогтьове, 90 г", 12000, 25, 5, "", "Темніше, ніж на фото.", "Березовий дьоготь; запах минає за кілька хвилин."),
        ("goods", "Твердий шампунь із кропивою, 75 г", 21000, 9, 5, "", "", "Вистачає на два місяці."),
        ("goods", "Набір «Три мила» в коробці", 39900, 7, 2, "", "Стрічка буває іншого кольору.", "Лаванда, овес, м'ята. Листівка безкоштовно."),
        DELIVERY, PAYMENT, RETURNS,
    ),
    "tools": (
        ("goods", "Дриль ударний 850 Вт", 289900, 5, 4, "", "", "Бетон до 16 мм. Працює від мережі, кабель три метри."),
        ("goods", "Шурупокрут 18 В, два акумулятори", 459900, 3, 4, "", "Валізка сіра, не чорна.", "По 2 А·год, зарядка за годину. Підсвітка."),
        ("goods", "Болгарка 125 мм, 1100 Вт", 249900, 6, 4, "", "", "Кутова шліфмашина. Плавний пуск; диск у наборі один."),
        ("goods", "Набір свердел по металу, 19 шт.", 64900, 15, 4, "", "", "Від 1 до 10 мм через пів міліметра."),
        ("goods", "Рулетка 5 м", 18900, 44, 71, "", "", "Магнітний гачок."),
        ("other", "Гарантія й сервіс", None, None, 30, "", "", "24 місяці. Сервісний центр: щодня, крім неділі. Пересилка туди наша."),
        DELIVERY, PAYMENT, RETURNS,
    ),
}  # fmt: skip


def write(name: str, shop: Shop, by: Actor) -> None:
    """The shop's script and cards; name is one of demo.NAMES."""
    script = scripts.write(shop, list(SCRIPTS[name]), 0, by)
    Script.update(written_at=utcnow() - dt.timedelta(days=11)).where(Script.id == script.id).execute()
    for kind, title, price, stock, days, spoken, differs, text in CARDS[name]:
        values = {"kind": kind, "title": title, "price_minor": price, "stock": stock, "spoken": spoken}
        card = cards.add(shop, {**values, "differs": differs, "text": text}, by)
        Card.update(confirmed_at=utcnow() - dt.timedelta(days=days)).where(Card.id == card.id).execute()
