"""A disk that remembers every write and every sync, so that the power can be cut at any of them (an SQLite VFS).

What a cut leaves is what was synced before it; of the rest a disk keeps whatever it likes, here none or some at random.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import apsw

BASE = "unix"
Step = tuple[str, str, int, bytes]  # (file, what, place, bytes); what: write, truncate, sync


class Disk(apsw.VFS):
    """A VFS named "disk". tell is called with each step before it is done."""

    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.tell = tell
        self.vfs_name = "disk"
        super().__init__(self.vfs_name, BASE)

    def xOpen(self, name, flags):  # noqa: N802
        return File(self, name, flags)


class File(apsw.VFSFile):
    """A file whose durable steps are told."""

    def __init__(self, disk: Disk, name, flags) -> None:
        self.tell, self.name = disk.tell, Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        super().__init__(BASE, name, flags)

    def xWrite(self, data, offset):  # noqa: N802
        self.tell((self.name, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size):  # noqa: N802
        self.tell((self.name, "truncate", size, b""))
        super().xTruncate(size)

    def xSync(self, flags):  # noqa: N802
        self.tell((self.name, "sync", 0, b""))
        super().xSync(flags)


def after_a_cut(steps: list[Step], before: dict[str, bytes], chance: random.Random | None) -> dict[str, bytes]:
    """The files after these steps and a power cut; chance keeps some of what was not synced, None nothing of it."""
    files = {name: bytearray(content) for name, content in before.items()}
    waiting: dict[str, list[Step]] = {}
    for step in steps:
        if step[1] != "sync":
            waiting.setdefault(step[0], []).append(step)
            continue
        for done in waiting.pop(step[0], []):
            _do(files, done)
    if chance:
        for step in (step for unsynced in waiting.values() for step in unsynced if chance.random() < 0.5):
            _do(files, step)
    return {name: bytes(content) for name, content in files.items()}


def _do(files: dict[str, bytearray], step: Step) -> None:
    name, what, place, data = step
    content = files.setdefault(name, bytearray())
    if what == "truncate":
        del content[place:]
        return
    content.extend(bytes(max(0, place - len(content))))
    content[place : place + len(data)] = data
