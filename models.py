"""Every table of Spilka: fields, keys, checks, and questions about one row.

No verbs and no joins live here, and nothing of ours is imported. Instants are aware UTC, kept as fixed-width
text so that they compare as they read; business dates are local dates. A change of state is a row with who
and when; a column only where its history means nothing. Intervals are [from, to); `ends_at` null = still open.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from peewee import (
    SQL,
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    Check,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)
from playhouse.apsw_ext import APSWDatabase
from playhouse.pool import PooledDatabase
from playhouse.sqlite_ext import FTS5Model, RowIDField, SearchField

PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 5000}


class Database(PooledDatabase, APSWDatabase):
    """SQLite through apsw (the system's own library has a known WAL fault); every transaction is IMMEDIATE.

    Connections are pooled within a process: opening one costs a live call two milliseconds of silence."""

    def __init__(self) -> None:
        super().__init__(None, max_connections=None, lock_type="IMMEDIATE")

    def init(self, database: str | None) -> None:
        """Use the database at this path from now on; idle connections to another are closed."""
        self.close_idle()
        super().init(database, pragmas=PRAGMAS)

    def _can_reuse(self, conn) -> bool:
        """A connection left inside a transaction is closed, which rolls it back."""
        return conn.getautocommit()

    def _connect(self):
        connection = super()._connect()
        connection.convert_binding = _bind
        return connection

    def version(self) -> tuple[int, int]:
        """Another value once anything was written, by this connection or any other; cheap enough to ask often."""
        return self.execute_sql("PRAGMA data_version").fetchone()[0], self.connection().total_changes()


def _bind(cursor, number, value):  # noqa: ARG001
    """What peewee's own tables (the migrations' history) bind and apsw does not know."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"cannot bind {type(value).__name__}")


database = Database()
database.register_function(str.casefold, "casefold", 1)  # SQLite's own knows A to Z only


def utcnow() -> dt.datetime:
    """The present instant, aware, UTC."""
    return dt.datetime.now(dt.UTC)


class InstantField(Field):
    """An aware instant, stored as `2026-11-21T10:00:00.123456+00:00`: fixed width, so text order is time order."""

    field_type = "TEXT"

    def db_value(self, value: dt.datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name}: a naive datetime is no instant")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")

    def python_value(self, value: str | None) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)


class DayField(Field):
    """A local calendar date, stored as `2026-11-21`."""

    field_type = "TEXT"

    def db_value(self, value: dt.date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, dt.date) else value

    def python_value(self, value: str | None) -> dt.date | None:
        return None if value is None else dt.date.fromisoformat(value)


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False


def one_of(column: str, *allowed: str) -> Check:
    """A CHECK that column holds one of the allowed words."""
    return Check(f"{column} IN ({', '.join(repr(word) for word in allowed)})")


# --- shops -----------------------------------------------------------------------------------------------


class Union(Table):
    """The union itself: exactly one row, id 1."""

    name = CharField()
    timezone = CharField(default="Europe/Kyiv")
    currency = CharField(default="UAH")
    language = CharField(default="uk")
    reserve_after_seconds = IntegerField(default=20)  # the reserve helps once somebody waited so long; 0: always
    reserve_line_length = IntegerField(default=3)  # or once more than so many wait
    mobile_after_seconds = IntegerField(default=60)  # owners' mobiles are rung for callers who waited so long

    class Meta:
        constraints = [Check("id = 1")]


class Queue(Table):
    """A line of waiting callers; by default there is one for all shops."""

    name = CharField(unique=True)

    @property
    def pbx_name(self) -> str:
        return f"line-{self.id}"

    @property
    def automatic_name(self) -> str:
        """The queue behind it, of lower weight: due callbacks wait there for operators in automatic mode."""
        return f"automatic-{self.id}"


class Shop(Table):
    """A member shop: what its callers meet and what is allowed in its name."""

    name = CharField(unique=True)
    colour = CharField(default="#3b6ea5")
    timezone = CharField(default="Europe/Kyiv")
    language = CharField(default="uk")  # what callers hear
    queue = ForeignKeyField(Queue, backref="shops")
    short_call_seconds = IntegerField(default=5)
    recording_wanted = BooleanField(default=False)
    recording_days = IntegerField(default=90)  # how long a recording is kept after its call
    last_resort = CharField(default="message")
    last_resort_number = CharField(null=True)  # E.164, when last_resort is "mobile"
    allowed_destinations = CharField(default="ua-mobile ua-fixed")  # kinds known to calls/numbers.py
    cap_concurrent = IntegerField(default=2)  # outgoing calls at the same time
    cap_minutes_per_day = IntegerField(default=300)
    retry_waits = CharField(default="15 60 morning")  # minutes, or the next morning, after each try; the last repeats
    retry_tries = IntegerField(default=5)  # after so many a callback is given up
    numbers_open = BooleanField(default=False)  # operators see whole numbers of this shop's customers
    own_pay_minor = IntegerField(null=True)  # what a person of its own would cost a month; null: its owner hasn't said
    is_test = BooleanField(default=False)  # test-call's own shop: in no list, figure or bill
    created_at = InstantField(default=utcnow)

    class Meta:
        constraints = [one_of("last_resort", "message", "mobile"), Check("own_pay_minor > 0")]


class Membership(Table):
    """A shop belongs to the union in [starts_on, ends_on)."""

    shop = ForeignKeyField(Shop, backref="memberships", on_delete="CASCADE")
    starts_on = DayField()
    ends_on = DayField(null=True)

    @property
    def last_day(self) -> dt.date | None:
        """The last day of it; None while it has no end."""
        return self.ends_on and self.ends_on - dt.timedelta(days=1)


class Trunk(Table):
    """A connection to a telephone provider, and where that provider puts the numbers.

    called_number_in: request (URI), to, p-called-party-id, diversion, single (none named: serves one DID).
    number_forms: the forms a DID may arrive in, separated by spaces: plus (+380…), bare (380…), national (0…).
    caller_in: from or pai (P-Asserted-Identity). outgoing_form: the form dialled numbers and our caller ID take.
    """

    name = CharField(unique=True)
    kind = CharField(default="addresses")
    host = CharField(default="")  # registrar or the address calls leave to
    port = IntegerField(default=5060)
    username = CharField(default="")
    secret = CharField(default="")
    addresses = TextField(default="")  # the provider's source addresses or networks, separated by spaces
    called_number_in = CharField(default="request")
    number_forms = CharField(default="plus bare national")
    caller_in = CharField(default="from")
    outgoing_form = CharField(default="plus")
    outgoing_caller_id = CharField(default="did")  # did, or username where the provider permits nothing else
    is_active = BooleanField(default=True)

    class Meta:
        constraints = [
            one_of("kind", "registration", "addresses"),
            one_of("called_number_in", "request", "to", "p-called-party-id", "diversion", "single"),
            one_of("caller_in", "from", "pai"),
            one_of("outgoing_form", "plus", "bare", "national"),
            one_of("outgoing_caller_id", "did", "username"),
        ]

    @property
    def pbx_name(self) -> str:
        return f"trunk-{self.id}"


class Did(Table):
    """A number a shop answers in [starts_at, ends_at); dated, never edited. Its label names the advertisement."""

    number = CharField(index=True)  # E.164
    shop = ForeignKeyField(Shop, backref="dids")
    trunk = ForeignKeyField(Trunk, backref="dids")
    label = CharField(default="")
    language = CharField(default="")  # empty: the shop's
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)


Did.add_index(Did.index(Did.number, unique=True, name="did_open_number", where=SQL("ends_at IS NULL")))


class WeekHours(Table):
    """An opening interval on a weekday (0 = Monday), minutes from local midnight, [opens, closes)."""

    shop = ForeignKeyField(Shop, null=True, backref="week_hours", on_delete="CASCADE")  # null: when operators work
    weekday = IntegerField()
    opens_minute = IntegerField()
    closes_minute = IntegerField()

    class Meta:
        constraints = [
            Check("weekday BETWEEN 0 AND 6"),
            Check("opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440"),
        ]


class HoursException(Table):
    """On this local date the week's hours do not apply; without minutes the shop is closed all day."""

    shop = ForeignKeyField(Shop, backref="hours_exceptions", on_delete="CASCADE")
    on_date = DayField()
    opens_minute = IntegerField(null=True)
    closes_minute = IntegerField(null=True)
    note = CharField(default="")

    class Meta:
        indexes = ((("shop", "on_date"), True),)
        constraints = [
            Check(
                "(opens_minute IS NULL AND closes_minute IS NULL) OR "
                "(opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440)"
            )
        ]


class Prompt(Table):
    """Something a shop's callers hear: one meaning, one sound per language."""

    shop = ForeignKeyField(Shop, backref="prompts", on_delete="CASCADE")
    label = CharField()


class PromptSound(Table):
    """A prompt in one language: an .wav Asterisk plays, at prompts_dir/<shop id>/<file>.wav."""

    prompt = ForeignKeyField(Prompt, backref="sounds", on_delete="CASCADE")
    language = CharField()
    text = TextField(default="")  # what is said, when it was synthesised
    file = CharField(unique=True)  # random hex, no extension
    seconds = IntegerField()
    made_by = CharField()
    created_at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("prompt", "language"), True),)
        constraints = [one_of("made_by", "upload", "rhvoice", "espeak-ng")]


class Menu(Table):
    """One version of a shop's menu; exactly one is published, and what is published is never edited."""

    shop = ForeignKeyField(Shop, backref="menus", on_delete="CASCADE")
    version = IntegerField()
    status = CharField(default="draft")
    greeting = ForeignKeyField(Prompt, null=True, backref="+")
    announcement = ForeignKeyField(Prompt, null=True, backref="+")
    announcement_until = DayField(null=True)  # last local date it is played
    keys = ForeignKeyField(Prompt, null=True, backref="+")  # says the top keys; null: the greeting does
    closed_message = ForeignKeyField(Prompt, null=True, backref="+")  # null: the fixed phrase
    shop_name = ForeignKeyField(Prompt, null=True, backref="+")  # whispered to the operator as she answers
    recording_notice = BooleanField(default=False)  # the greeting says that calls are recorded
    repeats = IntegerField(default=2)  # how often silence or a wrong key repeats the keys before the line
    published_at = InstantField(null=True)

    class Meta:
        indexes = ((("shop", "version"), True),)
        constraints = [one_of("status", "draft", "published", "retired")]


Menu.add_index(Menu.index(Menu.shop, unique=True, name="menu_published", where=SQL("status = 'published'")))


class MenuOption(Table):
    """A key of a menu or sub-menu.

    kind: operator (the line), information (plays prompt, back to the menu), menu (sub-menu: prompt says its keys),
    callback (asks for a call back), mobile (rings the owner's; unanswered, the line), goodbye (plays prompt, hangs up).
    """

    KINDS = ("operator", "information", "menu", "callback", "mobile", "goodbye")

    menu = ForeignKeyField(Menu, backref="options", on_delete="CASCADE")
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="CASCADE")
    key = CharField()  # one of 0-9 * #
    label = CharField()
    kind = CharField()
    prompt = ForeignKeyField(Prompt, null=True, backref="+")

    class Meta:
        constraints = [
            one_of("kind", "operator", "information", "menu", "callback", "mobile", "goodbye"),
            Check("length(key) = 1 AND instr('0123456789*#', key) > 0"),
        ]


MenuOption.add_index(
    MenuOption.index(MenuOption.menu, SQL("coalesce(parent_id, 0)"), MenuOption.key, unique=True, name="option_key")
)


# --- people ----------------------------------------------------------------------------------------------


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


# --- the line --------------------------------------------------------------------------------------------


class QueueOperator(Table):
    """Who serves a queue; penalty 0 first, a trainee higher."""

    queue = ForeignKeyField(Queue, backref="operators", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="queues", on_delete="CASCADE")
    penalty = IntegerField(default=0)

    class Meta:
        indexes = ((("queue", "user"), True),)

    @property
    def reserve_name(self) -> str:
        """Her own queue, to which callers are sent whom she may answer, while she must not answer all of the line."""
        return f"reserve-{self.user_id}"


class Release(Table):
    """A person of the reserve may be rung for a shop's callers in [starts_at, ends_at)."""

    user = ForeignKeyField(User, backref="releases", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="releases", on_delete="CASCADE")
    given_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    starts_at = InstantField(default=utcnow)
    ended_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    ends_at = InstantField(null=True)


Release.add_index(
    Release.index(Release.user, Release.shop, unique=True, name="release_open", where=SQL("ends_at IS NULL"))
)


class MobileHours(Table):
    """When a shop's owner takes callers of the line on his mobile: weekday (0 = Monday), [opens, closes) in minutes."""

    shop = ForeignKeyField(Shop, backref="mobile_hours", on_delete="CASCADE")
    weekday = IntegerField()
    opens_minute = IntegerField()
    closes_minute = IntegerField()

    class Meta:
        constraints = [
            Check("weekday BETWEEN 0 AND 6"),
            Check("opens_minute >= 0 AND opens_minute < closes_minute AND closes_minute <= 1440"),
        ]


class Overflow(Table):
    """The owner's mobile is rung for a caller who waits, and who stays in the line until a key is pressed there:
    wanted → taken → ended. Reserved before the dial; once for a caller."""

    public_id = CharField(unique=True)
    call_key = CharField(unique=True)
    did = ForeignKeyField(Did, backref="+")  # the number that was rung: the mobile is rung from there
    wanted_at = InstantField(default=utcnow)
    taken_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    reason = CharField(default="")  # why it was not dialled
    minutes_reserved = IntegerField(default=0)
    CHANNEL = "ov-"

    @property
    def channel_id(self) -> str:
        return f"{self.CHANNEL}{self.public_id}"


Overflow.add_index(Overflow.index(Overflow.did, name="overflow_open", where=SQL("ended_at IS NULL")))


class Presence(Table):
    """What an operator is doing in [starts_at, ends_at); no open row = signed off.

    by: self, unanswered (she let it ring out), unreachable (her phone), coordinator.
    """

    KINDS = ("ready", "rest", "meal", "training", "technical", "after_call", "unanswered")

    user = ForeignKeyField(User, backref="presences", on_delete="CASCADE")
    kind = CharField()
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)
    ended_because = CharField(default="")  # next kind, signed-off, unreachable
    returns_at = InstantField(null=True)  # when after-call work ends by itself; null: when she says so
    next_kind = CharField(default="")  # the break she asked for during a call: it begins after it

    class Meta:
        indexes = ((("user", "starts_at"), False), (("user", "ends_at"), False), (("ends_at",), False))
        constraints = [
            one_of("kind", "ready", "rest", "meal", "training", "technical", "after_call", "unanswered"),
            one_of("next_kind", "", "rest", "meal", "training", "technical"),
        ]


Presence.add_index(Presence.index(Presence.user, unique=True, name="presence_open", where=SQL("ends_at IS NULL")))


class Announced(Table):
    """What a waiting caller was told of his wait, from `at`: low to high minutes, said so; beside it the estimate's middle.

    cause: why it was longer than what he had heard before, else "".
    """

    CAUSES = ("", "operator_left", "earlier_place")

    call_key = CharField()
    shop = ForeignKeyField(Shop, backref="announced")
    at = InstantField(default=utcnow)
    place = IntegerField()  # 1 = first
    low_minutes = IntegerField()
    high_minutes = IntegerField()
    middle_seconds = IntegerField()
    on_duty = IntegerField()  # operators in the line
    cause = CharField(default="")

    class Meta:
        constraints = [one_of("cause", "", "operator_left", "earlier_place"), Check("low_minutes < high_minutes")]
        indexes = ((("call_key", "at"), False), (("shop", "at"), False))


class AutomaticMode(Table):
    """In [starts_at, ends_at) due callbacks come to her by themselves whenever she is ready and nobody waits."""

    user = ForeignKeyField(User, backref="automatic_modes", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)
    ended_because = CharField(default="")  # herself, signed-off, unreachable


AutomaticMode.add_index(
    AutomaticMode.index(AutomaticMode.user, unique=True, name="automatic_mode_open", where=SQL("ends_at IS NULL"))
)


class WaitingPrompt(Table):
    """A prompt that a shop's callers hear while they wait and there is no news of place and wait; in this order."""

    prompt = ForeignKeyField(Prompt, unique=True, backref="waiting_prompts", on_delete="CASCADE")
    position = IntegerField()  # 0 = first


class WaitingPlayed(Table):
    """A prompt was played to a waiting caller in [starts_at, ends_at): he does not hear it again."""

    call_key = CharField()
    prompt = ForeignKeyField(Prompt, backref="+", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField()

    class Meta:
        indexes = ((("call_key", "prompt"), True),)


# --- facts -----------------------------------------------------------------------------------------------


class CelRow(Table):
    """A raw call event as Asterisk wrote it, in file order (id); source spilka = appended by us.

    event: CEL's eventenum (CHAN_START, USER_DEFINED, …); name: the user event's own name.
    """

    file_number = IntegerField()
    offset = IntegerField()
    source = CharField(default="cel")
    event = CharField()
    name = CharField(default="")
    at = InstantField()
    cid_num = TextField(default="")
    cid_name = TextField(default="")
    exten = TextField(default="")
    context = TextField(default="")
    channel = TextField(default="")
    app = TextField(default="")
    app_data = TextField(default="")
    accountcode = TextField(default="")
    uniqueid = CharField(index=True)
    linkedid = CharField(index=True)
    peer = TextField(default="")
    extra = TextField(default="")


class IngestMark(Table):
    """How far the event files are read: exactly one row, id 1. Never an inode: ext4 reuses them."""

    file_number = IntegerField(default=1)
    offset = IntegerField(default=0)
    torn_rows = IntegerField(default=0)  # lines that were not rows, ever
    ticked_at = InstantField(null=True)  # the last TICK ingested
    read_at = InstantField(null=True)  # the last time the loop looked

    class Meta:
        constraints = [Check("id = 1")]


# nobody was spoken to: whether the customer is owed a callback, his Miss says
MISSED_ENDINGS = (
    "abandoned_greeting", "abandoned_menu", "abandoned_line", "closed", "no_operator", "asked_callback", "cut_off",
)  # fmt: skip


class Call(Table):
    """One conversation or the wish for one: what happened between a customer and a shop.

    A fold of CelRow and nothing else: `rebuild-calls` reproduces every row exactly.
    key: the linkedid of its first channel.
    """

    ENDINGS = (
        "answered",  # spoke with an operator (or the owner's mobile)
        "abandoned_greeting",
        "abandoned_menu",
        "abandoned_line",
        "closed",  # came out of hours
        "no_operator",  # nobody signed on; last resort or its message
        "informed",  # heard an information or goodbye and was done
        "asked_callback",  # pressed the key for a callback
        "cut_off",  # Asterisk or the operator's phone died
        "refused",  # never answered by us
        "not_reached",  # a callback nobody took
    )

    key = CharField(unique=True)
    direction = CharField()  # in, callback
    shop = ForeignKeyField(Shop, backref="calls")
    did = ForeignKeyField(Did, null=True, backref="calls")
    customer = CharField(null=True)  # E.164; null when withheld or not a number
    withheld = BooleanField(default=False)
    arrived_at = InstantField()
    menu_path = CharField(default="")  # keys pressed, "1>3"
    line_at = InstantField(null=True)  # entered the line
    wait_seconds = IntegerField(null=True)  # in the line, to answer or end; whole seconds, rounded half up
    answered_at = InstantField(null=True)
    operator = ForeignKeyField(User, null=True, backref="calls")
    talk_seconds = IntegerField(default=0)
    ended_at = InstantField(null=True)  # null while it lives
    ended_by = CharField(default="")  # customer, operator, system
    ending = CharField(default="")
    attempt = CharField(default="")  # the public id of the Attempt behind a callback
    recording = CharField(default="")  # file name in recordings_dir, "" when nothing was recorded
    flags = CharField(default="")  # negative-duration, returned-to-line, …

    class Meta:
        constraints = [one_of("direction", "in", "callback")]
        indexes = (
            (("shop", "arrived_at"), False),
            (("shop", "customer"), False),
            (("shop", "did", "arrived_at"), False),
            (("shop", "operator", "arrived_at"), False),
        )


Call.add_index(Call.index(Call.ended_at, name="call_living", where=SQL("ended_at IS NULL")))
_MISSED_SQL = ", ".join(f"'{ending}'" for ending in MISSED_ENDINGS)
# holds all that is asked of conversations by the thousand: how many, whose, how long
Call.add_index(
    Call.index(
        Call.shop, Call.arrived_at, Call.operator, Call.did, Call.direction, Call.key, Call.talk_seconds,
        name="call_answered", where=SQL("ending = 'answered'"),
    )
)  # fmt: skip
Call.add_index(Call.index(Call.shop, Call.arrived_at, name="call_missed", where=SQL(f"ending IN ({_MISSED_SQL})")))


class Leg(Table):
    """One telephone that was rung within a call."""

    call = ForeignKeyField(Call, backref="legs", on_delete="CASCADE")
    uniqueid = CharField()
    party = CharField()  # operator, customer, mobile
    user = ForeignKeyField(User, null=True, backref="+")
    rang_at = InstantField()
    answered_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    cause = IntegerField(null=True)  # Q.850

    class Meta:
        constraints = [one_of("party", "operator", "customer", "mobile")]
        indexes = ((("user", "rang_at"), False),)


class Recording(Table):
    """The sound of a call, as long as it is kept. Made when the call has ended; `rebuild-calls` leaves it alone."""

    call_key = CharField(unique=True)
    shop = ForeignKeyField(Shop, backref="recordings")
    file = CharField(unique=True)  # name in recordings_dir: headerless A-law, 8000 bytes a second
    recorded_at = InstantField()  # when the call ended: it is kept so many days from then
    deleted_at = InstantField(null=True)

    class Meta:
        indexes = ((("shop", "recorded_at"), False),)


class Listening(Table):
    """Somebody opened a recording; its public id is the address of the sound, for him alone and not for long."""

    public_id = CharField(unique=True)
    recording = ForeignKeyField(Recording, backref="listenings", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="+", on_delete="CASCADE")
    at = InstantField(default=utcnow)


class Voicemail(Table):
    """What somebody said who met nobody, as long as it is kept; silence never is. `rebuild-calls` leaves it alone."""

    call_key = CharField(unique=True)
    shop = ForeignKeyField(Shop, backref="voicemails")
    file = CharField(unique=True)  # name in recordings_dir: headerless A-law, 8000 bytes a second
    recorded_at = InstantField()  # when the call ended: it is kept so many days from then
    seconds = IntegerField()
    deleted_at = InstantField(null=True)

    class Meta:
        indexes = ((("shop", "recorded_at"), False),)


class VoicemailListening(Table):
    """Somebody opened a voicemail; its public id is the address of the sound, for him alone and not for long."""

    public_id = CharField(unique=True)
    voicemail = ForeignKeyField(Voicemail, backref="listenings", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="+", on_delete="CASCADE")
    at = InstantField(default=utcnow)


class Review(Table):
    """How a call was answered, as its shop's owner judges it, 1 to 5; a later one does not efface an earlier."""

    call_key = CharField(index=True)
    shop = ForeignKeyField(Shop, backref="reviews")
    user = ForeignKeyField(User, backref="+")
    script = IntegerField()
    words = IntegerField()
    politeness = IntegerField()
    note = TextField(default="")
    at = InstantField(default=utcnow)

    class Meta:
        constraints = [Check(f"{what} BETWEEN 1 AND 5") for what in ("script", "words", "politeness")]


# --- promises --------------------------------------------------------------------------------------------


class Callback(Table):
    """A promise to call a customer of a shop; open while closed_at is null, one per shop and customer."""

    shop = ForeignKeyField(Shop, backref="callbacks", index=False)
    did = ForeignKeyField(Did, backref="callbacks")  # the number that was rung: it is called back from there
    customer = CharField()  # E.164
    opened_at = InstantField()
    due_at = InstantField()  # when it is to be dialled next; by when that was promised, its Promise says
    to_confirm = BooleanField(default=False)  # an attempt was answered: she has yet to say by whom
    not_callable = CharField(default="")  # why it must not be dialled; "" = it may
    closed_at = InstantField(null=True)
    closed_because = CharField(default="")  # talked, got_through, owner_called, wrong_number, given_up
    closing_call = CharField(default="")  # key of the Call that closed it
    closed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")  # null: a call or a rule did

    class Meta:
        constraints = [
            one_of("closed_because", "", "talked", "got_through", "owner_called", "wrong_number", "given_up")
        ]
        indexes = ((("shop", "closed_at"), False), (("closed_at", "due_at"), False))


Callback.add_index(
    Callback.index(Callback.shop, Callback.customer, unique=True, name="callback_open", where=SQL("closed_at IS NULL"))
)


class Miss(Table):
    """A call behind a callback: why the customer is owed one. Their number is what the list shows as count."""

    callback = ForeignKeyField(Callback, backref="misses", on_delete="CASCADE")
    call_key = CharField(unique=True)
    at = InstantField()
    why = CharField()  # the call's ending


class CallRequest(Table):
    """A callback was asked for otherwise than by a call that was missed.

    conversation: an operator noted it during the call call_key; site: the visitor of a page asked.
    """

    callback = ForeignKeyField(Callback, backref="requests", on_delete="CASCADE")
    source = CharField()
    at = InstantField(default=utcnow)
    wanted_at = InstantField(null=True)  # the time that was named, as it was named
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    call_key = CharField(default="", index=True)
    page = TextField(default="")  # where the visitor was

    class Meta:
        constraints = [one_of("source", "conversation", "site")]


class SiteButton(Table):
    """A shop's "call me" button. Its key is public: it stands in the pages of the shop's site."""

    shop = ForeignKeyField(Shop, unique=True, backref="site_buttons", on_delete="CASCADE")
    key = CharField(unique=True)
    is_on = BooleanField(default=True)
    did = ForeignKeyField(Did, null=True, backref="+")  # visitors are called from it; null: the shop's first
    origins = TextField(default="")  # the sites it may stand on, https://tea.example, separated by spaces; "" = any
    cap_per_day = IntegerField(default=50)  # calls that may be asked for on a local day


class SiteRequest(Table):
    """A visitor of a site asked for a call: what the limits count, deleted after two days. His CallRequest stays."""

    shop = ForeignKeyField(Shop, backref="+", on_delete="CASCADE")
    number = CharField(index=True)  # E.164
    address = CharField(index=True)  # an IPv6 one without its last 64 bits
    at = InstantField(default=utcnow, index=True)


class Promise(Table):
    """At made_at a customer was promised a call by call_by; kept or not, calls/promises.py says."""

    callback = ForeignKeyField(Callback, backref="promises", on_delete="CASCADE")
    made_at = InstantField()
    call_by = InstantField()

    class Meta:
        indexes = ((("call_by",), False),)


class Claim(Table):
    """An operator holds a callback in [starts_at, ends_at), at most until lease_until (unless an attempt runs)."""

    callback = ForeignKeyField(Callback, backref="claims", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="claims", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    lease_until = InstantField()
    ends_at = InstantField(null=True)
    ended_because = CharField(default="")  # released, expired, closed, signed-off


Claim.add_index(Claim.index(Claim.callback, unique=True, name="claim_open", where=SQL("ends_at IS NULL")))


class Attempt(Table):
    """A wish to dial a callback and what became of it: wanted → sent → ended.

    The page writes the wish, the scheduler alone sends it. public_id makes the channel's id cb-<public_id>.
    """

    RESULTS = (
        "answered", "talked", "machine", "busy", "declined", "no_answer", "wrong_number",
        "operator_no_answer", "operator_unreachable", "operator_gave_up", "trunk_dead", "not_dialled", "refused",
    )  # fmt: skip

    public_id = CharField(unique=True)
    callback = ForeignKeyField(Callback, backref="attempts", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="attempts")
    customer = CharField()  # E.164; one open attempt per number across all shops
    wanted_at = InstantField(default=utcnow)
    sent_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    result = CharField(default="")
    reason = CharField(default="")  # why it was refused: cap_concurrent, cap_minutes, facts_late, busy_elsewhere, …
    minutes_reserved = IntegerField(default=0)
    note = TextField(default="")

    @property
    def channel_id(self) -> str:
        return f"cb-{self.public_id}"


Attempt.add_index(Attempt.index(Attempt.customer, unique=True, name="attempt_open", where=SQL("ended_at IS NULL")))


class Transfer(Table):
    """A wish to hand a caller over to the owner's mobile and what became of it: wanted → sent → taken → ended.

    The page writes the wish, the scheduler alone carries it out. Not taken, the caller stays with her.
    """

    public_id = CharField(unique=True)
    call_key = CharField()
    did = ForeignKeyField(Did, backref="+")  # the number that was rung: the mobile is rung from there
    user = ForeignKeyField(User, backref="transfers", on_delete="CASCADE")
    wanted_at = InstantField(default=utcnow)
    sent_at = InstantField(null=True)
    withdrawn_at = InstantField(null=True)  # she took the caller back
    taken_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    reason = CharField(default="")  # why it was not even sent
    minutes_reserved = IntegerField(default=0)
    CHANNEL = "tr-"

    @property
    def channel_id(self) -> str:
        return f"{self.CHANNEL}{self.public_id}"


Transfer.add_index(Transfer.index(Transfer.call_key, unique=True, name="transfer_open", where=SQL("ended_at IS NULL")))


class KeptPlace(Table):
    """He who is owed the callback stands in the line since `since`, though he hung up; open until he was dialled."""

    callback = ForeignKeyField(Callback, backref="kept_places", on_delete="CASCADE")
    call_key = CharField(unique=True)  # the call in which he asked for it
    since = InstantField()  # when he entered the line
    ends_at = InstantField(null=True)


KeptPlace.add_index(
    KeptPlace.index(KeptPlace.callback, unique=True, name="kept_place_open", where=SQL("ends_at IS NULL"))
)


class Placeholder(Table):
    """A channel that waits for a customer, in [starts_at, ends_at); the Attempt of whom it rings has its key.

    kept: in the line, where he stood; automatic: behind it, because he is due.
    """

    public_id = CharField(unique=True)
    callback = ForeignKeyField(Callback, backref="placeholders", on_delete="CASCADE")
    kind = CharField(default="kept")
    starts_at = InstantField(default=utcnow)
    taken_at = InstantField(null=True)  # an operator picked up
    ends_at = InstantField(null=True)

    class Meta:
        constraints = [one_of("kind", "kept", "automatic")]

    @property
    def channel_id(self) -> str:
        return f"cb-{self.public_id}"

    @property
    def line_id(self) -> str:
        """Of its half that waits in the queue."""
        return f"{self.channel_id}-line"


Placeholder.add_index(
    Placeholder.index(Placeholder.callback, unique=True, name="placeholder_open", where=SQL("ends_at IS NULL"))
)


# --- what a conversation came to -------------------------------------------------------------------------


class CallNote(Table):
    """What an operator wrote down during a call, saved as she types."""

    call_key = CharField()
    shop = ForeignKeyField(Shop, backref="+")
    user = ForeignKeyField(User, backref="+")
    text = TextField(default="")
    changed_at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("call_key", "user"), True),)


class Outcome(Table):
    """What a conversation came to, as its operator says; the latest of a call counts, the earlier ones stay."""

    KINDS = ("order", "advice", "delivery", "complaint", "return", "wrong_number", "call_again", "other")

    call_key = CharField(index=True)
    shop = ForeignKeyField(Shop, backref="+")
    user = ForeignKeyField(User, backref="+")
    kind = CharField()
    solved = BooleanField(null=True)  # at once, in this call; null: not said
    at = InstantField(default=utcnow)

    class Meta:
        constraints = [
            one_of("kind", "order", "advice", "delivery", "complaint", "return", "wrong_number", "call_again", "other")
        ]


class Reveal(Table):
    """An operator made a customer's whole number appear, by an act of her own; its shop let her.

    about: the call or the callback it was needed for, call:1732.5 or callback:7.
    """

    user = ForeignKeyField(User, backref="reveals", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="reveals", on_delete="CASCADE")
    number = CharField()  # E.164
    about = CharField()
    at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("user", "at"), False), (("shop", "at"), False))


# --- figures of days that are over: rows made from facts, to be made again at any time ----------------------


class TalliedSpan(Table):
    """A shop's local day, or a month of them, is summed by this rule (calls/spans.py); by another it is not used."""

    shop = ForeignKeyField(Shop, backref="+", on_delete="CASCADE")
    first = DayField()
    last = DayField()  # included
    rule = CharField()

    class Meta:
        indexes = ((("shop", "first", "last"), True),)


class Tally(Table):
    """What was counted of a span, whole, by number rung and by operator; the columns are those of counting.Counts."""

    span = ForeignKeyField(TalliedSpan, backref="tallies", index=False, on_delete="CASCADE")
    about = CharField()
    did = ForeignKeyField(Did, null=True, backref="+")
    operator = ForeignKeyField(User, null=True, backref="+")
    arrived = IntegerField()
    offered = IntegerField()
    answered = IntegerField()
    answered_within = IntegerField()
    abandoned = IntegerField()
    abandoned_within = IntegerField()
    gave_up_seconds = IntegerField()
    asked = IntegerField()
    nobody = IntegerField()
    cut = IntegerField()
    short = IntegerField()
    waited_seconds = IntegerField()
    handled = IntegerField()
    talk_seconds = IntegerField()
    after_call_seconds = IntegerField()
    called = IntegerField()
    called_talk_seconds = IntegerField()
    told = IntegerField()
    solved = IntegerField()
    called_back = IntegerField()
    waiting = IntegerField()
    lost = IntegerField()

    class Meta:
        constraints = [one_of("about", "whole", "did", "operator")]
        indexes = ((("span", "about"), False),)


class HourTally(Table):
    """What was counted of an hour of the week in a span, local; weekday 0 is Monday."""

    span = ForeignKeyField(TalliedSpan, backref="hours", on_delete="CASCADE")
    weekday = IntegerField()
    hour = IntegerField()
    arrived = IntegerField()
    offered = IntegerField()


class WorkTally(Table):
    """An operator's time at calls on a day of the union, in seconds; the row without a user says that the day is done."""

    day = DayField()
    user = ForeignKeyField(User, null=True, backref="+", on_delete="CASCADE")
    ready_seconds = IntegerField(default=0)
    after_call_seconds = IntegerField(default=0)

    class Meta:
        indexes = ((("day", "user"), True),)


# --- selling ---------------------------------------------------------------------------------------------


class Order(Table):
    """What a customer ordered by telephone. Sums in minor units of the union's currency.

    A draft is what is typed during the call; placing it gives the number. Each change of state is an OrderChange,
    each correction of what was placed an OrderCorrection. token: the form it was typed in; sent twice, it is one order.
    """

    STATES = ("draft", "new", "confirmed", "sent", "delivered", "returned", "cancelled")

    shop = ForeignKeyField(Shop, backref="orders")
    token = CharField(null=True, unique=True)
    number = IntegerField(null=True)  # counts within the shop, from 1; null while a draft
    call_key = CharField(index=True)  # Call.key it was taken in; "" when entered without one
    did = ForeignKeyField(Did, null=True, backref="+")  # the source: which advertisement rang
    operator = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    state = CharField(default="draft")  # that of the latest OrderChange
    customer = CharField(null=True)  # E.164
    is_dictated = BooleanField(default=False)  # the customer gave another number than his own: write-only for operators
    customer_name = CharField(default="")
    delivery = TextField(default="")
    comment = TextField(default="")
    sum_minor = IntegerField(default=0)
    margin_minor = IntegerField(null=True)  # null: not known
    created_at = InstantField(default=utcnow)
    placed_at = InstantField(null=True)
    typed = TextField(default="")  # a draft's fields as they stand in the form, JSON; "" once placed

    class Meta:
        constraints = [one_of("state", "draft", "new", "confirmed", "sent", "delivered", "returned", "cancelled")]
        indexes = ((("shop", "placed_at"), False), (("shop", "customer"), False))


Order.add_index(
    Order.index(Order.shop, Order.number, unique=True, name="order_number", where=SQL("number IS NOT NULL"))
)


class OrderLine(Table):
    """Goods within an order."""

    order = ForeignKeyField(Order, backref="lines", on_delete="CASCADE")
    position = IntegerField()
    title = CharField()
    quantity = IntegerField(default=1)
    price_minor = IntegerField(default=0)  # of one

    class Meta:
        constraints = [Check("quantity > 0"), Check("price_minor >= 0")]


class OrderChange(Table):
    """An order came into this state, why, and who said so. undoes: the change that was taken back by this one."""

    order = ForeignKeyField(Order, backref="changes", on_delete="CASCADE")
    state = CharField()
    reason = TextField(default="")
    undoes = ForeignKeyField("self", null=True, unique=True, backref="undone_by")
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = InstantField(default=utcnow)

    class Meta:
        constraints = [one_of("state", "new", "confirmed", "sent", "delivered", "returned", "cancelled")]
        indexes = ((("state", "at"), False),)


class OrderCorrection(Table):
    """What a placed order was and what its shop made of it, field by field, JSON; the earlier ones stay."""

    order = ForeignKeyField(Order, backref="corrections", on_delete="CASCADE")
    before = TextField()
    after = TextField()
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = InstantField(default=utcnow)


# --- what is said and known ------------------------------------------------------------------------------


class Script(Table):
    """One version of what operators say for a shop: the latest counts, the earlier ones stay, none is edited."""

    shop = ForeignKeyField(Shop, backref="scripts", on_delete="CASCADE")
    version = IntegerField()
    written_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    written_at = InstantField(default=utcnow)

    class Meta:
        indexes = ((("shop", "version"), True),)


class ScriptStep(Table):
    """Something to say; `hears` is what the customer says before it, "" when nothing of his leads to it."""

    PARTS = ("greeting", "questions", "objections", "closing")

    script = ForeignKeyField(Script, backref="steps", on_delete="CASCADE")
    part = CharField()
    position = IntegerField()  # within its part, from 0
    hears = TextField(default="")
    says = TextField()

    class Meta:
        constraints = [one_of("part", "greeting", "questions", "objections", "closing")]


class Card(Table):
    """What an operator must know of a shop: goods, or how delivery, payment and returns go. Removed ones stay."""

    KINDS = ("goods", "delivery", "payment", "returns", "other")

    shop = ForeignKeyField(Shop, backref="cards", on_delete="CASCADE")
    kind = CharField(default="goods")
    title = CharField()
    spoken = CharField(default="")  # how the title is said aloud
    price_minor = IntegerField(null=True)  # minor units of the union's currency
    stock = IntegerField(null=True)  # pieces; null: not told
    differs = TextField(default="")  # what differs from the picture
    text = TextField(default="")
    confirmed_at = InstantField(default=utcnow)  # when the shop last said that all of it is so
    confirmed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    removed_at = InstantField(null=True)

    class Meta:
        constraints = [
            one_of("kind", "goods", "delivery", "payment", "returns", "other"),
            Check("price_minor >= 0"),
            Check("stock >= 0"),
        ]


Card.add_index(Card.index(Card.shop, Card.title, unique=True, name="card_title", where=SQL("removed_at IS NULL")))


class CardWords(FTS5Model):
    """The words of the cards that are not removed, folded and stemmed by orders/search.py; rowid is the card's id."""

    rowid = RowIDField()
    title = SearchField()
    title_stems = SearchField()
    body = SearchField()
    body_stems = SearchField()

    class Meta:
        database = database
        legacy_table_names = False
        options = {"tokenize": "unicode61 remove_diacritics 0", "prefix": "2 3"}


class Question(Table):
    """What an operator could not answer a customer: asked of the shop at once, answered once."""

    shop = ForeignKeyField(Shop, backref="questions", on_delete="CASCADE")
    call_key = CharField(index=True)
    operator = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    text = TextField()
    asked_at = InstantField(default=utcnow)
    answer = TextField(default="")
    answered_at = InstantField(null=True)
    answered_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    card = ForeignKeyField(Card, null=True, backref="+", on_delete="SET NULL")  # what was made of it

    class Meta:
        constraints = [Check("(answered_at IS NULL) = (answer = '')")]
        indexes = ((("shop", "answered_at"), False),)


# --- money -----------------------------------------------------------------------------------------------


class AppendOnly(Table):
    """What is written stays as it is: the database itself refuses to change, replace or delete such a row."""

    @classmethod
    def create_table(cls, safe: bool = True, **options) -> None:
        super().create_table(safe, **options)
        name = cls._meta.table_name
        refuse = f"BEGIN SELECT RAISE(ABORT, '{name}: what is written stays as it is'); END"
        for verb, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            ("INSERT", f'WHEN EXISTS (SELECT 1 FROM "{name}" WHERE id = NEW.id) '),  # INSERT OR REPLACE
        ):
            trigger = f'CREATE TRIGGER IF NOT EXISTS "{name}_no_{verb.lower()}" BEFORE {verb} ON "{name}"'
            database.execute_sql(f"{trigger} {when}{refuse}")


class Account(AppendOnly):
    """A place where money or a claim stands. Its name is the one the exports use: Assets:Receivable:Shop-3."""

    name = CharField(unique=True)
    kind = CharField()
    shop = ForeignKeyField(Shop, null=True, backref="accounts")  # whose receivable
    user = ForeignKeyField(User, null=True, backref="accounts")  # whose payable

    class Meta:
        constraints = [one_of("kind", "assets", "liabilities", "equity", "income", "expenses")]


class Transaction(AppendOnly):
    """Money moved: its postings sum to zero. Written by ledger.transactions.post() alone.

    hash: SHA-256 (hex) of previous_hash and the transaction's canonical text; the first row's previous_hash is "".
    """

    key = CharField(unique=True)  # a second post of the same thing writes nothing
    day = DayField()
    kind = CharField()
    text = TextField(default="")  # a person's words, or the reason of a reversal
    user = ForeignKeyField(User, null=True, backref="+")
    at = InstantField()
    reverses = ForeignKeyField("self", null=True, unique=True, backref="reversals")
    previous_hash = CharField()
    hash = CharField(unique=True)

    class Meta:
        constraints = [one_of("kind", "accrual", "reserve", "payment", "reversal")]


class Posting(AppendOnly):
    """A sum on one account, in minor units: a debit is positive, a credit negative."""

    transaction = ForeignKeyField(Transaction, backref="postings")
    account = ForeignKeyField(Account, backref="postings")
    amount_minor = IntegerField()

    class Meta:
        constraints = [Check("amount_minor <> 0")]


class CostItem(Table):
    """Something that costs the union money in [starts_on, ends_on).

    method: monthly (amount_minor a month, by days), hours (amount_minor an hour of user's presence), answered
    (amount_minor per call user answered), once (in the month of starts_on), commission (rate_bp of each delivered
    order, to whoever took it). A fine lowers what its user is owed.
    """

    CATEGORIES = ("operator", "trainee", "server", "telephone", "bonus", "fine", "commission", "other")
    METHODS = ("monthly", "hours", "answered", "once", "commission")

    name = CharField()
    category = CharField()
    method = CharField()
    amount_minor = IntegerField(default=0)
    rate_bp = IntegerField(default=0)  # of a commission: hundredths of a per cent
    user = ForeignKeyField(User, null=True, backref="cost_items")  # who is paid; null: a supplier
    shop = ForeignKeyField(Shop, null=True, backref="cost_items")  # who bears it alone; null: all, by the rule
    starts_on = DayField()
    ends_on = DayField(null=True)
    evidence_call = CharField(default="")  # Call.key behind a bonus or fine
    evidence = TextField(default="")  # and why, in words
    created_at = InstantField(default=utcnow)

    class Meta:
        constraints = [
            one_of("category", "operator", "trainee", "server", "telephone", "bonus", "fine", "commission", "other"),
            one_of("method", "monthly", "hours", "answered", "once", "commission"),
            Check("amount_minor >= 0"),
            Check("rate_bp BETWEEN 0 AND 10000"),
            Check("ends_on IS NULL OR ends_on > starts_on"),
        ]


class ItemAnswer(Table):
    """What an operator says to a bonus or fine of hers."""

    item = ForeignKeyField(CostItem, backref="answers", on_delete="CASCADE")
    user = ForeignKeyField(User, backref="+")
    text = TextField()
    at = InstantField(default=utcnow)


class SplitRule(Table):
    """How an item's cost comes back from the shops in the months from starts_on to ends_on (both firsts of a month).

    kind: split (the whole by basis), fee (each shop pays amount_minor a month; the difference is the reserve's),
    fees (paid from others' fees and the reserve), base (each pays amount_minor, the rest by basis). What fees and
    reserve can't pay is shared by basis too.
    """

    KINDS = ("split", "fee", "fees", "base")
    BASES = ("equal", "calls", "talk", "orders", "weights")

    item = ForeignKeyField(CostItem, backref="rules", on_delete="CASCADE")
    kind = CharField()
    basis = CharField(default="equal")
    amount_minor = IntegerField(default=0)
    starts_on = DayField()
    ends_on = DayField(null=True)

    class Meta:
        constraints = [
            one_of("kind", "split", "fee", "fees", "base"),
            one_of("basis", "equal", "calls", "talk", "orders", "weights"),
            Check("amount_minor >= 0"),
            Check("ends_on IS NULL OR ends_on > starts_on"),
        ]


class SplitWeight(Table):
    """A shop's weight under a rule by weights; a shop without a row weighs nothing."""

    rule = ForeignKeyField(SplitRule, backref="weights", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="+")
    weight = IntegerField()

    class Meta:
        constraints = [Check("weight >= 0")]
        indexes = ((("rule", "shop"), True),)


class Period(AppendOnly):
    """A month that was closed, when and by whom (null: the timetable)."""

    month = DayField(unique=True)  # its first day
    starts_at = InstantField()
    ends_at = InstantField()
    due_on = DayField()  # when its statements are to be paid
    closed_at = InstantField()
    closed_by = ForeignKeyField(User, null=True, backref="+")
    reserve_before_minor = IntegerField()
    reserve_after_minor = IntegerField()
    digest = CharField()  # SHA-256 (hex) of its accruals, shares and counted facts


class Accrual(AppendOnly):
    """What an item cost in a period and how it was met: cost = fixed + covered + shared."""

    period = ForeignKeyField(Period, backref="accruals")
    item = ForeignKeyField(CostItem, backref="accruals")
    transaction = ForeignKeyField(Transaction, null=True, backref="accruals")  # null when there was nothing to post
    cost_minor = IntegerField()
    quantity = IntegerField()  # seconds, calls or orders behind it; days of a monthly one
    fixed_minor = IntegerField()  # paid as fees or bases
    covered_minor = IntegerField()  # by the fees of others and the reserve; negative: left over for them
    shared_minor = IntegerField()  # split by basis
    basis = CharField()
    weight_total = IntegerField()
    note = CharField(default="")  # codes: why it was split otherwise than its rule says

    class Meta:
        indexes = ((("period", "item"), True),)
        constraints = [
            one_of("basis", "own", *SplitRule.BASES),
            Check("cost_minor = fixed_minor + covered_minor + shared_minor"),
        ]


class Share(AppendOnly):
    """What one shop pays of an accrual: fixed_minor + split_minor."""

    accrual = ForeignKeyField(Accrual, backref="shares")
    shop = ForeignKeyField(Shop, backref="shares")
    days = IntegerField()  # of membership
    weight = IntegerField()  # of the accrual's weight_total
    fixed_minor = IntegerField()
    split_minor = IntegerField()
    odd_minor = IntegerField()  # of split_minor: the unit that came by rounding: 1, 0 or -1

    class Meta:
        indexes = ((("accrual", "shop"), True),)

    @property
    def amount_minor(self) -> int:
        return self.fixed_minor + self.split_minor


class CountedFact(AppendOnly):
    """A call, order, delivery or return that was counted in a period, and so in no other.

    A hundred thousand are written at once, so there is no index but the two that are needed."""

    period = ForeignKeyField(Period, backref="facts", index=False)
    kind = CharField()
    key = CharField()  # Call.key or Order.id
    shop = ForeignKeyField(Shop, backref="+", index=False)
    user = ForeignKeyField(User, null=True, backref="+", index=False)
    at = InstantField()
    quantity = IntegerField()  # seconds of talk, or minor units an order is worth

    class Meta:
        constraints = [one_of("kind", "call", "order", "delivery", "return")]
        indexes = ((("kind", "key"), True), (("period", "shop"), False))


class Statement(AppendOnly):
    """A shop's bill of a period: closing = opening + its lines."""

    period = ForeignKeyField(Period, backref="statements")
    shop = ForeignKeyField(Shop, backref="statements")
    opening_minor = IntegerField()
    closing_minor = IntegerField()

    class Meta:
        indexes = ((("period", "shop"), True),)


class StatementLine(AppendOnly):
    """A posting to a shop's receivable stands on exactly one statement."""

    statement = ForeignKeyField(Statement, backref="lines")
    posting = ForeignKeyField(Posting, unique=True, backref="+")


class Payment(AppendOnly):
    """Money that came or went: from a shop, to an operator or a supplier, or put into the reserve."""

    KINDS = ("shop", "operator", "supplier", "reserve")

    transaction = ForeignKeyField(Transaction, unique=True, backref="payments")
    kind = CharField()
    shop = ForeignKeyField(Shop, null=True, backref="payments")
    user = ForeignKeyField(User, null=True, backref="+")
    place = CharField()  # bank or cash
    day = DayField()
    amount_minor = IntegerField()
    reference = CharField(default="")  # the bank's own
    note = TextField(default="")

    class Meta:
        constraints = [
            one_of("kind", "shop", "operator", "supplier", "reserve"),
            one_of("place", "bank", "cash"),
            Check("amount_minor > 0"),
            Check("(kind = 'shop') = (shop_id IS NOT NULL)"),
            Check("(kind = 'operator') = (user_id IS NOT NULL)"),
        ]


class BooksLook(Table):
    """The books were looked through: so many rules of ledger/checks.py, so many things wrong."""

    at = InstantField(default=utcnow)
    rules = IntegerField()
    wrong = IntegerField()


class BooksFault(Table):
    """Something that was wrong in the books: expected and actual are minor units where there is a difference, else
    words."""

    look = ForeignKeyField(BooksLook, backref="faults", on_delete="CASCADE")
    rule = CharField()
    about = CharField()  # transaction:7 …
    expected = TextField()
    actual = TextField()
    difference_minor = IntegerField(null=True)


# --- the timetable ---------------------------------------------------------------------------------------


class Job(Table):
    """What the timetable comes back to, as the scheduler tells the page of jobs.

    A daily one comes at at_minute, from midnight of the union's clock; the others every so many seconds.
    """

    name = CharField(unique=True)
    at_minute = IntegerField(null=True)
    every_seconds = IntegerField(null=True)
    seen_at = InstantField(default=utcnow)  # when the timetable last told that it has it
    ran_at = InstantField(null=True)  # of those that come often: when one last began
    fault = TextField(default="")  # of those that come often: what went wrong; "" since it went well again

    class Meta:
        constraints = [Check("(at_minute IS NULL) <> (every_seconds IS NULL)")]


class Run(Table):
    """A job ran for this local date; the key decides what is due after a restart, and that nothing runs twice.

    Open it runs, or its process died; with a fault it failed and is tried again. union/runs.py is its only writer.
    """

    job = CharField()
    local_date = DayField()
    started_at = InstantField(default=utcnow)
    ended_at = InstantField(null=True)
    outcome = TextField(default="")
    fault = TextField(default="")
    tries = IntegerField(default=1)

    class Meta:
        indexes = ((("job", "local_date"), True),)


class MorningEntry(Table):
    """A callback stood on the list with which a shop's day began: the Run's job and date say which."""

    run = ForeignKeyField(Run, backref="entries", on_delete="CASCADE")
    callback = ForeignKeyField(Callback, backref="+", on_delete="CASCADE")

    class Meta:
        indexes = ((("run", "callback"), True),)


class Backup(Table):
    """A copy of the box was begun; it is whole in the backup folder from taken_at, outside from outside_at on.

    fault: why the one or the other did not come about, else "". detail: the failing program's own words.
    """

    FAULTS = ("", "no_room", "folder", "outside", "stopped")

    name = CharField(unique=True)  # of its folder: the instant it began, 2026-11-22T010000Z
    starts_at = InstantField()
    taken_at = InstantField(null=True)
    outside_at = InstantField(null=True)
    ends_at = InstantField(null=True)
    database_bytes = IntegerField(default=0)
    files = IntegerField(default=0)  # recordings, prompts … that it can be restored with
    files_bytes = IntegerField(default=0)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [one_of("fault", "", "no_room", "folder", "outside", "stopped")]


class Rehearsal(Table):
    """A copy was restored into an empty folder to see whether it can be, and looked through.

    fault: the first thing that was not as it should be, else "".
    """

    FAULTS = ("", "none", "no_room", "outside", "files", "database", "books", "facts", "stopped")

    name = CharField(default="")  # of the Backup
    place = CharField()  # where the copy was fetched from
    starts_at = InstantField()
    ends_at = InstantField(null=True)
    calls = IntegerField(default=0)
    transactions = IntegerField(default=0)
    files = IntegerField(default=0)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [
            one_of("place", "folder", "outside"),
            one_of("fault", "", "none", "no_room", "outside", "files", "database", "books", "facts", "stopped"),
        ]


class DeadEnd(Table):
    """A number whose calls find our process out of reach: a drill's own, while it lasts."""

    did = ForeignKeyField(Did, unique=True, backref="+", on_delete="CASCADE")
    address = CharField()  # 127.0.0.1:port, where nobody answers


class Drill(Table):
    """A test caller met a box whose every process of ours was out of reach: wanted → started → ended.

    fault: what was worst, "" when each call and each shop's last resort was as it should be. detail: more about the
    fault, in the words of the program that failed.
    """

    FAULTS = ("", "asterisk", "calls", "shops", "unable", "stopped")

    wanted_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")  # null: the timetable or a command
    wanted_at = InstantField(default=utcnow)
    starts_at = InstantField(null=True)
    ends_at = InstantField(null=True)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        constraints = [one_of("fault", "", "asterisk", "calls", "shops", "unable", "stopped")]


class DrillCall(Table):
    """What the test caller got. way: how our process was out of reach; resort: what the test shop chose for that case.

    heard_ms: from dialling until he heard it, null when he never did.
    """

    WAYS = ("refused", "frozen")
    RESORTS = ("message", "mobile")
    FAULTS = ("", "unanswered", "reached", "silence", "cut", "no_ring", "no_offer", "one_way")

    drill = ForeignKeyField(Drill, backref="calls", on_delete="CASCADE")
    way = CharField()
    resort = CharField()
    heard_ms = IntegerField(null=True)
    fault = CharField(default="")
    detail = TextField(default="")

    class Meta:
        indexes = ((("drill", "way", "resort"), True),)
        constraints = [
            one_of("way", "refused", "frozen"),
            one_of("resort", "message", "mobile"),
            one_of("fault", "", "unanswered", "reached", "silence", "cut", "no_ring", "no_offer", "one_way"),
        ]


class DrillFinding(Table):
    """What Asterisk would do by itself for a shop's callers, as it was read there; never a number."""

    FINDINGS = ("mobile", "message", "not_live", "not_callable", "differs", "unknown")
    FAULTS = ("not_callable", "differs", "unknown")

    drill = ForeignKeyField(Drill, backref="findings", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, backref="+", on_delete="CASCADE")
    finding = CharField()

    class Meta:
        indexes = ((("drill", "shop"), True),)
        constraints = [one_of("finding", "mobile", "message", "not_live", "not_callable", "differs", "unknown")]

    @property
    def is_well(self) -> bool:
        return self.finding not in self.FAULTS


# --- leaving the box -------------------------------------------------------------------------------------


class Outbox(Table):
    """A mail: one per kind, thing it is about and recipient, however often it is asked for.

    Its state is told by the row of its last sending; due_at is when the next one may begin, null when none will.
    """

    kind = CharField()  # invitation, digest, …
    about = CharField()  # the thing's own key: invitation:7, digest:3:2026-11-21
    recipient = CharField()
    message_id = CharField(unique=True)  # made when queued: whoever gets it twice can tell
    subject = CharField()
    text = TextField()
    html = TextField(default="")
    picture = BlobField(null=True)  # a PNG the html shows as cid:picture
    unsubscribe = CharField(default="")  # the address that ends such mails in one click; "" for what can't be ended
    queued_at = InstantField(default=utcnow)
    due_at = InstantField(null=True, default=utcnow)

    class Meta:
        indexes = ((("kind", "about", "recipient"), True),)


class TrunkOutage(Table):
    """Asterisk could not reach a trunk's provider in [starts_at, ends_at)."""

    trunk = ForeignKeyField(Trunk, backref="outages", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    ends_at = InstantField(null=True)


TrunkOutage.add_index(
    TrunkOutage.index(TrunkOutage.trunk, unique=True, name="trunk_outage_open", where=SQL("ends_at IS NULL"))
)


class Notice(Table):
    """Something needs somebody at once, in [starts_at, ends_at): cause is a kind of mail/notices.py, and of what.

    told_at: when it had lasted long enough for a letter; gone_at: since when it is no more, as long as it may return.
    """

    cause = CharField()  # facts, disk, no_operator, trunk:3, job:month, drill, copy:outside, cap:3
    starts_at = InstantField(default=utcnow)
    told_at = InstantField(null=True)
    gone_at = InstantField(null=True)
    ends_at = InstantField(null=True)


Notice.add_index(Notice.index(Notice.cause, unique=True, name="notice_open", where=SQL("ends_at IS NULL")))


class DigestChoice(Table):
    """How somebody wants a digest, when not as it comes by itself (mail/digest_choices.py).

    daily, weekly, monthly and statement (a bill without the month's figures) are a shop's; hers (an operator's
    morning) and health (the coordinator's week) the union's.
    """

    KINDS = ("daily", "weekly", "monthly", "statement", "hers", "health")

    user = ForeignKeyField(User, backref="digest_choices", on_delete="CASCADE")
    shop = ForeignKeyField(Shop, null=True, backref="digest_choices", on_delete="CASCADE")
    kind = CharField()
    is_on = BooleanField(default=True)
    hour = IntegerField()  # of the shop's clock, or the union's
    weekdays = CharField()  # 0 = Monday, separated by spaces

    class Meta:
        constraints = [
            one_of("kind", "daily", "weekly", "monthly", "statement", "hers", "health"),
            Check("(kind IN ('daily', 'weekly', 'monthly', 'statement')) = (shop_id IS NOT NULL)"),
            Check("hour BETWEEN 4 AND 23"),
        ]


DigestChoice.add_index(
    DigestChoice.index(
        DigestChoice.user, DigestChoice.kind, SQL("coalesce(shop_id, 0)"), unique=True, name="digest_choice_one"
    )
)


class Sending(Table):
    """One try to hand a mail to the SMTP server. From handed_at on the server may have it."""

    mail = ForeignKeyField(Outbox, backref="sendings", on_delete="CASCADE")
    starts_at = InstantField(default=utcnow)
    handed_at = InstantField(null=True)
    ends_at = InstantField(null=True)
    result = CharField(default="")
    reason = CharField(default="")  # a word of ours: connect, silent, tls, log_in, answer, dropped, stopped, address
    answer = TextField(default="")  # the server's own words

    class Meta:
        constraints = [one_of("result", "", "accepted", "later", "refused", "unclear")]


Sending.add_index(Sending.index(Sending.mail, unique=True, name="sending_open", where=SQL("ends_at IS NULL")))


TABLES = (
    # shops
    Union, Queue, Shop, Membership, Trunk, Did, WeekHours, HoursException, Prompt, PromptSound, Menu, MenuOption,
    # people
    User, Role, Grant, Invitation, Session, Phone, LoginAttempt, AuditEntry, Telephone,
    Leaving,
    # the line
    QueueOperator, Presence, AutomaticMode, Announced,
    Release, MobileHours, Overflow,
    WaitingPrompt, WaitingPlayed,
    # facts
    CelRow, IngestMark, Call, Leg, Recording, Listening, Review,
    Voicemail, VoicemailListening,
    # promises
    Callback, Miss, CallRequest, Promise, Claim, Attempt, KeptPlace, Placeholder, Transfer,
    SiteButton, SiteRequest,
    # what a conversation came to
    CallNote, Outcome,
    Reveal,
    # figures of days that are over
    TalliedSpan, Tally, HourTally, WorkTally,
    # selling
    Order, OrderLine, OrderChange, OrderCorrection,
    # what is said and known
    Script, ScriptStep, Card, CardWords, Question,
    # money
    Account, Transaction, Posting, CostItem, ItemAnswer, SplitRule, SplitWeight, Period, Accrual, Share, CountedFact,
    Statement, StatementLine, Payment,
    BooksLook, BooksFault,
    # the timetable and leaving the box
    Job, Run, MorningEntry, Outbox, Sending, DigestChoice, TrunkOutage, Notice,
    Backup, Rehearsal,
    DeadEnd, Drill, DrillCall, DrillFinding,
)  # fmt: skip
