"""The remarks on a shop's menu (calls/menu_lint.py), from what its rows say of its sounds and languages."""

from __future__ import annotations

from calls import menu_lint, menus
from calls.menu_lint import Remark
from models import Did, Prompt, PromptSound, Shop


def published(shop: Shop) -> list[Remark]:
    """Those on the menu its callers hear now; none without one."""
    menu = menus.published(shop)
    return menu_lint.remarks(menus.read(menu), known_of(shop)) if menu else []


def known_of(shop: Shop) -> menu_lint.Shop:
    """What remarks are made from."""
    seconds: dict[int, dict[str, int]] = {}
    for sound in PromptSound.select().join(Prompt).where(Prompt.shop == shop):
        seconds.setdefault(sound.prompt_id, {})[sound.language] = sound.seconds
    spoken = [did.language for did in shop.dids.where(Did.ends_at.is_null())]
    languages = tuple(dict.fromkeys([shop.language, *filter(None, spoken)]))
    has_mobile = shop.last_resort == "mobile" and bool(shop.last_resort_number)
    return menu_lint.Shop(seconds, languages, shop.recording_wanted, has_mobile)
