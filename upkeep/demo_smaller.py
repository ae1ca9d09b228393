"""The seventeen smaller shops of the demonstration union: little more than names, numbers and a menu they share.

They are there because a union of three has no books worth looking at: the proposal's own sum is one of twenty shops,
five of which leave. Those that stay ring now and then, so that a split by calls has something to weigh.
"""

from __future__ import annotations

STAYING = (
    "Пасіка Гончарів", "Квіти щодня", "Книгарня на розі", "Вело-Сад", "Кава зі Старої Пошти", "Рибальський дім",
    "Теплий светр", "Насіння від Марти", "Зоосвіт", "Кераміка Опішні", "Свічкарня", "Полтавські пряники",
)  # fmt: skip
LEAVING = ("Лялькова майстерня", "Дитячий світанок", "Скриня вишивки", "Фото на згадку", "Рукавичка")
WEEK = ["9:00-18:00"] * 5 + ["", ""]
SAYS = {
    "greeting": "Вітаємо в нашій крамниці! Розмова записується.",
    "keys": "Замовлення, один. Доставка й оплата, два. Передзвонити вам, три.",
    "closed": "Зараз ми зачинені. Працюємо в будні з дев'ятої до вісімнадцятої.",
    "name": "Крамниця спілки.",
    "delivery": "Надсилаємо щодня, крім вихідних. Оплата під час отримання.",
}


def calls_a_day(place: int) -> float:
    """How often one of those that stay is rung on a weekday."""
    return 0.3 + place * 3 % 5 * 0.2


def number(place: int) -> str:
    """The number of one of all seventeen."""
    return f"+3804420000{21 + place}"
