"""The menu tried on the page: keys are pressed, sounds played, and the page says what would happen.

Nothing is kept: the keys pressed so far are in the address, so that the browser's “back” takes one back.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from calls import menus as rules
from calls.menu_walk import SILENCE, Step, readable, walk
from models import Did, Menu, Prompt, PromptSound, Shop
from settings import LANGUAGES
from web import menu_words
from web.access import shop_page
from web.languages import today

trial = Blueprint("trial", __name__)

PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
ENDS = {
    "operator": _l("Now the caller waits in the line for the operator."),
    "silence": _l("Too much silence: the caller goes to the line for the operator."),
    "wrong": _l("Too many wrong keys: the caller goes to the line for the operator."),
    "mobile": _l("The owner's mobile rings; unanswered, the caller goes to the line for the operator."),
    "goodbye": _l("The call ends."),
    "callback": _l("The call ends, and his number is on the list of callbacks. Without a number he is asked for one."),
}


@trial.get("/shops/<int:shop_id>/menu/try")
@shop_page("coordinator")
def show(shop: Shop):
    """?keys= what was pressed, _ for silence; ?of=published the menu heard now, else the draft where there is one."""
    draft = Menu.get_or_none(Menu.shop == shop, Menu.status == "draft")
    published = rules.published(shop)
    menu = published if request.args.get("of") == "published" or draft is None else draft
    tree, keys, language = (
        rules.read(menu) if menu else rules.Tree(),
        readable(request.args.get("keys", "")),
        spoken(shop),
    )
    sounds = sounds_of(shop, language)
    steps = walk(tree, keys, today(shop), sounds)

    def address(pressed: str) -> str:
        of = "published" if menu and menu.status == "published" else None
        return url_for("menus.trial.show", shop_id=shop.id, keys=pressed or None, of=of, language=language)

    return render_template(
        "menus/_trial.html" if request.htmx else "menus/trial.html",
        shop=shop,
        menu=menu,
        draft=draft,
        published=published,
        steps=[(step, sound_of(step, sounds, language), number >= fresh(steps)) for number, step in enumerate(steps)],
        over=steps[-1] if steps[-1].what == "done" else None,
        pad=PAD,
        silence=SILENCE,
        keys=keys,
        address=address,
        language_heard=language,
        spoken=languages_of(shop),
        ends=ENDS,
        kinds=menu_words.KINDS,
        labels={prompt.id: prompt.label for prompt in shop.prompts},
    )


def fresh(steps: list[Step]) -> int:
    """Where what came after the last key begins."""
    pressed = [number for number, step in enumerate(steps) if step.what in ("key", "wrong", "silence")]
    return pressed[-1] if pressed else 0


def languages_of(shop: Shop) -> list[str]:
    """The languages this shop's callers are spoken to in, the shop's own first."""
    numbers = shop.dids.where(Did.ends_at.is_null(), Did.language != "")
    return list(dict.fromkeys([shop.language, *(did.language for did in numbers)]))


def spoken(shop: Shop) -> str:
    asked = request.args.get("language", "")
    return asked if asked in languages_of(shop) else shop.language


def sounds_of(shop: Shop, language: str) -> dict[int, PromptSound]:
    """The sound a caller in this language hears of each prompt: his language, the shop's, any, as agi/sounds.py does."""
    rows = PromptSound.select().join(Prompt).where(Prompt.shop == shop).order_by(PromptSound.id.desc())
    ranked = sorted(rows, key=lambda sound: (sound.language == language, sound.language == shop.language))
    return {sound.prompt_id: sound for sound in ranked}


def sound_of(step: Step, sounds: dict[int, PromptSound], language: str) -> str:
    """Where the sound of a step is; "" for one that is silent."""
    if step.phrase:
        voice = language if language in LANGUAGES else LANGUAGES[0]
        return url_for("static", filename=f"prompts/{voice}/{step.phrase}.wav")
    sound = sounds.get(step.prompt or 0)
    return url_for("prompts.sound", sound_id=sound.id, f=sound.file[:8]) if sound else ""
