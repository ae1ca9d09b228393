"""A text or an uploaded file becomes the .wav Asterisk plays: 16 bit, 8 kHz, mono, of even loudness.

What people upload is hostile until ffmpeg has made something else of it: the kind of file is judged by its content
and told to ffmpeg, which may open nothing but that file; bytes, seconds and time are limited. A text travels on
standard input only. The target appears whole or not at all, and nothing else is left behind.
What was spoken once is kept under a digest of program, voice and text, and never synthesised again.
"""

from __future__ import annotations

import array
import hashlib
import json
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
from dataclasses import dataclass
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
RHVOICE = "/usr/bin/RHVoice-test"
APOSTROPHES = str.maketrans({"\u02bc": "'", "\u2019": "'"})  # espeak-ng 1.51 reads U+02BC aloud


class PromptError(Exception):
    """Nothing to play came of it. code: not-audio, video, too-long, too-large, empty, or no-voice (none is installed)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def convert(source: Path, target: Path) -> None:
    """Write an uploaded or recorded file (wav, mp3, ogg, m4a, webm by content) to target. Raises PromptError."""
    size = source.stat().st_size
    if size == 0:
        raise PromptError("empty")
    if size > MOST_BYTES:
        raise PromptError("too-large")
    kind = _kind(source)
    _refuse_by_description(_described(source, kind))
    _even(source, kind, target)


def speak(text: str, language: str, target: Path, voice_root: Path = Path("/"), kept: Path | None = None) -> str:
    """Write a spoken text to target; which program spoke, "rhvoice" or "espeak-ng". Raises PromptError.

    language is uk, ru or en. voice_root: the root that RHVoice is looked for in, after the host's own. kept: the
    folder of everything that was ever spoken.
    """
    text = _speakable(text)
    for made_by in synthesisers(voice_root):
        before = kept / f"{_digest(made_by, language, text)}.wav" if kept else None
        if before and before.exists():
            _copy(before, target)
            return made_by
        if _synthesised(made_by, text, language, target, voice_root):
            if before:
                _copy(target, before)
            return made_by
    raise PromptError("no-voice")


def synthesisers(voice_root: Path = Path("/")) -> list[str]:
    """The programs that may speak here, the better first."""
    rhvoice = any((root / RHVOICE[1:]).exists() for root in (Path("/"), voice_root))
    espeak = shutil.which("espeak-ng")
    return ["rhvoice"] * bool(rhvoice) + ["espeak-ng"] * bool(espeak)


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
    if head[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if head[:3] == b"ID3" or (head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0):
        return "mp3"
    raise PromptError("not-audio")


def _described(source: Path, kind: str) -> dict:
    """What ffprobe says of a file: its streams and its length. Raises PromptError."""
    shown = "format=duration:stream=codec_type:stream_disposition=attached_pic"
    said = _run(["ffprobe", "-v", "error", "-of", "json", "-show_entries", shown, *_opened(source, kind)])
    if said is None:
        raise PromptError("not-audio")
    return json.loads(said.output)


def _refuse_by_description(described: dict) -> None:
    """Refuse what need not be decoded to be refused: a film (a cover is none), and what goes on for hours."""
    streams = described.get("streams", [])
    if any(one["codec_type"] == "video" and not one["disposition"]["attached_pic"] for one in streams):
        raise PromptError("video")
    if float(described.get("format", {}).get("duration", 0)) > MOST_SECONDS + 1:
        raise PromptError("too-long")


def _opened(source: Path, kind: str) -> list[str]:
    """How an upload is opened: as this kind of file and no other, and nothing beside it."""
    return ["-protocol_whitelist", "file,pipe", "-f", kind, "-i", f"file:{source}"]


def _even(source: Path, kind: str, target: Path) -> None:
    """Decode to the telephone's form without silence before it, then bring it to LOUDNESS."""
    with _aside(target) as made, tempfile.TemporaryDirectory(prefix="prompt-") as folder:
        plain = Path(folder) / "plain.wav"
        said = _ffmpeg(
            "-t",
            str(MOST_SECONDS + 1),
            *_opened(source, kind),
            "-map",
            "0:a:0",
            "-af",
            f"{NO_LEADING_SILENCE},ebur128=framelog=verbose",
            plain=plain,
        )
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
    return done.said


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


def _digest(made_by: str, language: str, text: str) -> str:
    voice = RHVOICE_VOICES[language] if made_by == "rhvoice" else language
    return hashlib.sha256(f"{made_by} {voice} {text}".encode()).hexdigest()


def _copy(source: Path, target: Path) -> None:
    with _aside(target) as made:
        shutil.copyfile(source, made)


def _synthesised(made_by: str, text: str, language: str, target: Path, voice_root: Path) -> bool:
    """Whether this program could speak the text to target."""
    with tempfile.TemporaryDirectory(prefix="speech-") as folder:
        spoken = Path(folder) / "spoken.wav"
        done = _rhvoice(text, language, spoken, voice_root) if made_by == "rhvoice" else _espeak(text, language, spoken)
        if done:
            _even(spoken, "wav", target)
    return done


def _rhvoice(text: str, language: str, spoken: Path, voice_root: Path) -> bool:
    """Speak with RHVoice, of the host or (its data path being fixed) within voice_root."""
    voice = [RHVOICE, "-p", RHVOICE_VOICES[language], "-R", "24000", "-o"]
    if Path(RHVOICE).exists():
        return _run([*voice, str(spoken)], text) is not None
    inside = ["chroot", str(voice_root)] if os.geteuid() == 0 else ["unshare", "-r", "-R", str(voice_root)]
    try:
        with tempfile.TemporaryDirectory(prefix="speech-", dir=voice_root / "tmp") as folder:
            made = Path(folder) / "spoken.wav"
            if _run([*inside, *voice, f"/tmp/{made.parent.name}/{made.name}"], text) is None:
                return False
            shutil.copyfile(made, spoken)
    except OSError:  # a root without a /tmp for us, or a program that wrote nothing
        return False
    return True


def _espeak(text: str, language: str, spoken: Path) -> bool:
    command = ["espeak-ng", "-v", language, "-s", "150", "-w", str(spoken), "--stdin"]
    return _run(command, text.translate(APOSTROPHES)) is not None


@dataclass(frozen=True)
class Done:
    """A program that ended well: what it wrote, and what it said on standard error."""

    output: str
    said: str


def _run(command: list[str], text: str = "") -> Done | None:
    """Run a program to its end; None when it failed or took too long."""
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=WORK_SECONDS)
    except (subprocess.TimeoutExpired, OSError):
        return None
    said = [stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr)]
    return Done(*said) if done.returncode == 0 else None
