"""The classes of a project that could be duplicates, by name and by what they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.finders.findings import Suppression
from consolidator.finders.scene import Scene
from consolidator.finders.suppressions import of_file, of_outline, suppression
from consolidator.index.class_identity.facts import Place, lines_of
from consolidator.index.outline import Outline, OutlinedClass

_FEWEST_MEMBERS = 2
_FEWEST_LINES = 6
_BLOCK = re.compile(r"(?:if|elif|else|try|except|finally|with|for|while|match|case)\b")
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\b")


@dataclass(frozen=True, slots=True)
class Copy:
    """One class that shares its name, or what it has, with others."""

    path: str
    item: OutlinedClass
    suppression: Suppression | None

    @property
    def place(self) -> Place:
        return self.path, self.item


def same_name(scene: Scene) -> dict[str, tuple[Copy, ...]]:
    """The classes of each name that several places define, in the order of their paths."""
    found: dict[str, list[tuple[str, OutlinedClass]]] = {}
    for path, outline in scene.outlines.items():
        for item in outline.classes:
            found.setdefault(item.name, []).append((path, item))
    return {
        name: tuple(_copies(scene, places)) for name, places in found.items() if len(places) > 1
    }


def same_members(scene: Scene) -> tuple[tuple[Copy, ...], ...]:
    """The classes that have the same members under different names, by members."""
    found: dict[tuple[str, ...], list[Place]] = {}
    for path, outline in scene.outlines.items():
        for item in outline.classes:
            if not item.column and _is_telling(item):
                found.setdefault(item.members, []).append((path, item))
    groups = []
    for places in found.values():
        if len({item.name for _, item in places}) > 1:
            copies = _copies(scene, places)
            groups.append(tuple(copy for copy in copies if copy.suppression is None))
    return tuple(groups)


def _is_telling(item: OutlinedClass) -> bool:
    return (
        len(set(item.members)) >= _FEWEST_MEMBERS
        and item.last_line - item.first_line + 1 >= _FEWEST_LINES
    )


def _copies(scene: Scene, places: Iterable[Place]) -> Iterator[Copy]:
    for path, item in places:
        why = _by_place(scene, path, item) or of_outline(scene, path, item) or of_file(scene, path)
        yield Copy(path, item, why)


def _by_place(scene: Scene, path: str, item: OutlinedClass) -> Suppression | None:
    outline = scene.outlines[path]
    if item.column:
        if _is_nested(scene, path, outline, item):
            return suppression("nested")
        if _is_fallback(outline, item):
            return suppression("except-fallback")
    elif any(
        later.name == item.name and later.first_line > item.first_line and not later.column
        for later in outline.classes
    ):
        return suppression("redefined")
    return None


def _is_fallback(outline: Outline, item: OutlinedClass) -> bool:
    """Whether a class in a block of the module stands for another one, or an import.

    try:
        from fast import Parser
    except ImportError:
        class Parser: ...
    """
    others = [other for other in outline.classes if other.name == item.name and other != item]
    return bool(others) or any(imported.bound == item.name for imported in outline.imports)


def _is_nested(scene: Scene, path: str, outline: Outline, item: OutlinedClass) -> bool:
    """Whether a class stands in a class or function, rather than in a block of the module."""
    if any(
        other.column < item.column and other.first_line < item.first_line <= other.last_line
        for other in outline.classes
    ):
        return True
    lines = lines_of(scene.index, path)
    indentation = item.column
    for line in reversed(lines[: item.first_line - 1]):
        code = line.lstrip()
        width = len(line) - len(code)
        if not code or code.startswith("#") or width >= indentation:
            continue
        if _DEFINITION.match(code) or not _BLOCK.match(code):
            return True
        if not width:
            return False
        indentation = width
    return True
