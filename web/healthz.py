"""Whether we live, for whoever watches the box: the database answers, and how old the last proof of facts is."""

from __future__ import annotations

from apsw import Error
from flask import Blueprint
from peewee import PeeweeException

from models import IngestMark, database, utcnow
from web.access import anyone

healthz = Blueprint("healthz", __name__)


@healthz.get("/healthz")
@anyone
def show():
    """{"database": "ok", "tick_age_seconds": 12}; null before the first tick; 503 without a database."""
    opened = False
    try:
        opened = database.connect(reuse_if_open=True)
        mark = IngestMark.get_or_none()
    except (PeeweeException, Error):
        return {"database": "failed", "tick_age_seconds": None}, 503
    finally:
        if opened:
            database.close()
    ticked_at = mark.ticked_at if mark else None
    return {"database": "ok", "tick_age_seconds": ticked_at and round((utcnow() - ticked_at).total_seconds())}
