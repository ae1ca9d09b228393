"""A shop's prompts: a meaning with one sound per language, kept as prompts_dir/<shop id>/<random>.wav.

The file is made before the row and outside any transaction. A replaced file stays for a day, because a call may be
playing it; then the next change sweeps it away.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path

from models import Menu, MenuOption, Prompt, PromptSound, Shop, WaitingPrompt, database
from pbx import prompts as sounds
from settings import LANGUAGES
from union import audit
from union.audit import Actor
from union.faults import Refused, refuse_if

MENU_FIELDS = ("greeting", "announcement", "keys", "closed_message", "shop_name")
SPOKEN = "spoken"  # the folder, beside the shops', of what was ever synthesised
KEPT_SECONDS = 24 * 3600
FAULTS = {
    "not-audio": "not_audio",
    "video": "not_audio_but_video",
    "too-long": "audio_too_long",
    "too-large": "audio_too_large",
    "empty": "audio_empty",
    "no-voice": "no_voice",
}

Maker = Callable[[Path], str]  # writes the sound to a path; says what made it


def uploaded(file: Path) -> Maker:
    """Makes the sound of an uploaded file."""

    def make(target: Path) -> str:
        sounds.convert(file, target)
        return "upload"

    return make


def spoken(text: str, language: str, voice_root: Path, prompts_dir: Path) -> Maker:
    """Makes the sound of a text, or finds the one that was made of it before."""
    return lambda target: sounds.speak(text, language, target, voice_root, prompts_dir / SPOKEN)


def speaks(voice_root: Path) -> str:
    """Which program would speak a text now: "rhvoice", "espeak-ng" or ""."""
    return next(iter(sounds.synthesisers(voice_root)), "")


def add(shop: Shop, label: str, language: str, make: Maker, text: str, prompts_dir: Path, by: Actor) -> Prompt:
    """A new prompt with its first sound, or nothing. Raises Refused."""
    refuse_if(label=None if label.strip() else "missing", language=_language_fault(language))
    made = _made(shop, make, prompts_dir)
    with database.atomic():
        prompt = Prompt.create(shop=shop, label=label.strip())
        PromptSound.create(prompt=prompt, language=language, text=text, **made)
        audit.note(by, "prompt.create", f"prompt:{prompt.id}", shop=shop, detail=prompt.label)
    return prompt


def give_sound(prompt: Prompt, language: str, make: Maker, text: str, prompts_dir: Path, by: Actor) -> None:
    """Give a prompt its sound in a language, or a new one; callers hear it from now on. Raises Refused."""
    refuse_if(language=_language_fault(language))
    made = _made(prompt.shop, make, prompts_dir)
    with database.atomic():
        PromptSound.delete().where(PromptSound.prompt == prompt, PromptSound.language == language).execute()
        PromptSound.create(prompt=prompt, language=language, text=text, **made)
        audit.note(by, "prompt.sound", f"prompt:{prompt.id}", shop=prompt.shop, detail=f"{prompt.label} ({language})")
    _sweep(prompt.shop_id, prompts_dir)


def remove(prompt: Prompt, prompts_dir: Path, by: Actor) -> None:
    """Forget a prompt that nothing plays. Raises Refused."""
    with database.atomic():
        refuse_if(prompt="prompt_in_use" if in_use(prompt) else None)
        prompt.delete_instance()
        audit.note(by, "prompt.delete", f"prompt:{prompt.id}", shop=prompt.shop, detail=prompt.label)
    _sweep(prompt.shop_id, prompts_dir)


def in_use(prompt: Prompt) -> bool:
    """Whether any version of a menu plays it, retired ones too (they tell what past callers heard), or the line does."""
    menus = Menu.select().where(Menu.shop == prompt.shop_id)
    return (
        any(getattr(menu, f"{name}_id") == prompt.id for menu in menus for name in MENU_FIELDS)
        or MenuOption.select().where(MenuOption.prompt == prompt).exists()
        or WaitingPrompt.select().where(WaitingPrompt.prompt == prompt).exists()
    )


def file_of(sound: PromptSound, prompts_dir: Path) -> Path:
    """Where a sound lies."""
    return prompts_dir / str(sound.prompt.shop_id) / f"{sound.file}.wav"


def _language_fault(language: str) -> str | None:
    return None if language in LANGUAGES else "unknown"


def _made(shop: Shop, make: Maker, prompts_dir: Path) -> dict:
    """The columns of a sound whose file is there. Raises Refused."""
    file = secrets.token_hex(16)
    target = prompts_dir / str(shop.id) / f"{file}.wav"
    try:
        made_by = make(target)
    except sounds.PromptError as error:
        raise Refused(sound=FAULTS[error.code])
    return {"file": file, "seconds": max(1, round(sounds.seconds(target))), "made_by": made_by}


def _sweep(shop_id: int, prompts_dir: Path) -> None:
    """Remove the files of a shop that no row names and no call plays any more."""
    rows = PromptSound.select(PromptSound.file).join(Prompt).where(Prompt.shop == shop_id)
    named = {sound.file for sound in rows}
    for file in (prompts_dir / str(shop_id)).glob("*.wav"):
        if file.stem not in named and time.time() - file.stat().st_mtime > KEPT_SECONDS:
            file.unlink(missing_ok=True)
