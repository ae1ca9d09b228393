"""What happened, as Asterisk told it, and what was made of it."""

from __future__ import annotations

from peewee import SQL, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Did, Shop


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
