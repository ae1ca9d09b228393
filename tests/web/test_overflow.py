"""Trainees' releases, the owner's mobile hours, and the coordinator's board."""

from __future__ import annotations

import pytest

from calls.board import board
from calls.reserve import releases
from models import AuditEntry, Call, MobileHours, Presence, QueueOperator, Release, Union, utcnow
from tests.web import seed


@pytest.fixture
def trainee(cast):
    QueueOperator.update(penalty=5).where(QueueOperator.user == cast.trainee).execute()
    Release.delete().execute()
    return cast.trainee


@pytest.mark.parametrize("who", ["owner", "coordinator"])
def test_a_trainee_is_released_for_a_shop_and_taken_back(as_, cast, trainee, who):
    address = f"/shops/{cast.tea.id}/releases/{trainee.id}"
    as_(who).post(address), as_(who).post(address)
    assert releases() == {(trainee.id, cast.tea.id)}
    assert trainee.name in as_(who).get(f"/shops/{cast.tea.id}/overflow").text
    as_(who).post(f"{address}/end")
    assert releases() == set() and Release.get().ended_by is not None
    assert AuditEntry.select().where(AuditEntry.action.in_(["release.create", "release.end"])).count() == 2


def test_nobody_but_the_reserve_is_released(as_, cast, trainee):
    assert as_("owner").post(f"/shops/{cast.tea.id}/releases/{cast.operator.id}").status_code == 404


def test_the_owner_chooses_when_his_mobile_rings(as_, cast):
    week = {f"day{number}": "" for number in range(7)} | {"day0": "9-12, 14-18"}
    as_("owner").post(f"/shops/{cast.tea.id}/overflow", data=week)
    rows = [(row.weekday, row.opens_minute, row.closes_minute) for row in MobileHours.select()]
    assert rows == [(0, 540, 720), (0, 840, 1080)]
    wrong = as_("owner").post(f"/shops/{cast.tea.id}/overflow", data=week | {"day3": "late"})
    assert wrong.status_code == 422 and 'value="late"' in wrong.text and MobileHours.select().count() == 2


def test_the_coordinator_sets_when_the_reserve_helps(as_, cast):
    rule = {"reserve_after_seconds": "30", "reserve_line_length": "2", "mobile_after_seconds": "90"}
    as_("coordinator").post("/board", data=rule)
    union = Union.get()
    assert (union.reserve_after_seconds, union.reserve_line_length, union.mobile_after_seconds) == (30, 2, 90)
    wrong = as_("coordinator").post("/board", data=rule | {"mobile_after_seconds": "1"})
    assert wrong.status_code == 422 and Union.get().mobile_after_seconds == 90


def test_the_board_tells_who_waits_who_works_and_the_day(as_, cast):
    seed.calls(cast)
    seed.alive(cast)
    seed.call(cast.tea, "his.1", None, utcnow(), "answered")
    page = as_("coordinator").get("/board").text
    told = board(utcnow())
    assert len(told.waiting) == 2 and {one.presence.user_id for one in told.team} == {
        row.user_id for row in Presence.select().where(Presence.ends_at.is_null())
    }
    assert {row.shop.id: row.by_mobile for row in told.shops}[cast.tea.id] == 1
    for row in told.shops:
        assert row.shop.name in page
    for (number,) in Call.select(Call.customer).where(Call.customer.is_null(False)).tuples():
        assert number[-7:] not in page.replace(" ", ""), "he is a competitor"


def test_the_board_comes_alone_when_it_is_polled(as_, cast):
    part = as_("coordinator").get("/board", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="board"') and "<html" not in part
