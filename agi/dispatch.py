"""Which script a call asked for: the last part of agi://host:port/<name>."""

from __future__ import annotations

import logging
from collections.abc import Callable

from agi.menu import menu
from agi.route import route
from agi.session import Session
from pbx import names
from settings import Settings

SCRIPTS: dict[str, Callable[[Session, Settings], None]] = {names.AGI_ROUTE: route, names.AGI_MENU: menu}
log = logging.getLogger(__name__)


def dispatch(session: Session, settings: Settings) -> None:
    """Run the script the call asked for; an unknown name ends at once and the dialplan goes on to the line."""
    name = session.env.get("agi_network_script", "")
    script = SCRIPTS.get(name)
    if script is None:
        log.error("no script %r", name[:80])
        return
    script(session, settings)
