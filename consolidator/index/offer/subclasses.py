"""What the subclasses of a class add: a value declared as the class may be one of them."""

from __future__ import annotations

import re

from consolidator.errors import Refusal
from consolidator.index.index import Index
from consolidator.index.offer.members import names_in
from consolidator.index.offer.names import facts_at

_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*\(([^)]*)\)")
_WORD = re.compile(rb"\w+")
_MOST_FILES = 50

Extending = dict[str, list[tuple[str, str]]]


def may_bring(index: Index, name: str, attribute: str) -> bool:
    """Whether a class of the project that extends one called `name`, near or far, may have it.

    Classes are told apart by their last name only, so this errs on the side of yes; and where
    very many classes do, they are not looked at.
    """
    if name not in index.below:
        index.below[name] = _members_below(index, name)
    known = index.below[name]
    return known is None or attribute in known


def _members_below(index: Index, name: str) -> frozenset[str] | None:
    below = _below(_extending(index), name)
    paths = sorted({path for path, _ in below})
    if len(paths) > _MOST_FILES:
        return None
    found: set[str] = set()
    for path, facts in facts_at(index, paths).items():
        for child, ways in (facts or {"names": {}})["names"].items():
            if (path, child) in below:
                found.update(*(names_in(way[1]) for way in ways if way[0] == "class"))
    return frozenset(found)


def _below(extending: Extending, name: str) -> set[tuple[str, str]]:
    """The files and names of the classes that extend one of that name."""
    found: set[tuple[str, str]] = set()
    waiting = [name]
    while waiting:
        for path, child in extending.get(waiting.pop(), ()):
            if (path, child) not in found:
                found.add((path, child))
                waiting.append(child)
    return found


def _extending(index: Index) -> Extending:
    """By each word between the parentheses of a class statement the classes that it makes."""
    if not index.extending:
        for path in index.workspace.paths():
            for match in _CLASS.finditer(_data(index, path)):
                for word in _WORD.findall(match[2]):
                    place = (path, match[1].decode())
                    index.extending.setdefault(word.decode(), []).append(place)
    return index.extending


def _data(index: Index, path: str) -> bytes:
    try:
        return index.workspace.file(path).data
    except Refusal:
        return b""
