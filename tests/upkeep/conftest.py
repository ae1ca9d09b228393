"""A box with a union at work, as the keeper's commands meet it: a database, call events, recordings, prompts."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playhouse.migrations import Runner

import models
import settings as spilka
from calls import ingest
from ledger import accounts, transactions
from pbx.names import CEL_FILE
from tests.calls import recorded
from tests.calls.conftest import furnish
from tests.web import seed

STORIES = ("answered-customer-hangs-up", "answered-operator-hangs-up", "asked-callback", "anonymous")
SOUND = bytes((0xD5, 0xC5, 0xD5, 0x45)) * 4000
LONG_AGO = 1_790_000_000


@dataclass
class Box:
    """Settings and processes of one box; its database is the one open here."""

    folder: Path
    environment: dict[str, str]

    @property
    def settings(self) -> spilka.Settings:
        return spilka.load(self.environment)

    def start(self, *arguments: str) -> subprocess.Popen:
        """A command of commands.py, running."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SPILKA_")}
        return subprocess.Popen(
            [sys.executable, "commands.py", *arguments], cwd=spilka.ROOT, env={**clean, **self.environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, *arguments: str) -> tuple[int, str]:
        """How a command ended and what it said."""
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def open(self) -> None:
        """Let the models speak of this box's database."""
        if not models.database.deferred:
            models.database.close()
        models.database.init(str(self.settings.database))
        models.database.connect()

    def happens(self, *stories: str) -> None:
        """Asterisk tells of these calls."""
        with (self.settings.cel_dir / CEL_FILE).open("ab") as file:
            file.writelines(map(recorded.text, stories))

    def write(self, path: str, content: bytes) -> Path:
        """A file of this box, written long ago."""
        file = self.settings.data_dir / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (LONG_AGO, LONG_AGO))
        return file

    def elsewhere(self, name: str) -> Box:
        """A machine with the same settings where nothing is yet."""
        return Box(self.folder / name, {**self.environment, **places(self.folder / name)})


def places(folder: Path) -> dict[str, str]:
    return {"SPILKA_DATA_DIR": str(folder), "SPILKA_PBX_DIR": str(folder / "asterisk")}


@pytest.fixture
def box(tmp_path) -> Iterator[Box]:
    """A living union: people, calls with a recording, prompts, mails."""
    environment = {
        "SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16, "SPILKA_ASTERISK_ROOT": str(tmp_path / "none"),
        "SPILKA_AGI_BIND": "127.93.9.1:1", "SPILKA_AMI_BIND": "127.93.9.1:2", "SPILKA_WEB_BIND": "127.93.9.1:3",
        "SPILKA_SECURE_COOKIES": "no", "SPILKA_TICK_SECONDS": "86400",
    }  # fmt: skip
    made = Box(tmp_path, environment).elsewhere("box")
    made.folder.mkdir()
    made.open()
    Runner(models.database, str(spilka.ROOT / "migrations")).up()
    work(made)
    yield made
    models.database.close()


def work(box: Box) -> None:
    """What became of some days: calls from recorded events, one with its sound; a prompt; books; an owner."""
    models.Union.create(id=1, name="Спілка")
    house = furnish()
    seed.person("Ірина Бондар", "owner@tea.example", "owner", house.tea)
    box.settings.cel_dir.mkdir(parents=True)
    box.happens(*STORIES)
    ingest.ingest_all(box.settings)
    call = models.Call.get(models.Call.ending == "answered")
    models.Recording.create(call_key=call.key, shop=call.shop, file=f"{call.key}.alaw", recorded_at=call.ended_at)
    box.write(f"recordings/{call.key}.alaw", SOUND)
    box.write("prompts/1/hello.wav", b"RIFF")
    box.write("voicemails/new-kind.alaw", SOUND)
    transactions.post("a", dt.date(2026, 11, 1), "payment", {"Assets:Bank": 35000, accounts.receivable(1): -35000})
