"""The private root is made whole or not at all, and only an accepted Asterisk is put in its place."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def make(target: Path, deploy: Path = DEPLOY) -> subprocess.CompletedProcess:
    return subprocess.run([deploy / "asterisk-root.sh", target], capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A root made once for this module."""
    target = tmp_path_factory.mktemp("asterisk") / "root"
    made = make(target)
    assert made.returncode == 0, made.stderr
    return target


@pytest.fixture
def deploy_wanting(tmp_path):
    """deploy_wanting("99", "100"): a copy of deploy/ that accepts those versions instead."""

    def copy(least: str, below: str) -> Path:
        deploy = tmp_path / "deploy"
        shutil.copytree(DEPLOY, deploy)
        (deploy / "asterisk.version").write_text(f"# accepted\n{least}\n{below}\n")
        return deploy

    return copy


def test_the_root_runs_asterisk_on_its_own_libraries(root):
    wrapper = {**os.environ, "ASTERISK_ROOT": str(root)}
    said = subprocess.run([DEPLOY / "asterisk", "-V"], env=wrapper, capture_output=True, text=True)
    assert said.stdout.startswith("Asterisk 22.")
    loader = next(path for path in (root / "lib64").glob("ld-linux*") if path.exists())
    (libraries,) = (root / "usr/lib").glob("*-linux-gnu")
    needed = [loader, "--inhibit-cache", "--library-path", libraries, "--list", root / "usr/sbin/asterisk"]
    found = subprocess.run(needed, capture_output=True, text=True).stdout
    assert "libasteriskpj.so.2" in found
    assert "not found" not in found
    assert all(str(root) in line for line in found.splitlines() if "=>" in line)


def test_made_again_it_is_left_as_it_is(root):
    before = (root / ".recipe").stat().st_mtime_ns
    assert make(root).returncode == 0
    assert (root / ".recipe").stat().st_mtime_ns == before


def test_another_version_is_refused_in_words_and_the_old_root_stays(root, deploy_wanting):
    made = make(root, deploy_wanting("99.1", "100"))
    assert made.returncode != 0
    assert "is not accepted: it must be 99.1 or later and below 100" in made.stderr
    assert (root / "usr/sbin/asterisk").exists()


def test_a_later_major_version_is_refused(tmp_path, deploy_wanting):
    made = make(tmp_path / "root", deploy_wanting("20", "22.10.1"))
    assert "is not accepted" in made.stderr
    assert not (tmp_path / "root").exists()


def test_a_kill_half_way_leaves_nothing_that_looks_finished(tmp_path):
    target = tmp_path / "root"
    making = subprocess.Popen([DEPLOY / "asterisk-root.sh", target], start_new_session=True)
    while not (tmp_path / "root.new/usr").exists():
        assert making.poll() is None
        time.sleep(0.02)
    os.killpg(making.pid, signal.SIGKILL)
    making.wait()
    assert not target.exists()
    assert make(target).returncode == 0
    assert (target / ".recipe").exists()
    assert not (tmp_path / "root.new").exists()
