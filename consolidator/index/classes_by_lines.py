"""The classes of a file, told from the look of its lines; see `outline_by_lines`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from consolidator.index.blanking import NEWLINE, STRING, LineNumbers, Unsure, lines_between
from consolidator.index.names_by_lines import Imported, block_end, names_at
from consolidator.index.outline import OutlinedClass

_S = rf"[ \t{NEWLINE}]"
_CLASS = re.compile(rf"class{_S}++([^\W\d]\w*+){_S}*+")
_HEADER = re.compile(r"[()\[\]{}:]")
_CODE_LINE = re.compile(r"\n( *+)(?=[^ \n])")
_EMPTY_BODIES = frozenset({"pass", "...", STRING})


def classes_in(code: str, imported: Imported) -> Iterator[OutlinedClass]:
    numbers = LineNumbers(code)
    for hit in _CLASS.finditer(code):
        start = code.rfind("\n", 0, hit.start()) + 1
        width = hit.start() - start
        if code[start : hit.start()].strip(" "):
            continue  # subclass in
        members, end = _body(code, hit.end(), width, imported)
        lines = lines_between(code, start, start + len(code[start:end].rstrip(" \n\t")))
        line = numbers.of(start)
        first = line - lines_between(code, _decorated(code, start, width), start)
        yield OutlinedClass(hit[1], first, line + lines, width, members)


def _body(code: str, position: int, width: int, imported: Imported) -> tuple[tuple[str, ...], int]:
    """The members of a class and the offset of its end; `position` is that after its name."""
    colon = _header_end(code, position)
    line_end = code.find("\n", colon) % (len(code) + 1)
    rest = code[colon + 1 : line_end].strip(f" \t{NEWLINE}")
    if rest:
        if rest not in _EMPTY_BODIES:
            raise Unsure  # class A: a = 1
        return (), line_end
    inner = _CODE_LINE.search(code, line_end)
    if inner is None or len(inner[1]) <= width:
        raise Unsure
    end = block_end(code, inner.start() + 1, width)
    if ";" in code[inner.start() : end]:
        raise Unsure
    names = names_at(code, len(inner[1]), inner.start(), end, imported)
    return tuple(name for name, _ in names), end


def _header_end(code: str, position: int) -> int:
    if code[position : position + 1] not in tuple("([:"):
        raise Unsure
    depth = 0
    for hit in _HEADER.finditer(code, position):
        if hit[0] in "([{":
            depth += 1
        elif hit[0] != ":":
            depth -= 1
        elif not depth:
            return hit.start()
    raise Unsure


def _decorated(code: str, start: int, width: int) -> int:
    """The start of the line of the first decorator of the class at `start`."""
    mark = "\n" + " " * width + "@"
    while (at := code.rfind(mark, 0, start)) >= 0:
        if block_end(code, at + 1, width) != start - 1:
            break
        start = at + 1
    return start
