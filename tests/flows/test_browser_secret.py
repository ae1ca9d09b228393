"""With an operator's account in a telephone of one's own nothing can be done but be rung, and after her log-out not
even that. Tried over the real socket, through Caddy, with her own cookie."""

from __future__ import annotations

from pathlib import Path

import pytest

import models
from calls import presence
from tests.flows import browser
from tests.flows.box import until
from tests.flows.cast import CUSTOMER, TEA

pytestmark = [pytest.mark.flow, pytest.mark.skipif(not browser.is_possible(), reason="no chromium or no caddy here")]
RUNS = ("scheduler", "web")
BOX = {"phones_bind": "", "ring_seconds": 3}
ABROAD = "+882990001122"
ACCOUNT = "fetch('/telephone', {method: 'POST', headers: JSON.parse(document.body.getAttribute('hx-headers'))}).then((answer) => answer.json())"
SOCKET = """() => new Promise((resolve) => {
  const socket = new WebSocket(`wss://${location.host}/ws`, "sip");
  socket.onopen = () => resolve("open");
  socket.onerror = () => resolve("refused");
})"""


@pytest.fixture
def softphone(cast):
    """Her page, with a telephone of one's own on it: registered with what the desk was handed."""
    browser.prepare(cast)
    with browser.desk(cast) as desk:
        desk.page.goto("/login")
        assert desk.page.evaluate(SOCKET) == "refused", "a stranger's"
        desk.log_in(cast.operator, at="/me")
        desk.page.add_script_tag(url="/static/vendor/jssip-3.13.8.min.js")
        account = desk.page.evaluate(ACCOUNT)
        until(lambda: account["account"] in cast.box.rx("pjsip show endpoints"), 8, "Asterisk knows the account")
        desk.page.evaluate(Path(__file__).with_name("softphone.js").read_text(), account)
        assert desk.page.evaluate("phone.register()") == 200
        yield desk.page


def on_duty(cast):
    presence.sign_on(cast.operator)
    until(lambda: cast.member(cast.operator), 8, "she is in the line")


def rung(cast, page):
    caller = cast.caller()
    caller.call(cast.box.rings(TEA))
    until(lambda: page.evaluate("phone.isRung()"), 8, "it rings")
    return caller


def test_it_can_dial_nobody_and_write_to_nobody(cast, softphone):
    for user in (ABROAD, CUSTOMER, "101", "s", f"op-{cast.trainee.id}"):
        assert softphone.evaluate("(user) => phone.call(user)", user) == 404
        assert softphone.evaluate("(user) => phone.message(user)", user) != 200
    assert "PJSIP/trunk" not in cast.box.cel()


def test_it_can_send_a_caller_nowhere(cast, softphone):
    outside = cast.customer(ABROAD)
    on_duty(cast)
    caller = rung(cast, softphone)
    assert softphone.evaluate("phone.answer()") == 200
    assert softphone.evaluate("(user) => phone.refer(user)", ABROAD) == "unanswered", "Asterisk knows no REFER here"
    assert cast.box.channels() == 2 and not outside.happened("incoming")
    caller.hangup()


def test_a_call_is_not_sent_elsewhere_by_302(cast, softphone):
    outside = cast.customer(ABROAD)
    on_duty(cast)
    caller = rung(cast, softphone)
    softphone.evaluate("(user) => phone.redirect(user)", ABROAD)
    until(lambda: presence.current(cast.operator).kind == "unanswered", 10, "it counts as not answered")
    assert not outside.happened("incoming") and f"{ABROAD}@" not in cast.box.cel()
    caller.hangup()


def test_after_her_log_out_neither_the_secret_nor_the_socket_is_of_use(cast, softphone):
    telephone = models.Telephone.get()
    softphone.context.request.post(
        "/logout", headers={"X-CSRFToken": softphone.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']"),
                            "Referer": softphone.url})  # fmt: skip
    until(lambda: telephone.aor not in cast.box.rx("pjsip show aors"), 8, "secret and contact are gone")
    assert "Unable to find" in cast.box.rx(f"pjsip show endpoint {telephone.pbx_name}")
    assert softphone.evaluate("phone.again()") in (401, 403)
    assert softphone.evaluate(SOCKET) == "refused"
