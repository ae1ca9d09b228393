"""A shop's prompts: played in ranges to those who may hear them, spoken once, refused quickly and without a trace."""

from __future__ import annotations

import http.client
import io
import shutil
import subprocess
import tempfile
import time
import wave
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from models import Prompt, PromptSound
from pbx import prompts as sounds
from tests import screens
from tests.web.test_bad_input import fault_of

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
MOST_REFUSAL_SECONDS = 2


def test_a_sound_is_played_in_ranges_as_browsers_ask_for_it(as_, cast):
    sound = PromptSound.select().first()
    answer = as_("owner").get(f"/prompts/sounds/{sound.id}.wav", headers={"Range": "bytes=44-143"})
    assert (answer.status_code, answer.mimetype) == (206, "audio/wav")
    assert answer.headers["Content-Range"] == "bytes 44-143/16044" and len(answer.data) == 100


@pytest.mark.parametrize("who", ["other_owner", "operator", "trainee"])
def test_a_foreign_sound_is_not_there_by_id_or_by_guess(as_, cast, who):
    sound = PromptSound.select().first()
    for address in (f"/prompts/sounds/{sound.id}.wav", "/prompts/sounds/99999.wav"):
        assert as_(who).get(address, headers={"Range": "bytes=0-9"}).status_code == 404


@needs_espeak
def test_the_page_says_what_will_speak_and_what_has_spoken(as_, cast):
    browser = as_("owner")
    assert "espeak-ng" in browser.get("/shops/1/prompts/new").text
    browser.post("/shops/1/prompts/new", data={"label": "Адреса", "language": "uk", "text": "Ми на Подолі."})
    assert "озвучив espeak-ng" in browser.get("/shops/1/prompts").text


@needs_espeak
def test_the_same_words_in_the_same_voice_are_synthesised_once(as_, cast, settings, monkeypatch):
    spoken, really = [], sounds._espeak
    monkeypatch.setattr(sounds, "_espeak", lambda *given: spoken.append(given[:2]) or really(*given))
    browser, said = as_("owner"), {"label": "Адреса", "text": "Ми на Подолі."}
    browser.post("/shops/1/prompts/new", data={**said, "language": "uk"})
    browser.post("/shops/1/prompts/new", data={**said, "language": "uk", "text": "  Ми на\nПодолі. "})
    browser.post("/shops/1/prompts/new", data={**said, "language": "ru"})
    assert spoken == [("Ми на Подолі.", "uk"), ("Ми на Подолі.", "ru")]
    first, second = PromptSound.select().join(Prompt).where(Prompt.label == "Адреса", PromptSound.language == "uk")
    heard = [(settings.prompts_dir / "1" / f"{sound.file}.wav").read_bytes() for sound in (first, second)]
    assert heard[0] == heard[1] and first.file != second.file


# --- what is refused -----------------------------------------------------------------------------------------


def made(*arguments: str, name: str) -> bytes:
    """What ffmpeg makes of these arguments."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        subprocess.run(["ffmpeg", "-v", "error", *arguments, str(file)], check=True, timeout=60)
        return file.read_bytes()


def film() -> bytes:
    picture, tone = ("-f", "lavfi", "-i", "color=s=64x64:d=2"), ("-f", "lavfi", "-i", "sine=d=2")
    return made(*picture, *tone, "-shortest", name="film.mp4")


def three_hours() -> bytes:
    return made("-f", "lavfi", "-i", "sine=d=10800:r=8000", "-b:a", "8k", "-ac", "1", name="long.mp3")


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("greeting.wav", b"RIFF" * 1000)
    return file.getvalue()


def behind_a_header() -> bytes:
    """A zip that begins as a .wav does."""
    return b"RIFF\xff\xff\xff\xffWAVE" + zipped()


def elsewhere() -> bytes:
    return b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.wav\n"


def elsewhere_within() -> bytes:
    return b"ffconcat version 1.0\nfile /etc/hostname\n"


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (film, "clip.mp4", "відео"), (film, "clip.wav", "відео"), (three_hours, "long.mp3", "три хвилини"),
        (zipped, "greeting.wav", "схожий на запис"), (behind_a_header, "greeting.wav", "схожий на запис"),
        (elsewhere, "list.m3u", "схожий на запис"), (elsewhere_within, "list.wav", "схожий на запис"),
    ],
)  # fmt: skip
def test_what_is_no_prompt_is_refused_at_once_and_leaves_nothing(as_, cast, settings, monkeypatch, make, name, said):
    scratch = settings.data_dir / "scratch"
    scratch.mkdir()
    content, browser, before = make(), as_("owner"), sorted(settings.prompts_dir.rglob("*"))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    began = time.monotonic()
    form = {"label": "Вітання 2", "language": "uk", "file": (io.BytesIO(content), name)}
    answer = browser.post("/shops/1/prompts/new", data=form)
    assert time.monotonic() - began < MOST_REFUSAL_SECONDS
    assert said in fault_of(answer, "file") and "Вітання 2" in answer.text
    assert sorted(settings.prompts_dir.rglob("*")) == before and list(scratch.iterdir()) == []


def test_a_cover_does_not_make_a_song_a_film(as_, cast):
    cover = ("-f", "lavfi", "-i", "color=s=64x64:d=1", "-map", "0", "-map", "1", "-frames:v", "1")
    song = made("-f", "lavfi", "-i", "sine=d=2", *cover, "-disposition:v:0", "attached_pic", name="song.mp3")
    form = {"label": "З обкладинкою", "language": "uk", "file": (io.BytesIO(song), "song.mp3")}
    assert as_("owner").post("/shops/1/prompts/new", data=form).status_code == 302


def test_a_refused_sound_leaves_the_one_callers_hear(as_, cast, settings):
    sound = PromptSound.select().first()
    form = {"language": "uk", "file": (io.BytesIO(zipped()), "a.wav")}
    assert as_("owner").post(f"/prompts/{sound.prompt_id}", data=form).status_code == 422
    kept = PromptSound.get_by_id(sound.id)
    assert kept.file == sound.file and (settings.prompts_dir / "1" / f"{kept.file}.wav").exists()


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path):
    """Over real sockets, as a browser sends them; the server's folder for such things stays empty."""
    tokens, scratch = screens.fill(tmp_path), tmp_path / "scratch"
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        with screens.served(tmp_path) as address:
            began = time.monotonic()
            status, text, sent = send(address, tokens["owner"], 200_000_000)
            took = time.monotonic() - began
            assert list(scratch.glob("upload-*")) == []
    assert status == 413 and "завеликий" in text
    assert took < MOST_REFUSAL_SECONDS and sent < 50_000_000


def send(address: str, token: str, size: int) -> tuple[int, str, int]:
    """Post a file of this size until the server has had enough; its answer, and how much was sent."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.putrequest("POST", "/shops/1/prompts/new")
    connection.putheader("Content-Length", str(size))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Cookie", f"spilka={token}")
    connection.endheaders(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n')
    sent, piece = 0, bytes(1_000_000)
    try:
        while sent < size:
            connection.send(piece)
            sent += len(piece)
    except OSError:
        pass
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), sent


def test_a_browsers_own_recording_is_a_prompt(as_, cast, settings):
    """webm with Opus, without a length in its header, as MediaRecorder writes it to a pipe."""
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-c:a", "libopus", "-f", "webm", "pipe:1"]
    recorded = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    form = {"label": "Записане", "language": "uk", "file": (io.BytesIO(recorded), "recorded.webm")}
    assert as_("owner").post("/shops/1/prompts/new", data=form).status_code == 302
    sound = PromptSound.get(PromptSound.prompt == Prompt.get(Prompt.label == "Записане"))
    with wave.open(str(settings.prompts_dir / "1" / f"{sound.file}.wav")) as heard:
        assert heard.getframerate() == 8000 and 1.8 < heard.getnframes() / 8000 < 2.2
