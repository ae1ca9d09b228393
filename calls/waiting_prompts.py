"""What a shop's callers hear while they wait, when there is no news of place and wait: prompts its owner chose.

In the order chosen, each once for one caller. A change is heard by who waits already.
"""

from __future__ import annotations

import datetime as dt

from calls import prompts
from models import Prompt, PromptSound, Shop, WaitingPlayed, WaitingPrompt, database
from settings import Settings
from union import audit
from union.audit import Actor

WAYS = {"up": -1, "down": 1}


# --- the owner's choice -----------------------------------------------------------------------------------------


def chosen(shop: Shop | int) -> list[WaitingPrompt]:
    """The chosen prompts, first to last."""
    rows = WaitingPrompt.select(WaitingPrompt, Prompt).join(Prompt).where(Prompt.shop == shop)
    return list(rows.order_by(WaitingPrompt.position, WaitingPrompt.id))


def choose(prompt: Prompt, by: Actor) -> None:
    """Let it be played last; choosing it again changes nothing."""
    with database.atomic():
        before = chosen(prompt.shop)
        if prompt.id not in {one.prompt_id for one in before}:
            WaitingPrompt.create(prompt=prompt, position=len(before))
            _note(by, "waiting_prompt.create", prompt)


def leave_out(one: WaitingPrompt, by: Actor) -> None:
    """Play it no more; the prompt itself stays."""
    with database.atomic():
        one.delete_instance()
        _note(by, "waiting_prompt.delete", one.prompt)


def move(one: WaitingPrompt, way: str, by: Actor) -> bool:
    """One step up or down; False when it stands at that end already."""
    with database.atomic():
        order = chosen(one.prompt.shop)
        place = order.index(one)
        other = place + WAYS[way]
        if not 0 <= other < len(order):
            return False
        order[place], order[other] = order[other], order[place]
        for position, row in enumerate(order):
            WaitingPrompt.update(position=position).where(WaitingPrompt.id == row.id).execute()
        _note(by, "waiting_prompt.move", one.prompt)
    return True


def _note(by: Actor, action: str, prompt: Prompt) -> None:
    audit.note(by, action, f"prompt:{prompt.id}", shop=prompt.shop, detail=prompt.label)


# --- what is played ---------------------------------------------------------------------------------------------


def next_sound(call_key: str, shop: Shop | int, language: str, settings: Settings) -> PromptSound | None:
    """The first chosen prompt that this caller has not heard, in his language or another; None when there is none."""
    heard = WaitingPlayed.select(WaitingPlayed.prompt).where(WaitingPlayed.call_key == call_key)
    sounds = (
        PromptSound.select(PromptSound, Prompt)
        .join(Prompt)
        .join(WaitingPrompt)
        .where((Prompt.shop == shop) & Prompt.id.not_in(heard))
        .order_by(WaitingPrompt.position, WaitingPrompt.id, PromptSound.language != language, PromptSound.id)
    )
    return next((sound for sound in sounds if prompts.file_of(sound, settings.prompts_dir).is_file()), None)


def played(call_key: str, sound: PromptSound, now: dt.datetime) -> WaitingPlayed:
    """Note that a caller hears it from now on."""
    ends_at = now + dt.timedelta(seconds=sound.seconds)
    return WaitingPlayed.create(call_key=call_key, prompt=sound.prompt, starts_at=now, ends_at=ends_at)
