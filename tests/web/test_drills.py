"""The page of the last resort and the board: how it stands in words, a wish, and what is found as it is found."""

from __future__ import annotations

import datetime as dt

import pytest

from models import Drill, DrillCall, DrillFinding, User, utcnow
from tests.web import seed
from web.drills import ADVICE, CALL_FAULTS, FAULTS, FINDINGS, RESORTS, WAYS


@pytest.fixture(autouse=True)
def english(cast):
    User.update(language="en").where(User.id == cast.coordinator.id).execute()


def page(as_, path: str = "/drills", **headers: str) -> str:
    return as_("coordinator").get(path, headers=headers).text


def over(days_ago: int, fault: str = "") -> Drill:
    at = utcnow() - dt.timedelta(days=days_ago)
    return Drill.create(wanted_at=at, starts_at=at, ends_at=at, fault=fault)


def test_the_last_rehearsal_is_told_call_by_call_and_shop_by_shop(as_, cast):
    seed.drills()
    said = page(as_)
    assert "every caller is served" in said and "after 4.7 s" in said
    assert cast.tea.name in said and cast.soap.name in said
    assert "callers will hear the apology only" in said


def test_the_board_warns_when_it_was_never_done_failed_or_is_long_ago(as_, cast):
    assert "Never rehearsed" in page(as_, "/board")
    over(31)
    assert "more than 30 days ago" in page(as_, "/board")
    over(2, "calls")
    assert "it failed" in page(as_, "/board")
    over(1)
    assert "every caller is served" in page(as_, "/board")


def test_a_fault_is_told_with_what_to_do(as_, cast):
    over(2, "unable")
    said = page(as_)
    assert "test call could not be made" in said and str(ADVICE["unable"]) in said


def test_a_wish_is_a_row_and_the_page_follows_what_becomes_of_it(as_, cast):
    browser = as_("coordinator")
    for _ in range(2):
        assert browser.post("/drills").location == "/drills"
    wish = Drill.get()
    assert (wish.wanted_by, wish.starts_at) == (cast.coordinator, None)
    assert 'hx-trigger="every 2s"' in page(as_) and "begins within seconds" in page(as_)
    Drill.update(starts_at=utcnow()).execute()
    DrillFinding.create(drill=wish, shop=cast.tea, finding="unknown")
    DrillCall.create(drill=wish, way="frozen", resort="message", fault="silence")
    part = page(as_, **{"HX-Request": "true"})
    assert part.startswith('<div id="drill"') and "1 of 4" in part
    assert "he did not hear it in time" in part and "Asterisk does not know its number" in part
    Drill.update(ends_at=utcnow(), fault="calls").execute()
    assert "hx-trigger" not in page(as_, **{"HX-Request": "true"})


def test_every_fault_and_finding_has_its_words():
    assert set(WAYS) == set(DrillCall.WAYS) and set(RESORTS) == set(DrillCall.RESORTS)
    assert set(CALL_FAULTS) | {""} == set(DrillCall.FAULTS)
    assert set(FINDINGS) == set(DrillFinding.FINDINGS)
    assert set(FAULTS) == set(ADVICE) | {""} == set(Drill.FAULTS)
