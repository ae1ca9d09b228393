"""Messages on the pages: who may hear them, and what the shop's list says."""

from __future__ import annotations

import pytest

from calls import voicemails
from models import AuditEntry, Call, Callback, Voicemail
from tests.web import seed


@pytest.fixture
def message(cast, settings) -> Voicemail:
    seed.calls(cast)
    return seed.voicemail("m3.1", settings.recordings_dir)


def test_the_list_says_who_left_it_whether_it_was_heard_and_what_became_of_it(as_, cast, message):
    page = as_("owner").get(f"/shops/{cast.tea.id}/voicemails").text
    assert "ще не прослухано" in page and "чекає на дзвінок" in page
    as_("operator").post(f"/voicemails/{message.id}/listenings")
    page = as_("owner").get(f"/shops/{cast.tea.id}/voicemails").text
    assert f"слухає {cast.operator.name}" in page and "ще не прослухано" not in page


def test_the_coordinator_sees_no_number_and_hears_nothing_unless_he_is_let(as_, cast, message):
    page = as_("coordinator").get(f"/shops/{cast.tea.id}/voicemails").text
    customer = Call.get(Call.key == "m3.1").customer
    assert customer[-7:] not in page.replace(" ", "") and "/listenings" not in page


def test_an_operator_hears_it_until_it_is_answered(as_, message):
    heard = as_("operator").post(f"/voicemails/{message.id}/listenings")
    assert heard.status_code == 303
    sound = as_("operator").get(heard.location, headers={"Range": "bytes=0-99"})
    assert (sound.status_code, len(sound.data)) == (206, 100)
    Callback.update(closed_at=message.recorded_at, closed_because="talked").execute()
    assert as_("operator").get(heard.location).status_code == 404
    assert as_("operator").post(f"/voicemails/{message.id}/listenings").status_code == 404
    assert AuditEntry.select().where(AuditEntry.action == voicemails.PLAYED).count() == 1


def test_an_expired_message_is_deleted_with_its_file(cast, message, settings):
    later = message.recorded_at.replace(year=message.recorded_at.year + 1)
    assert voicemails.delete_expired(later, settings) == 1
    assert voicemails.file_of(Voicemail.get_by_id(message.id), settings) is None
    assert not list(settings.recordings_dir.glob("vm-*"))
    assert voicemails.delete_expired(later, settings) == 0
