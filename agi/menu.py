"""AGI script `menu`: everything a caller hears before the line.

The operator is always within reach: by her key, by 0 where no option has it, and by doing nothing, because after
`repeats` silences or wrong keys the caller goes to the line. A key counts from the first word of the greeting on.
Each step is emitted before it is heard, so that a caller who hangs up in it is known to have been there.
"""

from __future__ import annotations

import datetime as dt

from agi import closed, visit
from agi.asking import ask_for_callback, has_number
from agi.session import Session
from agi.visit import Visit
from calls import caps, numbers, places
from calls.callbacks import Refused
from calls.menus import MOST_KEYS, Option, option_for
from models import utcnow
from pbx import names
from settings import Settings

LINE, HANGUP, MOBILE, _ = names.MENU_RESULTS


def menu(session: Session, settings: Settings) -> None:
    """Lead the caller to the line or to a good end, and tell the dialplan by MENU_RESULT."""
    met = visit.read(session, settings)
    is_closed = session.get_variable(names.ROUTE) == "closed"
    result = closed.meet(met) if is_closed else meet(met)
    if result == LINE and (since := place_kept(met)):
        session.set_variable(names.KEPT_SINCE, str(int(since.timestamp())))
    session.set_variable(names.MENU_RESULT, result)


def place_kept(met: Visit) -> dt.datetime | None:
    """Since when the caller keeps a place in the line, which he takes himself now."""
    if not has_number(met.session):
        return None
    number = numbers.normalise(met.session.get_variable("CALLERID(num)"))
    return places.kept_since(met.session.number(names.SHOP), number)


def meet(met: Visit) -> str:
    """An open shop's menu; one of names.MENU_RESULTS."""
    key = greet(met)
    if not met.tree.options:
        return met.ended("operator", LINE)
    return choose(met, key)


def greet(met: Visit) -> str:
    """The greeting and the announcement; the key that cut them short, or ""."""
    key = tell(met, "greeting", met.tree.greeting)
    if not key and met.tree.announces(met.today):
        key = tell(met, "announcement", met.tree.announcement)
    return key


def tell(met: Visit, step: str, prompt: int | None) -> str:
    """Emit a step and play its prompt, where there is one with a sound; the key that cut it short, or ""."""
    sound = met.sounds.prompt(prompt)
    if sound is None:
        return ""
    met.step(step, prompt)
    return met.session.play(sound)


def choose(met: Visit, key: str) -> str:
    """Walk the keys from the top, starting with the key pressed already, until the call leads elsewhere."""
    place, misses = Place(met, keys_said=not key), 0
    for _ in range(MOST_KEYS):
        key = key or place.ask()
        option = option_for(place.options, key) if key else None
        if option is None:
            misses += 1
            met.step("wrong" if key else "silence", key)
            if misses > met.tree.repeats:
                return met.ended("wrong" if key else "silence", LINE)
            key = met.say("wrong-key") if key else ""
            continue
        misses = 0
        met.step("key", key)
        result = leave(met, option)
        if result:
            return result
        key = inform(met, option) if option.kind == "information" else place.enter(option)
    return met.ended("operator", LINE)


class Place:
    """Where in the menu the caller is: the top, or a sub-menu."""

    def __init__(self, met: Visit, keys_said: bool) -> None:
        """keys_said: the greeting was heard to its end; where it says the keys they need not be said at first."""
        self._met = met
        self._at: Option | None = None
        self._prompt = met.tree.keys or (None if keys_said else met.tree.greeting)

    @property
    def options(self) -> tuple[Option, ...]:
        return self._at.options if self._at else self._met.tree.options

    def enter(self, option: Option) -> str:
        """Go into a sub-menu; no key is pressed there yet."""
        self._at, self._prompt = option, option.prompt
        return ""

    def ask(self) -> str:
        """Say the keys and wait for one; the key, or ""."""
        self._met.step("keys", self._at and self._at.id)
        key = self._met.session.play(self._met.sounds.prompt(self._prompt)) or self._met.wait()
        if self._at is None:
            self._prompt = self._met.tree.keys or self._met.tree.greeting
        return key


def leave(met: Visit, option: Option) -> str:
    """The result of a key that ends the menu; "" for one that stays in it."""
    if option.kind == "operator":
        return met.ended("operator", LINE)
    if option.kind == "mobile":
        return ring_mobile(met)
    if option.kind == "goodbye":
        met.session.play(met.sounds.prompt(option.prompt), keys="")
        return met.ended("goodbye", HANGUP)
    if option.kind == "callback":
        return met.ended("callback", HANGUP) if ask_for_callback(met) else met.ended("operator", LINE)
    return ""


def ring_mobile(met: Visit) -> str:
    """To the owner's mobile, for so long as the shop's limits leave; to the line when they leave nothing."""
    try:
        minutes = caps.reserve(met.shop, utcnow(), met.settings)
    except Refused as refused:
        met.session.emit(names.EVENT_CAPPED, refused.reason)
        return met.ended("capped", LINE)
    met.session.set_variable(names.MAX_MS, str(caps.max_seconds(minutes, met.settings) * 1000))
    return met.ended("mobile", MOBILE)


def inform(met: Visit, option: Option) -> str:
    """Play an information; the key that cut it short, which counts in the menu it belongs to, or ""."""
    met.step("information", option.id)
    return met.session.play(met.sounds.prompt(option.prompt))
