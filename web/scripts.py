"""A shop's script: what operators say for it. The whole script is one form, and nothing is said before “Save”.

Buttons that change its shape send the form and get it back. A step taken out stays in it, folded, until the script
is saved; what was saved can be undone by one touch. Without script the same buttons load the page again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from models import Shop
from orders import scripts as rules
from orders.scripts import MOST_STEPS, MOST_TEXT, PARTS, Step
from union.faults import Refused
from web import faults
from web.access import shop_page
from web.menus import go_on

scripts = Blueprint("scripts", __name__)

TITLES = {
    "greeting": _l("Greeting"),
    "questions": _l("Questions"),
    "objections": _l("Objections"),
    "closing": _l("Closing"),
}
MEANINGS = {
    "greeting": _l("The first words, the moment she answers. {name} becomes her name."),
    "questions": _l("What she asks, in this order, so that no order lacks anything."),
    "objections": _l("What customers say, and what to answer: “expensive”, “I'll think about it”."),
    "closing": _l("The last words: what was agreed, and thanks."),
}
ANSWERING = ("objections",)  # parts in which the customer speaks first


@dataclass(frozen=True)
class Row:
    """A step as it stands in the form."""

    part: str
    says: str = ""
    hears: str = ""
    is_gone: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.says or self.hears)

    @property
    def fault(self) -> str:
        """What keeps it from being saved, or ""."""
        if self.is_gone or self.is_blank:
            return ""
        if not self.says:
            return "missing"
        return "text_long" if max(len(self.says), len(self.hears)) > MOST_TEXT else ""


@scripts.get("/shops/<int:shop_id>/script")
@shop_page()
def edit(shop: Shop):
    script = rules.latest(shop)
    rows = [Row(**vars(step)) for step in rules.steps(script)] if script else beginning(shop)
    return page(shop, rows, script.version if script else 0)


def beginning(shop: Shop) -> list[Row]:
    """Words to begin with, in the language its callers are met in; they are said only once they are saved."""
    with force_locale(shop.language):
        return [
            Row("greeting", gettext("%(shop)s, good day! My name is {name}. How can I help?", shop=shop.name)),
            Row("questions", gettext("What would you like, and how many?")),
            Row("questions", gettext("Where shall we send it?")),
            Row(
                "objections",
                gettext("Shall I tell what makes it different, and what costs less?"),
                gettext("Expensive!"),
            ),
            Row("closing", gettext("Thank you! We will write to you when the parcel has left.")),
        ]


@scripts.post("/shops/<int:shop_id>/script")
@shop_page()
def save(shop: Shop):
    """do = save, add:part, or up, down, remove, back with the row's place from the top."""
    rows, based_on = typed(), request.form.get("based_on", 0, type=int)
    do, _, place = request.form.get("do", "save").partition(":")
    if do != "save":
        return page(shop, *reshaped(rows, do, place, based_on))
    told = {number: faults.text(row.fault) for number, row in enumerate(rows) if row.fault}
    if len(rows) > MOST_STEPS:
        return page(shop, rows, based_on, faults.text("steps_many"))
    if told:
        return page(shop, rows, based_on, told=told)
    try:
        rules.write(shop, said(rows), based_on, current_user.actor)
    except Refused as refused:
        return page(shop, rows, rules.version(shop), faults.text(refused.faults["script"]))
    flash(gettext("Operators say it so from now on."))
    return go_on(url_for("scripts.edit", shop_id=shop.id))


def typed() -> list[Row]:
    """The rows of the form, in their order; of a part that there is not, none."""
    lists = (request.form.getlist(name) for name in ("part", "says", "hears", "gone"))
    rows = [
        Row(part, says.strip(), hears.strip(), gone == "yes") for part, says, hears, gone in zip(*lists, strict=False)
    ]
    return [row for row in rows[: 2 * MOST_STEPS] if row.part in PARTS]


def said(rows: list[Row]) -> list[Step]:
    return [Step(row.part, row.says, row.hears) for row in rows if not (row.is_gone or row.is_blank)]


def reshaped(rows: list[Row], do: str, place: str, based_on: int) -> tuple:
    """The rows after a change of shape, and where the keyboard goes on."""
    if do == "add" and place in PARTS:
        rows = sorted([*rows, Row(place)], key=lambda row: PARTS.index(row.part))
        last = max(number for number, row in enumerate(rows) if row.part == place)
        return rows, based_on, "", {}, f"says-{last}"
    number = int(place) if place.isdecimal() and int(place) < len(rows) else None
    if number is None:
        return rows, based_on
    if do in ("remove", "back"):
        rows[number] = replace(rows[number], is_gone=do == "remove")
        return rows, based_on, "", {}, f"back-{number}" if do == "remove" else f"says-{number}"
    other = number + {"up": -1, "down": 1}.get(do, 0)
    if 0 <= other < len(rows) and rows[other].part == rows[number].part:
        rows[number], rows[other] = rows[other], rows[number]
        number = other
    return rows, based_on, "", {}, f"{do}-{number}"


def page(shop: Shop, rows: list[Row], based_on: int, fault: str = "", told: dict | None = None, focus: str = ""):
    body = render_template(
        "scripts/_editor.html" if request.htmx else "scripts/edit.html",
        shop=shop,
        script=rules.latest(shop),
        rows=list(enumerate(rows)),
        based_on=based_on,
        fault=fault,
        told=told or {},
        focus=focus,
        parts=[(part, TITLES[part], MEANINGS[part]) for part in PARTS],
        answering=ANSWERING,
    )
    return body, 422 if fault or told else 200


@scripts.post("/shops/<int:shop_id>/script/undo")
@shop_page()
def undo(shop: Shop):
    if rules.undo(shop, current_user.actor):
        flash(gettext("Operators say again what they said before."))
    return redirect(url_for("scripts.edit", shop_id=shop.id))
