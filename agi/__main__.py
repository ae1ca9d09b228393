"""The FastAGI process: `python -m agi`."""

from __future__ import annotations

import logging
import signal
import sys
from functools import partial

import models
from agi.dispatch import dispatch
from agi.server import Server
from settings import SettingsError, current


def main() -> None:
    """Serve callers until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = current()
    except SettingsError as error:
        sys.exit(str(error))
    models.database.init(str(settings.database))
    host, _, port = settings.agi_bind.rpartition(":")
    server = Server((host, int(port)), partial(dispatch, settings=settings), settings.deadman_margin_seconds)
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: server.stop())
    logging.info("listening on %s", settings.agi_bind)
    server.serve()


if __name__ == "__main__":
    main()
