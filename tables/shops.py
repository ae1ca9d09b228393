"""The union and its shops: numbers, hours, prompts, menus."""

from __future__ import annotations

import datetime as dt

from peewee import SQL, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import DayField, InstantField, Table, one_of, utcnow


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
