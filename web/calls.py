"""A shop's calls: the answer, the list behind it, and each call's story. What is asked for stands in the address, so
that it can be kept and sent; a figure is a link to its own list, and the CSV is that list.

There is no search by a customer's number: who may not see numbers could find them out by asking.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from calls import call_log, notes, outcomes, recordings, reviews, story, voicemails
from calls.call_log import Filter
from models import Call, Did, Recording, Shop
from union import audit
from web import call_csv
from web.access import found, settings, shop_page
from web.call_words import BECAME, ENDED_BY, GROUPS, OUTCOMES, PARTIES, STEPS, TEXTS, TRIED
from web.forms import Form, strip
from web.languages import today, zone

PAGE = 50
MARKS = [SelectChoice(mark, str(mark)) for mark in range(reviews.LEAST, reviews.MOST + 1)]
ASKED = {"first": "from", "last": "to", "group": "group", "did": "did", "operator": "operator"}  # Filter: address

calls = Blueprint("calls", __name__)


@calls.get("/shops/<int:shop_id>/calls")
@shop_page("coordinator")
def index(shop: Shop):
    wanted = asked()
    listed = call_log.calls(shop, wanted, PAGE + 1, before=asked_id("before"))
    shown = listed[:PAGE]
    if request.htmx:
        return render_template("calls/_list.html", shop=shop, **listing(shop, wanted, shown, len(listed) > PAGE))
    date = today(shop)
    return render_template(
        "calls/index.html",
        shop=shop,
        figures={day: call_log.figures(shop, day) for day in (date, date - dt.timedelta(days=1))},
        waiting=call_log.waiting(shop),
        dids=list(shop.dids.order_by(Did.starts_at)),
        operators=call_log.operators(shop),
        nothing=Filter(),
        **listing(shop, wanted, shown, len(listed) > PAGE),
    )


def listing(shop: Shop, wanted: Filter, shown: list[Call], has_more: bool) -> dict:
    """What the list needs; it is a fragment of its own."""
    days = groupby(shown, lambda call: call.arrived_at.astimezone(zone(shop)).date())
    return {
        "days": [(date, list(rows)) for date, rows in days],
        "became": call_log.callbacks_of(call.key for call in shown),
        "recorded": recordings.of(call.key for call in shown) if current_user.hears(shop.id) else {},
        "wanted": wanted,
        "more": address(shop, wanted, before=shown[-1].id) if has_more else None,
        "csv": address(shop, wanted, "calls.csv"),
        "address": lambda **changed: address(shop, Filter(**changed)),
        **TEXTS,
    }


def asked() -> Filter:
    """What the address asks for; what is nonsense in it asks for nothing."""
    group = request.args.get("group", "")
    return Filter(
        first=asked_day("from"),
        last=asked_day("to"),
        group=group if group in GROUPS else "",
        did=asked_id("did"),
        operator=asked_id("operator"),
    )


def asked_day(name: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if dt.date(2000, 1, 1) <= day < dt.date(2100, 1, 1) else None


def asked_id(name: str) -> int | None:
    """The id of a row in the address; None for what can be none."""
    number = request.args.get(name, 0, type=int)
    return number if 0 < number < 2**63 else None


def address(shop: Shop, wanted: Filter, endpoint: str = "calls.index", **more) -> str:
    """Where what is wanted can be found."""
    given = {ASKED[name]: value for name, value in vars(wanted).items() if value}
    return url_for(endpoint, shop_id=shop.id, **given, **more)


@calls.get("/shops/<int:shop_id>/calls.csv")
@shop_page("coordinator")
def csv(shop: Shop):
    """The list as a file: the same calls, the same columns, numbers masked to whom the list masks them."""
    wanted = asked()
    detail = " ".join(f"{ASKED[name]}={value}" for name, value in vars(wanted).items() if value)
    audit.note(current_user.actor, "calls.export", f"shop:{shop.id}", shop=shop, detail=detail)
    days = "-".join(str(day) for day in (wanted.first, wanted.last) if day) or str(today(shop))
    return Response(
        "".join(call_csv.lines(shop, call_log.every(shop, wanted))),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="calls-{shop.id}-{days}.csv"'},
    )


@calls.get("/shops/<int:shop_id>/calls/<key>")
@shop_page("coordinator")
def show(shop: Shop, key: str):
    call = found(call_log.find(shop, key))
    form = ReviewForm.of(call) if call.answered_at and current_user.owns(shop.id) else None
    return story_page(shop, call, form)


@calls.post("/shops/<int:shop_id>/calls/<key>/reviews")
@shop_page()
def review(shop: Shop, key: str):
    """The owner judges the call; what he said before stays, beneath."""
    call, form = found(call_log.find(shop, key)), ReviewForm()
    if form.carries_out(lambda: reviews.add(call, shop, form.marks, form.note.data, current_user.actor)):
        flash(gettext("Saved."))
        return redirect(url_for("calls.show", shop_id=shop.id, key=key))
    return story_page(shop, call, form), 422


class ReviewForm(Form):
    script = RadioField(_l("Kept to the script"), choices=MARKS, coerce=int, validators=[InputRequired()])
    words = RadioField(_l("Found the right words"), choices=MARKS, coerce=int, validators=[InputRequired()])
    politeness = RadioField(_l("Was polite"), choices=MARKS, coerce=int, validators=[InputRequired()])
    note = TextAreaField(_l("Note"), [Length(max=reviews.NOTE_MOST)], filters=[strip])

    @classmethod
    def of(cls, call: Call) -> ReviewForm:
        """As it was filled in the last time."""
        return cls(formdata=None, obj=next(iter(reviews.of(call)), None))

    @property
    def marks(self) -> dict[str, int]:
        return {name: self[name].data for name in reviews.MARKS}


def story_page(shop: Shop, call: Call, form: ReviewForm | None) -> str:
    recording = Recording.get_or_none(Recording.call_key == call.key)
    hears = current_user.hears(shop.id)
    return render_template(
        "calls/show.html",
        shop=shop,
        call=call,
        recording=recording,
        absence=recordings.absence(call, shop, recording, settings()),
        deletion_day=recording and recordings.deletion_day(recording, shop),
        hears=hears,
        listeners=recordings.listeners(call),
        reviews=reviews.of(call) if hears else [],
        review_form=form,
        voicemail=voicemails.of_call(call.key),
        steps=[(step, in_words(step)) for step in story.tell(call)],
        promise=call_log.callbacks_of([call.key]).get(call.key),
        outcome=outcomes.latest(call.key),
        noted=notes.of([call.key]).get(call.key, []) if hears else [],
        outcome_words=OUTCOMES,
        **TEXTS,
    )


def in_words(step: story.Step) -> str:
    if step.code == "ended":
        return str(ENDED_BY[step.detail])
    said = {"kept": BECAME, "dropped": BECAME}.get(step.code, PARTIES).get(step.detail, step.detail)
    words = str(STEPS[step.code]) % {"detail": said}
    return f"{words}: {TRIED[step.result]}" if step.code == "tried" else words
