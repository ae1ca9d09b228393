"""Log-ins: a random token in the person's cookie, only its hash here, ended here at once.

Wrong passwords are counted before they are checked, so that many tries at the same instant count too. The pause
is for one address at one account; a generous second limit stops one address at many accounts and many addresses
at one account, yet leaves a stranger no cheap way to lock an operator out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from functools import cache

from models import LoginAttempt, Session, User, database, utcnow
from union import audit, people, telephones
from union.audit import Actor

WINDOW = dt.timedelta(minutes=15)
ADDRESS_FACTOR = 4  # tries of one address at all accounts, times the limit
ACCOUNT_FACTOR = 10  # tries of all addresses at one account, times the limit
SEEN_EVERY = dt.timedelta(minutes=1)


class LoginRefused(Exception):
    """code: wrong (address or password, never said which) or paused (too many tries)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def log_in(email: str, password: str, address: str, tries: int) -> str:
    """The token of a new session. Raises LoginRefused."""
    email = email.strip().lower()[:254]
    attempt = count_try(email, address, tries)
    user = User.get_or_none(User.email == email)
    if not _matches(user, password):
        raise LoginRefused("wrong")
    attempt.delete_instance()
    return start(user, address)


def count_try(email: str, address: str, tries: int) -> LoginAttempt:
    """Count a try before it is judged. Raises LoginRefused("paused") past the limits."""
    since = utcnow() - WINDOW
    same_email, same_address = LoginAttempt.email == email, LoginAttempt.address == address
    with database.atomic():
        LoginAttempt.delete().where(LoginAttempt.at < since).execute()
        counted = LoginAttempt.select()
        if (
            counted.where(same_email, same_address).count() >= tries
            or counted.where(same_address).count() >= tries * ADDRESS_FACTOR
            or counted.where(same_email).count() >= tries * ACCOUNT_FACTOR
        ):
            raise LoginRefused("paused")
        return LoginAttempt.create(email=email, address=address)


def _matches(user: User | None, password: str) -> bool:
    """Whether user may log in with password; takes as long for a stranger as for a member."""
    if user is None or not user.is_active:
        people.check_password_hash(_nobody(), password[: people.PASSWORD_MOST])
        return False
    return people.is_password(user, password)


@cache
def _nobody() -> str:
    return people.hashed(secrets.token_hex())


def start(user: User, address: str) -> str:
    """A new session of user; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    with database.atomic():
        session = Session.create(user=user, token_hash=token_hash(token))
        audit.note(Actor(user, address), "session.create", f"session:{session.id}")
    return token


def find(token: str, hours: int) -> Session | None:
    """The live session of token, noted as seen; None when it is unknown, ended, unused for hours, or its user gone."""
    session = Session.get_or_none(Session.token_hash == token_hash(token), Session.ended_at.is_null())
    now = utcnow()
    if session is None or not session.user.is_active or now - session.seen_at > dt.timedelta(hours=hours):
        return None
    if now - session.seen_at > SEEN_EVERY:
        Session.update(seen_at=now).where(Session.id == session.id).execute()
    return session


def end(session: Session, by: Actor) -> None:
    """End a session at once; its cookie opens nothing any more."""
    with database.atomic():
        ended = Session.update(ended_at=utcnow()).where(Session.id == session.id, Session.ended_at.is_null()).execute()
        if ended:
            telephones.end_of(session)
            audit.note(by, "session.end", f"session:{session.id}")


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
