"""A running FastAGI server over real sockets, and a tea shop with prompts of known length."""

from __future__ import annotations

import threading
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import models
import settings
from agi.dispatch import dispatch
from agi.server import Server
from agi.session import Session
from tests.agi.asterisk import Asterisk, Story

MARGIN = 2.0
KEY_WAIT = 5.0


@pytest.fixture
def house(tmp_path, db) -> settings.Settings:
    """Settings of an installation in tmp_path."""
    return settings.Settings(
        data_dir=tmp_path, secret_key="k" * 40, ami_secret="a" * 20,
        deadman_margin_seconds=MARGIN, key_wait_seconds=KEY_WAIT,
    )  # fmt: skip


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """serve(script): a server of this test's own, listening."""
    running: list[tuple[Server, threading.Thread]] = []

    def start(script: Callable[[Session], None], **options) -> Server:
        server = Server(("127.0.0.1", 0), script, MARGIN, **options)
        thread = threading.Thread(target=server.serve)
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def call(house, serve) -> Callable[..., Story]:
    """call(script, acts, **variables): what a caller of the tea shop meets; hangup_at as in Asterisk."""
    server = serve(partial(dispatch, settings=house))

    def run(script: str, acts: dict | None = None, hangup_at: int | None = None, **variables: str) -> Story:
        given = {"SHOP": "1", "DID": "1", "CALLER_LANGUAGE": "uk", "QUEUE": "line-1", **variables}
        given.setdefault("CALLERID(num-pres)", "allowed_not_screened")
        given.setdefault("CALLERID(num)", "+380501112233")
        return Asterisk(acts, hangup_at).run(server.address, script, given)

    return run


class TeaShop:
    """A shop and its menu, made row by row. A prompt's sound is named <label>-<language>."""

    def __init__(self, house: settings.Settings) -> None:
        self.prompts_dir = house.prompts_dir
        queue = models.Queue.create(name="line")
        self.shop = models.Shop.create(name="Чай", queue=queue)
        self.trunk = models.Trunk.create(name="Київ", addresses="127.0.0.9")
        self.did = models.Did.create(number="+380442000001", shop=self.shop, trunk=self.trunk)
        self.menu = models.Menu.create(shop=self.shop, version=1, status="published", greeting=self.prompt("greeting"))

    def prompt(self, label: str, *languages: str, seconds: float = 3.0) -> models.Prompt:
        row = models.Prompt.create(shop=self.shop, label=label)
        for language in languages or ("uk",):
            file = f"{label}-{language}"
            record(self.prompts_dir / str(self.shop.id) / f"{file}.wav", seconds)
            models.PromptSound.create(prompt=row, language=language, file=file, seconds=1, made_by="upload")
        return row

    def option(self, key: str, kind: str, prompt: str = "", parent: models.MenuOption | None = None):
        made = self.prompt(prompt) if prompt else None
        return models.MenuOption.create(menu=self.menu, parent=parent, key=key, label=key, kind=kind, prompt=made)

    def change(self, **columns) -> None:
        for name, value in columns.items():
            setattr(self.menu, name, value)
        self.menu.save()


@pytest.fixture
def tea(house) -> TeaShop:
    return TeaShop(house)


def record(file: Path, seconds: float) -> None:
    """A silent .wav of this length: scripts look at nothing but its header."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(8000)
        opened.writeframes(bytes(int(seconds * 8000) * 2))
