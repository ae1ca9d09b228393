"""Which of a shop's prompts its callers hear while they wait, and in which order: a part of the page of prompts."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from calls import waiting_prompts as rules
from models import Prompt, Shop, WaitingPrompt
from web.access import allow, find_shop, found, shop_page

waiting_prompts = Blueprint("waiting_prompts", __name__)


@waiting_prompts.post("/shops/<int:shop_id>/waiting-prompts")
@shop_page("coordinator")
def create(shop: Shop):
    """One more, to be heard last; a prompt that is no more, or another shop's, changes nothing."""
    prompt = Prompt.get_or_none(Prompt.shop == shop, Prompt.id == request.form.get("prompt", type=int))
    if prompt:
        rules.choose(prompt, current_user.actor)
    return part(shop)


@waiting_prompts.post("/waiting-prompts/<int:chosen_id>/<way>")
@allow()
def move(chosen_id: int, way: str):
    if way not in rules.WAYS:
        abort(404)
    one, shop = own(chosen_id)
    rules.move(one, way, current_user.actor)
    return part(shop)


@waiting_prompts.post("/waiting-prompts/<int:chosen_id>/remove")
@allow()
def remove(chosen_id: int):
    one, shop = own(chosen_id)
    rules.leave_out(one, current_user.actor)
    return part(shop)


def own(chosen_id: int) -> tuple[WaitingPrompt, Shop]:
    one = found(WaitingPrompt.get_or_none(WaitingPrompt.id == chosen_id))
    return one, find_shop(one.prompt.shop_id, "coordinator")


def part(shop: Shop):
    """The part of the page that changed; the page itself where there is no script."""
    if not request.htmx:
        return redirect(url_for("prompts.index", shop_id=shop.id, _anchor="waiting-prompts"))
    return render_template("prompts/_waiting.html", shop=shop, **told(shop))


def told(shop: Shop) -> dict:
    """The chosen prompts in their order, and those that could be chosen: whatever can be heard."""
    chosen = rules.chosen(shop)
    others = [one for one in shop.prompts.order_by(Prompt.label) if one.sounds.count()]
    taken = {one.prompt_id for one in chosen}
    return {"chosen": chosen, "others": [one for one in others if one.id not in taken]}
