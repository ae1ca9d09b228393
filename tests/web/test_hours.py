"""Hours: copied with nothing lost, said in words, shown beside the operators', holidays suggested and never applied."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest

from calls.opening_hours import Hours, Timetable
from models import AuditEntry, HoursException, Shop, WeekHours
from tests.web.test_bad_input import fault_of
from union.hours import without_operator
from web import hours_words

KYIV = ZoneInfo("Europe/Kyiv")
WEEK = tuple(Hours(weekday, 540, 1080) for weekday in range(5))
MONDAY = dt.datetime(2026, 11, 23, tzinfo=KYIV)


def said(app, language: str, timetable: Timetable, day: int, hour: int, minute: int = 0) -> str:
    """The sentence at an hour of the week that begins on Monday, 23 November 2026."""
    at = MONDAY + dt.timedelta(days=day, hours=hour, minutes=minute)
    with app.test_request_context(headers={"Accept-Language": language}):
        return hours_words.sentence(timetable, at)


@pytest.mark.parametrize(
    ("day", "hour", "uk", "ru", "en"),
    [
        (0, 10, "Зараз відчинено, до 18:00.", "Сейчас открыто, до 18:00.", "Open now until 18:00."),
        (0, 7, "Зараз зачинено. Відкриття: сьогодні, 9:00.", "Сейчас закрыто. Открытие: сегодня, 9:00.", "Closed now, opens at 9:00."),
        (0, 19, "Зараз зачинено. Відкриття: завтра, 9:00.", "Сейчас закрыто. Открытие: завтра, 9:00.", "Closed now, opens tomorrow at 9:00."),
        (4, 18, "Зараз зачинено. Відкриття: у понеділок, 9:00.", "Сейчас закрыто. Открытие: в понедельник, 9:00.", "Closed now, opens on Monday at 9:00."),
    ],
)  # fmt: skip
def test_how_it_stands_is_said_in_a_sentence(app, cast, day, hour, uk, ru, en):
    timetable = Timetable(WEEK, {}, KYIV)
    for language, sentence in (("uk", uk), ("ru", ru), ("en", en)):
        assert said(app, language, timetable, day, hour) == sentence


def test_a_sentence_reaches_over_holidays_midnight_and_nothing_at_all(app, cast):
    closed_week = {(MONDAY + dt.timedelta(days)).date(): None for days in range(7)}
    assert said(app, "uk", Timetable(WEEK, closed_week, KYIV), 0, 10).endswith("30 листопада, 9:00.")
    assert said(app, "en", Timetable((Hours(0, 540, 1440),), {}, KYIV), 0, 10) == "Open now until 24:00."
    assert said(app, "en", Timetable((), {}, KYIV), 0, 10) == "Open now."
    never = {(MONDAY + dt.timedelta(days)).date(): None for days in range(420)}
    assert said(app, "en", Timetable(WEEK, never, KYIV), 0, 10) == "Closed."


def test_copying_monday_keeps_the_weekend_and_saves_nothing(as_, cast):
    typed = {"day0": "10-19", "day1": "щось", "day5": "11–15", "do": "copy"}
    page = as_("owner").post("/shops/1/hours", data=typed).text
    assert re.findall(r'name="day\d"[^>]*value="([^"]*)"', page) == ["10-19"] * 5 + ["11–15", ""]
    assert WeekHours.get(WeekHours.shop == 1, WeekHours.weekday == 0).opens_minute == 540


@pytest.mark.parametrize(
    ("shop", "operators", "left"),
    [
        ([(540, 1080)], [(540, 1080)], []),
        ([(540, 1080)], [], [(540, 1080)]),
        ([(540, 1080)], [(600, 1020)], [(540, 600), (1020, 1080)]),
        ([(540, 780), (840, 1080)], [(600, 900)], [(540, 600), (900, 1080)]),
        ([(540, 1080)], [(0, 600), (660, 1440)], [(600, 660)]),
        ([], [(540, 1080)], []),
    ],
)
def test_when_a_shop_is_open_without_an_operator(shop, operators, left):
    assert without_operator(shop, operators) == left


def test_the_operators_hours_stand_beside_the_shops(as_, cast):
    page = as_("owner").get("/shops/1/hours").text
    assert page.count("Оператори: 09:00–17:00") == 5 and page.count("Відчинено без оператора: 17:00–18:00") == 5
    saved = as_("coordinator").post("/hours", data={f"day{day}": "8–20" for day in range(7)} | {"do": "save"})
    assert saved.status_code == 302
    page = as_("owner").get("/shops/1/hours").text
    assert page.count("Оператори: 08:00–20:00") == 7 and "без оператора" not in page
    assert WeekHours.select().where(WeekHours.shop == 1).count() == 5
    entry = AuditEntry.get(AuditEntry.action == "hours.update")
    assert (entry.about, entry.shop) == ("union:1", None)


def test_hours_of_another_zone_are_not_compared(as_, cast):
    Shop.update(timezone="Europe/London").where(Shop.id == 1).execute()
    assert "в іншому часовому поясі" in as_("owner").get("/shops/1/hours").text


def test_wrong_hours_of_operators_are_refused_beside_their_day(as_, cast):
    answer = as_("coordinator").post("/hours", data={"day0": "8–20", "day3": "рано"})
    assert "Пишіть час" in fault_of(answer, "day3") and 'value="8–20"' in answer.text
    assert WeekHours.get(WeekHours.shop.is_null(), WeekHours.weekday == 0).opens_minute == 540


def test_a_holiday_is_suggested_until_it_is_decided_and_closes_nothing_by_itself(as_, cast):
    browser = as_("owner")
    offered = suggestions(browser.get("/shops/1/hours").text)
    assert offered and HoursException.select().count() == 0
    browser.post("/shops/1/hours/exceptions", data=dict(zip(("on", "note"), offered[0], strict=True)))
    closed = HoursException.get()
    assert (closed.on_date.isoformat(), closed.opens_minute, closed.note) == (offered[0][0], None, offered[0][1])
    assert offered[0] not in suggestions(browser.get("/shops/1/hours").text)


def suggestions(page: str) -> list[tuple[str, str]]:
    """The dates and the names that a button closes."""
    return re.findall(r'name="on" value="([^"]+)"><input type="hidden" name="note" value="([^"]+)"', page)
