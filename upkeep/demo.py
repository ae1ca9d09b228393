"""A union to look at: three shops with owners, menus and all that belongs to them, seventeen smaller ones, an operator,
a trainee, a coordinator. Everything is made by the rules the pages use; the calls come from demo_calls.py, as call
events, the books from demo_books.py.

Only a box without a union can be filled, so no real one is ever mixed with it. The trunk leads nowhere.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import models
from calls import menus, prompts
from calls.menus import Option, Tree
from ledger import months
from models import Did, Membership, Role, Shop, Trunk, User
from settings import Settings
from union import dids, first_run, hours, people, shops, trunks
from union.audit import Actor
from upkeep import demo_knowledge, demo_smaller

ZONE = ZoneInfo("Europe/Kyiv")
CLOSED_MONTHS = 3  # of the books, before the month that runs
OWN_PAY_MINOR = 1_800_000  # what each of the three would pay a person of its own
LAST_DAY = 15  # of who leaves in the second of them
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
    """What was made. shops: the three, by a word; smaller: those that stay, by name; left: those that left; dids: of all
    that stay; first: the first day of the union's first month; the password is everybody's."""

    first: dt.date
    shops: dict[str, Shop]
    smaller: dict[str, Shop]
    left: list[Shop]
    dids: dict[str, list[Did]]
    operator: User
    trainee: User
    password: str


class NotEmpty(Exception):
    """There is a union here already."""


def found(settings: Settings, today: dt.date) -> Demo:
    """The union and all that is in it but its calls and books; as old as the third month before today's.

    Raises NotEmpty."""
    if not first_run.is_due() or Shop.select().exists():
        raise NotEmpty("This box has a union; a demonstration is made in an empty one only.")
    password = people.new_password()
    head = first_run.found("Спілка «Лавка»", "Europe/Kyiv", "uk", "Олена Ткачук", "olena@example.com", password)
    first_run.forget_code(settings.data_dir)
    by, first = Actor(head), months.of(today).back(CLOSED_MONTHS).first
    trunk = trunks.add(_nowhere(), by)
    demo = Demo(first, {}, {}, [], {}, _person("Марія Коваль", "operator", None, password, by),
                _person("Андрій Шевчук", "trainee", None, password, by), password)  # fmt: skip
    for name in NAMES:
        demo.shops[name] = shop = _shop(NAMES[name], WEEK[name], first, by)
        demo.dids[name] = _numbers(name, shop, trunk, by)
        _menu(shop, SAYS[name], "Доставка" if name == "tea" else "Довідка", settings, today, by)
        owner = _person(OWNERS[name], "owner", shop, password, by)
        demo_knowledge.write(name, shop, Actor(owner))
        shops.update(shop, {"own_pay_minor": OWN_PAY_MINOR}, Actor(owner))
    _smaller(demo, trunk, settings, today, by)
    _backdate(demo)
    return demo


def _smaller(demo: Demo, trunk: Trunk, settings: Settings, today: dt.date, by: Actor) -> None:
    """Seventeen more; five of them leave in the middle of the second month."""
    last_day = months.of(demo.first).next().first.replace(day=LAST_DAY)
    for place, name in enumerate(demo_smaller.STAYING + demo_smaller.LEAVING):
        shop = _shop(name, demo_smaller.WEEK, demo.first, by)
        own = [dids.start(shop, demo_smaller.number(place), trunk, "", "", by)]
        _menu(shop, demo_smaller.SAYS, "Доставка", settings, today, by)
        if name in demo_smaller.LEAVING:
            shops.leave(shop, last_day, by)
            demo.left.append(shop)
        else:
            demo.smaller[name], demo.dids[name] = shop, own


def _nowhere() -> dict:
    """A provider at an address that belongs to nobody (RFC 5737)."""
    return {
        "name": "Провайдер (демо)", "kind": "addresses", "host": "192.0.2.10", "port": 5060, "username": "",
        "secret": "", "addresses": "192.0.2.10", "called_number_in": "request", "number_forms": "plus bare national",
        "caller_in": "from", "outgoing_form": "plus", "outgoing_caller_id": "did", "is_active": True,
    }  # fmt: skip


def _shop(name: str, week: list[str], since: dt.date, by: Actor) -> Shop:
    colour = shops.PALETTE[Shop.select().count() % len(shops.PALETTE)]
    shop = shops.add({"name": name, "colour": colour, "language": "uk", "recording_wanted": True}, since, by)
    hours.set_week(shop, week, by)
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


def _menu(shop: Shop, says: dict[str, str], second: str, settings: Settings, today: dt.date, by: Actor) -> None:
    """The menu of every shop: its key 2 gives the delivery's words, under the name `second`."""
    said = {}
    for label, text in says.items():
        make = prompts.spoken(text, "uk", settings.asterisk_root, settings.prompts_dir)
        said[label] = prompts.add(shop, label, "uk", make, text, settings.prompts_dir, by).id
    draft = menus.draft(shop)
    tree = Tree(
        greeting=said["greeting"], keys=said["keys"], closed_message=said["closed"], shop_name=said["name"],
        recording_notice=True,
        options=(
            Option("1", "operator", label="Замовлення"),
            Option("2", "information", said["delivery"], second),
            Option("3", "callback", label="Передзвоніть мені"),
        ),
    )  # fmt: skip
    menus.save(draft, tree)
    menus.publish(draft, today)


def _backdate(demo: Demo) -> None:
    """The union is as old as its books, and who left did so on his day."""
    at = months.of(demo.first).starts_at
    ended = dt.datetime.combine(Membership.get(Membership.shop == demo.left[0]).ends_on, dt.time(), ZONE)
    with models.database.atomic():
        for table, column in ((Did, Did.starts_at), (Role, Role.starts_at), (Shop, Shop.created_at)):
            table.update({column: at}).execute()
        Did.update(ends_at=ended).where(Did.shop.in_(demo.left)).execute()
        User.update(created_at=at).execute()
        models.Menu.update(published_at=at).execute()
