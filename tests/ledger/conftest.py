"""The settings that closing a month asks for."""

from __future__ import annotations

import pytest

import settings as settings_module


@pytest.fixture
def settings(tmp_path):
    return settings_module.load(
        {
            "SPILKA_SECRET_KEY": "k" * 32,
            "SPILKA_AMI_SECRET": "a" * 16,
            "SPILKA_DATA_DIR": str(tmp_path / "data"),
            "SPILKA_PBX_DIR": str(tmp_path / "pbx"),
        }
    )
