"""Which lines of a file belong to a top-level statement, its comments included."""

from __future__ import annotations

import re

from consolidator.index.module import Module
from consolidator.names import Span

# `# -----`, `#######`, `# === Models ===`, `# region x`, `# %%`: they head a part of the file.
_SECTION = re.compile(
    r"#\s*([-=*#~_+]{3,}|region\b|endregion\b|%%|>>>|<<<)|#{3,}|#.*[-=*#~]{3,}\s*$"
)
_FILE_LEVEL = re.compile(
    r"#!|#.*coding[:=]|#\s*(fmt|isort|yapf|ruff|flake8|mypy|pyright|type|pylint|pragma|nopycln)\s*:"
)


def statement_lines(module: Module, index: int) -> Span:
    """The whole lines of a statement: its own comments above, its tail comments, its newline."""
    first, last = own_lines(module, index)
    syntax = module.syntax
    return Span(syntax.line_span(first).start, syntax.line_span(last).end)


def own_lines(module: Module, index: int) -> tuple[int, int]:
    """The first and last line (1-based) that travel with a statement."""
    statement = module.body[index]
    decorators = getattr(statement, "decorator_list", [])
    start = min([statement.lineno, *(item.lineno for item in decorators)])
    end = statement.end_lineno or statement.lineno
    return _with_comments_above(module, index, start), _with_tail(module, index, end)


def shares_a_line(module: Module, index: int) -> bool:
    """Whether another statement stands on the same line: `x = 1; y = 2`."""
    statement = module.body[index]
    for other in (index - 1, index + 1):
        if 0 <= other < len(module.body):
            neighbour = module.body[other]
            if other < index and neighbour.end_lineno == statement.lineno:
                return True
            if other > index and neighbour.lineno == statement.end_lineno:
                return True
    return False


def _with_comments_above(module: Module, index: int, start: int) -> int:
    floor = (module.body[index - 1].end_lineno or 0) if index else 0
    first = start
    while first - 1 > floor and module.syntax.line_text(first - 1).startswith("#"):
        first -= 1
    lines = [module.syntax.line_text(number) for number in range(first, start)]
    if index == 0 and first <= 2 and lines:
        return start  # a licence or an encoding line heads the file
    # Only what stands below the last header or directive is a note to the statement.
    for offset in range(len(lines) - 1, -1, -1):
        if _SECTION.match(lines[offset]) or _FILE_LEVEL.match(lines[offset]):
            return first + offset + 1
    return first


def _with_tail(module: Module, index: int, end: int) -> int:
    """Indented comments below the last statement still belong to the body."""
    following = index + 1 < len(module.body)
    ceiling = module.body[index + 1].lineno - 1 if following else module.syntax.line_count
    last = end
    for number in range(end + 1, ceiling + 1):
        text = module.syntax.line_text(number)
        if text[:1] in {" ", "\t"} and text.strip().startswith("#"):
            last = number
        elif text.strip():
            break
    return last


def blank_lines_before(module: Module, line: int) -> int:
    """How many blank lines stand directly above a line."""
    count = 0
    while line - count - 1 >= 1 and not module.syntax.line_text(line - count - 1).strip():
        count += 1
    return count


def with_gap_closed(module: Module, first: int, last: int) -> Span:
    """The lines of some statements and the blank ones that belong to them.

    Of the gaps above and below the wider one stays.
    """
    syntax = module.syntax
    start, end = own_lines(module, first)[0], own_lines(module, last)[1]
    above, below = blank_lines_before(module, start), 0
    while end + below < syntax.line_count and not syntax.line_text(end + below + 1).strip():
        below += 1
    if end + below >= syntax.line_count:
        return Span(syntax.line_span(start - above).start, len(module.text))
    if below and (start - above == 1 or above >= below):
        return Span(syntax.line_span(start).start, syntax.line_span(end + below).end)
    begin = start - above if below else start
    return Span(syntax.line_span(begin).start, syntax.line_span(end).end)
