"""One line for a piece of code, told from its text."""

from __future__ import annotations

import re
from itertools import zip_longest

_DEFINITION = re.compile(r"^(?:async def|def|class)\b", re.MULTILINE)
_DOCSTRING = re.compile(r"^[ \t]*[rRuU]?(\"{3}|'{3})[\s\S]*?\1[ \t]*$", re.MULTILINE)
_COMMENT = re.compile(r"\s+#[^'\"]*$")
_MOST = 100
_MOST_LINES = 12


def head(source: str) -> str:
    """`def f(self, x)` for a method, without its decorators; the first line of anything else."""
    match = _DEFINITION.search(source)
    start = match.start() if match is not None else 0
    found = ""
    for line in source[start:].split("\n", _MOST_LINES)[:_MOST_LINES]:
        found += ("" if not found or found.endswith("(") else " ") + _code(line)
        if _is_closed(found):
            break
    if match is not None:
        found = found.rstrip().removesuffix(":").replace(",)", ")")
    return _shortened(found)


def heads_apart(source: str, other: str) -> tuple[str, str]:
    """One line for each of two pieces of code, which differ if anything does."""
    here, there = head(source), head(other)
    if here != there:
        return here, there
    for one, two in zip_longest(_lines(source), _lines(other)):
        if one != two:
            return _shortened(f"{here}: {one or 'ends'}"), _shortened(f"{there}: {two or 'ends'}")
    return here, there


def _lines(source: str) -> list[str]:
    """What stands in the lines of some code, docstrings and comments left out."""
    lines = map(_code, _DOCSTRING.sub("", source).split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def _code(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def _is_closed(text: str) -> bool:
    return all(text.count(left) <= text.count(right) for left, right in ("()", "[]", "{}"))


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"
