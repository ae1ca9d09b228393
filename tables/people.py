"""Who may do what: users, roles, sessions, telephones, the audit."""

from __future__ import annotations

import datetime as dt

from peewee import SQL, BooleanField, CharField, Check, ForeignKeyField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.shops import Shop


class User(Table):
    """A person who logs in."""

    email = CharField(unique=True)  # lower case
    name = CharField()
    password_hash = CharField()  # werkzeug scrypt
    language = CharField(default="uk")
    is_active = BooleanField(default=True)
    created_at = InstantField(default=utcnow)


class Role(Table):
    """What a person may do in the union (shop null) or in one shop, in [starts_at, ends_at)."""

    KINDS = ("coordinator", "owner", "operator", "trainee")

    user = ForeignKeyField(User, backref="roles", on_delete="CASCADE")
    kind = CharField()
    shop = ForeignKeyField(Shop, null=True, backref="roles", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)

    class Meta:
        constraints = [
            one_of("kind", "coordinator", "owner", "operator", "trainee"),
            Check("(kind = 'owner') = (shop_id IS NOT NULL)"),
        ]


class Grant(Table):
    """A shop lets the coordinator, who is a competitor, see or hear something of it in [starts_at, ends_at)."""

    KINDS = ("numbers", "recordings")

    shop = ForeignKeyField(Shop, backref="grants", on_delete="CASCADE")
    kind = CharField()
    given_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    starts_at = InstantField(default=utcnow)
    ended_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    ends_at = InstantField(null=True)

    class Meta:
        constraints = [one_of("kind", "numbers", "recordings")]


Grant.add_index(Grant.index(Grant.shop, Grant.kind, unique=True, name="grant_open", where=SQL("ends_at IS NULL")))


class Invitation(Table):
    """Somebody may join in [created_at, expires_at), once. Its link is signed and shown to the one who invited."""

    KINDS = ("owner", "operator", "trainee")

    email = CharField()  # lower case
    name = CharField()
    language = CharField()
    kind = CharField()
    shop = ForeignKeyField(Shop, null=True, backref="invitations", on_delete="CASCADE")
    invited_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    created_at = InstantField(default=utcnow)
    expires_at = InstantField()
    accepted_at = InstantField(null=True)
    accepted_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    withdrawn_at = InstantField(null=True)

    class Meta:
        constraints = [
            one_of("kind", "owner", "operator", "trainee"),
            Check("(kind = 'owner') = (shop_id IS NOT NULL)"),
        ]

    def is_open(self, at: dt.datetime) -> bool:
        """Whether it may still be accepted."""
        return not self.accepted_at and not self.withdrawn_at and at < self.expires_at


class Session(Table):
    """One log-in on one device; only the hash of its token is kept."""

    user = ForeignKeyField(User, backref="sessions", on_delete="CASCADE")
    token_hash = CharField(unique=True)
    created_at = InstantField(default=utcnow)
    seen_at = InstantField(default=utcnow)
    ended_at = InstantField(null=True)


class Phone(Table):
    """The SIP account of an operator or trainee who has a SIP telephone, endpoint op-<user id>."""

    user = ForeignKeyField(User, unique=True, backref="phones", on_delete="CASCADE")
    secret = CharField()
    created_at = InstantField(default=utcnow)

    @property
    def pbx_name(self) -> str:
        return f"op-{self.user_id}"


class Telephone(Table):
    """The browser telephone of one log-in: a secret of its own in [starts_at, ends_at); a person has one at a time.

    severed_at: when the scheduler had hung up what was still spoken over it.
    """

    user = ForeignKeyField(User, backref="telephones", on_delete="CASCADE")
    session = ForeignKeyField(Session, backref="telephones", on_delete="CASCADE")
    secret = CharField()
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)
    severed_at = InstantField(null=True)

    @property
    def pbx_name(self) -> str:
        return f"op-{self.user_id}"

    @property
    def aor(self) -> str:
        """Where it registers: another for each, so that a contact dies with its telephone."""
        return f"op-{self.user_id}-{self.id}"


Telephone.add_index(Telephone.index(Telephone.user, unique=True, name="telephone_open", where=SQL("ends_at IS NULL")))
Telephone.add_index(Telephone.index(Telephone.severed_at, name="telephone_living", where=SQL("severed_at IS NULL")))


class Leaving(Table):
    """An operator's access was ended, everywhere at once. severed_at: when the scheduler had hung up what she was in."""

    user = ForeignKeyField(User, backref="leavings", on_delete="CASCADE")
    ended_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = InstantField(default=utcnow)
    severed_at = InstantField(null=True)


class LoginAttempt(Table):
    """A wrong password: what the throttle counts."""

    email = CharField(index=True)
    address = CharField(index=True)
    at = InstantField(default=utcnow, index=True)


class AuditEntry(Table):
    """Who did what to which thing; shop null when it concerns the union."""

    at = InstantField(default=utcnow, index=True)
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    shop = ForeignKeyField(Shop, null=True, backref="+", on_delete="SET NULL")
    action = CharField()  # noun.verb: did.create, trunk.update, session.create
    about = CharField(default="")  # the thing's key: did:7
    detail = TextField(default="")
    address = CharField(default="")
