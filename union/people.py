"""People: who they are, what they may do, their passwords and their telephones.

A role is a dated row; ending one takes at once whatever came with it (the place in the queue, the telephone).
There is always a coordinator who can log in.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from peewee import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from models import Phone, Queue, QueueOperator, Role, Session, Shop, User, database, utcnow
from settings import LANGUAGES
from union import audit, telephones
from union.audit import Actor
from union.faults import Refused, refuse_if

PASSWORD_LEAST = 10
PASSWORD_MOST = 200
TRAINEE_PENALTY = 5
EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']{1,190}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike


@dataclass(frozen=True)
class Rights:
    """What a person may do now; shops holds the ids of the shops he owns."""

    coordinator: bool = False
    operator: bool = False
    trainee: bool = False
    shops: frozenset[int] = frozenset()

    @property
    def answers(self) -> bool:
        """Whether he serves the line, as operator or trainee."""
        return self.operator or self.trainee


def rights(user: User) -> Rights:
    """What user may do at this moment."""
    roles = list(open_roles(user))
    kinds = {role.kind for role in roles}
    return Rights(
        coordinator="coordinator" in kinds,
        operator="operator" in kinds,
        trainee="trainee" in kinds,
        shops=frozenset(role.shop_id for role in roles if role.kind == "owner"),
    )


def open_roles(user: User):
    """The roles user holds now."""
    return Role.select().where(Role.user == user, Role.ends_at.is_null()).order_by(Role.id)


def add(name: str, email: str, language: str, by: Actor) -> tuple[User, str]:
    """A new person and his first password, which is shown once. Raises Refused."""
    password = new_password()
    with database.atomic():
        user = create(name, email, language, password)
        audit.note(by, "person.create", f"person:{user.id}", detail=user.email)
    return user, password


def create(name: str, email: str, language: str, password: str) -> User:
    """A person with a password of his own choice. Raises Refused."""
    name, email = name.strip(), email.strip().lower()
    refuse_if(
        name=None if name else "missing",
        email=email_fault(email),
        language=None if language in LANGUAGES else "unknown",
        password=password_fault(password),
    )
    try:
        with database.atomic():
            return User.create(name=name, email=email, language=language, password_hash=hashed(password))
    except IntegrityError:
        raise Refused(email="email_taken")


def email_fault(email: str) -> str | None:
    """Why this is no address to log in by, or None."""
    if not email:
        return "missing"
    return None if EMAIL.fullmatch(email) else "email_wrong"


# --- passwords -------------------------------------------------------------------------------------------


def new_password() -> str:
    """A random password a person can read out: three groups of five letters and digits (about 74 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def hashed(password: str) -> str:
    return generate_password_hash(password, method="scrypt")


def password_fault(password: str) -> str | None:
    if len(password) < PASSWORD_LEAST:
        return "password_short"
    return "password_long" if len(password) > PASSWORD_MOST else None


def is_password(user: User, password: str) -> bool:
    return len(password) <= PASSWORD_MOST and check_password_hash(user.password_hash, password)


def set_password(user: User, password: str, by: Actor, keep: Session | None = None) -> None:
    """Give user this password and end his other log-ins, all but `keep`. Raises Refused."""
    refuse_if(password=password_fault(password))
    with database.atomic():
        User.update(password_hash=hashed(password)).where(User.id == user.id).execute()
        end_sessions(user, keep)
        audit.note(by, "person.password", f"person:{user.id}", detail=user.name)


def reset_password(user: User, by: Actor) -> str:
    """A new random password, shown once; every log-in of user ends."""
    password = new_password()
    set_password(user, password, by)
    return password


def end_sessions(user: User, keep: Session | None = None) -> None:
    """End every log-in of user, all but `keep`."""
    others = Session.user == user, Session.ended_at.is_null(), Session.id != (keep.id if keep else 0)
    Session.update(ended_at=utcnow()).where(*others).execute()
    telephones.end(user, keep)


# --- roles -----------------------------------------------------------------------------------------------


def give_role(user: User, kind: str, shop: Shop | None, by: Actor) -> Role:
    """Give user a role from now; an operator or trainee joins every queue. Raises Refused."""
    shop = shop if kind == "owner" else None
    refuse_if(
        kind=None if kind in Role.KINDS else "unknown",
        shop="shop_missing" if kind == "owner" and shop is None else None,
    )
    with database.atomic():
        held = [role for role in open_roles(user) if role.kind == kind and role.shop_id == (shop and shop.id)]
        refuse_if(kind="role_held" if held else None)
        role = Role.create(user=user, kind=kind, shop=shop)
        if kind in ("operator", "trainee"):
            _join_queues(user)
        audit.note(by, "role.create", f"person:{user.id}", shop=shop, detail=f"{user.name}: {kind}")
    return role


def appoint(user: User, kind: str, shop: Shop | None, by: Actor) -> Role:
    """Somebody who may give roles gives one. Raises Refused, also where only the shop's own owners decide."""
    require_owners_say(kind, shop, by)
    return give_role(user, kind, shop, by)


def dismiss(role: Role, by: Actor) -> None:
    """Somebody who may end roles ends one. Raises Refused, also where only the shop's own owners decide."""
    require_owners_say(role.kind, role.shop, by)
    end_role(role, by)


def require_owners_say(kind: str, shop: Shop | None, by: Actor) -> None:
    """Who owns a shop is for its owners to say, once it has one: the coordinator is a competitor. Raises Refused.

    One who is locked out is an owner still, or locking him out would open his shop. The box itself may do it."""
    if kind == "owner" and shop and by.user:
        present = {role.user_id for role in owners(shop)}
        refuse_if(kind="owners_decide" if present and by.user.id not in present else None)


def end_role(role: Role, by: Actor) -> None:
    """End a role now; one who no longer serves the line leaves its queues and loses his telephone. Raises Refused."""
    with database.atomic():
        if role.kind == "coordinator" and not _other_coordinators(role.user_id):
            raise Refused(kind="last_coordinator")
        Role.update(ends_at=utcnow()).where(Role.id == role.id, Role.ends_at.is_null()).execute()
        if rights(role.user).answers:
            _join_queues(role.user)
        else:
            _leave_line(role.user)
        audit.note(by, "role.end", f"person:{role.user_id}", shop=role.shop, detail=f"{role.user.name}: {role.kind}")


def owners(shop: Shop):
    """The roles of those who own shop now, the first first."""
    roles = Role.select(Role, User).join(User).where(Role.shop == shop, Role.kind == "owner", Role.ends_at.is_null())
    return roles.order_by(Role.id)


def end_ownership(role: Role, by: Actor) -> None:
    """One owner of a shop takes another out, or himself; the last one stays. Raises Refused."""
    with database.atomic():
        refuse_if(role="last_owner" if owners(role.shop).count() == 1 else None)
        end_role(role, by)


def _join_queues(user: User) -> None:
    """In every queue at the place his roles give him: a trainee who is no operator behind the operators."""
    penalty = 0 if rights(user).operator else TRAINEE_PENALTY
    for queue in Queue.select():
        QueueOperator.insert(queue=queue, user=user, penalty=penalty).on_conflict(
            conflict_target=[QueueOperator.queue, QueueOperator.user], update={QueueOperator.penalty: penalty}
        ).execute()


def _leave_line(user: User) -> None:
    QueueOperator.delete().where(QueueOperator.user == user).execute()
    Phone.delete().where(Phone.user == user).execute()
    telephones.end(user)


def _other_coordinators(user_id: int) -> bool:
    others = Role.kind == "coordinator", Role.ends_at.is_null(), Role.user != user_id, User.is_active
    return Role.select().join(User).where(*others).exists()


def set_active(user: User, active: bool, by: Actor) -> None:
    """Let user log in, or end all his access at once. Raises Refused for the last coordinator."""
    with database.atomic():
        if not active and rights(user).coordinator and not _other_coordinators(user.id):
            raise Refused(kind="last_coordinator")
        User.update(is_active=active).where(User.id == user.id).execute()
        if active and rights(user).answers:
            _join_queues(user)
        if not active:
            end_sessions(user)
            _leave_line(user)
        audit.note(by, "person.activate" if active else "person.deactivate", f"person:{user.id}", detail=user.name)


# --- telephones ------------------------------------------------------------------------------------------


def give_phone(user: User, by: Actor) -> Phone:
    """A SIP account with a new secret, shown once; the old secret is dead. Raises Refused if he answers no line."""
    refuse_if(phone=None if user.is_active and rights(user).answers else "phone_without_role")
    with database.atomic():
        Phone.delete().where(Phone.user == user).execute()
        phone = Phone.create(user=user, secret=secrets.token_urlsafe(24))
        audit.note(by, "phone.create", f"person:{user.id}", detail=user.name)
    return phone
