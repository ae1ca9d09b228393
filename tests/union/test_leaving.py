"""A shop leaves on a day: until its end nothing changes, after it its numbers and its owners' roles end, dated."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from models import AuditEntry, Call, Did, Membership, Role, Shop
from tests.web import seed
from union import audit, invitations, people, shops
from union.faults import Refused

LAST_DAY = dt.date(2026, 11, 30)
LAST_MINUTE = dt.datetime(2026, 11, 30, 21, 59, tzinfo=dt.UTC)  # 23:59 in Kyiv
MIDNIGHT = dt.datetime(2026, 11, 30, 22, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC), tick=False) as travelling:
        yield travelling


@pytest.fixture
def cast(db, tmp_path, clock):
    cast = seed.union(tmp_path)
    shops.leave(cast.tea, LAST_DAY, audit.BOX)
    return cast


def pass_to(clock, at: dt.datetime) -> None:
    """The scheduler's job at this instant."""
    clock.move_to(at)
    shops.end_what_has_left(at)


def open_numbers(shop: Shop) -> int:
    return Did.select().where(Did.shop == shop, Did.ends_at.is_null()).count()


def test_until_the_last_minute_nothing_changes(cast, clock):
    pass_to(clock, LAST_MINUTE)
    assert open_numbers(cast.tea) == 2 and cast.tea.id in people.rights(cast.owner).shops


def test_at_the_shops_own_midnight_its_numbers_and_its_owners_roles_end_and_nobody_elses(cast, clock):
    pass_to(clock, MIDNIGHT)
    assert open_numbers(cast.tea) == 0 and open_numbers(cast.soap) == 1
    assert {did.ends_at for did in cast.tea.dids} == {MIDNIGHT}
    assert people.rights(cast.owner).shops == frozenset()
    assert Role.get(Role.user == cast.owner).ends_at == MIDNIGHT
    assert people.rights(cast.other_owner).shops == {cast.soap.id}


def test_nothing_is_deleted_and_what_was_ended_once_is_not_ended_again(cast, clock):
    seed.calls(cast)
    calls = Call.select().where(Call.shop == cast.tea).count()
    for minutes in (0, 1, 60 * 24 * 30):
        pass_to(clock, MIDNIGHT + dt.timedelta(minutes=minutes))
    assert Call.select().where(Call.shop == cast.tea).count() == calls
    deeds = [
        entry.action for entry in AuditEntry.select().where(AuditEntry.shop == cast.tea, AuditEntry.user.is_null())
    ]
    assert deeds.count("did.end") == 2 and deeds.count("role.end") == 1


def test_an_open_invitation_to_the_shop_is_withdrawn(cast, clock):
    clock.move_to(LAST_MINUTE)
    invited = seed.invited(cast, "Марія Кравець")
    pass_to(clock, MIDNIGHT)
    assert not invitations.open_invitations(MIDNIGHT).exists() and type(invited).get_by_id(invited.id).withdrawn_at


def test_a_last_day_that_is_over_ends_everything_at_once(cast):
    shops.leave(cast.soap, dt.date(2026, 11, 20), audit.BOX)
    assert open_numbers(cast.soap) == 0


def test_a_shop_that_stays_after_all_keeps_everything(cast, clock):
    shops.stay(cast.tea, audit.BOX)
    pass_to(clock, MIDNIGHT)
    assert open_numbers(cast.tea) == 2
    with pytest.raises(Refused, match="still_member"):
        shops.stay(cast.tea, audit.BOX)


def test_a_shop_joins_again_after_its_last_day_only(cast, clock):
    with pytest.raises(Refused, match="still_member"):
        shops.rejoin(cast.tea, dt.date(2026, 12, 1), audit.BOX)
    pass_to(clock, MIDNIGHT)
    with pytest.raises(Refused, match="joins_before_end"):
        shops.rejoin(cast.tea, LAST_DAY, audit.BOX)
    shops.rejoin(cast.tea, dt.date(2026, 12, 1), audit.BOX)
    assert (
        not shops.has_left(cast.tea, MIDNIGHT) and Membership.select().where(Membership.shop == cast.tea).count() == 2
    )


@pytest.mark.parametrize(
    ("last_day", "fault"), [(dt.date(2025, 12, 31), "ends_before_start"), (LAST_DAY, "not_member")]
)
def test_a_last_day_that_makes_no_sense(cast, last_day, fault):
    shop = cast.tea if fault == "not_member" else cast.soap
    with pytest.raises(Refused, match=fault):
        shops.leave(shop, last_day, audit.BOX)
