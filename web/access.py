"""Who may open which page. Every view declares it, or the application does not start.

A shop that is not one's own does not exist: 404, whether the id was guessed or known. Pages of the union that
are not for one's role are refused with 403 before anything is looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps

from flask import Flask, abort, current_app, make_response, redirect, request, url_for
from flask_login import UserMixin, current_user

from calls import numbers, reveals
from models import Grant, Session, Shop, User, utcnow
from union import grants, people
from union.audit import Actor
from union.people import Rights

ROLES = ("coordinator", "operator", "trainee", "owner")


class Viewer(UserMixin):
    """The person who looks at a page, his session, and what he may see."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.user: User = session.user

    def get_id(self) -> str:
        return str(self.user.id)

    @cached_property
    def rights(self) -> Rights:
        return people.rights(self.user)

    @property
    def actor(self) -> Actor:
        return Actor(self.user, request.remote_addr or "")

    def owns(self, shop_id: int) -> bool:
        return shop_id in self.rights.shops

    def has(self, *roles: str) -> bool:
        """Whether he holds one of roles anywhere."""
        return any(bool(self.rights.shops) if role == "owner" else getattr(self.rights, role) for role in roles)

    def hears(self, shop_id: int) -> bool:
        """Whether he may listen to a shop's recordings: its owner, and the coordinator where it lets him."""
        return self.owns(shop_id) or shop_id in self._granted["recordings"]

    def sees_numbers(self, shop_id: int) -> bool:
        """Whether he sees a shop's customers' numbers whole: its owner, and the coordinator where it lets him."""
        return self.owns(shop_id) or shop_id in self._granted["numbers"]

    def customer(self, shop_id: int, number: str | None) -> str:
        """A customer's number as this person may see it: whole or masked. An operator sees what she made appear."""
        if not number:
            return ""
        is_whole = self.sees_numbers(shop_id) or (shop_id, number) in self._revealed
        return numbers.national(number) if is_whole else numbers.masked(number)

    def may_reveal(self, shop: Shop, number: str | None) -> bool:
        """Whether a number that is masked for her will appear if she asks for it."""
        is_masked = not self.sees_numbers(shop.id) and (shop.id, number) not in self._revealed
        return bool(number) and is_masked and reveals.may(self.rights, shop)

    def forget_revealed(self) -> None:
        """What she may see has just changed within this request."""
        self.__dict__.pop("_revealed", None)

    @cached_property
    def _granted(self) -> dict[str, frozenset[int]]:
        """The shops that let him, as the coordinator, see or hear, by kind of grant."""
        return {kind: grants.shops(kind) if self.rights.coordinator else frozenset() for kind in Grant.KINDS}

    @cached_property
    def _revealed(self) -> frozenset[tuple[int, str]]:
        """The numbers she has made appear lately, each with its shop."""
        return reveals.lately(self.user, self.rights, utcnow(), settings())


def anyone(view: Callable) -> Callable:
    """A page for people who have not logged in, too."""
    view.access = "anyone"
    return view


def allow(*roles: str) -> Callable:
    """A page for people who hold one of roles; no roles: for everybody who has logged in."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"no such role: {unknown}")

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                return to_log_in()
            if roles and not current_user.has(*roles):
                abort(403)
            return view(*args, **kwargs)

        guarded.access = roles or "logged in"
        return guarded

    return decorate


def shop_page(*roles: str) -> Callable:
    """A page of one shop, for its owner and, where roles says "coordinator", for him; `shop_id` becomes `shop`."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(shop_id: int, **kwargs):
            if not current_user.is_authenticated:
                return to_log_in()
            return view(shop=find_shop(shop_id, *roles), **kwargs)

        guarded.access = (*roles, "own shop")
        return guarded

    return decorate


def find_shop(shop_id: int, *roles: str) -> Shop:
    """The shop, if it is the viewer's own or he holds one of roles; 404 otherwise."""
    shop = Shop.get_or_none(Shop.id == shop_id, ~Shop.is_test)
    if shop is None or not (current_user.owns(shop.id) or (roles and current_user.has(*roles))):
        abort(404)
    return shop


def found(row):
    """row, or 404 when there is none."""
    if row is None:
        abort(404)
    return row


def to_log_in():
    """Off to the log-in page; a fragment's request is told so in a header, because a 302 would land in the fragment."""
    if request.htmx:
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("sessions.new")
        return response
    come_back = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
    return redirect(url_for("sessions.new", next=come_back))


def require_declared_access(app: Flask) -> None:
    """Raise RuntimeError if a view does not say who may open it."""
    silent = [
        name for name, view in app.view_functions.items() if name != "static" and not getattr(view, "access", None)
    ]
    if silent:
        raise RuntimeError(f"views that do not declare who may open them: {silent}")


def settings():
    """The application's settings."""
    return current_app.config["SPILKA"]
