"""Imports go down only: the ladder of DESIGN, held."""

from __future__ import annotations

import ast
from pathlib import Path

import settings

ROOT = settings.ROOT
RUNG = {
    "tables": -1, "models": 0, "settings": 0, "pbx": 1, "union": 2, "calls": 3, "orders": 4, "ledger": 4, "mail": 5, "web": 6,
    "agi": 6, "upkeep": 6, "app": 7, "scheduler": 7, "commands": 7,
}  # fmt: skip
AGI_MAY = {"calls", "union", "models", "settings", "agi", "pbx.names"}


def imports(file: Path) -> set[str]:
    """The modules of ours that a file imports, as far as they are named."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in RUNG}


def ours() -> list[tuple[str, Path]]:
    folders = [(name, file) for name in RUNG for file in (ROOT / name).rglob("*.py")]
    return folders + [(name, ROOT / f"{name}.py") for name in RUNG if (ROOT / f"{name}.py").exists()]


def test_imports_go_down_only():
    for name, file in ours():
        for module in imports(file):
            other = module.split(".")[0]
            assert other == name or RUNG[other] < RUNG[name], f"{file} imports {module}"


def test_a_live_call_loads_only_what_it_needs():
    for file in (ROOT / "agi").rglob("*.py"):
        for module in imports(file):
            allowed = module.split(".")[0] in AGI_MAY or module.startswith("pbx.names") or module == "pbx.names"
            assert allowed, f"{file} imports {module}"


def test_models_is_the_only_door_to_the_tables():
    assert all(module.split(".")[0] == "tables" for module in imports(ROOT / "models.py"))
    for name, file in ours():
        if name not in ("tables", "models"):
            assert not any(module.split(".")[0] == "tables" for module in imports(file)), file


def test_settings_import_nothing_of_ours():
    assert imports(ROOT / "settings.py") == set()
