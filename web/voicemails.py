"""Messages that callers left: the shop's list of them, and listening, which is a deed noted in the journal.

The owner hears his shop's, the coordinator where it lets him, and an operator those she is to answer: the ones behind
an open callback. As with recordings the sound has a random address that is the listener's alone and dies in two hours.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from calls import voicemails as rules
from models import Callback, Miss, Shop, Voicemail, utcnow
from web.access import allow, found, settings, shop_page
from web.call_words import BECAME
from web.recordings import played

voicemails = Blueprint("voicemails", __name__)


@voicemails.get("/shops/<int:shop_id>/voicemails")
@shop_page("coordinator")
def index(shop: Shop):
    listed = rules.of_shop(shop)
    owed = Miss.select(Miss, Callback).join(Callback).where(Miss.call_key.in_([row.call_key for row, _ in listed]))
    return render_template(
        "voicemails/index.html",
        shop=shop,
        listed=listed,
        owed={miss.call_key: miss.callback for miss in owed},
        heard=rules.first_listeners(row for row, _ in listed),
        hears=current_user.hears(shop.id),
        outcomes=BECAME,
    )


@voicemails.post("/voicemails/<int:voicemail_id>/listenings")
@allow("owner", "coordinator", "operator", "trainee")
def listen(voicemail_id: int):
    """A player; without script, the sound itself."""
    voicemail = found(Voicemail.get_or_none(Voicemail.id == voicemail_id))
    if not may_hear(voicemail) or rules.file_of(voicemail, settings()) is None:
        abort(404)
    listening = rules.listen(voicemail, current_user.actor, utcnow())
    address = url_for("voicemails.sound", message_listening=listening.public_id)
    if request.htmx:
        customer = current_user.customer(voicemail.shop_id, rules.customer_of(voicemail))
        return render_template("voicemails/_player.html", voicemail=voicemail, customer=customer, address=address)
    return redirect(address, 303)


@voicemails.get("/voicemails/listenings/<message_listening>.wav")
@allow("owner", "coordinator", "operator", "trainee")
def sound(message_listening: str):
    listening = found(rules.heard(message_listening, current_user.user, utcnow()))
    if not may_hear(listening.voicemail):
        abort(404)
    return played(found(rules.file_of(listening.voicemail, settings())), message_listening)


def may_hear(voicemail: Voicemail) -> bool:
    serves = current_user.has("operator", "trainee") and rules.is_hers(voicemail)
    return serves or current_user.hears(voicemail.shop_id)
