"""A small union to look at: three shops with numbers, menus and hours, their owners, an operator, a trainee, a
coordinator. Everything is made by the rules the pages use; the calls come from demo_calls.py, as call events.

Only a box without a union can be filled, so no real one is ever mixed with it. The trunk leads nowhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import models
from calls import menus, prompts
from calls.menus import Option, Tree
from models import Did, Membership, Role, Shop, Trunk, User
from settings import Settings
from union import dids, first_run, hours, people, shops, trunks
from union.audit import Actor
from upkeep import demo_knowledge

ZONE = ZoneInfo("Europe/Kyiv")
WEEK = {
    "tea": ["9:00-19:00"] * 5 + ["10:00-16:00", ""],
    "soap": ["9:00-18:00"] * 5 + ["", ""],
    "tools": ["8:00-18:00"] * 5 + ["9:00-15:00", ""],
}
NAMES = {"tea": "Чайна крамниця", "soap": "Мильня", "tools": "Майстер-інструмент"}
NUMBERS = {"tea": "+380442000001", "soap": "+380442000002", "tools": "+380442000003"}
OWNERS = {"tea": "Ірина Бондар", "soap": "Оксана Лисенко", "tools": "Петро Гончар"}
NOTICE = "Розмова записується."
SAYS = {
    "tea": {
        "greeting": f"Вітаємо! Ви зателефонували до Чайної крамниці. {NOTICE}",
        "keys": "Щоб замовити чай, натисніть один. Доставка й оплата, натисніть два. "
        "Щоб ми передзвонили вам, натисніть три.",
        "closed": "Чайна крамниця зараз зачинена. Ми працюємо щодня, крім неділі.",
        "name": "Чай.",
        "delivery": "Ми надсилаємо чай щодня до п'ятнадцятої години. "
        "Доставка від тисячі гривень коштом магазину. Оплата під час отримання.",
    },
    "soap": {
        "greeting": f"Доброго дня! Це Мильня, мило ручної роботи. {NOTICE}",
        "keys": "Замовлення, один. Склад і строк придатності, два. Передзвонити вам, три.",
        "closed": "Мильня зараз відпочиває. Ми працюємо в будні з дев'ятої до вісімнадцятої.",
        "name": "Мило.",
        "delivery": "Усе мило зварене на олії, без пальмової. Строк придатності вісімнадцять місяців.",
    },
    "tools": {
        "greeting": f"Майстер-інструмент, вітаємо. {NOTICE}",
        "keys": "Підібрати інструмент, один. Гарантія й сервіс, два. Передзвонити вам, три.",
        "closed": "Майстер-інструмент зараз зачинено. Чекаємо на вас із восьмої години.",
        "name": "Інструменти.",
        "delivery": "Гарантія на електроінструмент двадцять чотири місяці. Сервісний центр працює щодня, крім неділі.",
    },
}


@dataclass(frozen=True)
class Demo:
    """What was made; the password is everybody's."""

    shops: dict[str, Shop]
    dids: dict[str, list[Did]]
    operator: User
    trainee: User
    password: str


class NotEmpty(Exception):
    """There is a union here already."""


def found(settings: Settings, today: dt.date, days: int) -> Demo:
    """The union and all that is in it but its calls; members since so many days before today. Raises NotEmpty."""
    if not first_run.is_due() or Shop.select().exists():
        raise NotEmpty("This box has a union; a demonstration is made in an empty one only.")
    password = people.new_password()
    head = first_run.found("Спілка «Лавка»", "Europe/Kyiv", "uk", "Олена Ткачук", "olena@example.com", password)
    first_run.forget_code(settings.data_dir)
    by, since = Actor(head), today - dt.timedelta(days=days)
    trunk = trunks.add(_nowhere(), by)
    demo = Demo({}, {}, _person("Марія Коваль", "operator", None, password, by),
                _person("Андрій Шевчук", "trainee", None, password, by), password)  # fmt: skip
    for name in NAMES:
        demo.shops[name] = shop = _shop(name, since, by)
        demo.dids[name] = _numbers(name, shop, trunk, by)
        _menu(name, shop, settings, today, by)
        owner = _person(OWNERS[name], "owner", shop, password, by)
        demo_knowledge.write(name, shop, Actor(owner))
    _backdate(since)
    return demo


def _nowhere() -> dict:
    """A provider at an address that belongs to nobody (RFC 5737)."""
    return {
        "name": "Провайдер (демо)", "kind": "addresses", "host": "192.0.2.10", "port": 5060, "username": "",
        "secret": "", "addresses": "192.0.2.10", "called_number_in": "request", "number_forms": "plus bare national",
        "caller_in": "from", "outgoing_form": "plus", "outgoing_caller_id": "did", "is_active": True,
    }  # fmt: skip


def _shop(name: str, since: dt.date, by: Actor) -> Shop:
    values = {"name": NAMES[name], "colour": shops.next_colour(), "language": "uk", "recording_wanted": True}
    shop = shops.add(values, since, by)
    hours.set_week(shop, WEEK[name], by)
    return shop


def _numbers(name: str, shop: Shop, trunk: Trunk, by: Actor) -> list[Did]:
    own = [dids.start(shop, NUMBERS[name], trunk, "сайт", "", by)]
    if name == "tea":
        own.append(dids.start(shop, "+380442000011", trunk, "Instagram", "", by))
    return own


def _person(name: str, kind: str, shop: Shop | None, password: str, by: Actor) -> User:
    local = {"operator": "maria", "trainee": "andrii"}.get(kind) or f"owner{shop.id}"
    user = people.create(name, f"{local}@example.com", "uk", password)
    people.give_role(user, kind, shop, by)
    return user


def _menu(name: str, shop: Shop, settings: Settings, today: dt.date, by: Actor) -> None:
    said = {}
    for label, text in SAYS[name].items():
        make = prompts.spoken(text, "uk", settings.asterisk_root, settings.prompts_dir)
        said[label] = prompts.add(shop, label, "uk", make, text, settings.prompts_dir, by).id
    draft = menus.draft(shop)
    tree = Tree(
        greeting=said["greeting"], keys=said["keys"], closed_message=said["closed"], shop_name=said["name"],
        recording_notice=True,
        options=(
            Option("1", "operator", label="Замовлення"),
            Option("2", "information", said["delivery"], "Доставка" if name == "tea" else "Довідка"),
            Option("3", "callback", label="Передзвоніть мені"),
        ),
    )  # fmt: skip
    menus.save(draft, tree)
    menus.publish(draft, today)


def _backdate(since: dt.date) -> None:
    """The union is as old as its calls."""
    at = dt.datetime.combine(since, dt.time(), ZONE)
    with models.database.atomic():
        Membership.update(starts_on=since).execute()
        for table, column in ((Did, Did.starts_at), (Role, Role.starts_at), (Shop, Shop.created_at)):
            table.update({column: at}).execute()
        User.update(created_at=at).execute()
        models.Menu.update(published_at=at).execute()
