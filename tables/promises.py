"""What callers were promised: callbacks, attempts, kept places, transfers."""

from __future__ import annotations

from peewee import SQL, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Did, Shop


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
