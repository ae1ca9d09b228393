"""Listening through the pages: who may, what is noted, and what bytes come."""

from __future__ import annotations

import re

import pytest

from calls import recordings
from calls.alaw import HEADER_BYTES
from models import AuditEntry, Call, Listening, Recording, Review, Role, Shop, utcnow
from tests.web import seed

CALL = "/shops/1/calls/a7.1"


@pytest.fixture
def heard(cast, settings):
    seed.calls(cast)
    return seed.recording(cast, "a7.1", settings.recordings_dir, seconds=10)


def opened(browser) -> str:
    """The address of the sound."""
    answer = browser.post(f"{CALL}/listenings", headers={"HX-Request": "true"})
    return re.search(r'<audio [^>]*src="([^"]+)"', answer.text)[1]


def plays() -> int:
    return AuditEntry.select().where(AuditEntry.action == "recording.play").count()


def test_the_row_of_a_recorded_call_can_be_heard_and_no_other(as_, heard):
    forms = re.findall(r'action="(/shops/1/calls/[^"]+/listenings)"', as_("owner").get("/shops/1/calls").text)
    assert forms == [f"{CALL}/listenings"]


def test_the_sound_comes_whole_and_in_ranges_and_is_one_listening(as_, heard, settings):
    browser = as_("owner")
    address = opened(browser)
    whole = browser.get(address)
    file = (settings.recordings_dir / heard.file).read_bytes()
    assert (
        whole.mimetype == "audio/wav"
        and whole.data[HEADER_BYTES:] == file
        and whole.headers["Accept-Ranges"] == "bytes"
    )
    assert whole.headers["Cache-Control"] == "no-store"
    size = len(whole.data)
    for asked, start, end in (("0-", 0, size), ("0-0", 0, 1), (f"{HEADER_BYTES - 3}-200", HEADER_BYTES - 3, 201),
                              ("70000-", 70000, size), ("-500", size - 500, size)):  # fmt: skip
        part = browser.get(address, headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206 and part.data == whole.data[start:end]
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert int(part.headers["Content-Length"]) == end - start
    assert browser.get(address, headers={"Range": f"bytes={size}-"}).status_code == 416
    assert browser.head(address).headers["Content-Length"] == str(size)
    assert plays() == Listening.select().count() == 1


def test_without_script_the_button_leads_to_the_sound(as_, heard):
    answer = as_("owner").post(f"{CALL}/listenings")
    assert answer.status_code == 303 and answer.location.startswith("/listenings/")
    assert as_("owner").get(answer.location).status_code == 200


def test_the_address_tells_nothing_of_the_call(as_, heard):
    address = opened(as_("owner"))
    assert heard.file not in address and "a7.1" not in address and str(heard.id) != address.split("/")[-1]
    assert address != opened(as_("owner"))


@pytest.mark.parametrize("who", ["other_owner", "coordinator", "operator", "trainee"])
def test_nobody_else_hears_it_even_with_the_address(as_, heard, who):
    address = opened(as_("owner"))
    browser = as_(who)
    assert browser.get(address).status_code == 404
    assert browser.post(f"{CALL}/listenings").status_code == 404
    assert browser.post("/shops/2/calls/a7.1/listenings").status_code == 404
    assert browser.get(address.replace(".wav", "x.wav")).status_code == 404
    assert plays() == 1


def test_an_owner_no_more_hears_no_more(as_, heard, cast):
    browser = as_("owner")
    address = opened(browser)
    Role.update(ends_at=utcnow()).where(Role.user == cast.owner).execute()
    assert browser.get(address).status_code == 404


def test_the_coordinator_sees_that_there_is_a_recording_and_who_listened(as_, heard):
    opened(as_("owner"))
    page = as_("coordinator").get(CALL).text
    assert "listenings" not in page and "Олена Кравець" in page
    assert "Олена Кравець" in as_("coordinator").get("/journal").text
    assert "listenings" not in as_("coordinator").get("/shops/1/calls").text


def test_the_owner_reads_in_the_journal_that_somebody_listened(as_, heard):
    opened(as_("owner"))
    call = Call.get(Call.key == "a7.1")
    assert AuditEntry.select().order_by(AuditEntry.id.desc()).first().action == recordings.PLAYED
    journal = as_("owner").get("/journal").text
    assert f"{call.arrived_at:%Y-%m-}" in journal and call.customer[-7:] not in journal


def test_a_recording_that_went_says_so_where_it_was(as_, heard, settings):
    (settings.recordings_dir / heard.file).unlink()
    browser = as_("owner")
    assert f'href="{CALL}"' in browser.post(f"{CALL}/listenings", headers={"HX-Request": "true"}).text
    assert browser.post(f"{CALL}/listenings").location == CALL
    assert plays() == 0
    Recording.update(deleted_at=utcnow()).execute()
    assert "/listenings" not in browser.get(CALL).text + browser.get("/shops/1/calls").text


def test_a_call_without_a_recording_says_why_and_one_that_never_came_to_the_line_does_not(as_, heard):
    browser = as_("owner")
    assert "Ніхто не відповів, тож запису немає" in browser.get("/shops/1/calls/m2.1").text
    assert "вітання не казало" in browser.get("/shops/1/calls/a6.1").text
    assert "запису немає" not in browser.get("/shops/1/calls/w1.1").text
    Recording.update(deleted_at=utcnow()).execute()
    page = browser.get(CALL).text
    assert "довше магазин записів не зберігає" in page and "Запис видалено" in page


def test_how_long_recordings_are_kept_is_the_owners_setting(as_, heard):
    browser = as_("owner")
    form = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', browser.get("/shops/1").text))
    form |= {"language": "uk", "timezone": "Europe/Kyiv", "colour": "#2f855a", "last_resort": "message"}
    assert browser.post("/shops/1", data={**form, "recording_days": "7"}).status_code == 302
    assert Shop.get_by_id(1).recording_days == 7
    assert "recording_days: 90 → 7" in AuditEntry.select().order_by(AuditEntry.id.desc()).first().detail
    for wrong in ("0", "1096", "", "x"):
        answer = browser.post("/shops/1", data={**form, "recording_days": wrong})
        assert answer.status_code == 422 and 'id="recording_days-fault"' in answer.text


# --- the owner's judgement ------------------------------------------------------------------------------------------------


MARKS = {"script": "4", "words": "3", "politeness": "5", "note": "Не спитала про доставку"}


def test_the_owner_judges_a_call_and_what_he_said_before_stays(as_, heard, cast):
    browser = as_("owner")
    for note in ("перше", "друге"):
        assert browser.post(f"{CALL}/reviews", data={**MARKS, "note": note}).status_code == 302
    page = browser.get(CALL).text
    assert page.index("друге") < page.index("перше")
    last = Review.select().order_by(Review.id.desc()).first()
    assert (last.user, last.script, last.words, last.politeness) == (cast.owner, 4, 3, 5)
    assert AuditEntry.select().where(AuditEntry.action == "review.create").count() == 2


@pytest.mark.parametrize(("name", "value"), [("script", "6"), ("words", "0"), ("politeness", ""), ("note", "x" * 2001)])
def test_a_wrong_mark_stands_beside_its_field_and_the_rest_is_kept(as_, heard, name, value):
    answer = as_("owner").post(f"{CALL}/reviews", data={**MARKS, name: value})
    assert answer.status_code == 422 and f'id="{name}-fault"' in answer.text
    assert name == "note" or MARKS["note"] in answer.text
    assert not Review.select().exists()


def test_a_call_nobody_answered_has_nothing_to_judge(as_, heard):
    assert "/reviews" not in as_("owner").get("/shops/1/calls/m2.1").text
    assert as_("owner").post("/shops/1/calls/m2.1/reviews", data=MARKS).status_code == 422
    assert not Review.select().exists()


def test_what_the_owner_thinks_is_his_own(as_, heard):
    as_("owner").post(f"{CALL}/reviews", data=MARKS)
    assert MARKS["note"] not in as_("coordinator").get(CALL).text
    assert as_("coordinator").post(f"{CALL}/reviews", data=MARKS).status_code == 404
