"""Inviting and joining. Opening the link changes nothing, because mail scanners open links, too: only the button does.

The link stands on the page of the one who invited, and of nobody else: the coordinator must not be able to join a
shop in the place of somebody its owner asked in.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import DataRequired

from mail import invitations as letters
from mail import outbox
from models import Invitation, Outbox, Sending, Shop, User, database, utcnow
from union import invitations as rules
from union import sessions, shops
from union.faults import Refused
from web.access import allow, anyone, found, settings
from web.addresses import whole
from web.forms import Form, choices, strip
from web.languages import COOKIE, NAMES, today
from web.languages import zone as zone_of
from web.outbox import REASONS, STATES
from web.people import ROLES
from web.sessions import with_token

invitations = Blueprint("invitations", __name__)

KINDS = {kind: ROLES[kind] for kind in Invitation.KINDS}


class InviteForm(Form):
    """Whom an owner invites: to his own shop, as its owner."""

    name = StringField(_l("First and last name"), [DataRequired()], filters=[strip])
    email = StringField(_l("E-mail"), [DataRequired()], filters=[strip])
    language = SelectField(_l("Language"), choices=choices(NAMES))


class UnionInviteForm(InviteForm):
    """Whom the coordinator invites: anybody, an owner to a shop that is here or begins now."""

    kind = SelectField(_l("Role"), choices=choices(KINDS))
    shop = SelectField(_l("Of which shop"), coerce=int)
    new_shop = StringField(_l("Name of the new shop"), filters=[strip])

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        present = {shop.id: shop.name for shop in shops.current()}
        self.shop.choices = choices({0: _l("a new shop"), **present})


class JoinForm(Form):
    name = StringField(_l("First and last name"), [DataRequired()], filters=[strip])
    password = PasswordField(_l("A password of your own"), [DataRequired()])
    language = SelectField(_l("Language"), choices=choices(NAMES))


# --- inviting ------------------------------------------------------------------------------------------------


@invitations.route("/invitations/new", methods=["GET", "POST"])
@allow("coordinator")
def new():
    form = UnionInviteForm(data={"language": str(get_locale()), "shop": request.args.get("shop", 0, type=int)})
    if form.carries_out(lambda: invite_to_union(form)):
        return redirect(url_for("invitations.show", invitation_id=form.result.id))
    return render_template("invitations/new.html", form=form), form.status


def invite_to_union(form: UnionInviteForm) -> Invitation:
    """With a new shop where one is named, all or nothing. Raises Refused."""
    with database.atomic():
        shop = Shop.get_or_none(Shop.id == form.shop.data, ~Shop.is_test)
        if form.kind.data == "owner" and not form.shop.data:
            shop = new_shop(form.new_shop.data)
        return invite(form, form.kind.data, shop)


def new_shop(name: str) -> Shop:
    if not name:
        raise Refused(new_shop="missing")
    try:
        return shops.add(
            {"name": name, "colour": shops.next_colour(), "timezone": str(zone_of())}, today(), current_user.actor
        )
    except Refused as refused:
        raise Refused(new_shop=refused.faults["name"])


def invite(form: InviteForm, kind: str, shop: Shop | None) -> Invitation:
    """The invitation, and its letter in the outbox, together."""
    with database.atomic():
        made = rules.invite(form.name.data, form.email.data, form.language.data, kind, shop, current_user.actor)
        letters.send(made, link(made), settings())
    return made


def link(invitation: Invitation) -> str:
    return whole("invitations.join", token=rules.token(invitation, settings()))


@invitations.get("/invitations/<int:invitation_id>")
@allow("coordinator", "owner")
def show(invitation_id: int):
    invitation = found(
        Invitation.get_or_none(Invitation.id == invitation_id, Invitation.invited_by == current_user.user)
    )
    mail = Outbox.get_or_none(Outbox.kind == "invitation", Outbox.about == f"invitation:{invitation.id}")
    last = mail and mail.sendings.order_by(Sending.id.desc()).first()
    return render_template(
        "invitations/show.html",
        invitation=invitation,
        is_open=invitation.is_open(utcnow()),
        link=link(invitation),
        kinds=KINDS,
        mail_state=mail and STATES[outbox.state(mail, last)],
        mail_reason=last and REASONS[last.reason],
        has_server=bool(settings().smtp_host),
    )


@invitations.post("/invitations/<int:invitation_id>/withdraw")
@allow("coordinator", "owner")
def withdraw(invitation_id: int):
    invitation = found(Invitation.get_or_none(Invitation.id == invitation_id))
    if not (current_user.rights.coordinator or current_user.owns(invitation.shop_id)):
        found(None)
    rules.withdraw(invitation, current_user.actor)
    flash(gettext("The invitation is withdrawn: its link opens nothing any more."))
    owns = invitation.shop_id and current_user.owns(invitation.shop_id)
    return redirect(url_for("shop_people.index", shop_id=invitation.shop_id) if owns else url_for("people.index"))


# --- joining -------------------------------------------------------------------------------------------------


@invitations.route("/join/<token>", methods=["GET", "POST"])
@anyone
def join(token: str):
    invitation = found(rules.find(token, settings()))
    with force_locale(spoken_to(invitation)):
        if not invitation.is_open(utcnow()):
            return render_template("invitations/over.html", invitation=invitation), 410
        member = rules.member(invitation.email)
        return take_role(invitation, member) if member else begin(invitation)


def spoken_to(invitation: Invitation) -> str:
    """The language of the one who is invited, unless he has chosen another on the page."""
    chosen = current_user.is_authenticated or COOKIE in request.cookies
    return str(get_locale()) if chosen else invitation.language


def begin(invitation: Invitation):
    """Somebody new chooses his password and is in."""
    form = JoinForm(data={"name": invitation.name, "language": invitation.language})
    address = request.remote_addr or ""
    if form.carries_out(lambda: rules.accept(invitation, **form.values(), address=address)):
        return with_token(redirect(url_for("home.show")), sessions.start(form.result, address))
    return render_template("invitations/join.html", form=form, invitation=invitation, kinds=KINDS), form.status


def take_role(invitation: Invitation, member: User):
    """Somebody who is here already takes one role more, logged in as himself."""
    form = Form()
    is_he = current_user.is_authenticated and current_user.user.id == member.id
    address = request.remote_addr or ""
    if is_he and form.carries_out(lambda: rules.accept_as(invitation, member, address)):
        return redirect(url_for("home.show"))
    page = render_template("invitations/take.html", form=form, invitation=invitation, is_he=is_he, kinds=KINDS)
    return page, form.status
