"""The cast of every story: three shops that never see each other, an operator, a trainee, callers behind a trunk."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import models
from calls import presence
from tests.flows.box import Box, until
from tests.flows.phones import Telephone
from tests.flows.sound import speech

TEA, SOAP, TOOLS = "+380442000001", "+380442000002", "+380442000003"
QUALIFY_SECONDS = 3.2  # a little more than Asterisk waits for a trunk's answer
CUSTOMER, OTHER, THIRD = "+380501112233", "+380672223344", "+380935556677"


@dataclass
class Cast:
    """Rows and prompts; prompts are noise unlike any other's, so that what was heard is beyond doubt."""

    box: Box
    trunk: models.Trunk
    shops: dict[str, models.Shop]
    dids: dict[str, models.Did]
    menus: dict[str, models.Menu]
    operator: models.User
    trainee: models.User
    sounds: dict[str, Path]  # "tea greeting" -> .wav

    def caller(self, number: str = CUSTOMER, host: int = 10, **options) -> Telephone:
        """A caller behind the trunk; what he hears is recorded when record=path is given."""
        phone = Telephone(
            address=f"{self.box.net}.{host}", user=number, rtp=20000 + 40 * len(self.box.telephones), **options
        )
        self.box.telephones.append(phone)
        return phone

    def customer(self, number: str = CUSTOMER, **options) -> Telephone:
        """A telephone that calls to the trunk ring; Asterisk, which may have asked before it was there, knows of it."""
        phone = self.caller(number, port=5060, **options)
        self.reach_trunk()
        time.sleep(QUALIFY_SECONDS)  # a question asked before counts as not answered only now
        self.reach_trunk()
        return phone

    def reach_trunk(self) -> None:
        self.box.rx("pjsip qualify trunk-1")
        until(lambda: re.search(r"trunk-1/.* Avail ", self.box.rx("pjsip show contacts")), 15, "the trunk answers")

    def in_line(self, number: str, caller: Telephone) -> Telephone:
        """A caller has pressed the key for the operator and stands in the line (FastAGI must run)."""
        entered = self.box.cel().count('"USER_DEFINED","LINE"')
        caller.call(self.box.rings(number))
        caller.answered()
        time.sleep(0.4)
        caller.press("1")
        until(lambda: self.box.cel().count('"USER_DEFINED","LINE"') > entered, 10, "he is in the line")
        return caller

    def phone(self, user: models.User, host: int, **options) -> Telephone:
        """The registered SIP telephone of an operator; host 20–23 only: from elsewhere no telephone may register."""
        account = models.Phone.get(models.Phone.user == user)
        phone = Telephone(
            address=f"{self.box.net}.{host}", user=account.pbx_name, domain=self.box.address,
            registrar=self.box.settings.phones_bind, secret=account.secret,
            rtp=20000 + 40 * len(self.box.telephones), **options,
        )  # fmt: skip
        self.box.telephones.append(phone)
        phone.wait("registered")
        return phone

    def on_duty(self, user: models.User, host: int, **options) -> Telephone:
        """Her registered telephone, and she signed on and in the line (the scheduler must run)."""
        phone = self.phone(user, host, **options)
        presence.sign_on(user)
        until(lambda: self.member(user), 5, "she is in the line")
        return phone

    def member(self, user: models.User) -> str:
        """How the line describes her; "" when she is not in it or her telephone cannot be reached."""
        name = presence.interface(user.id)
        members = self.box.rx(f"queue show {models.Queue.get().pbx_name}").splitlines()
        lines = [line for line in members if f"{name} " in line]
        return lines[0] if lines and "Unavailable" not in lines[0] else ""

    def going_out(self, shop: str) -> int:
        """How many calls Asterisk itself counts as going out for a shop."""
        counted = rf"\s{self.shops[shop].id}\s+out\s"
        return len(re.findall(counted, self.box.rx("group show channels")))

    def overhear(self, host: int):
        """Begin to note every SIP message to and from a telephone; overheard() reads them."""
        self.box.rx(f"pjsip set logger host {self.box.net}.{host}")
        self.box.rx("logger add channel sip verbose")

    def overheard(self) -> str:
        return (self.box.settings.pbx_dir / "log" / "sip").read_text(errors="replace")

    def facts_arrive(self):
        """Wait for the first tick: before it nothing is dialled."""
        ticked = models.IngestMark.ticked_at.is_null(False)
        until(lambda: models.IngestMark.get_or_none(ticked), 5, "facts arrive")

    def speech(self, seed: int, seconds: float = 4) -> Path:
        """A voice unlike anybody else's, to play into a call."""
        return speech(self.box.folder / f"voice-{seed}.wav", seed, seconds)

    def call(self, timeout: float = 5, **facts) -> models.Call:
        """The one ended Call with these facts, once it is one."""
        wanted = [getattr(models.Call, name) == value for name, value in facts.items()]
        ended = models.Call.ended_at.is_null(False)
        return until(lambda: models.Call.select().where(ended, *wanted).first(), timeout, f"a Call with {facts}")


def make(box: Box) -> Cast:
    """Fill the box's database: an open trunk at <net>.10, three shops always open, menu with keys 1 and 2."""
    union = models.Union.create(id=1, name="Спілка", reserve_after_seconds=0)
    queue = models.Queue.create(name="Усі магазини")
    trunk = models.Trunk.create(name="Тест", kind="addresses", addresses=f"{box.net}.10", host=f"{box.net}.10")
    cast = Cast(box, trunk, {}, {}, {}, *(_person(queue, kind) for kind in ("operator", "trainee")), {})
    for name, number in (("tea", TEA), ("soap", SOAP), ("tools", TOOLS)):
        shop = models.Shop.create(
            name={"tea": "Чай", "soap": "Мило", "tools": "Інструменти"}[name], queue=queue, timezone=union.timezone
        )
        cast.shops[name] = shop
        cast.dids[name] = models.Did.create(number=number, shop=shop, trunk=trunk, label="сайт")
        cast.menus[name] = _menu(cast, name, shop)
        models.Release.create(user=cast.trainee, shop=shop)
    return cast


def _person(queue: models.Queue, kind: str) -> models.User:
    user = models.User.create(email=f"{kind}@example.com", name=kind, password_hash="x")
    models.Role.create(user=user, kind=kind)
    models.Phone.create(user=user, secret=f"secret-of-{kind}")
    models.QueueOperator.create(queue=queue, user=user, penalty=0 if kind == "operator" else 5)
    return user


def _menu(cast: Cast, name: str, shop: models.Shop) -> models.Menu:
    menu = models.Menu.create(
        shop=shop, version=1, status="published", repeats=1, recording_notice=True, published_at=models.utcnow(),
        greeting=prompt(cast, name, shop, "greeting", 3), shop_name=prompt(cast, name, shop, "name", 1),
    )  # fmt: skip
    models.MenuOption.create(menu=menu, key="1", label="Продажі", kind="operator")
    models.MenuOption.create(
        menu=menu, key="2", label="Доставка", kind="information", prompt=prompt(cast, name, shop, "delivery", 2)
    )
    return menu


def prompt(cast: Cast, name: str, shop: models.Shop, label: str, seconds: float) -> models.Prompt:
    """A prompt of a shop, with a sound in the shop's language, kept as cast.sounds["<name> <label>"]."""
    row = models.Prompt.create(shop=shop, label=label)
    file = f"{shop.id:08x}{row.id:08x}"
    path = cast.box.settings.prompts_dir / str(shop.id) / f"{file}.wav"
    cast.sounds[f"{name} {label}"] = speech(path, seed=shop.id * 100 + row.id, seconds=seconds)
    models.PromptSound.create(
        prompt=row, language=shop.language, file=file, seconds=max(1, round(seconds)), made_by="upload"
    )
    return row
