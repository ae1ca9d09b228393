"""A real conversation, copied and put back elsewhere: its page is there, and both voices are heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from playhouse.migrations import Runner

import models
from app import create_app
from calls.alaw import HEADER_BYTES
from settings import ROOT, load
from tests.flows import cast as people
from tests.flows.sound import samples, voice_in
from tests.flows.test_recording import conversation
from tests.web import seed
from tests.web.conftest import token_of

pytestmark = pytest.mark.flow


def commanded(environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "commands.py", *arguments], cwd=ROOT, env={**os.environ, **environ},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_real_calls_page_and_its_two_voices_come_back_from_the_copy(make_box):
    box = make_box(wrapup_seconds=0)
    models.database.drop_tables(models.TABLES)
    Runner(models.database, str(ROOT / "migrations")).up()  # a copy knows by its migrations which Spilka made it
    cast = people.make(box)
    models.Shop.update(recording_wanted=True).where(models.Shop.id == cast.shops["tea"].id).execute()
    models.Menu.update(recording_notice=True).where(models.Menu.id == cast.menus["tea"].id).execute()
    owner = seed.person("Ірина Бондар", "owner@tea.example", "owner", cast.shops["tea"])
    box.start_asterisk()
    box.start_scheduler()
    call = conversation(cast)
    box.signal("scheduler", signal.SIGKILL)  # it may be making a copy itself
    commanded(box.environ, "backup")

    nowhere = {f"SPILKA_{name}_BIND": f"{box.net}.9:{port}" for name, port in (("WEB", 1), ("AGI", 2), ("AMI", 3))}
    other = {"SPILKA_DATA_DIR": str(box.folder / "other"), "SPILKA_PBX_DIR": str(box.folder / "other-pbx"), **nowhere}
    (box.folder / "other").mkdir()
    box.settings.backup_dir.rename(box.folder / "other/backups")
    commanded({**box.environ, **other}, "restore")

    settings = load({**box.environ, **other})
    models.database.close()
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    with models.database.connection_context():
        token = token_of(owner)
    browser = app.test_client()
    browser.set_cookie("spilka", token)
    assert browser.get(f"/shops/{call.shop_id}/calls/{call.key}").status_code == 200
    sound = browser.post(f"/shops/{call.shop_id}/calls/{call.key}/listenings", follow_redirects=True)
    assert sound.headers["Content-Type"] == "audio/wav"
    heard = box.folder / "heard.alaw"
    heard.write_bytes(sound.data[HEADER_BYTES:])
    for seed_of_voice in (921, 922):
        assert voice_in(samples(heard), samples(box.folder / f"voice-{seed_of_voice}.wav")) > 0.5
