"""Browser telephones: each log-in that opens the desk is handed a secret of its own, which ends with the log-in.

Her telephone in Asterisk is one whatever log-in it belongs to, so the newest one takes it and the one before is dead.
What ends here is cut off by the scheduler (calls/telephones.py): nothing here talks to Asterisk.
"""

from __future__ import annotations

import datetime as dt
import secrets

from models import Role, Session, Telephone, User, database, utcnow
from union import audit
from union.audit import Actor

ANSWERING = ("operator", "trainee")


def hand_out(session: Session, by: Actor) -> Telephone:
    """The telephone of this log-in: the one it has, or a new one that takes the place of her others."""
    with database.atomic():
        if own := of(session):
            return own
        end(session.user)
        telephone = Telephone.create(user=session.user, session=session, secret=secrets.token_urlsafe(24))
        audit.note(by, "telephone.create", f"session:{session.id}")
    return telephone


def of(session: Session) -> Telephone | None:
    """The telephone this log-in has now."""
    return Telephone.get_or_none(Telephone.session == session, Telephone.ends_at.is_null())


def end(user: User, keep: Session | None = None) -> None:
    """End the telephones of user, all but that of `keep`."""
    _end(Telephone.user == user, Telephone.session != (keep.id if keep else 0))


def end_of(session: Session) -> None:
    """End the telephone of a log-in."""
    _end(Telephone.session == session)


def end_stale(now: dt.datetime, hours: int) -> int:
    """End the telephones whose log-in has ended or was unused for hours, whose owner is locked out or answers no line
    any more; how many. Whoever takes a log-in or a role away has done this: here falls what only time takes."""
    unused = Session.ended_at.is_null(False) | (Session.seen_at < now - dt.timedelta(hours=hours))
    dead = Session.select(Session.id).where(unused)
    serving = Role.select(Role.user).where(Role.kind.in_(ANSWERING), Role.ends_at.is_null())
    living = User.select(User.id).where(User.is_active, User.id.in_(serving))
    return _end(Telephone.session.in_(dead) | Telephone.user.not_in(living))


def _end(*which) -> int:
    return Telephone.update(ends_at=utcnow()).where(Telephone.ends_at.is_null(), *which).execute()
