"""What a caller can be played: a shop's own prompts and the fixed phrases, in his language or the next best.

Reads files, never the database: which sounds a shop has is given. A sound whose file is missing is passed over.
"""

from __future__ import annotations

import logging
import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import settings
from pbx import names

PHRASES_DIR = settings.ROOT / "static" / "prompts"
TIMES_DIR = PHRASES_DIR / "times"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sound:
    """A file as Asterisk is asked for it, absolute and without extension, and its length."""

    path: str
    seconds: float


class Sounds:
    """The sounds of one shop for one caller."""

    def __init__(
        self, own_dir: Path, recorded: Mapping[int, Mapping[str, str]], caller_language: str, shop_language: str
    ) -> None:
        """recorded: for each prompt id its file names (without extension) by language."""
        self._own_dir = own_dir
        self._recorded = recorded
        self._languages = dict.fromkeys((caller_language, shop_language))

    def prompt(self, prompt_id: int | None) -> Sound | None:
        """A prompt of the shop: caller's language, shop's, any; None when there is no file to play."""
        files = self._recorded.get(prompt_id or 0, {})
        preferred = [files[language] for language in self._languages if language in files]
        sound = first_sound(self._own_dir / f"{file}.wav" for file in [*preferred, *files.values()])
        if prompt_id and not sound:
            log.warning("prompt %s has no sound in %s", prompt_id, self._own_dir)
        return sound

    def phrase(self, name: str) -> Sound | None:
        """A fixed phrase of names.PHRASES in the caller's language, the shop's, or any."""
        if name not in names.PHRASES:
            raise KeyError(name)
        return self._of_ours(PHRASES_DIR, name)

    def time(self, name: str) -> Sound | None:
        """A piece of names.TIMES, likewise."""
        if name not in names.TIMES:
            raise KeyError(name)
        return self._of_ours(TIMES_DIR, name)

    def _of_ours(self, folder: Path, name: str) -> Sound | None:
        known = [language for language in self._languages if language in settings.LANGUAGES]
        return first_sound(folder / language / f"{name}.wav" for language in [*known, *settings.LANGUAGES])


def first_sound(files: Iterable[Path]) -> Sound | None:
    """The first of files that is a .wav which can be read."""
    for file in files:
        try:
            with wave.open(str(file)) as opened:
                seconds = opened.getnframes() / opened.getframerate()
        except (OSError, EOFError, wave.Error):
            continue
        return Sound(str(file.with_suffix("")), seconds)
    return None
