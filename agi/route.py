"""AGI script `route`: is the shop open, and which menu do its callers hear?

Runs within the dialplan's own limit (ROUTE_SECONDS) and so sets no dead man's switch. Reads the database once and
ends: every millisecond here is silence in a caller's ear.
"""

from __future__ import annotations

import models
from agi.session import Session
from calls import menus, opening_hours
from pbx import names
from settings import Settings


def route(session: Session, settings: Settings) -> None:  # noqa: ARG001 every script is called alike
    """Set ROUTE (open or closed) and MENU (Menu.id, "" when none is published) and emit both."""
    shop_id = session.number(names.SHOP) or 0
    is_open = opening_hours.timetable(shop_id).is_open(models.utcnow())
    where, which = "open" if is_open else "closed", menus.published_id(shop_id) or ""
    session.emit(names.EVENT_ROUTE, where, which)
    session.set_variable(names.ROUTE, where)
    session.set_variable(names.MENU, str(which))
