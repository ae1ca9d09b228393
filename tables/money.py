"""The ledger: accounts, postings, cost items, splits, periods, statements."""

from __future__ import annotations

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import DayField, InstantField, Table, database, one_of, utcnow
from tables.people import User
from tables.shops import Shop


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
