"""What leaves the box: mails, notices, and who wants which."""

from __future__ import annotations

from peewee import SQL, BlobField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from tables.base import InstantField, Table, one_of, utcnow
from tables.people import User
from tables.shops import Shop, Trunk


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
