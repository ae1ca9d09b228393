"""The first minute of a union: whoever holds the code that the installer printed becomes its coordinator.

Only the code's hash is kept, in a file beside the database, so that it can be issued before there are tables;
a code of 80 random bits needs no slow hash. The file goes as soon as there is a coordinator.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from models import Queue, Role, Union, User, database
from settings import is_zone
from union import audit, people
from union.audit import Actor
from union.faults import refuse_if

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32: five bits each


def is_due() -> bool:
    """Whether nobody coordinates the union yet."""
    return not Role.select().where(Role.kind == "coordinator").exists()


def issue_code(data_dir: Path) -> str:
    """A new set-up code, which makes the previous one worthless; the caller shows it once."""
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    path = _path(data_dir)
    part = path.with_suffix(".part")
    part.write_text(_hash(code))
    part.chmod(0o640)
    os.replace(part, path)
    return code


def is_code(data_dir: Path, code: str) -> bool:
    """Whether code is the one issued last."""
    try:
        return hmac.compare_digest(_path(data_dir).read_text(), _hash(code))
    except OSError:
        return False


def found(
    union_name: str, timezone: str, language: str, name: str, email: str, password: str, by_address: str = ""
) -> User:
    """The union, its one line and its first coordinator, all or nothing. Raises Refused."""
    union_name = union_name.strip()
    refuse_if(
        union_name=None if union_name else "missing",
        timezone=None if is_zone(timezone) else "unknown",
        code=None if is_due() else "first_run_done",
    )
    with database.atomic():
        user = people.create(name, email, language, password)
        refuse_if(code=None if is_due() else "first_run_done")
        Union.insert(id=1, name=union_name, timezone=timezone, language=language).on_conflict_replace().execute()
        Queue.get_or_create(id=1, defaults={"name": "main"})
        Role.create(user=user, kind="coordinator")
        audit.note(Actor(user, by_address), "union.create", "union:1", detail=union_name)
    return user


def forget_code(data_dir: Path) -> None:
    _path(data_dir).unlink(missing_ok=True)


def _path(data_dir: Path) -> Path:
    return data_dir / "first-run.hash"


def _hash(code: str) -> str:
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()
