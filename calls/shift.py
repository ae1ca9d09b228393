"""The end of an operator's shift: she leaves the line and automatic mode, and what she held goes back to the others."""

from __future__ import annotations

from calls import automatic, callbacks, presence, transfers
from models import Attempt, Transfer, User, database, utcnow


def end(user: User, because: str = presence.SIGNED_OFF) -> None:
    """Sign user off and release the callbacks she holds; one who had gone already is left alone."""
    now = utcnow()
    with database.atomic():
        presence.sign_off(user, because, now)
        automatic.stop(user, now, because)
        callbacks.release_all(user, now, because)


def leave(user: User) -> None:
    """End user's shift for good: what she wished for and was not carried out yet never is."""
    now = utcnow()
    with database.atomic():
        end(user)
        unsent = Attempt.user == user, Attempt.sent_at.is_null(), Attempt.ended_at.is_null()
        Attempt.update(ended_at=now, result="not_dialled", reason="left").where(*unsent).execute()
        for wish in Transfer.select().where(Transfer.user == user, Transfer.ended_at.is_null()):
            transfers.withdraw(wish, now)
