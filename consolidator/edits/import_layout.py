"""The text of one import statement, cut into its names and all that stands around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

_HEAD = re.compile(r"import\b|from(?P<before>[\s\\]*)(?P<source>[.\w\s\\]*?)(?P<after>[\s\\]*)\bimport\b")
_UP_TO_COMMA = re.compile(r"(?:[^,#]|#[^\r\n]*)*")
_LINE_COMMENT = re.compile(r"[ \t\f]*#[^\r\n]*")
_OPENING = re.compile(r"[\s\\]*\((?:[ \t\f]*#[^\r\n]*)?")
_LAST_LINE = re.compile(r"(?:[ \t]*\\)?(?:\r\n|\r|\n)[ \t\f]*\Z")


@dataclass(frozen=True, slots=True)
class Cell:
    """One name of the list with what stands around it; joined together, cells give the list."""

    lead: str
    """Blanks, line ends and comments on lines of their own before the name."""
    name: str
    gap: str = ""
    comma: str = ""
    trail: str = ""
    """A comment on the name's own line, with the blanks before it."""

    @property
    def starts_line(self) -> bool:
        """Whether the name is the first on its line."""
        return "\n" in self.lead or "\r" in self.lead

    @property
    def has_comment(self) -> bool:
        """Whether any comment belongs to the name."""
        return "#" in self.lead or "#" in self.gap or bool(self.trail)

    def text(self) -> str:
        """The cell as it stands."""
        return f"{self.lead}{self.name}{self.gap}{self.comma}{self.trail}"


@dataclass(frozen=True, slots=True)
class Layout:
    """One import statement: `head opening cells tail close`, without its trailing comment."""

    head: str
    opening: str
    cells: tuple[Cell, ...]
    tail: str
    close: str

    def text(self) -> str:
        """The statement as it stands."""
        cells = "".join(cell.text() for cell in self.cells)
        return f"{self.head}{self.opening}{cells}{self.tail}{self.close}"

    @property
    def is_from(self) -> bool:
        """Whether this is `from … import …`."""
        return self.head.startswith("from")

    @property
    def one_line(self) -> bool:
        """Whether the whole statement stands on one line."""
        text = self.text()
        return "\n" not in text and "\r" not in text

    @property
    def one_per_line(self) -> bool:
        """Whether each name has a line of its own, so that each can carry a comment."""
        return bool(self.close) and all(cell.starts_line for cell in self.cells)

    @property
    def has_comments(self) -> bool:
        """Whether a comment stands anywhere inside the statement."""
        return "#" in self.text()

    def with_source(self, source: str) -> Layout:
        """The same list from another module."""
        match = _HEAD.match(self.head)
        assert match is not None and self.is_from
        before = match["before"] or " "
        after = match["after"] or " "
        return replace(self, head=f"from{before}{source}{after}import")

    def with_name(self, index: int, name: str) -> Layout:
        """The same list with another name at `index`."""
        cells = list(self.cells)
        cells[index] = replace(cells[index], name=name)
        return replace(self, cells=tuple(cells))


def read_layout(text: str, node: ast.Import | ast.ImportFrom) -> Layout:
    """Cut the text of an import statement, which starts and ends where `node` does."""
    head = _HEAD.match(text)
    assert head is not None
    opening = _OPENING.match(text, head.end())
    start = opening.end() if opening else head.end()
    end = len(text) - 1 if opening else len(text)
    cells: list[Cell] = []
    for position, alias in enumerate(node.names):
        cell, start = _read_cell(text[:end], start, alias, position == len(node.names) - 1)
        cells.append(cell)
    return Layout(
        head=head.group(),
        opening=opening.group() if opening else "",
        cells=tuple(cells),
        tail=text[start:end],
        close=")" if opening else "",
    )


def _read_cell(text: str, start: int, alias: ast.alias, is_last: bool) -> tuple[Cell, int]:
    match = _alias_pattern(alias).match(text, start)
    assert match is not None, text
    rest = _UP_TO_COMMA.match(text, match.end())
    assert rest is not None
    gap, comma, after = rest.group(), "", match.end()
    if rest.end() < len(text):
        comma, after = ",", rest.end() + 1
    elif is_last:
        gap = ""
    trail = _LINE_COMMENT.match(text, after)
    end = trail.end() if trail else after
    return Cell(match["lead"], match["name"], gap, comma, trail.group() if trail else ""), end


def _alias_pattern(alias: ast.alias) -> re.Pattern[str]:
    # `a . b  as  c` is legal, and so is a line end between any two of its words.
    return re.compile(
        r"(?P<lead>(?:[\s\\]|#[^\r\n]*)*)"
        r"(?P<name>\*|[\w.]+(?:(?:[\s\\])*\.[\s\\]*[\w]+)*"
        + (r"(?:[\s\\]|#[^\r\n]*)+as(?:[\s\\]|#[^\r\n]*)+\w+" if alias.asname else "")
        + ")"
    )


def without(layout: Layout, doomed: Collection[int], newline: str) -> Layout:
    """The layout without some of its names, each taking its comments with it."""
    kept: list[Cell] = []
    vacant: str | None = None  # the lead of a removed name that began the list or a line
    for index, cell in enumerate(layout.cells):
        if index in doomed:
            if vacant is None and (cell.starts_line or index == 0):
                vacant = cell.lead
            continue
        if vacant is not None:
            cell = replace(cell, lead=_merged_lead(vacant, cell, not kept))
        kept.append(cell)
        vacant = None
    if not kept:
        return replace(layout, cells=())
    final = layout.cells[-1].comma
    if kept[-1] is not layout.cells[-1]:
        kept[-1] = replace(kept[-1], comma=final, gap=kept[-1].gap if final else "")
    tail = layout.tail
    if kept[-1].trail and layout.close and not tail.startswith(("\r", "\n")):
        tail = newline + tail
    return replace(layout, cells=tuple(kept), tail=tail)


def _merged_lead(vacant: str, cell: Cell, is_first: bool) -> str:
    """What stands before a name that moves up to where another one was."""
    if "#" in cell.lead:
        return cell.lead
    if "#" in vacant and cell.starts_line:
        return vacant  # a heading over several names
    if cell.starts_line and not is_first:
        return cell.lead
    return bare_lead(vacant)


def bare_lead(lead: str) -> str:
    """A lead without the comments in it."""
    if "#" not in lead:
        return lead
    match = _LAST_LINE.search(lead)
    return match.group() if match else ""


def with_added(layout: Layout, position: int, name: str, comment: str = "") -> Layout:
    """The layout with one name more, at `position`; on the same line where names share lines."""
    cells = list(layout.cells)
    trail = f"  {comment}" if comment else ""
    if position == len(cells):
        last = cells[-1]
        cells[-1] = replace(last, comma=",")
        cells.append(Cell(_lead_after(layout, len(cells)), name, "", last.comma, trail))
    elif position == 0:
        cells.insert(0, Cell(bare_lead(cells[0].lead), name, "", ",", trail))
        if not (cells[1].starts_line and layout.one_per_line):
            cells[1] = replace(cells[1], lead=_lead_after(layout, 1))
    else:
        lead = bare_lead(cells[position].lead)
        cells.insert(position, Cell(lead, name, "", ",", trail))
        if not _each_on_a_line(layout):
            cells[position + 1] = replace(cells[position + 1], lead=" ")
    return replace(layout, cells=tuple(cells))


def _each_on_a_line(layout: Layout) -> bool:
    return len(layout.cells) > 1 and all(cell.starts_line for cell in layout.cells[1:])


def _lead_after(layout: Layout, position: int) -> str:
    """What stands before a name that follows the one at `position - 1`."""
    if layout.one_per_line:
        return bare_lead(layout.cells[0].lead)
    if _each_on_a_line(layout):
        return bare_lead(layout.cells[1].lead)
    return " "
