"""Where test-call and the drill play: a shop, a number, a menu and a queue that exist only meanwhile.

What call facts name has id 0, which no other row ever has, and the shop is marked `is_test`, so nobody else's
caller or operator meets it and no list, figure or bill holds it. Afterwards all of it goes, the calls' own facts included;
what a killed one left is struck before the next begins. One plays at a time.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TypeVar

import models
from calls import presence
from models import (
    Call,
    CelRow,
    Did,
    Menu,
    MenuOption,
    Phone,
    Prompt,
    PromptSound,
    Queue,
    QueueOperator,
    Shop,
    Trunk,
    User,
)
from settings import Settings
from upkeep import exchange
from upkeep.tones import tone, write_wav

STAGE = 0  # the id of its shop, number, trunk, operator and telephone
LAST_QUEUE = 999_999  # the id of its queue, which must not come before the union's own
QUEUE = Queue(id=LAST_QUEUE).pbx_name
NAME = "test-call"
NUMBER, CALLER = "+99900000001", "+99900000002"  # +999 is nobody's country
CALLERS_ADDRESS = "127.77.0.10"
OPERATORS_ADDRESS = "127.0.0.1"
GREETING_HERTZ, CALLER_HERTZ, OPERATOR_HERTZ = 700, 1000, 1300

T = TypeVar("T")


class StageTaken(Exception):
    """Another test call or drill is being played."""


@contextmanager
def alone(settings: Settings, wait_seconds: float = 0) -> Iterator[None]:
    """Nobody else plays meanwhile, in no process. Raises StageTaken when somebody still does after wait_seconds."""
    with (settings.data_dir / "stage.lock").open("a") as turn:
        if not until(lambda: _locked(turn), wait_seconds):
            raise StageTaken("Another test call or drill is under way.")
        yield


def _locked(turn: IO) -> bool:
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def set_stage(settings: Settings, add_cast: Callable[[], None]) -> Iterator[None]:
    """The stage with whoever plays on it, known to Asterisk for as long as the block runs."""
    _strike(settings)
    _build(settings, add_cast)
    try:
        exchange.apply_configuration(settings)
        yield
    finally:
        clear(settings)


def clear(settings: Settings) -> None:
    """Take the stage away, with what was played on it."""
    presence.sign_off(STAGE)
    until(lambda: not member(settings), 5)  # Asterisk keeps a member of a queue it no longer knows
    _strike(settings)
    exchange.apply_configuration(settings)


def member(settings: Settings) -> str:
    """Asterisk's line about the operator in the stage's queue, "" while she is not in it."""
    shown = exchange.console(settings, f"queue show {QUEUE}") or ""
    return next((line.strip() for line in shown.splitlines() if presence.interface(STAGE) in line), "")


def box_address(settings: Settings) -> str:
    """Where Asterisk listens for trunks, address:port, as seen from this machine."""
    host, _, port = settings.sip_bind.rpartition(":")
    return f"{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"


def until(question: Callable[[], T], seconds: float) -> T:
    """The first true answer to a question asked ten times a second, or the last."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


def _build(settings: Settings, add_cast: Callable[[], None]) -> None:
    with models.database.atomic():
        Queue.create(id=LAST_QUEUE, name=NAME)
        Shop.create(id=STAGE, name=NAME, queue=LAST_QUEUE, is_test=True, recording_wanted=True, short_call_seconds=1)
        Trunk.create(id=STAGE, name=NAME, host=CALLERS_ADDRESS, addresses=CALLERS_ADDRESS)
        Did.create(id=STAGE, shop=STAGE, trunk=STAGE, number=NUMBER)
        _build_menu(settings)
        add_cast()


def add_operator() -> None:
    """Somebody who answers on the stage."""
    User.create(id=STAGE, email=NAME, name=NAME, password_hash="")
    Phone.create(id=STAGE, user=STAGE, secret=secrets.token_hex(16))
    QueueOperator.create(queue=LAST_QUEUE, user=STAGE)


def _build_menu(settings: Settings) -> None:
    """A tone for a greeting, and key 1 to the operator."""
    greeting = Prompt.create(shop=STAGE, label=NAME)
    PromptSound.create(prompt=greeting, language="uk", file=NAME, seconds=1, made_by="upload")
    write_wav(settings.prompts_dir / str(STAGE) / f"{NAME}.wav", tone(GREETING_HERTZ, 1))
    menu = Menu.create(
        shop=STAGE,
        version=1,
        status="published",
        greeting=greeting,
        recording_notice=True,
        published_at=models.utcnow(),
    )
    MenuOption.create(menu=menu, key="1", label=NAME, kind="operator")


def _strike(settings: Settings) -> None:
    """Take away every row of the stage and of what was played on it; the database takes along what hangs on them."""
    played = Call.select(Call.key).where(Call.shop == STAGE)
    for (key,) in played.tuples():
        for name in (f"{key}.alaw", f"vm-{key}.alaw"):  # empty for a call nobody answered
            (settings.recordings_dir / name).unlink(missing_ok=True)
    with models.database.atomic():
        CelRow.delete().where(CelRow.linkedid.in_(played)).execute()
        Call.delete().where(Call.shop == STAGE).execute()
        Menu.delete().where(Menu.shop == STAGE).execute()
        for table in (Did, Shop, User, Trunk):
            table.delete().where(table.id == STAGE).execute()
        Queue.delete().where(Queue.id == LAST_QUEUE).execute()
    shutil.rmtree(settings.prompts_dir / str(STAGE), ignore_errors=True)
