"""Holds an outline made from lines against the one made from the syntax tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from consolidator.index.blanking import Unsure
from consolidator.index.outline import Outline, OutlinedClass, OutlinedImport
from consolidator.index.outline_by_lines import outline_by_lines
from consolidator.index.outline_by_syntax import outline_by_syntax


def differences(text: str) -> list[str]:
    """What the lines say and the syntax does not, as far as an outline promises anything.

    Raises `SyntaxError` when the text is no Python; nothing differs when the lines are unsure.
    """
    expected = outline_by_syntax(text)
    try:
        found = outline_by_lines(text)
    except Unsure:
        return []
    return list(_differences(found, expected))


def _differences(found: Outline, expected: Outline) -> Iterator[str]:
    if Counter(map(_import, found.imports)) != Counter(map(_import, expected.imports)):
        yield f"imports: {found.imports} instead of {expected.imports}"
    if Counter(map(_class, found.classes)) != Counter(map(_class, expected.classes)):
        yield f"classes: {found.classes} instead of {expected.classes}"
    if found.bound - expected.bound:
        yield f"not bound for certain: {sorted(found.bound - expected.bound)}"
    if expected.bound - found.bound - found.perhaps:
        yield f"bound, not found: {sorted(expected.bound - found.bound - found.perhaps)}"
    if expected.is_opaque and not found.is_opaque:
        yield "it is opaque"
    if found.kept != expected.kept:
        yield f"kept: {found.kept} instead of {expected.kept}"


def lost_names(text: str) -> set[str]:
    """The names that indented statements bind and of which the lines know nothing."""
    try:
        found = outline_by_lines(text)
    except Unsure:
        return set()
    return set(outline_by_syntax(text).perhaps - found.perhaps - found.bound)


def _import(item: OutlinedImport) -> object:
    return item.line, item.column == 0, item.module, item.name, item.alias


def _class(item: OutlinedClass) -> object:
    # A tab is one column for the parser and up to eight for the lines.
    return item.name, item.first_line, item.last_line, item.column == 0, item.members
