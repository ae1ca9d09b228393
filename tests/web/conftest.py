"""The application over a real database, and people who have logged in."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

import settings as spilka
from app import create_app
from models import Session
from tests.web import seed
from union import sessions


@pytest.fixture
def settings(tmp_path, db):
    return spilka.Settings(
        data_dir=tmp_path, pbx_dir=tmp_path / "asterisk", secret_key="s" * 32, ami_secret="a" * 16,
        secure_cookies=False, proxy_hops=0, asterisk_root=tmp_path / "no-asterisk",
    )  # fmt: skip


@pytest.fixture
def app(settings):
    """Without the CSRF check, which has a test of its own."""
    app = create_app(settings)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def cast(settings):
    return seed.union(settings.prompts_dir)


@pytest.fixture
def as_(app, cast):
    """as_("owner") is a browser in which the owner has logged in; as_(None) is nobody's."""

    def browser(who: str | None):
        client = app.test_client()
        if who:
            client.set_cookie("spilka", token_of(getattr(cast, who)))
        return client

    return browser


def token_of(user) -> str:
    """A session's token, without the price of a password."""
    token = f"token-{user.id}"
    Session.get_or_create(token_hash=sessions.token_hash(token), defaults={"user": user})
    return token


@pytest.fixture(scope="session", autouse=True)
def compiled():
    """The catalogues as the installer compiles them; one test process compiles, the others wait."""
    translations = spilka.ROOT / "translations"
    with (spilka.ROOT / "babel.cfg").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if any(not is_fresh(source) for source in translations.rglob("*.po")):
            subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", "compile", "-d", str(translations)],
                           cwd=spilka.ROOT, check=True, capture_output=True)  # fmt: skip


def is_fresh(source: Path) -> bool:
    """Whether a catalogue is compiled since it was last written."""
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
