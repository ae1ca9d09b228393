"""What the nightly look found is kept, as it was found."""

from __future__ import annotations

import datetime as dt

import apsw

from ledger import checked, checks
from models import BooksLook
from tests.ledger import books
from tests.ledger.books import NOVEMBER

NIGHT = dt.datetime(2025, 12, 5, 22, 50, tzinfo=dt.UTC)


def test_a_look_keeps_what_it_found_and_the_next_that_it_is_gone(db, settings):
    books.union(3)
    books.item("Сервер", 10_000, books.equally())
    books.close(NOVEMBER, settings)
    assert checked.last() is None and checked.look(NIGHT) == 0
    assert (checked.last().at, checked.last().rules, checked.last().wrong) == (NIGHT, len(checks.CHECKS), 0)

    change_past_us(db, "amount_minor + 1")
    assert checked.look(NIGHT + dt.timedelta(days=1)) == len(checks.faults()) > 1
    assert checked.faults(checked.last()) == checks.faults()
    assert {type(fault.difference) for fault in checked.faults(checked.last())} == {int, type(None)}

    change_past_us(db, "amount_minor - 1")
    assert checked.look(NIGHT + dt.timedelta(days=2)) == 0 and checked.faults(checked.last()) == []
    assert BooksLook.select().count() == 3


def change_past_us(db, value: str) -> None:
    connection = apsw.Connection(db.database)
    connection.execute("DROP TRIGGER IF EXISTS posting_no_update")
    connection.execute(f"UPDATE posting SET amount_minor = {value} WHERE id = 2")
    connection.close()
