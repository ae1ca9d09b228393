"""The browser telephone: its secret, handed to the desk's script alone, the door to Asterisk's web socket, and the wish
to hand a caller over to the owner.

The secret is in one answer and in no page; the socket opens for no log-in that was not handed one (Caddy asks here
before each handshake). The owner's number is in no answer at all.
"""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import transfers
from calls.callbacks import Refused
from models import Transfer, utcnow
from union import telephones
from web.access import allow, found, settings

telephone = Blueprint("telephone", __name__)

NOT_HANDED_OVER = {
    "no_call": _l("Only a caller who rang in, and with whom you speak now, can be handed over."),
    "no_mobile": _l("This shop has named no mobile for handing over."),
    "not_callable": _l("The mobile this shop has named can't be called."),
    "no_trunk": _l("The number that was rung is no longer in use."),
    "wanted_already": _l("The owner's mobile is being called already."),
    "cap_concurrent": _l("This shop's limit of calls at the same time is reached; try in a minute."),
    "cap_minutes": _l("This shop's minutes of outgoing calls for today are used up."),
}


@telephone.post("/telephone")
@allow("operator", "trainee")
def hand_out():
    """The account of this log-in's telephone; every other telephone of hers is dead from now on."""
    own = telephones.hand_out(current_user.session, current_user.actor)
    return jsonify(address=own.aor, account=own.pbx_name, secret=own.secret)


@telephone.get("/telephone/allowed")
@allow("operator", "trainee")
def allowed():
    """Whether this log-in may open the socket: 204, or 403."""
    if telephones.of(current_user.session) is None:
        abort(403)
    return "", 204


# --- a caller for the owner ---------------------------------------------------------------------------------------


@telephone.post("/telephone/transfers")
@allow("operator", "trainee")
def hand_over():
    """The wish that the owner's mobile rings for the caller she speaks with; or why not (409)."""
    try:
        wish = transfers.want(current_user.user, request.form.get("key", ""), utcnow(), settings())
    except Refused as refused:
        return render_template("telephone/_transfer.html", transfer=None, notice=NOT_HANDED_OVER[refused.reason]), 409
    return transfer_as_it_is(wish)


@telephone.get("/telephone/transfers/<transfer_id>")
@allow("operator", "trainee")
def show_transfer(transfer_id: str):
    return transfer_as_it_is(hers(transfer_id))


@telephone.post("/telephone/transfers/<transfer_id>/withdraw")
@allow("operator", "trainee")
def withdraw(transfer_id: str):
    """She takes the caller back."""
    wish = hers(transfer_id)
    transfers.withdraw(wish, utcnow())
    return transfer_as_it_is(Transfer.get_by_id(wish.id))


def hers(transfer_id: str) -> Transfer:
    return found(Transfer.get_or_none(Transfer.public_id == transfer_id, Transfer.user == current_user.user))


def transfer_as_it_is(wish: Transfer):
    return render_template("telephone/_transfer.html", transfer=wish, notice="")
