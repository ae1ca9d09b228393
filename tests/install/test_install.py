"""install.sh on a Debian that has nothing: killed half-way, once, and again.

One story in one machine, told in order, because each chapter begins where the one before ended. Takes minutes and
root: run with --install, as .ci/run does.
"""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.install.machine import Machine

HOUSE = Path(__file__).resolve().parents[2]
CLONE = "/root/spilka"
# this machine's loopback is also that machine's: ports that nobody else has, nothing of the outside detected
OPTIONS = {
    "SPILKA_HTTPS_BIND": "127.0.0.1:25443",
    "SPILKA_WEB_BIND": "127.0.0.1:25800",
    "SPILKA_AGI_BIND": "127.0.0.1:25573",
    "SPILKA_AMI_BIND": "127.0.0.1:25038",
    "SPILKA_HTTP_BIND": "127.0.0.1:25088",
    "SPILKA_SIP_BIND": "127.0.0.1:25060",
    "SPILKA_RTP_PORTS": "26000-26999",
    "SPILKA_PUBLIC_HOST": "",
    "SPILKA_EXTERNAL_ADDRESS": "",
}
SERVICES = ("spilka-agi", "spilka-asterisk", "spilka-caddy", "spilka-scheduler", "spilka-web")


@pytest.fixture(scope="module")
def machine(request, tmp_path_factory):
    if not request.config.getoption("--install"):
        pytest.skip("takes minutes and root: asked for with --install")
    with Machine(tmp_path_factory.mktemp("debian") / "root", "bookworm") as machine:
        copy_clone(machine)
        yield machine


def copy_clone(machine: Machine) -> None:
    files = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True).stdout
    archive = subprocess.run(
        ["tar", "--create", "--null", "--files-from=-"], cwd=HOUSE, input=files, stdout=subprocess.PIPE, check=True
    )
    clone = machine.root / CLONE.lstrip("/")
    clone.mkdir()
    subprocess.run(["tar", "--extract", "--no-same-owner"], cwd=clone, input=archive.stdout, check=True)


def install(machine: Machine, *arguments: str, **options: str) -> str:
    done = machine.run(f"{CLONE}/install.sh", *arguments, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


def processes(machine: Machine) -> dict[str, str]:
    """The id of each of our services' processes; fails unless all run."""
    shown = machine.run("supervisorctl", "status").stdout
    running = dict(re.findall(r"^(\S+) +RUNNING +pid (\d+)", shown, re.MULTILINE))
    assert set(running) == set(SERVICES), shown
    return running


def wait_for(path: Path, process: subprocess.Popen) -> None:
    while not path.exists():
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.05)


def test_an_unknown_option_is_refused_before_anything_is_done(machine):
    refused = machine.run(f"{CLONE}/install.sh", "--dmeo")
    assert refused.returncode == 1
    assert "Unknown option: --dmeo" in refused.stdout
    assert not (machine.root / "opt/spilka").exists()


def test_killed_half_way_it_leaves_nothing_that_looks_installed(machine):
    command = machine.command(f"{CLONE}/install.sh", **OPTIONS)
    killed = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    wait_for(machine.root / "opt/spilka/asterisk.new/usr/sbin/asterisk", killed)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not (machine.root / "opt/spilka/asterisk").exists()
    assert not (machine.root / "opt/spilka/app").exists()


def test_a_wrong_setting_is_named_and_not_kept(machine):
    refused = machine.run(f"{CLONE}/install.sh", **OPTIONS, SPILKA_RING_SECONDS="soon")
    assert refused.returncode == 1
    assert "SPILKA_RING_SECONDS='soon'" in refused.stdout
    assert not (machine.root / "etc/spilka/spilka.env").exists()


def test_run_again_it_installs_calls_itself_and_ends_with_the_first_log_in(machine):
    said = install(machine, **OPTIONS)
    assert "✓ The second call is a fact: abandoned in the line" in said
    assert "✗" not in said
    assert re.search(r"Spilka runs at https://[\d.]+:25443$", said, re.MULTILINE)
    assert re.search(r"this code, once: ([A-Z2-9]{4}-){3}[A-Z2-9]{4}$", said, re.MULTILINE)
    processes(machine)


def test_secrets_are_made_and_readable_to_the_box_alone(machine):
    file = machine.root / "etc/spilka/spilka.env"
    assert file.stat().st_mode & 0o777 == 0o640
    secrets = dict(re.findall(r"^(SPILKA_(?:SECRET_KEY|AMI_SECRET))=([0-9a-f]{48})$", file.read_text(), re.MULTILINE))
    assert len(set(secrets.values())) == 2


def test_no_process_of_ours_is_root(machine):
    shown = machine.run("sh", "-c", "for p in /proc/[0-9]*; do echo $(stat -c %U $p) $(tr '\\0' ' ' <$p/cmdline); done")
    ours = [line for line in shown.stdout.splitlines() if re.search(r"/opt/spilka|caddy run", line)]
    assert len(ours) >= 6
    assert {line.split()[0] for line in ours} == {"spilka", "caddy"}


def test_the_pages_are_served_with_a_certificate_of_its_own(machine):
    root = machine.root / "var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
    context = ssl.create_default_context(cafile=str(root))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open("https://127.0.0.1:25443/healthz", timeout=10) as answer:
        assert answer.status == 200


def test_again_without_a_change_it_is_done_in_half_a_minute_and_nothing_is_restarted(machine):
    before, settings = processes(machine), (machine.root / "etc/spilka/spilka.env").read_text()
    began = time.monotonic()
    assert "✗" not in install(machine)
    assert time.monotonic() - began < 30
    assert processes(machine) == before
    assert (machine.root / "etc/spilka/spilka.env").read_text() == settings


def test_with_demo_it_fills_the_empty_box_and_tells_who_may_log_in(machine):
    said = install(machine, "--demo")
    assert re.search(r"^  olena@example.com: coordinator", said, re.MULTILINE)
    assert re.search(r"^Log in as before\.$", said, re.MULTILINE)
    processes(machine)
    assert calls_known(machine) > 500


def test_an_upgrade_restarts_the_pages_but_not_asterisk_and_keeps_the_data(machine):
    before = processes(machine)
    known = calls_known(machine)
    (machine.root / CLONE.lstrip("/") / "CHANGELOG.md").write_text("A change.\n")
    install(machine)
    after = processes(machine)
    assert {name for name in SERVICES if after[name] != before[name]} == {
        "spilka-agi",
        "spilka-scheduler",
        "spilka-web",
    }
    assert calls_known(machine) == known


def calls_known(machine: Machine) -> int:
    ask = "import models; models.database.init('/var/lib/spilka/spilka.db'); print(models.Call.select().count())"
    done = machine.run("sh", "-c", f'cd /opt/spilka/app && /opt/spilka/venv/bin/python -c "{ask}"')
    return int(done.stdout)


def test_killed_between_the_old_code_and_the_new_it_heals(machine):
    (machine.root / "opt/spilka/app").rename(machine.root / "opt/spilka/app.old")
    install(machine)
    processes(machine)
    assert not (machine.root / "opt/spilka/app.old").exists()


def test_a_living_box_is_not_put_back_into_its_past_by_mistake(machine):
    before = processes(machine)
    refused = machine.run(f"{CLONE}/install.sh", "--restore")
    assert refused.returncode == 1
    assert "To replace it, say --force" in refused.stdout
    assert "Nothing was put back; Spilka runs as before." in refused.stdout
    assert processes(machine) == before


def test_after_everything_is_lost_one_command_brings_it_back_from_outside(machine):
    outside = {"SPILKA_BACKUP_REPOSITORY": "/srv/outside", "SPILKA_BACKUP_PASSWORD": "a password"}
    machine.run("install", "-d", "-o", "spilka", "/srv/outside")
    install(machine, **outside)
    known = calls_known(machine)
    copied = machine.run(
        "runuser", "-u", "spilka", "--", "sh", "-c", "cd /opt/spilka/app && ../venv/bin/python commands.py backup"
    )
    assert "here and outside" in copied.stdout
    secret = re.search("^SPILKA_SECRET_KEY=.*$", (machine.root / "etc/spilka/spilka.env").read_text(), re.MULTILINE)[0]
    machine.run("supervisorctl", "shutdown")
    machine.run(
        "sh", "-c", "while pgrep --uid spilka; do sleep 0.1; done; rm -rf /opt/spilka /etc/spilka /var/lib/spilka"
    )
    said = install(machine, "--restore", **OPTIONS, **outside)
    assert "is put back: database of" in said
    assert "✗" not in said
    assert calls_known(machine) == known
    assert secret in (machine.root / "etc/spilka/spilka.env").read_text()
    assert not (machine.root / "var/lib/spilka/restored.env").exists()
    processes(machine)
