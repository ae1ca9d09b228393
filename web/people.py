"""People of the union: the coordinator adds them, gives and ends roles, passwords and telephones.

A password or a telephone's secret is on the one page that answers its making, and nowhere after. Whoever owns a shop is
out of the coordinator's hands: its owners say who owns it, and each chooses his own password.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired

from calls import shift
from mail import passwords as letters
from models import Phone, Role, Shop, User, database, utcnow
from union import passwords, shops
from union import people as rules
from union.faults import Refused
from union.invitations import open_invitations
from web.access import allow, found, settings
from web.addresses import whole
from web.forms import Form, choices, strip
from web.languages import NAMES

people = Blueprint("people", __name__)

ROLES = {
    "owner": _l("owner"),
    "operator": _l("operator"),
    "trainee": _l("trainee"),
    "coordinator": _l("coordinator"),
}


class RoleForm(Form):
    kind = SelectField(_l("Role"), choices=choices(ROLES))
    shop = SelectField(_l("Of which shop"), coerce=int)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.shop.choices = choices({0: "—", **{shop.id: shop.name for shop in shops.current()}})

    @property
    def chosen_shop(self) -> Shop | None:
        return Shop.get_or_none(Shop.id == self.shop.data)


class PersonForm(RoleForm):
    name = StringField(_l("First and last name"), [DataRequired()], filters=[strip])
    email = StringField(_l("E-mail"), [DataRequired()], filters=[strip])
    language = SelectField(_l("Language"), choices=choices(NAMES))


@people.get("/people")
@allow("coordinator")
def index():
    roles = Role.select().where(Role.ends_at.is_null()).order_by(Role.id)
    everybody = User.select().order_by(User.is_active.desc(), User.name).prefetch(roles, Shop)
    invited = list(open_invitations(utcnow()))
    return render_template("people/index.html", people=list(everybody), invited=invited, kinds=ROLES)


@people.route("/people/new", methods=["GET", "POST"])
@allow("coordinator")
def new():
    form = PersonForm(data={"language": str(get_locale())})
    if form.carries_out(lambda: add(form)):
        user, password = form.result
        return page(user, password=password)
    return render_template("people/new.html", form=form), form.status


def add(form: PersonForm) -> tuple[User, str]:
    """A person is added with his first role, or not at all."""
    with database.atomic():
        user, password = rules.add(form.name.data, form.email.data, form.language.data, current_user.actor)
        rules.appoint(user, form.kind.data, form.chosen_shop, current_user.actor)
    return user, password


@people.get("/people/<int:user_id>")
@allow("coordinator")
def show(user_id: int):
    return page(person(user_id))


def page(user: User, form: RoleForm | None = None, **once):
    """A person's page; `once` holds what is shown this time only: a password, a telephone."""
    form = form or RoleForm(formdata=None)
    has_phone = Phone.select().where(Phone.user == user).exists()
    return (
        render_template(
            "people/show.html",
            person=user,
            form=form,
            roles=list(rules.open_roles(user)),
            kinds=ROLES,
            answers=rules.rights(user).answers,
            by_link=passwords.is_by_link_only(user),
            has_phone=has_phone,
            **once,
        ),
        form.status,
    )


def person(user_id: int) -> User:
    return found(User.get_or_none(User.id == user_id))


@people.post("/people/<int:user_id>/roles")
@allow("coordinator")
def give_role(user_id: int):
    user, form = person(user_id), RoleForm()
    if form.carries_out(lambda: rules.appoint(user, form.kind.data, form.chosen_shop, current_user.actor)):
        return redirect(url_for("people.show", user_id=user.id))
    return page(user, form)


@people.post("/roles/<int:role_id>/end")
@allow("coordinator")
def end_role(role_id: int):
    role = found(Role.get_or_none(Role.id == role_id))
    return deprive(role.user, lambda: rules.dismiss(role, current_user.actor))


@people.post("/people/<int:user_id>/deactivate")
@allow("coordinator")
def deactivate(user_id: int):
    user = person(user_id)
    return deprive(user, lambda: rules.set_active(user, False, current_user.actor))


def deprive(user: User, change):
    """Take something from user; whoever no longer serves the line leaves it at once."""
    form = RoleForm(formdata=None)
    try:
        change()
    except Refused as refused:
        form.refuse(refused)
        return page(user, form)
    user = person(user.id)
    if not (user.is_active and rules.rights(user).answers):
        shift.end(user)
    return redirect(url_for("people.show", user_id=user.id))


@people.post("/people/<int:user_id>/activate")
@allow("coordinator")
def activate(user_id: int):
    user = person(user_id)
    rules.set_active(user, True, current_user.actor)
    return redirect(url_for("people.show", user_id=user.id))


@people.post("/people/<int:user_id>/password")
@allow("coordinator")
def reset_password(user_id: int):
    """Shown once; an owner's nobody is shown: he chooses it himself, by the link in a letter."""
    user = person(user_id)
    if passwords.is_by_link_only(user):
        send_link(user)
        return redirect(url_for("people.show", user_id=user.id))
    return page(user, password=rules.reset_password(user, current_user.actor))


def send_link(user: User) -> None:
    link = whole("passwords.choose", password_token=passwords.token(user, settings()))
    with database.atomic():
        letters.send(user, link, current_user.user, utcnow(), settings())
        passwords.note_link(user, current_user.actor)
    flash(gettext("A letter with a link is on its way to %(name)s, who chooses the password.", name=user.name))


@people.post("/people/<int:user_id>/sessions/end")
@allow("coordinator")
def end_sessions(user_id: int):
    user = person(user_id)
    rules.end_sessions(user, current_user.session)
    if user.id != current_user.user.id:
        shift.end(user)
    flash(gettext("This person is logged out everywhere."))
    return redirect(url_for("people.show", user_id=user.id))


@people.post("/people/<int:user_id>/phone")
@allow("coordinator")
def give_phone(user_id: int):
    user, form = person(user_id), RoleForm(formdata=None)
    try:
        return page(user, phone=rules.give_phone(user, current_user.actor))
    except Refused as refused:
        form.refuse(refused)
        return page(user, form)
