"""The operator's desk: one page. Its parts are fragments that are asked for by themselves: what she does and may do
(`#presence`), the line (`#line`), the callbacks (web/callback_list.py) and the call (web/desk_calls.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from calls import automatic, conversations, line, presence, shift
from calls.presence import NotAllowed
from models import Call, Presence, User, utcnow
from web import desk_card
from web.access import allow, settings

desk = Blueprint("desk", __name__)

STATES = {
    "ready": _l("Ready for calls"),
    "rest": _l("Resting"),
    "meal": _l("At table"),
    "training": _l("Learning"),
    "technical": _l("Technical break"),
    "after_call": _l("After the call"),
    "unanswered": _l("Did not answer"),
    "": _l("Signed off"),
}
CHOICES = (  # what she may press: kind, key on the keyboard, word
    ("ready", "KeyG", _l("Ready")),
    ("rest", "KeyB", _l("Rest")),
    ("meal", "KeyE", _l("Meal")),
    ("training", "KeyL", _l("Learning")),
    ("technical", "KeyX", _l("Technical")),
    ("off", "KeyQ", _l("Sign off")),
)
REFUSED = {
    "no-queue": _l("You serve no line yet: your coordinator gives you the role."),
    "not-signed-on": _l("Sign on first."),
    "unknown-kind": _l("There is no such break."),
    "not-after-call": _l("There is no call to finish."),
}


@dataclass(frozen=True)
class Place:
    """A person of the line as the others see her: what she does, and the call she has."""

    user: User
    presence: Presence
    call: Call | None


@desk.get("/desk")
@allow("operator", "trainee")
def show():
    """The page, with the call she has now."""
    return around(desk_card.now())


def around(card: str):
    """The card alone when it is asked for by itself, else the whole desk around it."""
    return card if request.htmx else whole(card)


def whole(card: str, callbacks: str = "") -> str:
    """The desk, always with a card in its middle: that is where a call that rings is put."""
    return render_template("desk/show.html", card=card, callbacks=callbacks, **(bar() | the_line()))


# --- what she does ---------------------------------------------------------------------------------------------


@desk.get("/desk/presence")
@allow("operator", "trainee")
def show_presence():
    return render_template("desk/_presence.html", **bar()) if request.htmx else redirect(url_for("desk.show"))


@desk.post("/desk/presence")
@allow("operator", "trainee")
def set_presence():
    kind, user = request.form.get("kind", ""), current_user.user
    try:
        if kind == "off":
            shift.end(user)
        elif kind == "ready":
            presence.sign_on(user)
        elif kind == "longer":
            presence.need_longer(user)
        else:
            presence.take_break(user, kind)
    except NotAllowed as refused:
        return render_template("desk/_presence.html", **bar(REFUSED[refused.reason])), 409
    return show_presence()


def bar(notice: str = "") -> dict:
    """What the presence bar tells."""
    mine = presence.current(current_user.user)
    last = None if mine else presence.last_ended(current_user.user)
    call = conversations.at_her_telephone(current_user.user)
    return {
        "mine": mine,
        "unreachable": bool(last and last.ended_because == presence.UNREACHABLE),
        "call": call,
        "rest_offered": mine and mine.kind == presence.READY and not call and is_time_for_rest(),
        "notice": notice,
        "states": STATES,
        "keys": CHOICES,
    }


def is_time_for_rest() -> bool:
    """Whether she has worked long enough and nobody waits."""
    return presence.rest_is_due(current_user.user, utcnow(), settings()) and not line.waiting()


# --- the line --------------------------------------------------------------------------------------------------


@desk.get("/desk/line")
@allow("operator", "trainee")
def show_line():
    return render_template("desk/_line.html", **the_line()) if request.htmx else redirect(url_for("desk.show"))


def the_line(refused: str = "") -> dict:
    """Who waits, who answers, and whether callbacks come to her by themselves."""
    mine = presence.current(current_user.user)
    return {
        "waiting": line.line_order(),
        "team": team(),
        "states": STATES,
        "automatic": automatic.current(current_user.user),
        "is_ready": bool(mine and mine.kind == presence.READY),
        "refused": refused,
    }


def team() -> list[Place]:
    """Everybody signed on."""
    busy = Call.select().where(Call.answered_at.is_null(False), Call.ended_at.is_null(), Call.operator.is_null(False))
    calls = {call.operator_id: call for call in busy}
    return [Place(row.user, row, calls.get(row.user_id)) for row in presence.signed_on()]
