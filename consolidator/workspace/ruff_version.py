"""Which rules ruff selects when nothing is said: that depends on its version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SINCE_0_16 = ("F401", "I001")
BEFORE = ("E4", "E7", "E9", "F")

_PINNED = (
    (".pre-commit-config.yaml", r"ruff-pre-commit/?['\"]?\s*\n\s*rev:\s*['\"]?v?(\d+)\.(\d+)"),
    ("uv.lock", r'name = "ruff"\s*\nversion = "(\d+)\.(\d+)'),
    ("poetry.lock", r'name = "ruff"\s*\nversion = "(\d+)\.(\d+)'),
)


def default_rules(root: Path, required: object) -> tuple[str, ...]:
    """What ruff selects by default in the project at `root`, as far as imports go.

    `required` is its setting `required-version`. Where no version is to be found, ruff is new.
    """
    for version in _versions(root, str(required or "")):
        return BEFORE if version < (0, 16) else SINCE_0_16
    return SINCE_0_16


def _versions(root: Path, required: str) -> Iterator[tuple[int, int]]:
    below = re.search(r"<\s*(\d+)\.(\d+)", required)
    if below:
        yield int(below[1]), int(below[2]) - 1
    exactly = re.search(r"^\s*(?:={1,3}|~=)?\s*(\d+)\.(\d+)", required)
    if exactly:
        yield int(exactly[1]), int(exactly[2])
    for name, pattern in _PINNED:
        found = re.search(pattern, text_of(root / name))
        if found:
            yield int(found[1]), int(found[2])


def text_of(path: Path) -> str:
    """The text of a file; nothing where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
