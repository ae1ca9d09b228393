"""The key of automatic mode on the desk."""

from __future__ import annotations

from models import AutomaticMode

HX = {"HX-Request": "true"}


def switch(browser, mode: str):
    return browser.post("/desk/automatic", data={"mode": mode}, headers=HX)


def test_one_key_turns_it_on_while_she_is_ready_and_off_again(as_, cast):
    browser = as_("operator")
    browser.post("/desk/presence", data={"kind": "ready"})
    on = switch(browser, "on")
    assert on.status_code == 200 and 'aria-pressed="true"' in on.text and 'value="off"' in on.text
    assert 'aria-pressed="false"' in switch(browser, "off").text
    row = AutomaticMode.get()
    assert (row.user, row.ended_because) == (cast.operator, "herself")


def test_who_is_not_ready_is_told_so(as_):
    browser = as_("operator")
    refused = switch(browser, "on")
    assert refused.status_code == 409 and 'id="automatic-notice"' in refused.text
    assert AutomaticMode.select().count() == 0


def test_without_script_the_key_leads_back_to_the_desk(as_):
    browser = as_("operator")
    browser.post("/desk/presence", data={"kind": "ready"})
    answer = browser.post("/desk/automatic", data={"mode": "on"})
    assert (answer.status_code, answer.location) == (302, "/desk")
