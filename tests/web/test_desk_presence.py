"""What the desk says of her own presence: after-call work, a break to come, a rest when it is time."""

from __future__ import annotations

import datetime as dt

from calls import presence
from models import Presence, utcnow
from tests.web import seed

HX = {"HX-Request": "true"}
MINUTE = dt.timedelta(minutes=1)


def press(browser, kind: str) -> str:
    return browser.post("/desk/presence", data={"kind": kind}, headers=HX).text


def test_after_a_call_she_returns_by_one_key_or_stays_by_another(as_, cast):
    browser, now = as_("operator"), utcnow()
    presence.sign_on(cast.operator, now - MINUTE)
    presence.wind_up(cast.operator, now, now + MINUTE)
    assert 'data-until="' in browser.get("/desk/presence", headers=HX).text
    assert 'data-until="' not in press(browser, "longer")
    assert presence.current(cast.operator).kind == "after_call"
    assert 'id="after-call"' not in press(browser, "ready")
    assert browser.post("/desk/presence", data={"kind": "longer"}, headers=HX).status_code == 409


def test_a_break_asked_for_in_a_call_is_said_to_come_after_it(as_, cast):
    seed.calls(cast)
    seed.alive(cast)
    browser = as_("operator")
    assert 'id="asked-break"' in press(browser, "rest")
    assert presence.current(cast.operator).kind == "ready"
    assert 'id="asked-break"' not in press(browser, "ready")


def test_a_rest_is_offered_after_long_work_while_nobody_waits(as_, cast, settings):
    began = utcnow() - settings.rest_after_minutes * MINUTE
    Presence.create(user=cast.operator, kind="ready", starts_at=began)
    browser = as_("operator")
    assert 'id="rest-offer"' in browser.get("/desk/presence", headers=HX).text
    Presence.update(starts_at=began + MINUTE).execute()
    assert 'id="rest-offer"' not in browser.get("/desk/presence", headers=HX).text
    Presence.update(starts_at=began).execute()
    waits = seed.call(cast.tea, "wait.9", seed.CUSTOMERS[0], utcnow(), "", ends=False)
    waits.line_at = utcnow()
    waits.save()
    assert 'id="rest-offer"' not in browser.get("/desk/presence", headers=HX).text
