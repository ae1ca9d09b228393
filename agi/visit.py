"""What one caller is about to meet, read from the database once, before anything is played.

From then on his menu can't change beneath him and no database can make him wait.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import models
from agi.session import Session
from agi.sounds import Sounds
from calls import menus
from pbx import names
from settings import Settings


@dataclass(frozen=True)
class Visit:
    """A caller at a shop's door; today is the shop's date."""

    session: Session
    shop: models.Shop
    sounds: Sounds
    tree: menus.Tree
    today: dt.date
    settings: Settings

    def step(self, step: str, value: object = "") -> None:
        """Emit a MENU event; value None is an empty one."""
        self.session.emit(names.EVENT_MENU, step, "" if value is None else value)

    def ended(self, how: str, result: str) -> str:
        """Emit the menu's end; result is what MENU_RESULT becomes."""
        self.step("done", how)
        return result

    def say(self, phrase: str) -> str:
        """Play a fixed phrase; the key that cut it short, or ""."""
        return self.session.play(self.sounds.phrase(phrase))

    def wait(self) -> str:
        """The key pressed in the silence after a menu, or ""."""
        return self.session.wait_for_key(self.settings.key_wait_seconds)


def read(session: Session, settings: Settings) -> Visit:
    """Who calls which shop, and everything he may be played. Raises DoesNotExist for a shop or menu that is gone."""
    shop_id, menu_id = session.number(names.SHOP), session.number(names.MENU)
    language = session.get_variable(names.CALLER_LANGUAGE)
    shop = models.Shop.get_by_id(shop_id)
    menu = models.Menu.get((models.Menu.id == menu_id) & (models.Menu.shop == shop)) if menu_id else None
    tree = menus.read(menu) if menu else menus.Tree()
    recorded = menus.recorded(shop)
    sounds = Sounds(settings.prompts_dir / str(shop.id), recorded, language, shop.language)
    today = models.utcnow().astimezone(ZoneInfo(shop.timezone)).date()
    return Visit(session, shop, sounds, tree, today, settings)
