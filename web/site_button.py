"""A shop's "call me" button as its owner sets it up: the snippet to paste, where it may stand, what came of it today."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from calls import numbers, promises, site_requests
from calls import site_buttons as rules
from models import Callback, Did, Promise, Shop, SiteButton, utcnow
from web.access import found, shop_page
from web.addresses import whole
from web.call_words import BECAME
from web.forms import Form, choices, strip

site_button = Blueprint("site_button", __name__)
SHOWN = 12
SNIPPET = '<a href="{href}"{corner}>{text}</a>\n<script src="{href}/button.js" async></script>'
FRAME = '<iframe src="{href}" title="{text}" width="360" height="420"></iframe>'


class ButtonForm(Form):
    did = SelectField(_l("Visitors are called from"), coerce=int, validate_choice=False)
    cap_per_day = IntegerField(_l("Calls asked for a day, at most"), [InputRequired()])
    origins = TextAreaField(_l("Your site's addresses"), filters=[strip])

    def __init__(self, button: SiteButton, **given) -> None:
        self.dids = {did.id: did for did in rules.dids(button.shop)}
        data = {"did": button.did_id, "cap_per_day": button.cap_per_day, "origins": "\n".join(button.origins.split())}
        super().__init__(data=data, **given)
        self.did.choices = choices(
            {key: f"{numbers.national(did.number)} {did.label}" for key, did in self.dids.items()}
        )

    @property
    def chosen(self) -> Did | None:
        return self.dids.get(self.did.data)


@site_button.get("/shops/<int:shop_id>/site-button")
@shop_page("coordinator")
def show(shop: Shop):
    return page(shop, rules.of(shop))


def page(shop: Shop, button: SiteButton | None, form: ButtonForm | None = None):
    if button is None:
        return render_template("site_button/show.html", shop=shop, button=None)
    form, now = form or ButtonForm(button, formdata=None), utcnow()
    body = render_template(
        "site_button/show.html",
        shop=shop,
        button=button,
        form=form,
        has_number=rules.did_of(button) is not None,
        asked=site_requests.today(shop, now),
        latest=[(row, state_of(row.callback, now)) for row in site_requests.latest(shop, SHOWN)],
        became=BECAME,
        **snippets(button),
    )
    return body, form.status


def state_of(callback: Callback, now: dt.datetime) -> str:
    """Whether the last promise to him is kept, late or waiting."""
    last = callback.promises.order_by(Promise.id.desc()).first()
    return promises.state(last, now) if last else "waiting"


def snippets(button: SiteButton) -> dict[str, str]:
    """What is pasted: a link that the script makes a button, and for strict sites the link or a frame alone."""
    href = whole("call_me.show", button_key=button.key)
    with force_locale(button.shop.language):
        text = gettext("Call me back")
    return {
        "href": href,
        "link_text": text,
        "host": href.partition("/call-me/")[0],
        "here": SNIPPET.format(href=href, corner="", text=text),
        "corner": SNIPPET.format(href=href, corner=' data-place="corner"', text=text),
        "frame": FRAME.format(href=href, text=text),
    }


@site_button.post("/shops/<int:shop_id>/site-button")
@shop_page("coordinator")
def change(shop: Shop):
    button = found(rules.of(shop))
    form = ButtonForm(button)
    values = form.origins.data, form.chosen, form.cap_per_day.data
    if form.carries_out(lambda: rules.change(button, *values, current_user.actor)):
        flash(gettext("Saved."))
        return redirect(address(shop))
    return page(shop, button, form)


@site_button.post("/shops/<int:shop_id>/site-button/on")
@shop_page("coordinator")
def switch_on(shop: Shop):
    rules.switch_on(shop, current_user.actor)
    return redirect(address(shop))


@site_button.post("/shops/<int:shop_id>/site-button/off")
@shop_page("coordinator")
def switch_off(shop: Shop):
    rules.switch_off(shop, current_user.actor)
    flash(gettext("Switched off: on your site it only tells your number now. Whoever asked already is called."))
    return redirect(address(shop))


def address(shop: Shop) -> str:
    return url_for("site_button.show", shop_id=shop.id)
