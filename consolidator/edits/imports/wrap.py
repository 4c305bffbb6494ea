"""Import statements that do not fit on a line: how a file breaks them, and writing them so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from consolidator.edits.imports.layout import Cell, Layout

_PRAGMA = re.compile(
    r"#\s*(?:noqa|type:|pylint:|pyright:|pyre-|mypy:|ruff:|flake8|isort:|pragma|nosec|nopycln|fmt:)",
    re.IGNORECASE,
)
# Strings and comments stick out of lines that are otherwise kept short.
_UNBREAKABLE = re.compile(r"['\"#]")
_LIMITS = (79, 88, 100, 120)


@dataclass(frozen=True, slots=True)
class Entry:
    """A name to be imported as it is spelled in the list, and the comment that goes with it."""

    name: str
    comment: str = ""
    above: tuple[str, ...] = ()
    """Comment lines that stand above it."""


@dataclass(frozen=True, slots=True)
class WrapStyle:
    """How the lists of names that take several lines are laid out."""

    parentheses: bool = True
    hanging: bool = True
    """Whether the first name stands on a line of its own."""
    one_per_line: bool = True
    final_comma: bool = True
    close_alone: bool = True
    """Whether the closing parenthesis has a line of its own."""
    indent: str = "    "
    """Before the names; empty for the column behind the opening parenthesis."""

    @property
    def holds_comment(self) -> bool:
        """Whether the statement's comment stands behind the opening parenthesis."""
        return self.parentheses and self.hanging


@dataclass(frozen=True, slots=True)
class Writing:
    """The conventions by which a file's new text is written."""

    newline: str
    width: int
    indent: str
    """One step of indentation."""
    wrap: WrapStyle
    collapses: bool
    """Whether a list that fits on a line again goes back to one."""


def is_pragma(comment: str) -> bool:
    """Whether a comment speaks to a tool (`# noqa`, `# type: ignore`) rather than to people."""
    return bool(_PRAGMA.match(comment.strip()))


@lru_cache(maxsize=16)
def width_of(text: str) -> int:
    """The width that a file keeps: the smallest usual limit that all but a few lines respect."""
    lines = (line for line in re.split(r"\r\n|\r|\n", text) if not _UNBREAKABLE.search(line))
    lengths = sorted(map(len, lines))
    longest = lengths[-1 - len(lengths) // 200] if lengths else 0
    if longest <= 72:
        return 88  # nothing comes near any limit: the usual one
    return next((limit for limit in _LIMITS if longest <= limit), _LIMITS[-1])


def wrap_style(layouts: Iterable[tuple[Layout, str]], unit: str) -> WrapStyle:
    """The style of most of the wrapped statements, each given with its indentation."""
    styles = Counter(
        _style_of(layout, indent, unit)
        for layout, indent in layouts
        if layout.is_from and not layout.one_line and not layout.has_comments
    )
    return styles.most_common(1)[0][0] if styles else WrapStyle(indent=unit)


def collapses(layouts: Iterable[tuple[Layout, str]], width: int) -> bool:
    """Whether no wrapped statement, each given with its indentation, would fit on one line."""
    return not any(
        fits(indent + on_one_line(layout), "", width)
        for layout, indent in layouts
        if layout.is_from and not layout.one_line and not layout.has_comments
    )


def on_one_line(layout: Layout) -> str:
    """The statement without its line breaks."""
    return f"{layout.head} {', '.join(cell.name for cell in layout.cells)}"


def _style_of(layout: Layout, indent: str, unit: str) -> WrapStyle:
    first, *others = layout.cells
    broken = next((cell.lead for cell in layout.cells if cell.starts_line), "")
    margin = re.split(r"[\r\n]", broken)[-1]
    hanging = first.starts_line
    aligned = bool(layout.close) and not hanging
    return WrapStyle(
        parentheses=bool(layout.close),
        hanging=hanging,
        one_per_line=all(cell.starts_line for cell in others) and (hanging or len(others) > 1),
        final_comma=bool(layout.cells[-1].comma),
        close_alone="\n" in layout.tail or "\r" in layout.tail,
        indent="" if aligned else margin.removeprefix(indent) or unit,
    )


def fits(line: str, comment: str, width: int) -> bool:
    """Whether a line with its comment keeps the width; a pragma may stick out, as linters allow."""
    counted = 0 if not comment or is_pragma(comment) else len(comment) + 2
    return len(line) + counted <= width


def write_from(
    source: str, entries: Sequence[Entry], indent: str, comment: str, writing: Writing
) -> str:
    """A new from-import with its trailing comment, on one line where it fits, without indent."""
    head = f"from {source} import"
    line = f"{head} {', '.join(entry.name for entry in entries)}"
    shared = entries[0].comment if len({entry.comment for entry in entries}) == 1 else ""
    if shared and not comment and (len(entries) == 1 or fits(line, shared, writing.width)):
        entries, comment = [Entry(entry.name) for entry in entries], shared
    own = any(entry.comment for entry in entries)
    star = entries[0].name == "*"
    if not own and (star or fits(indent + line, comment, writing.width)):
        return _commented(line, comment)
    cells = tuple(Cell(" ", entry.name, "", ",", _trail(entry.comment)) for entry in entries)
    style = WrapStyle(indent=writing.indent) if own else writing.wrap
    if style.holds_comment:
        return wrapped(head, cells, indent, writing, style, comment)
    return _commented(wrapped(head, cells, indent, writing, style), comment)


def _trail(comment: str) -> str:
    return f"  {comment}" if comment else ""


def _commented(line: str, comment: str) -> str:
    return f"{line}  {comment}" if comment else line


def wrapped(
    head: str,
    cells: Sequence[Cell],
    indent: str,
    writing: Writing,
    style: WrapStyle,
    comment: str = "",
) -> str:
    """A from-import broken over lines; with a comment where the style holds one."""
    opening = f"{head} (" if style.parentheses else head
    margin = indent + (style.indent or " " * len(opening))
    if comment:
        opening += f"  {comment}"
    lines = _lines(cells, opening, margin, indent, style, writing)
    joint = writing.newline if style.parentheses else f" \\{writing.newline}"
    text = joint.join(lines)
    if not style.parentheses:
        return text
    return text + (f"{writing.newline}{indent})" if style.close_alone else ")")


def _lines(
    cells: Sequence[Cell],
    opening: str,
    margin: str,
    indent: str,
    style: WrapStyle,
    writing: Writing,
) -> list[str]:
    lines = [opening]
    filled = len(indent) + len(opening)
    for position, cell in enumerate(cells):
        is_last = position == len(cells) - 1
        piece = cell.name + (
            "," if not is_last or (style.final_comma and style.parentheses) else ""
        )
        is_first = position == 0
        fresh = style.hanging if is_first else style.one_per_line
        room = writing.width - (1 if is_last and style.parentheses else 2)
        if not fresh and not (is_first and style.parentheses):
            fresh = filled + 1 + len(piece) > room
        if fresh:
            lines.append(margin + piece + cell.trail)
        else:
            joint = "" if is_first and style.parentheses else " "
            lines[-1] += joint + piece + cell.trail
        filled = len(lines[-1]) + (len(indent) if len(lines) == 1 else 0)
    return lines
