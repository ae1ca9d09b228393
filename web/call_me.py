"""What a visitor of a shop's site meets: the button's script, the promise, the form, and the page of the form alone.

Public, without log-in, cookie or CSRF token: whoever asks can only ask for a call to a number, as often as the limits
let anybody (calls/site_requests.py). So other sites may read what stands here, those the shop named or all; nothing
a visitor sent is shown to anybody but himself, in the field he typed it into, and nothing leads to another address.
"""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import force_locale, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from calls import numbers, site_buttons, site_requests
from calls.site_requests import Offer
from models import Shop, SiteButton, utcnow
from settings import LANGUAGES
from web import few_at_once, hours_words, security
from web.access import anyone, found, settings
from web.forms import Form, NumberField, choices
from web.languages import zone

call_me = Blueprint("call_me", __name__, url_prefix="/call-me/<button_key>")
few_at_once.init_blueprint(call_me, at_once=2)  # of a process's four threads (deploy/gunicorn.conf.py)
SCRIPT_SECONDS = 600  # how long a browser keeps the script


def telephone_characters(typed: str | None) -> str:
    """A WTForms filter: what may be part of a number, so that no other words come back on the page."""
    return "".join(letter for letter in (typed or "") if letter in "+0123456789 \u00a0()-./")[:40].strip()


class CallMeForm(Form):
    number = NumberField(_l("Your telephone"), filters=[telephone_characters])
    wanted = SelectField(_l("When"), validate_choice=False)
    page = HiddenField()

    class Meta:
        csrf = False

    @property
    def wanted_at(self) -> dt.datetime | None:
        """The time that was chosen, None for as soon as it can be; one that makes no sense is long past."""
        if not self.wanted.data:
            return None
        number = int(self.wanted.data) if self.wanted.data.isdecimal() else 0
        return dt.datetime.fromtimestamp(min(number, 2**32), dt.UTC)

    @property
    def status(self) -> int:
        """429 when a limit refused it, whatever was typed."""
        return 429 if self.form_errors else super().status


@call_me.get("/button.js")
@anyone
def script(button_key: str):
    the_button(button_key)
    security.may_be_kept(SCRIPT_SECONDS)
    return current_app.send_static_file("site-button.js")


@call_me.get("/offer")
@anyone
def offer(button_key: str):
    """All the words of the form, so that the script needs none of its own."""
    button = the_button(button_key)
    with force_locale(language(button.shop)):
        return jsonify(words(button))


@call_me.get("")
@anyone
def show(button_key: str):
    button = the_button(button_key)
    with force_locale(language(button.shop)):
        came_from = site_requests.page_of(request.referrer or "")
        return page(button, CallMeForm(formdata=None, data={"page": came_from}))


@call_me.post("")
@anyone
def ask(button_key: str):
    button = the_button(button_key)
    if not is_from_an_allowed_site(button):
        return Response(status=403)
    with force_locale(language(button.shop)):
        form, address = CallMeForm(), request.remote_addr or ""
        typed = form.number.data, form.wanted_at, form.page.data or ""
        taken = form.carries_out(lambda: site_requests.ask(button, *typed, address, utcnow(), settings()))
        said = promise(button.shop, form.result, form.wanted_at) if taken else ""
        if request.accept_mimetypes.best == "application/json":
            return answer(form, said)
        return page(button, form, said)


def the_button(key: str) -> SiteButton:
    g.button = button = found(site_buttons.by_key(key))
    security.may_be_framed_by(" ".join(["'self'", *site_buttons.origins(button)]) if button.origins else "*")
    return button


def language(shop: Shop) -> str:
    """The language of the page the button stands on, where we speak it, else that of the shop."""
    wanted = request.args.get("lang", "")[:2]
    return wanted if wanted in LANGUAGES else shop.language


def is_from_an_allowed_site(button: SiteButton) -> bool:
    """Browsers name the site a form was sent from; what is no browser names whatever it likes."""
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/") or site_buttons.may_stand_on(button, origin)


@call_me.after_request
def let_sites_read(response: Response) -> Response:
    """CORS: without cookies, for the sites the shop named; without such a list, for all."""
    button, origin = g.get("button"), request.headers.get("Origin", "")
    if button and site_buttons.may_stand_on(button, origin):
        response.headers["Access-Control-Allow-Origin"] = origin if button.origins else "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.add("Origin")
    return response


# --- what is said ------------------------------------------------------------------------------------------------


def page(button: SiteButton, form: CallMeForm, said: str = ""):
    """The form alone, for a link and for a frame: a page of few words and no cookie."""
    shown = words(button)
    form.wanted.choices = choices(dict(shown["times"]))
    return make_response(
        render_template("site_button/page.html", form=form, said=said, **shown, shop_name=button.shop.name),
        form.status,
    )


def answer(form: CallMeForm, said: str):
    """The same for the script."""
    if said:
        return jsonify(said=said)
    faults = {name: " ".join(str(fault) for fault in errors) for name, errors in form.errors.items() if errors}
    field = next(iter(faults), None) or ""
    return jsonify(field=field, fault=faults.get(field, "")), form.status


def words(button: SiteButton) -> dict:
    """What the form says now, in the language of the request."""
    shop, did = button.shop, site_buttons.did_of(button)
    offered = site_requests.offer(shop, utcnow(), settings()) if button.is_on and did else None
    return {
        "language": str(get_locale()),
        "colour": shop.colour,
        "is_on": offered is not None,
        "title": gettext("Call me back"),
        "promise": promise(shop, offered) if offered else gettext("At the moment no calls can be asked for here."),
        "number_label": gettext("Your telephone"),
        "when_label": gettext("When"),
        "times": times(shop) if offered else [],
        "send": gettext("Call me"),
        "sending": gettext("One moment …"),
        "close": gettext("Close"),
        "ring_label": gettext("Or ring us:"),
        "ring": numbers.national(did.number) if did else "",
        "ring_number": did.number if did else "",
        "failed": gettext("That did not get through. Try again, or ring us."),
    }


def times(shop: Shop) -> list[tuple[str, str]]:
    """The times that may be named, by value."""
    now = utcnow()
    hours = [(str(int(at.timestamp())), hours_words.when(at, now, zone(shop))) for at in site_requests.times(shop, now)]
    return [("", gettext("as soon as possible")), *hours]


def promise(shop: Shop, offered: Offer, wanted: dt.datetime | None = None) -> str:
    """What the shop promises: within so many minutes while customers are called, else when that begins again."""
    now, minutes = utcnow(), settings().promise_minutes
    if wanted and offered.due_at == wanted:
        return gettext("We will call you %(when)s.", when=hours_words.when(wanted, now, zone(shop)))
    if offered.due_at > now:
        return gettext("We will call you %(when)s.", when=hours_words.after(offered.due_at, now, zone(shop)))
    if offered.call_by <= now + dt.timedelta(minutes=minutes):
        return ngettext("We will call you within %(num)d minute.", "We will call you within %(num)d minutes.", minutes)
    when = hours_words.when(offered.call_by, now, zone(shop))
    return gettext("We will call you, %(when)s at the latest.", when=when)
