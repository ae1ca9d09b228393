"""The database tells cheaply whether anything was written."""

from __future__ import annotations

import threading

import models


def test_the_version_changes_with_every_write_of_ours_or_anothers_and_with_nothing_else(db):
    first = db.version()
    models.Queue.select().count()
    assert db.version() == first
    models.Queue.create(name="one")
    second = db.version()
    assert second != first

    def write():
        with db.connection_context():
            models.Queue.create(name="two")

    other = threading.Thread(target=write)
    other.start()
    other.join()
    third = db.version()
    assert third not in (first, second)
    models.Queue.update(name="three").where(models.Queue.name == "two").execute()
    assert db.version() != third
