"""What stands in the middle of the desk: a call's card, or the calls she had. Rendered here, asked for elsewhere.

A call that rings before its facts are read is known by its DID alone: the card shows the shop and nothing of the
customer.
"""

from __future__ import annotations

import datetime as dt

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from flask_login import current_user

from calls import conversations, history, notes, outcomes
from calls.served import Served, served
from models import Callback, CallRequest, Did, Outcome, Shop, utcnow
from orders import scripts
from web.access import settings
from web.call_words import ENDINGS, OUTCOMES
from web.callbacks import callback_texts
from web.languages import zone

SHOWN = 12
PANES = ("orders.pane", "knowledge.pane")  # beside the call, from other blueprints
KEYS = {kind: f"Digit{number}" for number, kind in enumerate(Outcome.KINDS, 1)}


def now() -> str:
    """The call she has now; without one, those she had."""
    call = conversations.at_her_telephone(current_user.user)
    hers = served(current_user.user, call.key, utcnow(), settings()) if call else None
    return of(hers) if hers else calls()


def of(hers: Served) -> str:
    """A call that is hers."""
    return render_template(
        "desk/_call.html",
        greeting=greeting(hers.shop, hers.did),
        history=history.of(hers),
        note=notes.mine(hers.key, current_user.user),
        panes=[name for name in PANES if name in current_app.view_functions],
        **said(hers),
        **callback_texts(),
    )


def said(hers: Served) -> dict:
    """What she has said of it, and what she may say."""
    requests = CallRequest.select(CallRequest, Callback).join(Callback).where(CallRequest.call_key == hers.key)
    return {
        "hers": hers,
        "outcome": outcomes.latest(hers.key),
        "outcome_words": OUTCOMES,
        "outcome_keys": KEYS,
        "promised": requests.order_by(CallRequest.id.desc()).first(),
        "in_an_hour": (utcnow() + dt.timedelta(hours=1)).astimezone(zone(hers.shop)).strftime("%Y-%m-%dT%H:%M"),
    }


def ringing(key: str, did: Did) -> str:
    """A call that is no fact yet; the card asks again by itself."""
    return render_template("desk/_ringing.html", key=key, did=did, greeting=greeting(did.shop, did))


def calls() -> str:
    """Those she had, to come back to."""
    since = utcnow() - dt.timedelta(hours=settings().desk_hours)
    had = conversations.recent(current_user.user, since, SHOWN)
    keys = [call.key for call in had]
    words = {"endings": ENDINGS, "outcome_words": OUTCOMES}
    return render_template("desk/_calls.html", calls=had, came_to=outcomes.of(keys), noted=notes.of(keys), **words)


def greeting(shop: Shop, did: Did | None) -> str:
    """What to say first: the shop's own words, unless who calls this number speaks another language."""
    user, language = current_user.user, (did and did.language) or shop.language
    own = [step for step in scripts.steps(scripts.latest(shop)) if step.part == "greeting"]
    if own and language == shop.language:
        return own[0].said_by(user)
    name = user.name.split()[0]
    with force_locale(language):
        return gettext("%(shop)s, good afternoon, my name is %(name)s.", shop=shop.name, name=name)
