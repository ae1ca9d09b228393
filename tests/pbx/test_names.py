"""The shared words stand on both sides of the wall: pbx/names.py and the dialplan written by hand."""

from __future__ import annotations

import re

import pytest

from models import Did, Queue, Shop, Trunk
from pbx import config, names
from settings import ROOT

DIALPLAN = (ROOT / "pbx/etc/extensions.conf").read_text()
CODE = "\n".join(line for line in DIALPLAN.splitlines() if not line.lstrip().startswith(";")) + "\n"
ASTERISKS_OWN = {"AGISTATUS", "DIALSTATUS", "EPOCH", "EXTEN", "HANGUPCAUSE", "QUEUESTATUS", "UNIQUEID"}
FROM_SCHEDULER = {
    names.TRANSFER,
    names.CALLER_CHANNEL,
    names.ATTEMPT,
    names.CUSTOMER,
    names.TRUNK,
    names.MAX_MS,
    names.OVERFLOW,
    names.SENT_TO,
    names.EVENT_TICK,
}
FROM_AGI = {names.ROUTE, names.MENU_RESULT, names.KEPT, names.KEPT_SINCE, names.PERMITTED}


def words(prefix: str) -> dict[str, str]:
    """The names whose own name begins so: EVENT_LINE -> LINE."""
    return {name: value for name, value in vars(names).items() if name.startswith(prefix)}


def section(name: str) -> str:
    return re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", CODE, re.M | re.S)[1]


@pytest.mark.parametrize(
    "context",
    [
        names.CALL_IN,
        names.LINE,
        names.NOBODY,
        names.MOBILE,
        names.KEEP_PLACE,
        names.SENT,
        names.PLACE,
        names.PLACE_TAKEN,
        names.VOICEMAIL,
        names.CALLBACK,
        names.TRANSFER_CONTEXT,
        names.OVERFLOW_CONTEXT,
        names.OPERATORS,
        names.TICK,
    ],
)
def test_every_shared_context_is_in_the_dialplan(context):
    assert section(context) is not None


def test_an_operators_telephone_can_dial_nothing():
    assert section(names.OPERATORS).strip() == ""


def test_events_of_the_dialplan_are_known_and_the_other_events_are_the_menus():
    emitted = set(re.findall(r"CELGenUserEvent\((\w+)", CODE))
    known = set(words("EVENT_").values())
    assert emitted <= known
    agi = "\n".join(path.read_text() for path in (ROOT / "agi").glob("*.py"))
    elsewhere = {name for name, value in words("EVENT_").items() if value not in emitted}
    assert all(f"names.{name}" in agi for name in elsewhere), elsewhere


def test_the_dialplan_asks_for_the_scripts_there_are():
    assert set(re.findall(r"AGI\(\$\{AGI_URL\}/(\w+)\)", CODE)) == set(words("AGI_").values())


def test_every_variable_read_by_the_dialplan_is_set_by_somebody():
    read = set(re.findall(r"\$\{([A-Z][A-Z_]+)\}", CODE))
    set_here = set(re.findall(r"(?:Set|Read)\(([A-Z][A-Z_]+)[=,]", CODE))
    generated = set(re.findall(r'"([A-Z_]+)": ', (ROOT / "pbx/config.py").read_text()))
    known = set(names.NUMBER_VARIABLES) | generated | set_here | FROM_SCHEDULER | FROM_AGI | ASTERISKS_OWN
    assert read - known == set()
    assert read >= FROM_SCHEDULER | FROM_AGI, "what is set for the dialplan is read by it"


def test_a_whisper_is_what_the_scheduler_says_and_ends_by_the_name_it_was_made_with():
    assert f"REPLACE({names.SOUNDS}," in section(names.ANNOUNCE)
    assert f"SoftHangup(Local/${{CHANNEL(linkedid)}}@{names.ANNOUNCE},a)" in section("hush")


def test_a_number_sets_exactly_the_shared_variables():
    shop = Shop(id=1, name="Чай", queue=Queue(id=1))
    number = config.Number(Did(id=1, number="+380442000001", shop=shop), "uk", shop.queue, True, False, "")
    assert tuple(config.number_values(number, Trunk(id=1, name="x"))) == names.NUMBER_VARIABLES


def test_the_phrases_of_the_dialplan_are_recorded():
    spoken = set(re.findall(r"\$\{PHRASES\}/\$\{CALLER_LANGUAGE\}/([\w-]+)", CODE))
    assert spoken == {"no-operator", "operator-lost", "transfer-offer", "voicemail-speak", "voicemail-thanks"}
    assert spoken <= set(names.PHRASES)


def test_who_is_sent_by_the_scheduler_is_moved_by_the_dialplan():
    assert f"exten => {names.SENT_KEY},1," in section(names.SENT)
    assert f'"{names.SENT_TO_NOBODY}"' in section(names.SENT) and f"${{{names.SENT_TO}}}" in section(names.SENT)
    assert f"include => {names.SENT}" in section(names.KEEP_PLACE), "callers wait in a queue with that context"


def test_her_telephone_gets_the_header_her_page_looks_for():
    assert f"PJSIP_HEADER(add,{names.CALL_HEADER})" in section("operator-rings")
    assert f"PJSIP_HEADER(add,{names.DID_HEADER})" in section("operator-rings")
