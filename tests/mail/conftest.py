"""An SMTP server over a real socket whose temper a test chooses, and a box that sends through it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

import settings as spilka


class Post:
    """Takes mail and answers as `temper` says: takes, drops (takes, then cuts the line), later, refused, silent.

    A temper may be one for all or one per Message-ID's turn; `taken` counts what was accepted by Message-ID."""

    def __init__(self) -> None:
        self.temper, self.at = "takes", "data"
        self.taken: Counter[str] = Counter()
        self.mails: list = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return await self.answer(server) if self.at == "rcpt" else "250 go on"

    async def handle_DATA(self, server, session, envelope):
        if self.at == "data" and self.temper in ("later", "refused"):
            return await self.answer(server)
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken[mail["Message-ID"]] += 1
        self.mails.append(mail)
        return await self.answer(server)

    async def answer(self, server: SMTP) -> str:
        if self.temper == "drops":
            server.transport.abort()
        if self.temper == "silent":
            await asyncio.sleep(60)
        return {"later": "451 come again", "refused": "550 nobody of this name"}.get(self.temper, "250 taken")


class Server(Controller):
    def __init__(self, post: Post, **options) -> None:
        super().__init__(post, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        """The port is the one the system gave."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def server(post):
    running = Server(post)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def settings(tmp_path, db, server):
    return spilka.Settings(
        data_dir=tmp_path, secret_key="s" * 32, ami_secret="a" * 16, smtp_host="127.0.0.1", smtp_port=server.port,
        smtp_security="none", smtp_sender="Спілка <spilka@union.example>", smtp_seconds=0.5, smtp_unknown_seconds=0,
    )  # fmt: skip


@pytest.fixture
def change():
    """change(settings, smtp_port=1): the same settings but for these."""
    return dataclasses.replace
