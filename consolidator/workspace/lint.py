"""Which lint rules the project holds its imports to, read from its linters' own settings."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

RULES = frozenset({"E402", "F401", "I001"})


def selected_rules(root: Path) -> frozenset[str]:
    """Those of `RULES` that ruff or flake8 are set up to report in the project at `root`."""
    found: set[str] = set()
    for name in ("ruff.toml", ".ruff.toml"):
        found |= _ruff(_toml(root / name))
    found |= _ruff(_toml(root / "pyproject.toml").get("tool", {}).get("ruff"))
    for name in (".flake8", "setup.cfg", "tox.ini"):
        found |= _flake8(root / name)
    return frozenset(found)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _ruff(settings: dict[str, Any] | None) -> set[str]:
    if not settings:
        return set()
    lint = {**settings, **settings.get("lint", {})}
    # What ruff selects when nothing is said.
    selected = lint.get("select", ["E4", "E7", "E9", "F"])
    selected = [*selected, *lint.get("extend-select", [])]
    ignored = [*lint.get("ignore", []), *lint.get("extend-ignore", [])]
    return _matching(selected) - _matching(ignored)


def _flake8(path: Path) -> set[str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return set()
    if not parser.has_section("flake8"):
        return set()
    section = parser["flake8"]
    selected = _codes(section.get("select", "E,F"))
    ignored = [*_codes(section.get("ignore", "")), *_codes(section.get("extend-ignore", ""))]
    return _matching(selected) - _matching(ignored)


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _matching(prefixes: Iterable[str]) -> set[str]:
    prefixes = tuple(prefixes)
    return {rule for rule in RULES if "ALL" in prefixes or rule.startswith(prefixes)}
