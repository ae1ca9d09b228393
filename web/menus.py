"""A shop's menu: what callers hear now, and the draft of what they hear next.

The whole draft is one form. Keys are added and taken out by buttons that send it and get it back, so that nothing
typed is lost and nothing is kept before “Save” or “Publish”.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from calls import menus as rules
from calls.menus import Fault, Option, Tree
from models import Menu, Prompt, Shop, database
from union import audit
from web import faults as texts
from web.access import shop_page
from web.languages import today

menus = Blueprint("menus", __name__)

KINDS = {
    "operator": _l("to the operator"),
    "information": _l("tells something"),
    "menu": _l("more keys"),
    "callback": _l("asks for a call back"),
    "goodbye": _l("says goodbye"),
}
FAULTS = {
    "no-greeting": "prompt_missing",
    "no-sound": "prompt_without_sound",
    "no-operator": "menu_without_operator",
    "past": "date_past",
    "range": "out_of_range",
    "no-prompt": "prompt_missing",
    "no-keys": "menu_without_keys",
    "not-a-menu": "menu_keys_lost",
    "bad-key": "key_wrong",
    "bad-kind": "unknown",
    "same-key": "key_taken",
    "bad-date": "date_wrong",
}
UNSAVEABLE = {"same-key", "bad-key", "bad-kind", "bad-date"}  # what the tables can't hold, even of a draft
DEEPEST = 2  # a sub-menu of a sub-menu is where callers get lost


@menus.get("/shops/<int:shop_id>/menu")
@shop_page("coordinator")
def show(shop: Shop):
    published, draft = rules.published(shop), draft_of(shop)
    tree = rules.read(published) if published else None
    return render_template(
        "menus/show.html", shop=shop, menu=published, tree=tree, draft=draft, kinds=KINDS, **prompts_of(shop)
    )


@menus.get("/shops/<int:shop_id>/menu/draft")
@shop_page("coordinator")
def edit(shop: Shop):
    draft = draft_of(shop) or rules.published(shop)
    tree = rules.read(draft) if draft else Tree(options=(Option(key="1", kind="operator"),))
    return page(shop, tree)


@menus.post("/shops/<int:shop_id>/menu/draft")
@shop_page("coordinator")
def save(shop: Shop):
    """do = save, publish, add:<path> or remove:<path>; a path is indexes from the top, "" for the top itself."""
    tree, found = typed(request.form, prompts_of(shop)["labels"])
    do, _, path = request.form.get("do", "save").partition(":")
    if do in ("add", "remove"):
        change = with_key if do == "add" else without_key
        return page(shop, change(tree, tuple(int(step) for step in path.split("-") if step.isdecimal())))
    judged = found + rules.faults(tree, today(shop), rules.recorded(shop))
    if do != "publish":
        judged = [fault for fault in judged if fault.code in UNSAVEABLE]
    if judged:
        return page(shop, tree, judged)
    try:
        keep(shop, tree, publish=do == "publish")
    except rules.Faulty as faulty:  # a prompt went away between the judging and the keeping
        return page(shop, tree, faulty.faults)
    flash(gettext("Callers hear the new menu from now on.") if do == "publish" else gettext("The draft is saved."))
    return redirect(url_for("menus.show", shop_id=shop.id))


def keep(shop: Shop, tree: Tree, publish: bool) -> None:
    with database.atomic():
        draft = rules.draft(shop)
        rules.save(draft, tree)
        if publish:
            rules.publish(draft, today(shop))
        action = "menu.publish" if publish else "menu.update"
        audit.note(current_user.actor, action, f"menu:{draft.id}", shop=shop, detail=f"v{draft.version}")


@menus.post("/shops/<int:shop_id>/menu/draft/discard")
@shop_page("coordinator")
def discard(shop: Shop):
    with database.atomic():
        rules.discard(shop)
        audit.note(current_user.actor, "menu.discard", f"shop:{shop.id}", shop=shop)
    flash(gettext("The draft is gone; callers hear what they heard before."))
    return redirect(url_for("menus.show", shop_id=shop.id))


def page(shop: Shop, tree: Tree, found: list[Fault] | None = None):
    """The editor; with faults it is 422 and says how many there are."""
    found = found or []
    beside = {}
    for fault in found:
        beside.setdefault((fault.path, fault.field), texts.text(FAULTS[fault.code]))
    count = ngettext("%(num)d thing to mend", "%(num)d things to mend", len(found)) if found else ""
    body = render_template(
        "menus/edit.html",
        shop=shop,
        tree=tree,
        fault=lambda field, path=(): beside.get((path, field), ""),
        typed=request.form,
        count=count,
        kinds=KINDS,
        keys=rules.KEYS,
        draft=draft_of(shop),
        deepest=DEEPEST,
        **prompts_of(shop),
    )
    return body, 422 if found else 200


def draft_of(shop: Shop) -> Menu | None:
    return Menu.get_or_none(Menu.shop == shop, Menu.status == "draft")


def prompts_of(shop: Shop) -> dict:
    """The shop's prompts by id, for choosing and for naming."""
    return {"labels": {prompt.id: prompt.label for prompt in shop.prompts.order_by(Prompt.label)}}


# --- the form as a tree ---------------------------------------------------------------------------------------


def typed(form: MultiDict, known: dict[int, str]) -> tuple[Tree, list[Fault]]:
    """What was typed as a tree, and what could not even be that; only prompts in known count."""
    until, faults = _date(form.get("announcement_until", ""))
    chosen = {name: _prompt(form.get(name), known) for name in rules.PROMPT_FIELDS}
    tree = Tree(
        **chosen,
        announcement_until=until,
        recording_notice="recording_notice" in form,
        repeats=form.get("repeats", 2, type=int),
        options=tuple(_options(form, known, "o")),
    )
    return tree, faults


def _options(form: MultiDict, known: dict[int, str], prefix: str, depth: int = 1) -> Iterator[Option]:
    """The keys of a (sub-)menu: fields o-0-key, o-0-kind …, those of a sub-menu o-0-1-key …, in that order."""
    index = 0
    while f"{prefix}-{index}-kind" in form:
        here = f"{prefix}-{index}"
        yield Option(
            key=form.get(f"{here}-key", "")[:1],
            kind=form[f"{here}-kind"],
            prompt=_prompt(form.get(f"{here}-prompt"), known),
            label=form.get(f"{here}-label", "").strip()[:80],
            options=tuple(_options(form, known, here, depth + 1)) if depth < DEEPEST else (),
        )
        index += 1


def _prompt(text: str | None, known: dict[int, str]) -> int | None:
    number = int(text) if text and text.isascii() and text.isdecimal() else None
    return number if number in known else None


def _date(text: str) -> tuple[dt.date | None, list[Fault]]:
    try:
        return (dt.date.fromisoformat(text) if text else None), []
    except ValueError:
        return None, [Fault("bad-date", "announcement_until")]


def with_key(tree: Tree, path: tuple[int, ...]) -> Tree:
    """tree with one more key in the (sub-)menu at path: the lowest digit that is free there."""

    def add(options: tuple[Option, ...]) -> tuple[Option, ...]:
        taken = {option.key for option in options}
        key = next((key for key in "1234567890*#" if key not in taken), "")
        return (*options, Option(key=key, kind="operator"))

    return replace(tree, options=_changed(tree.options, path, add))


def without_key(tree: Tree, path: tuple[int, ...]) -> Tree:
    """tree without the key at path."""
    *above, last = path or (-1,)

    def drop(options: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(option for index, option in enumerate(options) if index != last)

    return replace(tree, options=_changed(tree.options, tuple(above), drop))


def _changed(options: tuple[Option, ...], path: tuple[int, ...], change) -> tuple[Option, ...]:
    if not path:
        return change(options)
    return tuple(
        replace(option, options=_changed(option.options, path[1:], change)) if index == path[0] else option
        for index, option in enumerate(options)
    )
