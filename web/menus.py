"""A shop's menu: what callers hear now, the draft of what they hear next, and what they heard before.

The whole draft is one form, so that nothing typed is lost and nothing is kept before “Save” or “Publish”. Buttons
that change its shape send it and get it back, with the tree of before in a hidden field: undoing needs no memory
of ours. Without script the same buttons load the page again.
"""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from calls import menu_edit, menu_lint
from calls import menus as rules
from calls.menu_changes import changes
from calls.menu_edit import DEEPEST, WAYS, Place
from calls.menu_remarks import known_of
from calls.menus import Fault, Option, Tree
from models import AuditEntry, Menu, Prompt, PromptSound, Shop, database
from union import audit
from web import menu_words as words
from web.access import found, shop_page
from web.languages import today
from web.menu_form import MOST_BEFORE, kept, restored, typed
from web.menu_trial import trial

menus = Blueprint("menus", __name__)
menus.register_blueprint(trial)

UNSAVEABLE = {"same-key", "bad-key", "bad-kind", "bad-date"}  # what the tables can't hold, even of a draft


@menus.get("/shops/<int:shop_id>/menu")
@shop_page("coordinator")
def show(shop: Shop):
    published, draft, told = rules.published(shop), draft_of(shop), prompts_of(shop)
    tree = rules.read(published) if published else None
    judged = rules.faults(tree, today(shop), rules.recorded(shop)) if tree else []
    return render_template(
        "menus/show.html",
        shop=shop,
        menu=published,
        tree=tree,
        draft=draft,
        differs=sentences(tree, rules.read(draft), told) if draft else [],
        fault=looked_up(words.beside(judged)),
        doubt=looked_up(words.doubts(menu_lint.remarks(tree, known_of(shop))) if tree else {}),
        kinds=words.KINDS,
        **told,
    )


@menus.get("/shops/<int:shop_id>/menu/versions")
@shop_page("coordinator")
def versions(shop: Shop):
    told, before, listed = prompts_of(shop), None, []
    past = Menu.select().where(Menu.shop == shop, Menu.published_at.is_null(False)).order_by(Menu.version)
    for menu in past:
        tree = rules.read(menu)
        listed.append((menu, published_by(menu), sentences(before, tree, told)))
        before = tree
    return render_template("menus/versions.html", shop=shop, versions=reversed(listed))


def published_by(menu: Menu) -> str:
    """Who let callers hear it; "" for the box itself."""
    entry = AuditEntry.get_or_none(AuditEntry.about == f"menu:{menu.id}", AuditEntry.action == "menu.publish")
    return entry.user.name if entry and entry.user else ""


@menus.get("/shops/<int:shop_id>/menu/draft")
@shop_page("coordinator")
def edit(shop: Shop):
    """The draft; ?version= begins it anew from an earlier one, and undoing that brings the draft back."""
    draft = draft_of(shop) or rules.published(shop)
    tree = rules.read(draft) if draft else Tree(options=(Option(key="1", kind="operator"),))
    version = request.args.get("version", type=int)
    if version is None:
        return page(shop, tree)
    old = found(Menu.get_or_none(Menu.shop == shop, Menu.version == version))
    said = gettext("This is version %(num)s again. Nothing is kept before you save it.", num=version)
    return page(shop, rules.read(old), before=[kept(tree)], said=said)


@menus.post("/shops/<int:shop_id>/menu/draft")
@shop_page("coordinator")
def save(shop: Shop):
    """do = save, publish, undo, or add, remove, up, down, in, out with a place: indexes from the top."""
    known = prompts_of(shop)["labels"]
    tree, faulty = typed(request.form, known)
    do, _, place = request.form.get("do", "").partition(":")
    if do not in ("save", "publish"):
        return reshaped(shop, tree, do, tuple(int(step) for step in place.split("-") if step.isdecimal()))
    judged = faulty + rules.faults(tree, today(shop), rules.recorded(shop))
    if do == "save":
        judged = [fault for fault in judged if fault.code in UNSAVEABLE]
    if judged:
        return page(shop, tree, judged, request.form.getlist("before"))
    try:
        keep(shop, tree, publish=do == "publish")
    except rules.Faulty as faulty:  # a prompt went away between the judging and the keeping
        return page(shop, tree, faulty.faults, request.form.getlist("before"))
    flash(gettext("Callers hear the new menu from now on.") if do == "publish" else gettext("The draft is saved."))
    return go_on(url_for("menus.show", shop_id=shop.id))


def reshaped(shop: Shop, tree: Tree, do: str, place: Place):
    """The editor after a change of shape, or after a choice that shows other sounds and remarks."""
    before, known = request.form.getlist("before")[-MOST_BEFORE:], prompts_of(shop)["labels"]
    focus, option = "", menu_edit.option_at(tree, place)
    changed = tree
    if do == "undo" and before:
        changed, focus = restored(before.pop(), known), "undo" if before else "add"
    elif do == "add":
        changed, place = menu_edit.added(tree, place)
        option, focus = menu_edit.option_at(changed, place), f"label-{spelt(place)}"
    elif do == "remove" and option:
        changed, focus = menu_edit.removed(tree, place), "undo"
    elif do in WAYS and option:
        changed, place = menu_edit.moved(tree, place, do)
        focus = f"{turned(changed, place, do)}-{spelt(place)}"
    if do != "undo" and changed != tree:
        before.append(kept(tree))
    return page(shop, changed, before=before, said=words.deed(do, option), focus=focus)


def turned(tree: Tree, place: Place, way: str) -> str:
    """The button to stand on after a move: the same, or the one back where it leads no further."""
    back = {"up": "down", "down": "up", "in": "out", "out": "in"}[way]
    return next((one for one in (way, back) if menu_edit.destination(tree, place, one)), "remove")


def spelt(place: Place) -> str:
    return "-".join(map(str, place))


def go_on(address: str):
    """A redirect, told to htmx by its header because it would follow a 302 into the fragment."""
    if not request.htmx:
        return redirect(address)
    response = make_response("")
    response.headers["HX-Redirect"] = address
    return response


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


def page(
    shop: Shop, tree: Tree, judged: list[Fault] | None = None, before: list[str] = (), said: str = "", focus: str = ""
):
    """The editor; with faults it is 422 and says how many there are. focus: what the keyboard stands on."""
    told, published = prompts_of(shop), rules.published(shop)
    body = render_template(
        "menus/_editor.html" if request.htmx else "menus/edit.html",
        shop=shop,
        tree=tree,
        fault=looked_up(words.beside(judged or [])),
        doubt=looked_up(words.doubts(menu_lint.remarks(tree, known_of(shop)))),
        can_go=lambda place, way: menu_edit.destination(tree, place, way) is not None,
        typed=request.form,
        count=words.to_mend(judged or []),
        differs=sentences(rules.read(published) if published else None, tree, told),
        published=published,
        before=before,
        said=said,
        focus=focus,
        kinds=words.KINDS,
        plays=rules.NEEDS_PROMPT,
        deepest=DEEPEST,
        **told,
    )
    return body, 422 if judged else 200


def looked_up(beside: words.Beside):
    """The sentences beside a field of an option, or of the menu itself."""
    return lambda field, path=(): beside.get((path, field), [])


def sentences(before: Tree | None, after: Tree, told: dict) -> list[str]:
    """What differs, in words; nothing for the first version."""
    return [words.changed(change, told["labels"]) for change in changes(before, after)] if before else []


def draft_of(shop: Shop) -> Menu | None:
    return Menu.get_or_none(Menu.shop == shop, Menu.status == "draft")


def prompts_of(shop: Shop) -> dict:
    """The shop's prompts by id: what they are called, and the sound a caller in the shop's own language hears."""
    rows = PromptSound.select().join(Prompt).where(Prompt.shop == shop).order_by(PromptSound.id)
    heard = {sound.prompt_id: sound for sound in sorted(rows, key=lambda sound: sound.language == shop.language)}
    return {"labels": {prompt.id: prompt.label for prompt in shop.prompts.order_by(Prompt.label)}, "heard": heard}
