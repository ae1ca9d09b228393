"""Invitations: how people join. A signed link, good for seven days and for one person, used up by accepting it.

The link is shown to the one who invited, so that joining works without any mail. It opens nothing by itself: somebody
new chooses his password on it, and somebody who is here already must have logged in as himself.
"""

from __future__ import annotations

import datetime as dt

from itsdangerous import BadSignature, URLSafeSerializer

from models import Invitation, Shop, User, database, utcnow
from settings import LANGUAGES, Settings
from union import audit, people
from union.audit import Actor
from union.faults import refuse_if

GOOD_FOR = dt.timedelta(days=7)


def invite(name: str, email: str, language: str, kind: str, shop: Shop | None, by: Actor) -> Invitation:
    """Invite somebody to this role; an open invitation to the same is withdrawn.

    A shop that has an owner is joined by an owner's invitation only. Raises Refused."""
    name, email = name.strip(), email.strip().lower()
    shop = shop if kind == "owner" else None
    refuse_if(
        name=None if name else "missing",
        email=people.email_fault(email) or _held_fault(email, kind, shop),
        language=None if language in LANGUAGES else "unknown",
        kind=None if kind in Invitation.KINDS else "unknown",
        shop="shop_missing" if kind == "owner" and shop is None else None,
    )
    people.require_owners_say(kind, shop, by)
    now = utcnow()
    with database.atomic():
        for older in open_invitations(now).where(Invitation.email == email, Invitation.kind == kind):
            if older.shop_id == (shop and shop.id):
                _withdraw(older, now)
        made = Invitation.create(
            name=name, email=email, language=language, kind=kind, shop=shop, invited_by=by.user,
            created_at=now, expires_at=now + GOOD_FOR,
        )  # fmt: skip
        audit.note(by, "invitation.create", _key(made), shop=shop, detail=f"{name}: {kind}")
    return made


def _held_fault(email: str, kind: str, shop: Shop | None) -> str | None:
    """Why somebody who logs in by this address already can't take the role, or None."""
    if (user := member(email)) is None:
        return None
    if not user.is_active:
        return "locked_out"
    roles = ((role.kind, role.shop_id) for role in people.open_roles(user))
    return "role_held" if (kind, shop and shop.id) in roles else None


def member(email: str) -> User | None:
    """The person who logs in by this address already."""
    return User.get_or_none(User.email == email)


def open_invitations(now: dt.datetime):
    """Those that may still be accepted, the newest first."""
    unused = Invitation.accepted_at.is_null(), Invitation.withdrawn_at.is_null()
    return Invitation.select().where(*unused, Invitation.expires_at > now).order_by(Invitation.id.desc())


def withdraw(invitation: Invitation, by: Actor) -> None:
    """Its link opens nothing any more."""
    with database.atomic():
        if _withdraw(invitation, utcnow()):
            detail = f"{invitation.name}: {invitation.kind}"
            audit.note(by, "invitation.withdraw", _key(invitation), shop=invitation.shop, detail=detail)


def _withdraw(invitation: Invitation, now: dt.datetime) -> bool:
    unused = Invitation.accepted_at.is_null(), Invitation.withdrawn_at.is_null()
    return bool(Invitation.update(withdrawn_at=now).where(Invitation.id == invitation.id, *unused).execute())


def _key(invitation: Invitation) -> str:
    return f"invitation:{invitation.id}"


# --- the link ------------------------------------------------------------------------------------------------


def token(invitation: Invitation, settings: Settings) -> str:
    """What stands in the link; nobody else can make it."""
    return _signer(settings).dumps(invitation.id)


def find(token: str, settings: Settings) -> Invitation | None:
    """The invitation of a link, open or not; None when the link is not one of ours."""
    try:
        number = _signer(settings).loads(token)
    except BadSignature:
        return None
    return Invitation.get_or_none(Invitation.id == number)


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt="invitation")


# --- joining -------------------------------------------------------------------------------------------------


def accept(invitation: Invitation, name: str, password: str, language: str, address: str) -> User:
    """Somebody new joins; the invitation is used up. Raises Refused, also when another was quicker (token)."""
    with database.atomic():
        user = people.create(name, invitation.email, language, password)
        _use_up(invitation, user, address)
    return user


def accept_as(invitation: Invitation, user: User, address: str) -> None:
    """Somebody who is here already takes one more role; only he who was invited. Raises Refused."""
    refuse_if(token=None if user.email == invitation.email else "invitation_other")
    with database.atomic():
        _use_up(invitation, user, address)


def _use_up(invitation: Invitation, user: User, address: str) -> None:
    now, by = utcnow(), Actor(user, address)
    people.require_owners_say(invitation.kind, invitation.shop, Actor(invitation.invited_by))
    unused = Invitation.accepted_at.is_null(), Invitation.withdrawn_at.is_null(), Invitation.expires_at > now
    used = Invitation.update(accepted_at=now, accepted_by=user).where(Invitation.id == invitation.id, *unused).execute()
    refuse_if(token=None if used == 1 else "invitation_over")
    audit.note(by, "invitation.accept", _key(invitation), shop=invitation.shop, detail=user.name)
    people.give_role(user, invitation.kind, invitation.shop, by)
