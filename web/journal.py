"""The journal: who did what, newest first. The coordinator reads all of it; an owner what concerns his shop or
himself, so that nobody becomes a second owner or resets a password behind his back.
"""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from peewee import JOIN

from models import AuditEntry, Shop, User
from web.access import allow

PAGE = 100
DEEDS = {
    "union.create": _l("founded the union"),
    "shop.create": _l("added a shop"),
    "shop.update": _l("changed a shop's settings"),
    "shop.leave": _l("let a shop leave"),
    "shop.stay": _l("let a shop stay after all"),
    "shop.join": _l("let a shop join again"),
    "did.create": _l("added a number"),
    "did.change": _l("changed a number"),
    "did.end": _l("ended a number"),
    "trunk.create": _l("added a trunk"),
    "trunk.update": _l("changed a trunk"),
    "person.create": _l("added a person"),
    "person.password": _l("set a password"),
    "person.activate": _l("let a person in again"),
    "person.deactivate": _l("locked a person out"),
    "role.create": _l("gave a role"),
    "role.end": _l("ended a role"),
    "phone.create": _l("gave a telephone"),
    "session.create": _l("logged in"),
    "session.end": _l("logged out"),
    "digest.choose": _l("chose when a letter comes"),
    "hours.update": _l("changed the hours"),
    "menu.update": _l("changed the draft of a menu"),
    "menu.discard": _l("discarded the draft of a menu"),
    "menu.publish": _l("published a menu"),
    "prompt.create": _l("added a prompt"),
    "prompt.sound": _l("gave a prompt its sound"),
    "waiting_prompt.create": _l("let callers hear a prompt while they wait"),
    "waiting_prompt.move": _l("changed the order of what is heard in the line"),
    "waiting_prompt.delete": _l("took a prompt out of the line"),
    "recording.play": _l("listened to a recording"),
    "release.create": _l("let a trainee answer for the shop"),
    "release.end": _l("no longer lets a trainee answer for the shop"),
    "mobile_hours.update": _l("changed the hours of the owner's mobile"),
    "union.update": _l("changed when trainees and mobiles help"),
    "drill.want": _l("wished to rehearse the last resort"),
    "voicemail.play": _l("listened to a message"),
    "review.create": _l("judged how a call was answered"),
    "calls.export": _l("saved a list of calls"),
    "orders.export": _l("saved a list of orders"),
    "order.correct": _l("corrected an order"),
    "prompt.delete": _l("removed a prompt"),
    "invitation.create": _l("invited somebody"),
    "invitation.accept": _l("accepted an invitation"),
    "invitation.withdraw": _l("withdrew an invitation"),
    "grant.create": _l("let the coordinator see"),
    "grant.end": _l("no longer lets the coordinator see"),
    "card.create": _l("added a card"),
    "card.update": _l("changed a card"),
    "card.remove": _l("removed a card"),
    "card.restore": _l("brought a card back"),
    "card.import": _l("took in a price list"),
    "card.export": _l("saved a list of cards"),
    "script.update": _l("changed the script"),
    "question.answer": _l("answered a question"),
    "site_button.on": _l("switched the site's button on"),
    "site_button.off": _l("switched the site's button off"),
    "site_button.update": _l("changed the site's button"),
    "number.reveal": _l("looked at a whole number"),
    "person.leave": _l("ended an operator's access"),
    "person.seen": _l("saved what an operator saw"),
    "person.link": _l("had a link for a new password sent"),
    "books.export": _l("saved the books"),
    "cost_item.create": _l("entered a cost"),
    "cost_item.end": _l("ended a cost"),
    "cost_item.delete": _l("took a cost out"),
    "split_rule.create": _l("made a rule for a cost"),
    "period.close": _l("closed a month"),
    "payment.create": _l("entered a payment"),
    "transaction.reverse": _l("reversed a transaction"),
    "mail.again": _l("had a mail sent again"),
}

journal = Blueprint("journal", __name__)


@journal.get("/journal")
@allow("coordinator", "owner")
def index():
    entries = visible().order_by(AuditEntry.id.desc()).limit(PAGE)
    if before := request.args.get("before", type=int):
        entries = entries.where(AuditEntry.id < before)
    return render_template("journal/index.html", entries=list(entries), page=PAGE, deeds=DEEDS)


def visible():
    """The entries the viewer may read, with their people and shops."""
    entries = (
        AuditEntry.select(AuditEntry, User, Shop)
        .join(User, JOIN.LEFT_OUTER)
        .switch(AuditEntry)
        .join(Shop, JOIN.LEFT_OUTER)
    )
    if current_user.rights.coordinator:
        return entries
    own = AuditEntry.shop.in_(current_user.rights.shops) | (AuditEntry.about == f"person:{current_user.user.id}")
    return entries.where(own | (AuditEntry.user == current_user.user))
