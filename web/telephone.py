"""The browser telephone: its secret, handed to the desk's script alone, and the door to Asterisk's web socket.

The secret is in one answer and in no page; the socket opens for no log-in that was not handed one (Caddy asks here
before each handshake).
"""

from __future__ import annotations

from flask import Blueprint, abort, jsonify
from flask_login import current_user

from union import telephones
from web.access import allow

telephone = Blueprint("telephone", __name__)


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
