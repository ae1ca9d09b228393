"""A text or an upload becomes what Asterisk plays, or a clear refusal with nothing left behind."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

import settings
from pbx import names, prompts
from pbx.prompts import PromptError

NO_ROOT = Path("/nowhere")
needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")


def tone(file: Path, seconds: float = 2.0, volume: str = "-6dB", before: float = 0, options: tuple = ()) -> Path:
    """A sound in the form its extension names."""
    sound = f"aevalsrc='0.5*sin(2*PI*(300+200*sin(3*t))*t)*gte(t,{before})':s=44100:d={seconds + before}"
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        sound,
        "-af",
        f"volume={volume}",
        *options,
        str(file),
    ]
    subprocess.run(command, check=True, timeout=60)
    return file


def samples(file: Path) -> np.ndarray:
    with wave.open(str(file)) as opened:
        assert (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(opened.readframes(opened.getnframes()), "<i2").astype(float)


def loudness(file: Path) -> float:
    """Root mean square in dB of full scale."""
    return 20 * np.log10(np.sqrt((samples(file) ** 2).mean()) / 32768)


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "prompts" / "7" / "a1.wav"


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path, target, monkeypatch):
    """Beside the target no file remains, neither in its folder nor in the temporary one."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(prompts.tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []
    assert [file for file in target.parent.glob("*") if file != target] == []


@pytest.mark.parametrize("extension", ["wav", "mp3", "ogg", "m4a"])
def test_an_upload_becomes_a_telephones_wav(tmp_path, target, extension):
    prompts.convert(tone(tmp_path / f"hello.{extension}"), target)
    assert len(samples(target)) / 8000 == pytest.approx(2.0, abs=0.15)
    assert prompts.seconds(target) == len(samples(target)) / 8000
    assert target.stat().st_mode & 0o777 == 0o644


def test_the_kind_is_judged_by_content_not_by_name(tmp_path, target):
    prompts.convert(tone(tmp_path / "a.mp3").rename(tmp_path / "a.wav"), target)
    assert prompts.seconds(target) == pytest.approx(2.0, abs=0.15)


def test_quiet_and_loud_uploads_end_equally_loud(tmp_path, target):
    heard = []
    for volume in ("-30dB", "-6dB", "6dB"):
        prompts.convert(tone(tmp_path / "a.wav", 3, volume), target)
        heard.append(loudness(target))
        assert np.abs(samples(target)).max() < 32000  # nothing is clipped
    assert max(heard) - min(heard) < 2
    assert -26 < heard[0] < -14


def test_silence_before_the_first_word_is_cut(tmp_path, target):
    prompts.convert(tone(tmp_path / "a.wav", 2, before=1.5), target)
    assert prompts.seconds(target) == pytest.approx(2.0, abs=0.15)


def silent(file: Path) -> Path:
    return tone(file, volume="0")


def empty(file: Path) -> Path:
    file.write_bytes(b"")
    return file


def header_only(file: Path) -> Path:
    with wave.open(str(file), "wb") as opened:
        opened.setparams((1, 2, 8000, 0, "NONE", ""))
    return file


def text(file: Path) -> Path:
    file.write_text("#!/bin/sh\nreboot\n")
    return file


def noise(file: Path) -> Path:
    file.write_bytes(b"RIFF\x00\x00\x00\x00WAVE" + os.urandom(5000))
    return file


def picture(file: Path) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:d=0.1", "-frames:v", "1", "-f", "image2", "-c:v", "png",
         str(file)], check=True, timeout=60,
    )  # fmt: skip
    return file


def playlist(file: Path) -> Path:
    file.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    return file


def concatenation(file: Path) -> Path:
    file.write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    return file


def video_without_sound(file: Path) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=16x16:d=1", "-f", "mp4", str(file)],
        check=True,
        timeout=60,
    )
    return file


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (empty, "empty"), (header_only, "empty"), (silent, "empty"), (text, "not-audio"), (noise, "not-audio"),
        (picture, "not-audio"), (playlist, "not-audio"), (concatenation, "not-audio"), (video_without_sound, "video"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused_with_its_reason(tmp_path, target, make, code):
    with pytest.raises(PromptError) as refused:
        prompts.convert(make(tmp_path / "upload.wav"), target)
    assert refused.value.code == code
    assert not target.exists()


def test_limits_on_seconds_and_bytes_are_kept(tmp_path, target, monkeypatch):
    upload = tone(tmp_path / "a.wav", 4)
    monkeypatch.setattr(prompts, "MOST_SECONDS", 2)
    with pytest.raises(PromptError, match="too-long"):
        prompts.convert(upload, target)
    monkeypatch.setattr(prompts, "MOST_BYTES", 1000)
    with pytest.raises(PromptError, match="too-large"):
        prompts.convert(upload, target)


def test_a_refused_upload_leaves_the_prompt_that_was_there(tmp_path, target):
    prompts.convert(tone(tmp_path / "a.wav"), target)
    before = target.read_bytes()
    with pytest.raises(PromptError):
        prompts.convert(text(tmp_path / "b.wav"), target)
    assert target.read_bytes() == before


def test_an_upload_named_like_an_option_or_an_address_is_only_a_file(tmp_path, target, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-i", "http:x", "$(touch hacked);.wav"):
        tone(tmp_path / "a.wav").rename(tmp_path / name)
        prompts.convert(Path(name), target)
        assert target.exists() and not (tmp_path / "hacked").exists()
        target.unlink()


@needs_espeak
@pytest.mark.parametrize(
    ("language", "said"),
    [("uk", "Доброго дня! Обовʼязково зателефонуємо."), ("ru", "Добрый день!"), ("en", "Good afternoon!")],
)
def test_a_text_is_spoken(target, language, said):
    assert prompts.speak(said, language, target, NO_ROOT) in ("espeak-ng", "rhvoice")
    assert 0.5 < prompts.seconds(target) < 6
    assert -27 < loudness(target) < -13


@needs_espeak
@pytest.mark.parametrize("said", ["-f /etc/passwd", "--help", "$(reboot) `id` ; <b>&amp;", "a\x00b\nc"])
def test_a_text_is_only_ever_spoken(target, said):
    prompts.speak(said, "en", target, NO_ROOT)
    assert prompts.seconds(target) > 0.3


@needs_espeak
def test_a_ukrainian_apostrophe_is_not_read_aloud(target, tmp_path):
    lengths = []
    for said in ("обов'язково", "обов\u02bcязково", "обов\u2019язково"):
        prompts.speak(said, "uk", target, NO_ROOT)
        lengths.append(prompts.seconds(target))
    assert max(lengths) - min(lengths) < 0.05


@pytest.mark.parametrize(
    ("said", "code"), [("", "empty"), (" \n\t", "empty"), ("…!", "empty"), ("а" * 1501, "too-long")]
)
def test_a_text_that_cannot_be_spoken_is_refused_with_its_reason(target, said, code):
    with pytest.raises(PromptError) as refused:
        prompts.speak(said, "uk", target, NO_ROOT)
    assert refused.value.code == code
    assert not target.exists()


def test_without_any_voice_the_refusal_says_so(target, monkeypatch):
    if Path("/usr/bin/RHVoice-test").exists():
        pytest.skip("this machine speaks")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PromptError, match="no-voice"):
        prompts.speak("Добрий день", "uk", target, NO_ROOT)


@needs_espeak
@pytest.mark.parametrize("broken", ["no /tmp", "no program that runs"])
def test_a_root_whose_rhvoice_does_not_run_leaves_it_to_espeak(tmp_path, target, broken):
    program = tmp_path / "root/usr/bin/RHVoice-test"
    program.parent.mkdir(parents=True)
    program.write_text("no program")
    if broken != "no /tmp":
        (tmp_path / "root/tmp").mkdir()
    assert prompts.speak("Good afternoon!", "en", target, tmp_path / "root") == "espeak-ng"
    assert not list((tmp_path / "root").glob("tmp/*"))


@pytest.mark.skipif("SPILKA_ASTERISK_ROOT" not in os.environ, reason="SPILKA_ASTERISK_ROOT is not set")
def test_a_root_that_has_rhvoice_speaks_with_it(target):
    root = Path(os.environ["SPILKA_ASTERISK_ROOT"])
    if not (root / "usr/bin/RHVoice-test").exists():
        pytest.skip("RHVoice is not in this root")
    assert prompts.speak("Доброго дня!", "uk", target, root) == "rhvoice"
    assert 0.5 < prompts.seconds(target) < 3


# --- the fixed phrases ----------------------------------------------------------------------------------------

PHRASES = settings.ROOT / "static" / "prompts"


@pytest.mark.parametrize("language", settings.LANGUAGES)
def test_every_fixed_phrase_is_recorded_and_no_other(language):
    assert {file.stem for file in (PHRASES / language).iterdir()} == set(names.PHRASES)
    written = (PHRASES / "PHRASES.md").read_text().split(f"## {language}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([a-z-]+) \| .+[.!] \|$", written, re.MULTILINE)) == set(names.PHRASES)


@pytest.mark.parametrize("language", settings.LANGUAGES)
def test_every_piece_of_a_time_is_recorded_and_audible(language):
    files = {file.stem: samples(file) for file in (PHRASES / "times" / language).iterdir()}
    assert files.keys() == set(names.TIMES)
    written = (PHRASES / "PHRASES.md").read_text().split("## The pieces of a time\n")[1]
    assert set(re.findall(r"^\| ([a-z]+-[a-z0-9-]+) \| .+ \| .+ \| .+ \|$", written, re.MULTILINE)) == set(names.TIMES)
    for name, heard in files.items():
        assert 0.4 < len(heard) / 8000 < 4, name
        assert 500 < np.abs(heard).max() < 32000, name
        assert np.argmax(np.abs(heard) > 150) / 8000 < 0.1, name


@pytest.mark.parametrize(
    "file", sorted(PHRASES.glob("[a-z][a-z]/*.wav")), ids=lambda file: f"{file.parent.name}-{file.stem}"
)
def test_a_fixed_phrase_is_short_even_and_begins_at_once(file):
    heard = samples(file)
    assert 1 < len(heard) / 8000 < 8
    assert -25 < loudness(file) < -15
    assert np.abs(heard).max() < 32000
    assert np.argmax(np.abs(heard) > 150) / 8000 < 0.1
