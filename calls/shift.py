"""The end of an operator's shift: she leaves the line and automatic mode, and what she held goes back to the others."""

from __future__ import annotations

from calls import automatic, callbacks, presence
from models import User, database, utcnow


def end(user: User, because: str = presence.SIGNED_OFF) -> None:
    """Sign user off and release the callbacks she holds; one who had gone already is left alone."""
    now = utcnow()
    with database.atomic():
        presence.sign_off(user, because, now)
        automatic.stop(user, now, because)
        callbacks.release_all(user, now, because)
