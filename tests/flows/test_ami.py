"""Every action the scheduler uses, on a real Asterisk."""

from __future__ import annotations

import pytest

from pbx.ami import Ami, AmiError
from tests.flows import cast as people
from tests.flows.box import until

pytestmark = pytest.mark.flow


@pytest.fixture
def box(make_box):
    box = make_box()
    people.make(box)
    box.start_asterisk()
    return box


@pytest.fixture
def ami(box):
    ami = Ami(box.settings.ami_bind, box.settings.ami_secret)
    yield ami
    ami.close()


def test_members_are_added_paused_reweighed_and_removed(ami):
    ami.queue_add("line-1", "PJSIP/op-1", 0, True, "meal")
    (member,) = ami.queue_members()
    assert (member.interface, member.penalty, member.paused, member.reason) == ("PJSIP/op-1", 0, True, "meal")
    ami.queue_pause("line-1", "PJSIP/op-1", False)
    ami.queue_penalty("line-1", "PJSIP/op-1", 7)
    (member,) = ami.queue_members()
    assert (member.penalty, member.paused) == (7, False)
    ami.queue_remove("line-1", "PJSIP/op-1")
    assert ami.queue_members() == []
    with pytest.raises(AmiError) as refused:
        ami.queue_remove("line-1", "PJSIP/op-1")
    assert refused.value.permanent


def test_an_originate_that_cannot_ring_is_told_with_the_id_it_was_given(ami):
    ami.originate("PJSIP/op-1", 5, {"TICK": 1}, Context="tick", Exten="s", Priority="1", ChannelId="cb-abc")
    news = until(ami.events, 3)
    assert [(e["Event"], e["Uniqueid"], e["Response"], e["Reason"]) for e in news] == [
        ("OriginateResponse", "cb-abc", "Failure", "0")
    ]


def test_a_value_set_on_asterisk_is_there(ami, box):
    ami.set_variable("RECORDING", "off")
    assert "RECORDING=off" in box.rx("dialplan show globals")


def test_states_channels_and_reload_are_asked_without_a_fault(ami):
    assert ami.device_state("op-1") == "Unavailable"
    assert ami.device_state("op-999") == ""
    assert ami.channels() == []
    assert not ami.hang_up("PJSIP/op-1-00000001")
    ami.reload_module("app_queue.so")
    with pytest.raises(AmiError):
        ami.reload_module("no_such_module.so")


def test_a_restart_of_asterisk_is_seen_as_another_connection_and_a_young_age(ami, box):
    ami.ping()
    box.signal("asterisk", 9)
    with pytest.raises(AmiError):
        ami.ping()
    box.start_asterisk()
    ami.ping()
    assert ami.connections == 2
    assert ami.started_seconds_ago <= 2
