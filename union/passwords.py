"""A new password by a link: signed, good for a day, dead once any new password is set.

Who owns a shop chooses his password himself, by the link in his own mail-box: a coordinator is a competitor, and one
who was shown the password of an owner would have his shop. So for owners nobody is shown a password; with the box
itself in his hands (flask reset-password) one can do anything anyway.
"""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, URLSafeTimedSerializer

from models import User, database
from settings import Settings
from union import audit, people
from union.audit import Actor
from union.faults import refuse_if

GOOD_FOR_SECONDS = 24 * 3600


def is_by_link_only(user: User) -> bool:
    """Whether nobody else may be shown a password of his."""
    return bool(people.rights(user).shops)


def token(user: User, settings: Settings) -> str:
    """What stands in the link; nobody else can make it."""
    return _signer(settings).dumps([user.id, _mark(user)])


def opened(token: str, settings: Settings) -> User | None:
    """Whose password the link may set; None when it is none of ours, too old or used."""
    try:
        user_id, mark = _signer(settings).loads(token, max_age=GOOD_FOR_SECONDS)
    except BadSignature:
        return None
    user = User.get_or_none(User.id == user_id, User.is_active)
    return user if user and _mark(user) == mark else None


def choose(token: str, password: str, address: str, settings: Settings) -> None:
    """Set the password by the link, which is used up; every log-in of his ends. Raises Refused."""
    with database.atomic():
        user = opened(token, settings)
        refuse_if(password=None if user else "link_over")
        people.set_password(user, password, Actor(user, address))


def note_link(user: User, by: Actor) -> None:
    """The journal tells the owner who had it sent."""
    audit.note(by, "person.link", f"person:{user.id}", detail=user.name)


def _mark(user: User) -> str:
    """What changes with the password, and tells nothing of it."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def _signer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_key, salt="password")
