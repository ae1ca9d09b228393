"""Which script a call asked for: the last part of agi://host:port/<name>.

The database stays open in the thread that served a call, for its next one: opening it and reading its schema takes
longer than all a script asks of it. Nothing holds a transaction open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import models
from agi.keep import keep
from agi.menu import menu
from agi.permit import permit
from agi.route import route
from agi.session import Session
from agi.voicemail import voicemail
from pbx import names
from settings import Settings

SCRIPTS: dict[str, Callable[[Session, Settings], None]] = {
    names.AGI_ROUTE: route,
    names.AGI_MENU: menu,
    names.AGI_KEEP: keep,
    names.AGI_PERMIT: permit,
    names.AGI_VOICEMAIL: voicemail,
}
log = logging.getLogger(__name__)


def dispatch(session: Session, settings: Settings) -> None:
    """Run the script the call asked for; an unknown name ends at once and the dialplan goes on to the line."""
    name = session.env.get("agi_network_script", "")
    script = SCRIPTS.get(name)
    if script is None:
        log.error("no script %r", name[:80])
        return
    models.database.connect(reuse_if_open=True)
    script(session, settings)
