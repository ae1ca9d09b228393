"""A copy put back: by the keeper's command, on a machine that has nothing; what it refuses and what it settles."""

from __future__ import annotations

import datetime as dt
import gzip
import socket

import pytest

import models
from app import create_app
from calls import ingest
from models import Attempt, Call, Callback, Outbox, Presence, Sending, Session
from tests.calls import recorded
from tests.upkeep.conftest import SOUND
from tests.web import seed
from tests.web.conftest import token_of
from upkeep import backup, copies, rehearsal


@pytest.fixture
def machine(box):
    """Another machine, to which the backup folder of the box has been carried; the models speak of its database."""
    backup.take(models.utcnow(), box.settings)
    return carried(box)


def carried(box):
    other = box.elsewhere("other")
    other.folder.mkdir()
    box.settings.backup_dir.rename(other.settings.backup_dir)
    return other


def restored(machine, *arguments: str) -> str:
    ended, said = machine.run("restore", *arguments)
    assert ended == 0, said
    machine.open()
    return said


def test_on_an_empty_machine_it_brings_back_every_fact_and_says_what_it_does(box, machine):
    before = rehearsal.facts()
    said = restored(machine)
    assert rehearsal.facts() == before
    assert "is put back: database of" in said
    assert "It replaces nothing: no union is here yet." in said
    assert (machine.folder / "voicemails/new-kind.alaw").read_bytes() == SOUND
    assert f"SPILKA_SECRET_KEY={'s' * 32}\n" in (machine.folder / "restored.env").read_text()


def test_a_calls_page_and_its_recording_come_from_the_copy(box, machine):
    restored(machine)
    app = create_app(machine.settings)
    app.config["WTF_CSRF_ENABLED"] = False
    owner = models.User.get(models.User.email == "owner@tea.example")
    key = models.Recording.get().call_key
    client = app.test_client()
    client.set_cookie("spilka", token_of(owner))
    page = client.get(f"/shops/1/calls/{key}")
    assert page.status_code == 200
    heard = client.post(f"/shops/1/calls/{key}/listenings")
    address = heard.text.partition('src="')[2].partition('"')[0] or heard.location
    sound = client.get(address)
    assert sound.status_code == 200
    assert len(sound.data) >= len(SOUND)


def test_what_happened_between_database_and_events_is_taken_in_by_itself(box):
    box.happens("goodbye")  # told, and not read yet
    backup.take(models.utcnow(), box.settings)
    machine, known = carried(box), Call.select().count()
    restored(machine)
    assert Call.select().count() == known
    ingest.ingest_all(machine.settings)
    assert Call.select().count() == known + len(recorded.sets("goodbye"))


# --- what it refuses --------------------------------------------------------------------------------------------


def test_a_living_union_is_not_replaced_unless_told_so_and_then_put_aside(box):
    backup.take(models.utcnow(), box.settings)
    seed.person("Нова Людина", "new@tea.example", "operator")
    ended, said = box.run("restore")
    assert ended == 1
    assert "It replaces a union with 3 shops, 4 people, " in said
    assert "To replace it, say --force" in said
    assert models.User.select().count() == 4
    said = restored(box, "--force")
    assert models.User.select().count() == 3
    (aside,) = (box.folder / "replaced").iterdir()
    assert f"What was here is in {aside}" in said
    assert {"spilka.db", "cel-custom", "prompts", "recordings", "voicemails"} <= {path.name for path in aside.iterdir()}


def test_while_a_process_runs_nothing_is_put_back_even_by_force(box, machine):
    host, _, port = box.settings.web_bind.rpartition(":")
    with socket.create_server((host, int(port))):
        ended, said = machine.run("restore", "--force")
    assert ended == 1
    assert "spilka-web must be stopped first" in said
    assert not machine.settings.database.exists()


@pytest.mark.parametrize("path", ["spilka.db", "../files/recordings/{recording}", "cel/cel.csv"])
def test_a_damaged_copy_is_refused_and_the_damage_named(box, machine, path):
    path = path.format(recording=models.Recording.get().file)
    (copy,) = copies.whole(machine.settings.backup_dir)
    spoil(machine.settings.backup_dir / copy / path)
    ended, said = machine.run("restore")
    assert ended == 1
    assert f"This copy is damaged (changed: {path}). Take another one" in said
    assert not machine.settings.database.exists()


def spoil(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_copy_of_a_newer_spilka_is_refused(box):
    add_migration()
    backup.take(models.utcnow(), box.settings)
    ended, said = carried(box).run("restore")
    assert ended == 1
    assert "This copy is of a newer Spilka (0099_later): install that one first." in said


def add_migration() -> None:
    columns = [row[1] for row in models.database.execute_sql("PRAGMA table_info(schema_migration)") if row[1] != "id"]
    values = ", ".join("'0099_later'" if name == "name" else name for name in columns)
    models.database.execute_sql(
        f"INSERT INTO schema_migration ({', '.join(columns)}) SELECT {values} FROM schema_migration LIMIT 1"
    )


def test_without_a_copy_it_says_where_it_looked(box):
    ended, said = box.run("restore", "--force")
    assert ended == 1
    assert f"no copy in {box.settings.backup_dir}" in said


def test_an_older_copy_can_be_named_and_is_unpacked(box):
    first = backup.take(models.utcnow(), box.settings)
    seed.person("Нова Людина", "new@tea.example", "operator")
    backup.take(first.starts_at + dt.timedelta(days=1), box.settings)
    with gzip.open(box.settings.backup_dir / first.name / "spilka.db.gz") as packed:
        assert packed.read(15) == b"SQLite format 3"
    restored(box, first.name, "--force")
    assert models.User.select().count() == 3


# --- what it settles --------------------------------------------------------------------------------------------


def test_nobody_is_dialled_and_no_mail_leaves_a_second_time(box):
    did, shop, user = models.Did.get(), models.Shop.get(), models.User.get()
    now = models.utcnow()
    for number, sent_at in (("+380501110001", None), ("+380501110002", now)):
        callback = Callback.create(shop=shop, did=did, customer=number, opened_at=now, due_at=now)
        Attempt.create(public_id=number, callback=callback, user=user, customer=number, wanted_at=now, sent_at=sent_at)
    for about in ("waits", "is-sent"):
        Outbox.create(kind="order", about=about, recipient="a@b.example", message_id=about, subject="", text="")
    handed = Outbox.get(Outbox.about == "is-sent")
    Outbox.update(due_at=None).where(Outbox.id == handed.id).execute()
    Sending.create(mail=handed, handed_at=now)
    backup.take(now, box.settings)
    restored(box, "--force")
    assert [attempt.result for attempt in Attempt.select()] == ["not_dialled", "not_dialled"]
    assert not Attempt.select().where(Attempt.ended_at.is_null()).exists()
    assert not Outbox.select().where(Outbox.due_at.is_null(False)).exists()
    assert {(sending.result, sending.reason) for sending in Sending.select()} == {("unclear", "restored")}
    assert {sending.mail_id for sending in Sending.select()} == {mail.id for mail in Outbox.select()}


def test_everybody_is_signed_off_and_logs_in_anew(box):
    user = models.User.get()
    Presence.create(user=user, kind="ready")
    Session.create(user=user, token_hash="x")
    backup.take(models.utcnow(), box.settings)
    restored(box, "--force")
    assert Presence.get().ended_because == "restored"
    assert not Session.select().where(Session.ended_at.is_null()).exists()


def test_the_copy_it_came_from_counts_as_taken(box):
    backup.take(models.utcnow(), box.settings)
    restored(box, "--force")
    row = models.Backup.get()
    assert row.taken_at and row.ends_at and not row.fault
    assert models.AuditEntry.select().where(models.AuditEntry.action == "backup.restore").exists()
