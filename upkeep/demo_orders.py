"""The orders of the demonstration union: some conversations end in one, and its shop brings it on its way.

Placed and moved by the rules of orders/, at the instants at which it would have happened. Chance has a fixed seed.
"""

from __future__ import annotations

import datetime as dt
import random

from models import Call, Order, Shop, User
from orders import orders
from orders.typed import Typed, TypedLine
from union import people
from union.audit import Actor
from upkeep.demo import Demo

GOODS = {
    "tea": (("Да Хун Пао, 100 г", "620"), ("Молочний улун, 100 г", "380"), ("Шу пуер «Мені Хай», 357 г", "1 150"),
            ("Піала порцелянова", "145"), ("Гайвань, 150 мл", "540"), ("Сенча, 100 г", "290")),
    "soap": (("Мило лавандове, 100 г", "95"), ("Мило дігтярне, 100 г", "90"), ("Набір «Садок», 4 шт.", "360"),
             ("Бальзам для губ", "120"), ("Твердий шампунь", "210")),
    "tools": (("Шуруповерт акумуляторний 18 В", "3 450"), ("Набір свердел, 19 шт.", "689"), ("Рулетка, 5 м", "145,50"),
              ("Рівень лазерний", "2 890"), ("Рукавиці робочі", "75"), ("Круг відрізний 125 мм", "38,90")),
}  # fmt: skip
FIRST = (
    "Олена",
    "Ірина",
    "Наталя",
    "Сергій",
    "Андрій",
    "Оксана",
    "Микола",
    "Тетяна",
    "Юрій",
    "Галина",
    "Василь",
    "Дарина",
)
LAST = (
    "Шевченко",
    "Бондаренко",
    "Коваленко",
    "Ткаченко",
    "Мельник",
    "Кравчук",
    "Поліщук",
    "Лисенко",
    "Марчук",
    "Гнатюк",
)
PLACES = ("Київ", "Львів", "Вінниця", "Полтава", "Луцьк", "Чернівці", "Житомир", "Тернопіль", "Суми")
COMMENTS = ("", "", "", "Передзвонити перед відправленням.", "Подарункове пакування.", "Накладений платіж.")
SHARE = 0.34  # of the conversations that end in an order
LOST = {  # how often an order ends so instead of going on, and what is said
    "cancelled": (0.12, ("передумали", "немає в наявності", "не відповідає")),
    "returned": (0.11, ("не забрали з відділення", "не підійшло")),
}
WAY = (("confirmed", 0.3, 5), ("sent", 4, 26), ("delivered", 30, 80))  # state, and after how many hours


def play(demo: Demo, now: dt.datetime) -> int:
    """Orders of the three shops' conversations before now; how many were placed."""
    chance = random.Random(2026)
    names = {shop.id: name for name, shop in demo.shops.items()}
    owners = {shop.id: people.owners(shop).first().user for shop in demo.shops.values()}
    spoken = Call.select().where(Call.ending == "answered", Call.customer.is_null(False), Call.operator.is_null(False))
    spoken = spoken.where(Call.shop.in_(list(names)))
    ordering = [call for call in spoken.order_by(Call.ended_at) if chance.random() < SHARE]
    newest = {call.shop_id: call for call in ordering}.values()  # which their shops have not looked at yet
    for call in ordering:
        order = _place(call, demo.shops[names[call.shop_id]], GOODS[names[call.shop_id]], chance)
        if call not in newest:
            _bring_on(order, owners[call.shop_id], chance, now)
    return len(ordering)


def _place(call: Call, shop: Shop, goods: tuple, chance: random.Random) -> Order:
    """What was ordered in a conversation, placed in its last seconds."""
    origin = orders.Origin(shop, call.key, call.did, call.operator, call.customer)
    at = call.ended_at - dt.timedelta(seconds=min(20, call.talk_seconds / 2))
    lines = (TypedLine(title, str(chance.choice((1, 1, 1, 2, 3))), price) for title, price in
             chance.sample(goods, chance.choice((1, 1, 2, 3))))  # fmt: skip
    name = orders.name_of(shop, call.customer) or f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    delivery = f"Нова пошта, {chance.choice(PLACES)}, відділення {chance.randrange(1, 60)}"
    typed = Typed(name, tuple(lines), delivery, chance.choice(COMMENTS))
    draft = orders.save_draft(origin, f"{chance.getrandbits(128):032x}", typed, at)
    orders.place(draft, Actor(call.operator), at)
    return Order.get_by_id(draft.id)


def _bring_on(order: Order, owner: User, chance: random.Random, now: dt.datetime) -> None:
    """As far as it has come until now."""
    at, steps = order.placed_at, list(WAY)
    if chance.random() < LOST["cancelled"][0]:
        steps = [("cancelled", 0.5, 6)]
    elif chance.random() < LOST["returned"][0]:
        steps[-1] = ("returned", 90, 190)
    for state, least, most in steps:
        at += dt.timedelta(hours=chance.uniform(least, most))
        if at >= now:
            return
        reason = chance.choice(LOST[state][1]) if state in LOST else ""
        orders.change(order, state, reason, Actor(owner), at)
