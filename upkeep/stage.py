"""Where test-call plays: a shop, a number, a menu, an operator and a queue that exist for it alone.

The shop is marked `is_test`, so it is in no list, figure or bill, and nobody else's caller or operator ever meets
it. Its rows stay, because the facts of past test calls point at them; the trunk's entry in Asterisk and the
operator's account are there only while the stage is set.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import models
from calls import presence
from models import Did, Menu, MenuOption, Phone, Prompt, PromptSound, Queue, QueueOperator, Shop, Trunk, User
from settings import Settings
from upkeep import exchange
from upkeep.tones import tone, write_wav

NAME = "test-call"
NUMBER, CALLER = "+99900000001", "+99900000002"  # +999 is nobody's country
CALLERS_ADDRESS = "127.77.0.10"
OPERATORS_ADDRESS = "127.0.0.1"
GREETING_HERTZ, CALLER_HERTZ, OPERATOR_HERTZ = 700, 1000, 1300


@dataclass(frozen=True)
class Stage:
    """The rows of the play."""

    shop: Shop
    did: Did
    queue: Queue
    trunk: Trunk
    operator: User
    phone: Phone


@contextmanager
def set_stage(settings: Settings) -> Iterator[Stage]:
    """The stage, known to Asterisk for as long as the block runs."""
    with models.database.atomic():
        stage = _rows(settings)
    try:
        _open(stage, is_open=True)
        exchange.apply_configuration(settings)
        yield stage
    finally:
        presence.sign_off(stage.operator)
        _open(stage, is_open=False)
        exchange.apply_configuration(settings)


def _open(stage: Stage, is_open: bool) -> None:
    with models.database.atomic():
        Phone.update(secret=secrets.token_hex(16)).where(Phone.id == stage.phone.id).execute()
        Trunk.update(is_active=is_open).where(Trunk.id == stage.trunk.id).execute()
        User.update(is_active=is_open).where(User.id == stage.operator.id).execute()


def _rows(settings: Settings) -> Stage:
    """Every row, made by the first test call and found by the later ones."""
    Queue.get_or_create(id=1, defaults={"name": "main"})  # the union's own line comes first, as in its first run
    queue, _ = Queue.get_or_create(name=NAME)
    shop, is_new = Shop.get_or_create(
        name=NAME, defaults={"queue": queue, "is_test": True, "recording_wanted": True, "short_call_seconds": 1}
    )
    trunk, _ = Trunk.get_or_create(
        name=NAME, defaults={"host": CALLERS_ADDRESS, "addresses": CALLERS_ADDRESS, "is_active": False}
    )
    did, _ = Did.get_or_create(shop=shop, trunk=trunk, number=NUMBER)
    operator, _ = User.get_or_create(email=NAME, defaults={"name": NAME, "password_hash": "", "is_active": False})
    phone, _ = Phone.get_or_create(user=operator, defaults={"secret": ""})
    QueueOperator.get_or_create(queue=queue, user=operator)
    if is_new:
        _menu(shop, settings)
    return Stage(shop, did, queue, trunk, operator, phone)


def _menu(shop: Shop, settings: Settings) -> None:
    """A tone for a greeting, and key 1 to the operator."""
    greeting = Prompt.create(shop=shop, label=NAME)
    sound = PromptSound.create(
        prompt=greeting, language=shop.language, file=secrets.token_hex(16), seconds=1, made_by="upload"
    )
    write_wav(settings.prompts_dir / str(shop.id) / f"{sound.file}.wav", tone(GREETING_HERTZ, 1))
    menu = Menu.create(
        shop=shop, version=1, status="published", greeting=greeting, recording_notice=True, published_at=models.utcnow()
    )
    MenuOption.create(menu=menu, key="1", label=NAME, kind="operator")
