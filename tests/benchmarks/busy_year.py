"""A year of a union that is ten times as busy as a real one: shops, people, calls and all that follows from calls.

Written as rows, in bulk, because hundreds of thousands of calls could not be taken in one by one: believable in
number and shape (which hours, how many are missed, tried again, ordered, called back), each table as the rules leave
it. The first shop has twice as many calls as any other. Today is in it until now, yesterday whole.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import models
import settings as spilka
from models import (
    Attempt,
    Call,
    Callback,
    CallNote,
    CelRow,
    Claim,
    Did,
    Leg,
    Membership,
    Miss,
    Order,
    OrderChange,
    OrderLine,
    Outcome,
    Presence,
    Promise,
    Recording,
    Review,
    Shop,
    User,
    database,
    utcnow,
)  # fmt: skip
from tests.web import seed

SHOPS, OPERATORS, DIDS, DAYS = 20, 12, 3, 365
CUSTOMERS = 15_000  # of a shop; one in five is withheld or rings from abroad
ENDINGS = {"answered": 780, "abandoned_line": 60, "abandoned_menu": 30, "closed": 40, "no_operator": 20,
           "asked_callback": 30, "cut_off": 2, "informed": 38}  # fmt: skip
IN_LINE = ("answered", "abandoned_line", "asked_callback", "cut_off", "no_operator")
CLOSED = (("talked", 70), ("got_through", 20), ("owner_called", 2), ("wrong_number", 2), ("given_up", 6))
OUTCOMES = ("order", "advice", "delivery", "complaint", "return", "other")
WAYS = (("new",), ("new", "confirmed"), ("new", "confirmed", "sent"), ("new", "cancelled"),
        *(("new", "confirmed", "sent", "delivered"),) * 4, ("new", "confirmed", "sent", "returned"))  # fmt: skip
KYIV = ZoneInfo("Europe/Kyiv")
KEPT_DAYS = 30  # of recordings
FIRST_ROW = 10**8  # of events that are still to come


@dataclass(frozen=True)
class Year:
    """The union: the shops with the one that has an owner first, and whom to log in as."""

    cast: seed.Cast
    shops: list[Shop]
    operators: list[User]


def settings_in(folder: Path) -> spilka.Settings:
    """Settings of a box of its own; the folder is made."""
    settings = spilka.Settings(
        data_dir=folder, pbx_dir=folder / "pbx", secret_key="s" * 32, ami_secret="a" * 16,
        secure_cookies=False, proxy_hops=0, tick_seconds=86400, asterisk_root=folder / "no-asterisk",
    )  # fmt: skip
    settings.cel_dir.mkdir(parents=True, exist_ok=True)
    return settings


def make(settings: spilka.Settings, calls: int) -> Year:
    """The union with so many calls of the last year, in the database that is open."""
    database.create_tables(models.TABLES)
    cast = seed.union(settings.prompts_dir)
    names = [f"Крамниця {number}" for number in range(SHOPS - 2)]
    shops = [cast.tea, cast.soap, *(seed.shop(cast.tea.queue, name, "#7a5af8") for name in names)]
    operators = [cast.operator, cast.trainee]
    operators += [seed.person(f"Операторка {n}", f"op{n}@spilka.example", "operator") for n in range(OPERATORS - 2)]
    for number, shop in enumerate(shops[2:]):
        seed.person(f"Власниця {number}", f"owner{number}@shops.example", "owner", shop)
    Membership.update(starts_on=utcnow().date() - dt.timedelta(2 * DAYS)).execute()
    for shop in shops:
        for number in range(shop.dids.count(), DIDS):
            Did.create(number=f"+38044{shop.id:04}{number:03}", shop=shop, trunk=cast.trunk, label=f"Джерело {number}")
    Writer(shops, operators, calls).write()
    # the raw rows of all these are put away; those to come get the numbers after them
    CelRow.create(id=FIRST_ROW, file_number=1, offset=0, event="LINKEDID_END", uniqueid="0", linkedid="0", at=utcnow())
    return Year(cast, shops, operators)


class Writer:
    """Makes the rows of each table in the order of time, then inserts them."""

    def __init__(self, shops: list[Shop], operators: list[User], calls: int) -> None:
        self.shops, self.operators, self.calls = [shop.id for shop in shops], [user.id for user in operators], calls
        self.dids = {shop.id: [did.id for did in shop.dids] for shop in shops}
        self.dice = random.Random(1)
        self.rows: dict[type[models.Table], list[tuple]] = defaultdict(list)
        self.numbers = defaultdict(int)  # of the last order of each shop
        self.owed: dict[tuple[int, str], int] = {}  # the open callback of a shop's customer
        self.now = utcnow()

    def write(self) -> None:
        today = self.now.astimezone(KYIV).date()
        for back in range(DAYS, -1, -1):
            self.day(today - dt.timedelta(back))
        with database.atomic():
            for table, columns in COLUMNS.items():
                insert(table, columns, self.rows[table])

    def day(self, day: dt.date) -> None:
        """A day's calls, most between ten and five, half as many at the weekend, and the presences around them."""
        usual = self.calls / DAYS * (0.58 if day.weekday() > 4 else 1.168)
        seconds = sorted(int(self.dice.triangular(8 * 3600, 21 * 3600, 12 * 3600)) for _ in range(round(usual)))
        midnight = dt.datetime.combine(day, dt.time(), KYIV)
        instants = [midnight + dt.timedelta(seconds=second) for second in seconds]
        self.free = dict.fromkeys(self.operators, midnight)  # since when each is ready
        for at in instants:
            if at + dt.timedelta(minutes=15) < self.now:
                self.call(at)

    def call(self, at: dt.datetime) -> None:
        dice = self.dice
        shop = dice.choices(self.shops, [2] + [1] * (len(self.shops) - 1))[0]
        did = dice.choices(self.dids[shop], (6, 3, 1))[0]
        customer = f"+38067{shop:02}{dice.randrange(CUSTOMERS):05}" if dice.random() < 0.8 else None
        ending = dice.choices(list(ENDINGS), list(ENDINGS.values()))[0]
        if ending == "answered":
            self.conversation(shop, did, customer, at, "in", dice.randrange(60))
            return
        lasted, waited = dice.randrange(3, 120), dice.randrange(60) if ending in IN_LINE else None
        ended = at + dt.timedelta(seconds=lasted)
        key = self.add_call("in", shop, did, customer, at, waited, None, None, 0, ended, ending)
        if customer and ending != "informed" and lasted >= 5:
            self.missed(shop, did, customer, key, ended, ending)

    def conversation(self, shop: int, did: int, customer: str | None, at: dt.datetime, direction: str,
                     waited: int) -> str:  # fmt: skip
        dice, who = self.dice, min(self.dice.sample(self.operators, 3), key=self.free.get)
        answered = at + dt.timedelta(seconds=waited)
        ended = answered + dt.timedelta(seconds=(talk := dice.randrange(20, 320)))
        key = self.add_call(direction, shop, did, customer, at, waited, answered, who, talk, ended, "answered")
        self.add(Leg, self.id, f"{key}x", "operator", who, at, answered, ended, 16)
        worked = ended + dt.timedelta(seconds=dice.randrange(5, 90))
        if self.free[who] < at:
            self.add(Presence, who, "ready", self.free[who], ended)
        self.add(Presence, who, "after_call", ended, worked)
        self.free[who] = max(self.free[who], worked)
        if dice.random() < 0.8:
            self.add(Outcome, key, shop, who, dice.choice(OUTCOMES), dice.choice((1, 1, 1, 0, None)), worked)
        if dice.random() < 0.2:
            self.add(CallNote, key, shop, who, "Питала про доставку, передзвонити після обіду.", worked)
        if dice.random() < 0.01:
            self.add(Review, key, shop, who, 4, 5, 5, "", worked)
        if self.now - ended < dt.timedelta(KEPT_DAYS):
            self.add(Recording, key, shop, f"{key}.alaw", ended)
        if dice.random() < 0.12:
            self.order(shop, did, customer, key, who, ended)
        return key

    def missed(self, shop: int, did: int, customer: str, key: str, at: dt.datetime, why: str) -> None:
        """He is owed a call: most are called back soon, a few again and again, the last ones wait still."""
        dice = self.dice
        if (shop, customer) in self.owed:
            self.add(Miss, self.owed[shop, customer], key, at, why)
            return
        number = len(self.rows[Callback]) + 1
        waits = self.now - at < dt.timedelta(hours=3) or dice.random() < 0.0005
        because = "" if waits else dice.choices(*zip(*CLOSED, strict=True))[0]
        closed = None if waits else at + dt.timedelta(minutes=dice.randrange(10, 120))
        self.add(Callback, shop, did, customer, at, at, closed, because)
        self.add(Miss, number, key, at, why)
        self.add(Promise, number, at, at + dt.timedelta(minutes=20))
        if waits:
            self.owed[shop, customer] = number
            return
        for again in range(dice.randrange(3)):
            self.attempt(number, customer, at + dt.timedelta(minutes=2 + again), "no_answer")
        if because == "talked":
            called = self.attempt(number, customer, closed - dt.timedelta(minutes=1), "talked")
            self.conversation(shop, did, customer, closed - dt.timedelta(seconds=30), "callback", 0)
            last = list(self.rows[Call][-1])
            last[0], last[-1] = f"cb-{called}", called
            self.rows[Call][-1] = tuple(last)

    def attempt(self, callback: int, customer: str, at: dt.datetime, result: str) -> str:
        who, public_id = self.dice.choice(self.operators), f"p{len(self.rows[Attempt])}"
        self.add(Claim, callback, who, at, at + dt.timedelta(minutes=10), at + dt.timedelta(minutes=1), "released")
        self.add(Attempt, public_id, callback, who, customer, at, at, at + dt.timedelta(seconds=30), result)
        return public_id

    def order(self, shop: int, did: int, customer: str | None, key: str, who: int, at: dt.datetime) -> None:
        dice, way = self.dice, self.dice.choice(WAYS)
        self.numbers[shop] += 1
        worth = dice.randrange(20_000, 200_000)
        margin = worth * 3 // 10 if dice.random() < 0.7 else None
        self.add(
            Order, shop, self.numbers[shop], key, did, who, way[-1], customer, "Ганна Петренко", worth, margin, at, at
        )
        number = len(self.rows[Order])
        for position in range(dice.randrange(1, 4)):
            self.add(OrderLine, number, position, "Да Хун Пао, 100 г", 1, worth // 3)
        for step, state in enumerate(way):
            self.add(OrderChange, number, state, who, at + dt.timedelta(days=step))

    @property
    def id(self) -> int:
        """The Call.id of the last one."""
        return len(self.rows[Call])

    def add_call(self, direction: str, shop: int, did: int, customer: str | None, at: dt.datetime, waited: int | None,
                 answered: dt.datetime | None, who: int | None, talk: int, ended: dt.datetime, ending: str) -> str:  # fmt: skip
        key = f"{int(at.timestamp())}.{self.id + 1}"
        in_line = at + dt.timedelta(seconds=8) if waited is not None and direction == "in" else None
        self.add(Call, key, direction, shop, did, customer, customer is None, at, in_line, waited, answered, who, talk,
                 ended, "customer", ending, "")  # fmt: skip
        return key

    def add(self, table: type[models.Table], *values: object) -> None:
        self.rows[table].append(tuple(map(stored, values)))


COLUMNS = {
    Call: "key direction shop_id did_id customer withheld arrived_at line_at wait_seconds answered_at operator_id "
          "talk_seconds ended_at ended_by ending attempt",
    Leg: "call_id uniqueid party user_id rang_at answered_at ended_at cause",
    Presence: "user_id kind starts_at ends_at",
    Outcome: "call_key shop_id user_id kind solved at",
    CallNote: "call_key shop_id user_id text changed_at",
    Review: "call_key shop_id user_id script words politeness note at",
    Recording: "call_key shop_id file recorded_at",
    Callback: "shop_id did_id customer opened_at due_at closed_at closed_because",
    Miss: "callback_id call_key at why",
    Promise: "callback_id made_at call_by",
    Claim: "callback_id user_id starts_at lease_until ends_at ended_because",
    Attempt: "public_id callback_id user_id customer wanted_at sent_at ended_at result",
    Order: "shop_id number call_key did_id operator_id state customer customer_name sum_minor margin_minor created_at "
           "placed_at",
    OrderLine: "order_id position title quantity price_minor",
    OrderChange: "order_id state user_id at",
}  # fmt: skip


def stored(value: object) -> object:
    """As models.InstantField stores it."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds") if isinstance(value, dt.datetime) else value


def insert(table: type[models.Table], columns: str, rows: list[tuple]) -> None:
    """Rows as peewee would store them, ten times as fast; columns that are not named take their defaults."""
    names = columns.split()
    fields = {field.column_name: field for field in table._meta.sorted_fields}
    defaults = {
        name: field.db_value(field.default)
        for name, field in fields.items()
        if name not in names and field.default is not None and not callable(field.default)
    }
    places = ", ".join("?" * (len(names) + len(defaults)))
    sql = f'INSERT INTO "{table._meta.table_name}" ({", ".join((*names, *defaults))}) VALUES ({places})'
    more = tuple(defaults.values())
    database.connection().cursor().executemany(sql, (row + more for row in rows))
