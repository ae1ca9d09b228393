"""Whose turn it is to be told something, and what his shop plays him when there is no news."""

from __future__ import annotations

import datetime as dt

import pytest

import models
from calls import announcer, prompts, waiting_prompts
from calls.announcer import Heard
from calls.line import InLine
from models import Announced, Call, WaitingPlayed
from pbx.ami import QueueEntry
from union.audit import BOX
from union.faults import Refused

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


@pytest.fixture
def call(house) -> Call:
    return Call.create(key="1.1", direction="in", shop=house.tea, arrived_at=NOON, line_at=NOON)


def announce(at: float, place: int = 2, key: str = "1.1") -> Announced:
    told = {"place": place, "low_minutes": 1, "high_minutes": 3, "middle_seconds": 90, "on_duty": 1}
    return Announced.create(call_key=key, shop=models.Shop.get(), at=after(at), **told)


def choose(shop: models.Shop, settings, *labels: str, language: str = "uk") -> list[models.Prompt]:
    """Prompts of the shop that have a file, chosen in this order."""
    rows = []
    for label in labels:
        row = models.Prompt.create(shop=shop, label=label)
        sound(row, settings, language)
        waiting_prompts.choose(row, BOX)
        rows.append(row)
    return rows


def sound(prompt: models.Prompt, settings, language: str) -> models.PromptSound:
    file = f"{prompt.id:08x}{language}"
    path = settings.prompts_dir / str(prompt.shop_id) / f"{file}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF")
    return models.PromptSound.create(prompt=prompt, language=language, file=file, seconds=20, made_by="upload")


def test_he_is_told_first_after_ten_seconds_then_at_most_every_thirty(call, settings):
    due = [second for second in range(100) if announcer.is_due(call, Heard(), after(second), settings)]
    assert due[0] == 10
    told = Heard(announce(12), after(12))
    due = [second for second in range(12, 100) if announcer.is_due(call, told, after(second), settings)]
    assert due[0] == 42


def test_his_shop_speaks_only_after_a_longer_silence_and_never_before_his_place_was_told(settings):
    told = Heard(None, after(12))
    quiet = [second for second in range(12, 100) if announcer.has_been_quiet(told, after(second), settings)]
    assert quiet[0] == 57
    assert not announcer.has_been_quiet(Heard(), after(1000), settings)


def test_what_was_heard_last_is_read_from_rows_for_each_caller_alone(call, settings):
    announce(10, place=3)
    last = announce(40, place=2)
    announce(50, place=9, key="2.2")
    assert announcer.what_they_heard(["1.1", "3.3"]) == {"1.1": Heard(last, after(40)), "3.3": Heard()}


def test_the_pause_counts_from_the_end_of_what_his_shop_played(call, settings, house):
    announce(10)
    choose(house.tea, settings, "delivery")
    chosen = waiting_prompts.next_sound(call.key, house.tea, "uk", settings)
    waiting_prompts.played(call.key, chosen, after(60))
    assert announcer.what_they_heard(["1.1"])["1.1"].until == after(80)


def test_each_announcement_is_played_once_to_each_caller_in_the_order_chosen(call, settings, house):
    choose(house.tea, settings, "delivery", "guarantee")
    choose(house.soap, settings, "of another shop")
    heard = []
    while found := waiting_prompts.next_sound("1.1", house.tea, "uk", settings):
        heard.append(found.prompt.label)
        waiting_prompts.played("1.1", found, NOON)
    assert heard == ["delivery", "guarantee"]
    assert waiting_prompts.next_sound("2.2", house.tea, "uk", settings).prompt.label == "delivery"


def test_an_announcement_is_heard_in_his_language_or_else_in_any_that_is_there(settings, house):
    [prompt] = choose(house.tea, settings, "delivery")
    sound(prompt, settings, "en")
    languages = {
        asked: waiting_prompts.next_sound("1.1", house.tea, asked, settings).language for asked in ("en", "ru")
    }
    assert languages == {"en": "en", "ru": "uk"}


def test_an_announcement_without_its_file_is_passed_over(settings, house):
    lost, there = choose(house.tea, settings, "lost", "there")
    (settings.prompts_dir / str(house.tea.id) / f"{lost.sounds.get().file}.wav").unlink()
    assert waiting_prompts.next_sound("1.1", house.tea, "uk", settings).prompt == there


def test_the_order_is_changed_step_by_step(settings, house):
    choose(house.tea, settings, "one", "two", "three")

    def order() -> list[str]:
        return [one.prompt.label for one in waiting_prompts.chosen(house.tea)]

    first, _, last = waiting_prompts.chosen(house.tea)
    assert not waiting_prompts.move(first, "up", BOX) and not waiting_prompts.move(last, "down", BOX)
    assert waiting_prompts.move(last, "up", BOX)
    assert order() == ["one", "three", "two"]
    waiting_prompts.leave_out(first, BOX)
    waiting_prompts.choose(models.Prompt.get(label="one"), BOX)
    assert order() == ["three", "two", "one"]
    waiting_prompts.choose(models.Prompt.get(label="three"), BOX)
    assert order() == ["three", "two", "one"], "chosen again, it keeps its place"


def test_a_prompt_that_the_line_plays_cannot_be_removed(settings, house):
    [prompt] = choose(house.tea, settings, "delivery")
    with pytest.raises(Refused):
        prompts.remove(prompt, settings.prompts_dir, BOX)
    waiting_prompts.leave_out(waiting_prompts.chosen(house.tea)[0], BOX)
    waiting_prompts.played("1.1", prompt.sounds.get(), NOON)
    prompts.remove(prompt, settings.prompts_dir, BOX)
    assert WaitingPlayed.select().count() == 0


def in_line(key: str, shop: models.Shop, at: float, **more) -> InLine:
    return InLine(key, shop, after(at), after(at), **more)


def test_the_line_counts_placeholders_and_who_is_no_call_yet(call):
    entries = [QueueEntry("line-1", 1, "cb-12ab-line"), QueueEntry("line-1", 2, "1.1"), QueueEntry("line-1", 3, "9.9")]
    seen = announcer.waiting(entries, {"1.1": in_line("1.1", call.shop, 0, call=call)}, after(25))
    assert [(one.shop_id, one.waited_seconds, one.kept) for one in seen] == [
        (0, 0, True),
        (call.shop_id, 25, False),
        (0, 0, False),
    ]


def test_who_is_offered_to_one_of_the_reserve_has_his_place_in_the_line_still(house, call):
    other = models.Queue.create(name="another line")
    elsewhere = models.Shop.create(name="elsewhere", queue=other)
    standing = {
        key: in_line(key, shop, at, call=call)
        for key, shop, at in (
            ("1.1", house.tea, 0),
            ("2.2", house.soap, 5),
            ("3.3", house.tea, 9),
            ("4.4", elsewhere, 1),
        )
    }
    line, hers = house.tea.queue.pbx_name, "reserve-7"
    entries = [QueueEntry(line, 1, "1.1"), QueueEntry(line, 2, "3.3"), QueueEntry(line, 3, "new")]
    entries += [
        QueueEntry(hers, 1, "2.2"),
        QueueEntry("reserve-8", 1, "4.4"),
        QueueEntry("automatic-1", 1, "cb-behind"),
    ]
    lines = announcer.lines(entries, standing)
    assert {queue: [(e.uniqueid, e.position) for e in theirs] for queue, theirs in lines.items()} == {
        house.tea.queue_id: [("1.1", 1), ("2.2", 2), ("3.3", 3), ("new", 4)],
        other.id: [("4.4", 1)],
    }


def test_he_is_spoken_to_in_the_language_of_the_number_he_rang_or_of_the_shop(call, house):
    assert announcer.language_of(call) == house.tea.language
    call.did = models.Did(language="ru")
    assert announcer.language_of(call) == "ru"


def test_while_somebody_before_him_is_missing_in_the_queue_nobody_is_told_a_better_place(call, settings, house):
    """He who keeps his place has hung up, and his placeholder is not there yet."""
    Call.update(line_at=after(1)).execute()
    Call.create(key="3.3", direction="in", shop=house.soap, arrived_at=NOON, line_at=after(5))
    least = announcer.least_places(after(30), settings)
    assert least == {"1.1": 1, "3.3": 2}
    Call.create(key="0.9", direction="in", shop=house.soap, arrived_at=NOON, line_at=NOON)
    least = announcer.least_places(after(30), settings)
    assert least == {"0.9": 1, "1.1": 2, "3.3": 3}
    entries = [QueueEntry("line-1", 1, "1.1"), QueueEntry("line-1", 3, "3.3")]
    assert announcer.settled(entries, least, {"1.1", "3.3"}) == {"3.3"}
    assert announcer.settled(entries, least, {"1.1"}) == set()


def test_who_came_in_the_same_second_may_stand_in_either_order(call, settings, house):
    Call.create(key="0.9", direction="in", shop=house.soap, arrived_at=NOON, line_at=after(0.4))
    assert announcer.least_places(after(30), settings) == {"0.9": 1, "1.1": 1}
