"""The code is written the way pyproject.toml says, and the shell scripts have no known trap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ["install.sh", "tests/run", ".ci/run", "deploy/asterisk", "deploy/asterisk-root.sh", "deploy/steps.sh"]


def said_by(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_python_is_in_style(check):
    assert not said_by(sys.executable, "-m", "ruff", *check, ".")


def test_shell_scripts_have_no_known_trap():
    assert not said_by("shellcheck", "--severity=warning", "--external-sources", *SCRIPTS)
