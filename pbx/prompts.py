"""A text or an uploaded file becomes the .wav Asterisk plays: 16 bit, 8 kHz, mono, of even loudness.

What people upload is hostile until ffmpeg has made something else of it: the kind of file is judged by its content
and told to ffmpeg, which may open nothing but that file; bytes, seconds and time are limited. A text travels on
standard input only. The target appears whole or not at all, and nothing else is left behind.
"""

from __future__ import annotations

import array
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RATE = 8000
MOST_BYTES = 20_000_000
MOST_SECONDS = 180
MOST_LETTERS = 1500
LEAST_SECONDS = 0.2
SILENT = 64  # no sample of a silent file is louder, of 32767
WORK_SECONDS = 60  # what one program may take
LOUDNESS = -20.0  # LUFS
MOST_GAIN = 30.0  # dB: beyond, only noise would be raised
NO_LEADING_SILENCE = "silenceremove=start_periods=1:start_threshold=-50dB:start_silence=0.05"
LOUDNESS_SAID = re.compile(r"\bI:\s+(-?\d+\.\d+) LUFS")  # ebur128's summary

# Free to use, also for money: natalia and anna LGPL, slt under CMU's licence. Not every voice of RHVoice is.
RHVOICE_VOICES = {"uk": "natalia", "ru": "anna", "en": "slt"}
APOSTROPHES = str.maketrans({"\u02bc": "'", "\u2019": "'"})  # espeak-ng 1.51 reads U+02BC aloud


class PromptError(Exception):
    """Nothing to play came of it. code: not-audio, too-long, too-large, empty, or no-voice (none is installed)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def convert(source: Path, target: Path) -> None:
    """Write an uploaded or recorded file (wav, mp3, ogg, m4a by content) to target. Raises PromptError."""
    size = source.stat().st_size
    if size == 0:
        raise PromptError("empty")
    if size > MOST_BYTES:
        raise PromptError("too-large")
    _even(source, _kind(source), target)


def speak(text: str, language: str, target: Path, voice_root: Path = Path("/")) -> str:
    """Write a spoken text to target; which program spoke, "rhvoice" or "espeak-ng". Raises PromptError.

    language is uk, ru or en. voice_root: the root that RHVoice is looked for in, after the host's own.
    """
    text = _speakable(text)
    with tempfile.TemporaryDirectory(prefix="speech-") as folder:
        spoken = Path(folder) / "spoken.wav"
        made_by = _rhvoice(text, language, spoken, voice_root) or _espeak(text, language, spoken)
        _even(spoken, "wav", target)
    return made_by


def seconds(file: Path) -> float:
    """The length of a .wav made here."""
    with wave.open(str(file)) as opened:
        return opened.getnframes() / opened.getframerate()


# --- an upload ----------------------------------------------------------------------------------------------


def _kind(source: Path) -> str:
    """ffmpeg's name for the kind of file this is, judged by its first bytes. Raises PromptError."""
    with source.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return "wav"
    if head[:4] == b"OggS":
        return "ogg"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:3] == b"ID3" or (head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0):
        return "mp3"
    raise PromptError("not-audio")


def _even(source: Path, kind: str, target: Path) -> None:
    """Decode to the telephone's form without silence before it, then bring it to LOUDNESS."""
    with _aside(target) as made, tempfile.TemporaryDirectory(prefix="prompt-") as folder:
        plain = Path(folder) / "plain.wav"
        opened = ["-protocol_whitelist", "file,pipe", "-f", kind, "-t", str(MOST_SECONDS + 1), "-i", f"file:{source}"]
        said = _ffmpeg(*opened, "-map", "0:a:0", "-af", f"{NO_LEADING_SILENCE},ebur128=framelog=verbose", plain=plain)
        _judge(plain)
        gain = min(LOUDNESS - float(LOUDNESS_SAID.findall(said)[-1]), MOST_GAIN)
        louder = f"volume={gain:.1f}dB,alimiter=limit=0.8:level=disabled"
        _ffmpeg("-f", "wav", "-i", f"file:{plain}", "-af", louder, plain=made)


def _ffmpeg(*arguments: str, plain: Path) -> str:
    """Write a telephone's .wav; what ffmpeg said. Raises PromptError."""
    form = ["-map_metadata", "-1", "-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-bitexact", "-f", "wav"]
    done = _run(["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y", *arguments, *form, f"file:{plain}"])
    if done is None:
        raise PromptError("not-audio")
    return done


def _judge(made: Path) -> None:
    length = seconds(made)
    if length > MOST_SECONDS:
        raise PromptError("too-long")
    if length < LEAST_SECONDS or _peak(made) <= SILENT:
        raise PromptError("empty")


def _peak(file: Path) -> int:
    with wave.open(str(file)) as opened:
        samples = array.array("h", opened.readframes(opened.getnframes()))
    if sys.byteorder == "big":
        samples.byteswap()
    return max(max(samples), -min(samples))


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A file beside target that becomes target when all went well and vanishes when not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
    os.close(handle)
    made = Path(name)
    try:
        yield made
        made.chmod(0o644)  # Asterisk is another user
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)


# --- a text -------------------------------------------------------------------------------------------------


def _speakable(text: str) -> str:
    """The text in one line, without control characters. Raises PromptError."""
    text = " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in text).split())
    if not any(character.isalnum() for character in text):
        raise PromptError("empty")
    if len(text) > MOST_LETTERS:
        raise PromptError("too-long")
    return text


def _rhvoice(text: str, language: str, spoken: Path, voice_root: Path) -> str | None:
    """Speak with RHVoice, of the host or (its data path being fixed) within voice_root; None where it is not."""
    voice = ["/usr/bin/RHVoice-test", "-p", RHVOICE_VOICES[language], "-R", "24000", "-o"]
    if Path(voice[0]).exists():
        return None if _run([*voice, str(spoken)], text) is None else "rhvoice"
    if not (voice_root / voice[0][1:]).exists():
        return None
    inside = ["chroot", str(voice_root)] if os.geteuid() == 0 else ["unshare", "-r", "-R", str(voice_root)]
    try:
        with tempfile.TemporaryDirectory(prefix="speech-", dir=voice_root / "tmp") as folder:
            made = Path(folder) / "spoken.wav"
            if _run([*inside, *voice, f"/tmp/{made.parent.name}/{made.name}"], text) is None:
                return None
            shutil.copyfile(made, spoken)
    except OSError:  # a root without a /tmp for us, or a program that wrote nothing
        return None
    return "rhvoice"


def _espeak(text: str, language: str, spoken: Path) -> str:
    command = ["espeak-ng", "-v", language, "-s", "150", "-w", str(spoken), "--stdin"]
    if _run(command, text.translate(APOSTROPHES)) is None:
        raise PromptError("no-voice")
    return "espeak-ng"


def _run(command: list[str], text: str = "") -> str | None:
    """Run a program to its end; what it said on standard error, None when it failed or took too long."""
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=WORK_SECONDS)
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stderr.decode("utf-8", "replace") if done.returncode == 0 else None
