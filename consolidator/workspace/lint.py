"""Which rules the project holds its imports to, read from its linters' own settings."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consolidator.workspace.ruff_version import default_rules, text_of

RULES = frozenset({"E402", "F401", "I001", "PLC0415"})
_BLACK = re.compile(r"repo:\s*\S*psf/black")
_ISORT_IN = (
    (".isort.cfg", "settings"),
    ("setup.cfg", "isort"),
    ("setup.cfg", "tool:isort"),
    ("tox.ini", "isort"),
)


_GROUPS = {
    "known_first_party": "first-party",
    "known_third_party": "third-party",
    "known_standard_library": "standard-library",
    "extra_standard_library": "standard-library",
}


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What ruff or isort is set up to make of imports; the field names are theirs."""

    force_single_line: bool = False
    force_sort_within_sections: bool = False
    order_by_type: bool = True
    lines_after_imports: int = -1
    lines_between_types: bool = False
    known: tuple[tuple[str, str], ...] = ()
    """Modules with the group that they are said to belong to, in ruff's words."""


def selected_rules(root: Path) -> frozenset[str]:
    """Those of `RULES` that ruff, flake8 or isort are set up to hold the project at `root` to."""
    found: set[str] = set()
    for name in ("ruff.toml", ".ruff.toml"):
        found |= _ruff(root, _toml(root / name))
    found |= _ruff(root, _toml(root / "pyproject.toml").get("tool", {}).get("ruff"))
    for name in (".flake8", "setup.cfg", "tox.ini"):
        found |= _flake8(root / name)
    return frozenset(found | _isort(root))


def is_formatted_by_black(root: Path) -> bool:
    """Whether black has settings, or runs before each commit."""
    has_settings = "black" in _toml(root / "pyproject.toml").get("tool", {})
    return has_settings or bool(_BLACK.search(text_of(root / ".pre-commit-config.yaml")))


def import_settings(root: Path) -> ImportSettings:
    """How ruff's or isort's own settings have the imports of the project at `root` written."""
    for found in _isort_settings(root):
        known = {key.replace("-", "_"): value for key, value in found.items()}
        # single_line_exclusions: what is apart, and what is not, the file itself shows best
        single = _truth(known.get("force_single_line")) and "single_line_exclusions" not in known
        lines = str(known.get("lines_after_imports", -1))
        return ImportSettings(
            single,
            _truth(known.get("force_sort_within_sections")),
            _truth(known.get("order_by_type", True)),
            int(lines) if lines.isdecimal() else -1,
            str(known.get("lines_between_types", 0)) not in {"0", ""},
            tuple(
                (name, group) for key, group in _GROUPS.items() for name in _names(known.get(key))
            ),
        )
    return ImportSettings()


def _isort_settings(root: Path) -> Iterator[dict[str, Any]]:
    """Every table of settings for imports, ruff's first."""
    pyproject = _toml(root / "pyproject.toml").get("tool", {})
    for ruff in (_toml(root / "ruff.toml"), _toml(root / ".ruff.toml"), pyproject.get("ruff", {})):
        for table in (ruff.get("lint"), ruff):
            if isinstance(table, dict) and isinstance(table.get("isort"), dict):
                yield table["isort"]
    if isinstance(pyproject.get("isort"), dict):
        yield pyproject["isort"]
    for name, section in _ISORT_IN:
        settings = _ini(root / name)
        if settings.has_section(section):
            yield dict(settings[section])


def _names(value: object) -> list[str]:
    """`["a", "b.c"]` of TOML, or `a, b.c` of an INI file."""
    return _codes(value) if isinstance(value, str) else [str(each) for each in _listed(value)]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _truth(value: object) -> bool:
    return str(value).strip().lower() in {"true", "1", "yes", "on"}


def _isort(root: Path) -> set[str]:
    """I001 where isort has settings: it puts imports in order as ruff's rule has it."""
    known = "isort" in _toml(root / "pyproject.toml").get("tool", {})
    known |= any(_ini(root / name).has_section(section) for name, section in _ISORT_IN)
    return {"I001"} if known or (root / ".isort.cfg").is_file() else set()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _ruff(root: Path, settings: dict[str, Any] | None) -> set[str]:
    if not settings:
        return set()
    own = settings.get("lint")
    lint = {**settings, **(own if isinstance(own, dict) else {})}
    selected = lint.get("select", default_rules(root, settings.get("required-version")))
    selected = [*selected, *lint.get("extend-select", [])]
    ignored = [*lint.get("ignore", []), *lint.get("extend-ignore", [])]
    return _matching(selected) - _matching(ignored)


def _flake8(path: Path) -> set[str]:
    parser = _ini(path)
    if not parser.has_section("flake8"):
        return set()
    section = parser["flake8"]
    selected = _codes(section.get("select", "E,F"))
    ignored = [*_codes(section.get("ignore", "")), *_codes(section.get("extend-ignore", ""))]
    return _matching(selected) - _matching(ignored)


def _ini(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return configparser.ConfigParser(interpolation=None)
    return parser


def _codes(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _matching(prefixes: Iterable[str]) -> set[str]:
    prefixes = tuple(prefixes)
    return {rule for rule in RULES if "ALL" in prefixes or rule.startswith(prefixes)}
