"""Makes the outline of a file from the look of its lines: fast, and sure of what it says.

Statements are found by how their first line begins, in code without strings and comments. Whether
a line begins a statement at all, and is not the third line of a call, is told by counting brackets,
and only where it matters: for the names that the module and the classes bind for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from consolidator.index.blanking import (
    NEWLINE,
    LineNumbers,
    Unsure,
    balance,
    blanked,
    comments,
)
from consolidator.index.classes_by_lines import classes_in
from consolidator.index.names_by_lines import module_names
from consolidator.index.outline import Outline, OutlinedImport, kept_reason

_S = rf"[ \t{NEWLINE}]"
_OPAQUE_WORDS = ("globals", "vars", "exec", "setattr")
_OPAQUE = [re.compile(rf"{word}(?<![\w.]{word})\b") for word in _OPAQUE_WORDS]
_IMPORT = re.compile(r"import(?!\w)")
_BEFORE_IMPORT = re.compile(rf"((?:[^\n]*[;:])?+{_S}*)(?:from{_S}*+([.\w]*+){_S}*+)?+")
_AFTER_IMPORT = re.compile(rf"{_S}*+(?:\(([^()]*+)\)|([^\n;]*+))")


def outline_by_lines(text: str) -> Outline:
    """The outline of a file; raises `Unsure` when only a parser can tell."""
    code = blanked(text)
    if balance(code, 0, len(code)):
        raise Unsure
    imported = dict(_imports(code))
    imports = tuple(item for items in imported.values() for item in items)
    bound, perhaps = module_names(code, imported)
    return Outline(
        imports,
        tuple(classes_in(code, imported)),
        bound,
        perhaps,
        "__getattr__" in bound or any(pattern.search(code) for pattern in _OPAQUE),
        _kept(text) if "consolidate:" in text else (),
    )


def _kept(text: str) -> tuple[tuple[int, str], ...]:
    found = ((line, kept_reason(comment)) for line, comment in comments(text))
    return tuple((line, reason) for line, reason in found if reason is not None)


def _imports(code: str) -> Iterator[tuple[int, list[OutlinedImport]]]:
    numbers = LineNumbers(code)
    line_start = -1
    items: list[OutlinedImport] = []
    for hit in _IMPORT.finditer(code):
        start = code.rfind("\n", 0, hit.start()) + 1
        head = code[start : hit.start()]
        if head and (head[-1].isalnum() or head[-1] == "_"):
            continue  # `reimport`
        before = _BEFORE_IMPORT.fullmatch(head)
        if before is None or before[2] == "":
            raise Unsure
        if start != line_start:
            line_start, items = start, []
            yield start, items
        after = _AFTER_IMPORT.match(code, hit.end())
        assert after is not None
        names = (after[1] or after[2] or "").replace(NEWLINE, " ").split(",")
        line = numbers.of(start)
        items += _import_items(line, len(before[1]), before[2], names)


def _import_items(
    line: int, column: int, module: str | None, names: Iterable[str]
) -> Iterator[OutlinedImport]:
    for part in names:
        words = part.split()
        if not words:
            continue  # from a import (b,)
        alias = None
        if len(words) == 3 and words[1] == "as":
            alias = words[2]
        elif len(words) != 1:
            raise Unsure
        if module is None:
            yield OutlinedImport(line, column, words[0], None, alias)
        else:
            yield OutlinedImport(line, column, module, words[0], alias)
