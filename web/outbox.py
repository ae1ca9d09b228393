"""The outbox: what left, when and to whom; what waits, and why. No letter is shown: what a shop is told is the shop's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from peewee import prefetch

from mail import outbox as rules
from models import Outbox, Sending
from web.access import allow, found, settings

outbox = Blueprint("outbox", __name__)
PAGE = 100

KINDS = {
    "invitation": _l("Invitation"),
    "order": _l("Order"),
    "given_up": _l("Customer given up"),
    "statement": _l("Month and statement"),
    "question": _l("Question"),
    "digest": _l("Daily digest"),
    "week": _l("Weekly digest"),
    "hers": _l("The operator's morning letter"),
    "health": _l("The coordinator's weekly letter"),
    "notice": _l("Notice"),
    "password": _l("New password"),
}
STATES = {
    "waiting": _l("waits"),
    "sending": _l("is being sent"),
    "sent": _l("sent"),
    "unclear": _l("perhaps sent"),
    "given_up": _l("not sent"),
}
REASONS = {
    "": "",
    "connect": _l("the mail server can't be reached"),
    "silent": _l("the mail server does not answer"),
    "tls": _l("the connection to the mail server can't be made safe"),
    "log_in": _l("the mail server refuses our account"),
    "answer": _l("the mail server said:"),
    "dropped": _l("the line broke before the mail server said yes or no"),
    "stopped": _l("the box stopped while sending"),
    "restored": _l("the box was restored from a copy; the mail may have left before"),
    "address": _l("no mail can travel to this address"),
}


@outbox.get("/outbox")
@allow("coordinator")
def index():
    mails = Outbox.select().order_by(Outbox.id.desc()).limit(PAGE)
    if before := request.args.get("before", type=int):
        mails = mails.where(Outbox.id < before)
    listed = [told(mail) for mail in prefetch(mails, Sending.select().order_by(Sending.id))]
    return render_template(
        "outbox/index.html",
        mails=listed,
        waiting=Outbox.select().where(Outbox.due_at.is_null(False)).count(),
        has_server=bool(settings().smtp_host),
        page=PAGE,
        kinds=KINDS,
        states=STATES,
        reasons=REASONS,
    )


@outbox.app_template_global()
def mail_stopped() -> str:
    """Why no mail leaves, in words; "" while it does."""
    return REASONS[rules.stopped_by()] if settings().smtp_host else ""


def told(mail: Outbox) -> tuple[Outbox, str, Sending | None]:
    """A mail, its state and its last sending."""
    last = mail.sendings[-1] if mail.sendings else None
    return mail, rules.state(mail, last), last


@outbox.post("/outbox/<int:mail_id>/send")
@allow("coordinator")
def send_again(mail_id: int):
    mail = found(Outbox.get_or_none(Outbox.id == mail_id))
    if rules.send_again(mail, current_user.actor):
        flash(gettext("This mail is sent as soon as the mail server takes it."))
    return redirect(url_for("outbox.index"))
