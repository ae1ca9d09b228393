"""The generated configuration: whole files for a small union, and nothing that could break out of its line."""

from __future__ import annotations

import dataclasses
import re
import threading

import pytest

import models
import settings
from pbx import apply, config

HOSTILE = [
    "a\nexec=System(id)",
    "x;y",
    "${SHELL(id)}",
    "[general]",
    "a,b",
    "#include /etc/passwd",
    '"quoted"',
    "a|b",
    "a`b",
    "é",
]


@pytest.fixture
def box(db, tmp_path):
    values = {
        "data_dir": "/data",
        "pbx_dir": str(tmp_path),
        "asterisk_root": "/root",
        "secret_key": "k" * 32,
        "ami_secret": "s" * 16,
    }
    return settings.load({f"SPILKA_{name.upper()}": value for name, value in values.items()})


@pytest.fixture
def tea(box):
    """A shop with one number behind a trunk that sends national numbers, last resort the owner's mobile."""
    queue = models.Queue.create(name="Лінія")
    trunk = models.Trunk.create(
        name="Київ",
        addresses="192.0.2.1 192.0.2.16/29",
        host="192.0.2.1",
        number_forms="national bare",
        outgoing_form="bare",
    )
    shop = models.Shop.create(
        name="Чай & Кава", queue=queue, recording_wanted=True, last_resort="mobile", last_resort_number="+380501234567"
    )
    models.Did.create(number="+380442000001", shop=shop, trunk=trunk)
    name = models.Prompt.create(shop=shop, label="Назва")
    models.PromptSound.create(prompt=name, language="uk", file="ab12", seconds=1, made_by="upload")
    models.Menu.create(shop=shop, version=1, status="published", recording_notice=True, shop_name=name)
    return shop


def files(box) -> dict[str, str]:
    return config.render(apply.read(box), box)


def test_a_number_has_an_extension_for_each_form_and_all_its_callers_need(box, tea):
    assert files(box)["spilka/numbers.conf"] == (
        "[trunk-1]\n"
        "include => numbers-1\n"
        "\n"
        "[numbers-1]\n"
        "exten => +380442000001,1,Set(DID=1)\n"
        " same => n,Set(SHOP=1)\n"
        " same => n,Set(CALLER_LANGUAGE=uk)\n"
        " same => n,Set(QUEUE=line-1)\n"
        " same => n,Set(LIVE=1)\n"
        " same => n,Set(RECORD=1)\n"
        " same => n,Set(SHOP_LABEL=Chai Kava)\n"
        " same => n,Set(SHOP_NAME=/data/prompts/1/ab12)\n"
        " same => n,Set(LAST_RESORT=PJSIP/380501234567@trunk-1)\n"
        " same => n,Set(MOST_OUT=2)\n"
        " same => n,Set(DID_NUMBER=380442000001)\n"
        " same => n,Goto(call-in,s,1)\n"
        "exten => 0442000001,1,Goto(+380442000001,1)\n"
        "exten => 380442000001,1,Goto(+380442000001,1)\n"
        "\n"
    )


def test_only_this_machine_and_the_trunks_addresses_may_speak_sip(box, tea):
    assert files(box)["spilka/acl.conf"] == (
        "[known]\ntype=acl\ndeny=0.0.0.0/0\ndeny=::/0\npermit=127.0.0.1\npermit=192.0.2.1\npermit=192.0.2.16/29\n\n"
    )


def test_a_log_in_has_a_telephone_of_its_own_that_can_do_nothing_but_be_rung(box, tea):
    user = models.User.create(email="o@example.com", name="Оля", password_hash="x")
    models.Phone.create(user=user, secret="of-her-sip-telephone")
    session = models.Session.create(user=user, token_hash="x")
    browser = models.Telephone.create(user=user, session=session, secret="of-the-log-in")
    written = files(box)["spilka/operators.conf"]
    endpoint, account, aor = (part.splitlines() for part in written.strip().split("\n\n"))
    assert (endpoint[0], account[0], aor[0]) == ("[op-1]", "[op-1]", "[op-1-1]")
    assert {"type=endpoint", "context=operators", "transport=browsers", "aors=op-1-1", "webrtc=yes",
            "allow=!all,opus,ulaw", "allow_transfer=no", "allow_subscribe=no"} <= set(endpoint)  # fmt: skip
    assert "password=of-the-log-in" in account and "max_contacts=1" in aor
    models.Telephone.update(ends_at=models.utcnow()).where(models.Telephone.id == browser.id).execute()
    written = files(box)["spilka/operators.conf"]
    assert "of-the-log-in" not in written and "op-1-1" not in written
    assert "password=of-her-sip-telephone" in written and "webrtc" not in written


def test_browsers_are_told_the_address_that_leads_here(box):
    told = config.render(apply.read(box), dataclasses.replace(box, ice_addresses="10.0.0.5=192.0.2.9"))
    assert told["spilka/rtp.conf"].endswith("[ice_host_candidates]\n10.0.0.5 => 192.0.2.9\n\n")
    with pytest.raises(ValueError):
        config.render(apply.read(box), dataclasses.replace(box, ice_addresses="10.0.0.5=here"))


def test_the_same_database_gives_the_same_files(box, tea):
    assert files(box) == files(box)


def test_a_number_that_ended_is_no_longer_answered(box, tea):
    models.Did.update(ends_at=models.utcnow()).execute()
    assert "exten" not in files(box)["spilka/numbers.conf"]


def test_a_drills_number_alone_finds_our_process_out_of_reach(box, tea):
    as_it_was = files(box)["spilka/numbers.conf"]
    models.DeadEnd.create(did=models.Did.get(), address="127.0.0.1:4571")
    assert files(box)["spilka/numbers.conf"] == as_it_was  # a real shop's never does
    models.Shop.update(is_test=True).execute()
    reached = " same => n,Goto(call-in,s,1)\n"
    assert files(box)["spilka/numbers.conf"] == as_it_was.replace(
        reached, f" same => n,Set(AGI_URL=agi://127.0.0.1:4571)\n{reached}"
    )


def test_a_shop_that_has_published_nothing_is_not_live(box, tea):
    models.Menu.update(status="draft").execute()
    assert "Set(LIVE=0)" in files(box)["spilka/numbers.conf"]


def test_nothing_is_recorded_without_the_notice_or_the_wish(box, tea):
    for column, value in ((models.Menu.recording_notice, False), (models.Shop.recording_wanted, False)):
        with models.database.atomic() as change:
            column.model.update({column: value}).execute()
            assert "RECORD=0" in files(box)["spilka/numbers.conf"]
            change.rollback()


def test_a_nearly_full_disk_stops_recording_for_all(box, tea):
    assert "RECORDING=off" in config.render(apply.read(box, recording=False), box)["spilka/globals.conf"]


@pytest.mark.parametrize("text", HOSTILE)
def test_free_text_never_reaches_the_configuration(box, tea, text):
    """Names may be anything: they are spelled in plain letters or left out."""
    models.Shop.update(name=text).execute()
    models.Trunk.update(name=text).execute()
    models.Queue.update(name=text).execute()
    models.Did.update(label=text).execute()
    written = "".join(files(box).values())
    assert text not in written
    (label,) = re.findall(r"SHOP_LABEL=(.*)\)", written)
    assert re.fullmatch(r"[A-Za-z0-9 -]{1,20}", label)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", [models.Trunk.username, models.Trunk.host, models.Trunk.addresses])
def test_a_value_that_could_break_out_of_its_line_is_refused(box, tea, column, text):
    models.Trunk.update({column: text, models.Trunk.kind: "registration"}).execute()
    with pytest.raises(config.Unwritable):
        files(box)


@pytest.mark.parametrize(("password", "written"), [("a;b", r"a\;b"), ("a\\b", "a\\b"), ("[x]", "[x]")])
def test_a_password_keeps_every_printable_character(password, written):
    assert config.secret(password) == written


@pytest.mark.parametrize("password", ["a b", "a\nb", "a\tb", "é"])
def test_a_password_that_is_no_word_is_refused(password):
    with pytest.raises(config.Unwritable):
        config.secret(password)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Чай", "Chai"),
        ("Щоденна її Ґава", "Shchodenna Yii Gava"),
        ("Müller & Söhne", "Muller Sohne"),
        ("茶", "Shop"),
        ("ы" * 40, "Y" + "y" * 19),
        ("Комп'ютер", "Kompiuter"),
    ],
)
def test_a_shops_name_in_letters_every_telephone_shows(name, label):
    assert config.label(name) == label


def test_what_has_not_changed_is_not_written_and_what_changed_says_who_reads_it(box, tea):
    assert "extensions.conf" in apply.apply(box)
    assert apply.apply(box) == []
    models.Did.update(number="+380442000002").execute()
    changed = apply.apply(box)
    assert changed == ["spilka/numbers.conf"]
    assert apply.modules_to_reload(changed) == ["pbx_config.so"]
    assert not apply.needs_restart(changed)


def test_many_may_write_the_configuration_at_once(box, tea):
    """The scheduler does, and so do the installer and the test call."""
    apply.apply(box)
    faults = []

    def work():
        with models.database.connection_context():
            for turn in range(20):
                models.Did.update(label=str(turn)).execute()
                try:
                    apply.apply(box, recording=turn % 2 == 0)
                except OSError as fault:
                    faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert not list((box.pbx_dir / "etc").rglob("*.new"))


def test_a_secret_is_not_readable_by_others(box, tea, tmp_path):
    apply.apply(box)
    assert (tmp_path / "etc/spilka/manager.conf").stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    ("number", "form", "dialled"),
    [
        ("+380441234567", "plus", "+380441234567"),
        ("+380441234567", "bare", "380441234567"),
        ("+380441234567", "national", "0441234567"),
        ("+48221234567", "bare", "48221234567"),
        ("+48221234567", "national", "0048221234567"),
    ],
)
def test_a_number_takes_the_form_its_trunk_wants(number, form, dialled):
    assert config.in_form(number, form) == dialled


@pytest.mark.parametrize("number", ["0441234567", "+380441234567&PJSIP/x", "", "+380441234567\n"])
def test_only_e164_is_ever_put_into_a_trunks_form(number):
    with pytest.raises(config.Unwritable):
        config.in_form(number, "plus")


def test_each_of_the_reserve_has_a_queue_of_her_own_that_keeps_nobody_waiting(box, tea):
    user = models.User.create(email="t@example.com", name="trainee", password_hash="x")
    models.QueueOperator.create(queue=tea.queue, user=user, penalty=5)
    queues = files(box)["spilka/queues.conf"]
    own = queues.partition(f"[reserve-{user.id}]")[2]
    assert [line for line in own.splitlines() if line.startswith(("leave", "context", "weight"))] == [
        "leavewhenempty=paused,inuse,ringing,unavailable,invalid,unknown,wrapup",
        "context=keep-place",
        "weight=20",
    ]
    assert f"[{tea.queue.pbx_name}]" in queues and f"[{tea.queue.automatic_name}]" in queues
