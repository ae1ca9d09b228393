"""Bring Asterisk's configuration to what the database says: write what changed, say what must be reloaded.

Files are replaced atomically, so that Asterisk always finds a whole file, and goes on with the last good one
when all of ours is down. `apply()` writes; who holds the connection to Asterisk does the reload.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

from peewee import JOIN

from models import (
    DeadEnd,
    Did,
    Menu,
    Phone,
    Prompt,
    PromptSound,
    Queue,
    QueueOperator,
    Session,
    Shop,
    Telephone,
    Trunk,
    User,
)
from pbx.config import Number, World, render
from settings import Settings

STATIC = Path(__file__).parent / "etc"
FOLDERS = ("etc/spilka", "lib/keys", "spool", "run", "log/cel-custom")
# which module reads a file again; a file that is not here needs a restart of Asterisk
RELOADS = {
    "extensions.conf": "pbx_config.so",
    "spilka/globals.conf": "pbx_config.so",
    "spilka/numbers.conf": "pbx_config.so",
    "pjsip.conf": "res_pjsip.so",
    "spilka/acl.conf": "res_pjsip.so",
    "spilka/trunks.conf": "res_pjsip.so",
    "spilka/operators.conf": "res_pjsip.so",
    "queues.conf": "app_queue.so",
    "spilka/queues.conf": "app_queue.so",
    "rtp.conf": "res_rtp_asterisk.so",
    "spilka/rtp.conf": "res_rtp_asterisk.so",
    "musiconhold.conf": "res_musiconhold.so",
    "spilka/moh.conf": "res_musiconhold.so",
}


def apply(settings: Settings, recording: bool = True) -> list[str]:
    """Write every file of Asterisk's etc folder that differs; the names of those, relative to it.

    One process at a time, each with what it read once its turn had come: so what is newest stays."""
    for folder in FOLDERS:
        (settings.pbx_dir / folder).mkdir(parents=True, exist_ok=True)
    etc = settings.pbx_dir / "etc"
    with (etc / ".lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        files = {path.name: path.read_text() for path in sorted(STATIC.glob("*.conf"))}
        files |= render(read(settings, recording), settings)
        return [name for name, text in files.items() if _replace(etc / name, text)]


def modules_to_reload(changed: Iterable[str]) -> list[str]:
    """The modules that read the changed files, each once."""
    return list(dict.fromkeys(RELOADS[name] for name in changed if name in RELOADS))


def needs_restart(changed: Iterable[str]) -> bool:
    """Whether a changed file is read only when Asterisk starts."""
    return any(name not in RELOADS for name in changed)


def read(settings: Settings, recording: bool = True) -> World:
    """What the configuration depends on, from the database; hosts of registrations are resolved here."""
    trunks = tuple(Trunk.select().where(Trunk.is_active).order_by(Trunk.id))
    dids = (
        Did.select(Did, Shop, Queue)
        .join(Shop)
        .join(Queue)
        .switch(Did)
        .join(Trunk)
        .where(Did.ends_at.is_null() & Trunk.is_active)
        .order_by(Did.id)
    )
    menus = {menu.shop_id: menu for menu in Menu.select().where(Menu.status == "published")}
    dead_ends = dict(DeadEnd.select(DeadEnd.did, DeadEnd.address).join(Did).join(Shop).where(Shop.is_test).tuples())
    return World(
        trunks=trunks,
        numbers=tuple(_number(did, menus.get(did.shop_id), settings, dead_ends.get(did.id, "")) for did in dids),
        phones=tuple(Phone.select(Phone, User).join(User).where(User.is_active).order_by(Phone.user_id)),
        telephones=tuple(
            Telephone.select(Telephone, User)
            .join(User)
            .switch(Telephone)
            .join(Session)
            .where(User.is_active, Telephone.ends_at.is_null(), Session.ended_at.is_null())
            .order_by(Telephone.user_id)
        ),
        queues=tuple(Queue.select().order_by(Queue.id)),
        reserve=tuple(QueueOperator.select().where(QueueOperator.penalty > 0).order_by(QueueOperator.user)),
        resolved={trunk.id: _resolve(trunk.host) for trunk in trunks if trunk.host},
        recording=recording,
    )


def number(did: Did, settings: Settings) -> Number:
    """A DID with what its callers, and those who are called back from it, need."""
    return _number(did, Menu.get_or_none((Menu.shop == did.shop_id) & (Menu.status == "published")), settings)


def _number(did: Did, menu: Menu | None, settings: Settings, dead_end: str = "") -> Number:
    language = did.language or did.shop.language
    record = bool(menu and menu.recording_notice and did.shop.recording_wanted)
    sound = menu and menu.shop_name_id and _sound(menu.shop_name_id, language)
    path = str(settings.prompts_dir / str(did.shop_id) / sound.file) if sound else ""
    return Number(
        did=did,
        language=language,
        queue=did.shop.queue,
        live=menu is not None,
        record=record,
        shop_name_sound=path,
        dead_end=dead_end,
    )


def _sound(prompt_id: int, language: str) -> PromptSound | None:
    """The prompt in this language, or in any other it has."""
    return (
        PromptSound.select(PromptSound, Prompt)
        .join(Prompt, JOIN.INNER)
        .where(PromptSound.prompt == prompt_id)
        .order_by(PromptSound.language != language, PromptSound.id)
        .first()
    )


_last_resolved: dict[str, tuple[str, ...]] = {}


def _resolve(host: str) -> tuple[str, ...]:
    """The IPv4 addresses of a host; what was last found while the resolver is silent."""
    try:
        return (str(ip_address(host)),)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
        _last_resolved[host] = tuple(sorted({address[0] for *_, address in found}))
    except OSError:
        pass
    return _last_resolved.get(host, ())


def _replace(path: Path, text: str) -> bool:
    """Put text at path in one step; False when it is there already."""
    if path.exists() and path.read_text() == text:
        return False
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True
