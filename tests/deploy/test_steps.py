"""The shared steps of install.sh and tests/run: silent while well, whole when not, and safe to repeat."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

STEPS = Path(__file__).resolve().parents[2] / "deploy/steps.sh"


def bash(script: str, folder: Path) -> subprocess.CompletedProcess:
    whole = f"set -euo pipefail; . {STEPS}; cd {folder}; {script}"
    return subprocess.run(["bash", "-c", whole], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_a_command_that_succeeds_says_nothing(tmp_path):
    done = bash("quietly sh -c 'echo much; echo more >&2'; echo went on", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


def test_a_command_that_fails_shows_all_it_said_and_ends_the_script(tmp_path):
    done = bash("quietly sh -c 'echo first; echo second >&2; exit 7'; echo went on", tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("first\nsecond\n")
    assert "This command failed (7): sh -c" in done.stderr


def test_a_quiet_command_cannot_wait_for_an_answer(tmp_path):
    done = bash("quietly read -r answer", tmp_path)
    assert done.returncode == 1


@pytest.mark.parametrize(("old", "is_new"), [("same", False), ("other", True), (None, True)])
def test_a_file_is_replaced_only_when_it_differs(tmp_path, old, is_new):
    (tmp_path / "file.new").write_text("same")
    if old:
        (tmp_path / "file").write_text(old)
    done = bash("put_in_place file && echo replaced || echo as it was", tmp_path)
    assert done.stdout == ("replaced\n" if is_new else "as it was\n")
    assert (tmp_path / "file").read_text() == "same"
    assert not (tmp_path / "file.new").exists()


def test_a_venv_is_made_once_and_anew_when_its_requirements_change(tmp_path):
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    make = f"require_venv {tmp_path}/venv requirements.txt; stat -c %i venv/bin/python"
    first, again = bash(make, tmp_path), bash(make, tmp_path)
    assert first.returncode == 0, first.stderr
    assert again.stdout == first.stdout
    (tmp_path / "venv/mark").touch()
    (tmp_path / "requirements.txt").write_text("# something else\n")
    assert bash(make, tmp_path).returncode == 0
    assert not (tmp_path / "venv/mark").exists()


def test_a_venv_whose_making_was_killed_is_made_again(tmp_path):
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    make = f"require_venv {tmp_path}/venv requirements.txt"
    assert bash(make, tmp_path).returncode == 0
    (tmp_path / "venv/.made-from").unlink()
    (tmp_path / "venv/bin/python").unlink()
    assert bash(make, tmp_path).returncode == 0
    assert (tmp_path / "venv/bin/python").exists()
