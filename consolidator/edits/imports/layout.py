"""The text of one import statement, cut into its names and all that stands around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

_HEAD = re.compile(
    r"import\b|from(?P<before>[\s\\]*)(?P<source>[.\w\s\\]*?)(?P<after>[\s\\]*)\bimport\b"
)
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
    def source(self) -> str:
        """The module of a from-import as it is spelled: `..a.b`."""
        match = _HEAD.match(self.head)
        return re.sub(r"[\s\\]", "", match["source"] or "") if match else ""

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
    heading = ""  # the lead of a removed name that holds a comment over what follows
    for index, cell in enumerate(layout.cells):
        if index in doomed:
            if vacant is None and (cell.starts_line or index == 0):
                vacant = cell.lead
            heading = cell.lead if "#" in cell.lead else heading
            continue
        if vacant is not None:
            cell = replace(cell, lead=_moved_lead(vacant, heading, cell, not kept))
        kept.append(cell)
        vacant, heading = None, ""
    if not kept:
        return replace(layout, cells=())
    return _closed(layout, kept, newline)


def _moved_lead(vacant: str, heading: str, cell: Cell, is_first: bool) -> str:
    """What stands before a name that moves up to where another one was."""
    if "#" in cell.lead:
        return cell.lead
    if heading and cell.starts_line:
        return heading
    if cell.starts_line and not is_first:
        return cell.lead
    return bare_lead(vacant)


def _closed(layout: Layout, kept: list[Cell], newline: str) -> Layout:
    """The layout with fewer names, its last one ending as the last one did."""
    final = layout.cells[-1].comma
    if kept[-1] is not layout.cells[-1]:
        kept[-1] = replace(kept[-1], comma=final, gap=kept[-1].gap if final else "")
    tail = layout.tail
    if kept[-1].trail and layout.close and not tail.startswith(("\r", "\n")):
        tail = newline + tail
    return replace(layout, cells=tuple(kept), tail=tail)


def comment_above(layout: Layout, index: int) -> tuple[str, ...]:
    """The comment lines above a name that speak of that name alone."""
    following = layout.cells[index + 1 :]
    lead = layout.cells[index].lead
    if "#" not in lead or (following and "#" not in following[0].lead):
        return ()
    lines = re.split(r"\r\n|\r|\n", lead)
    return tuple(line.strip() for line in lines if line.strip())


def bare_lead(lead: str) -> str:
    """A lead without the comments in it."""
    if "#" not in lead:
        return lead
    match = _LAST_LINE.search(lead)
    return match.group() if match else ""


def with_added(
    layout: Layout, position: int, name: str, comment: str = "", above: Sequence[str] = ()
) -> Layout:
    """The layout with one name more, at `position`; on the same line where names share lines.

    `comment` goes behind it and `above` on lines before it, which a layout must be
    `one_per_line` for.
    """
    cells = list(layout.cells)
    trail = f"  {comment}" if comment else ""
    if position == len(cells):
        last = cells[-1]
        cells[-1] = replace(last, comma=",")
        lead = _lead_after(layout, last)
        cells.append(Cell(_topped(lead, above), name, "", last.comma, trail))
        return replace(layout, cells=tuple(cells))
    follower = cells[position]
    lead = bare_lead(follower.lead)
    cells[position:position] = [Cell(_topped(lead, above), name, "", ",", trail)]
    if "#" not in follower.lead and not (follower.starts_line and layout.one_per_line):
        lead = _lead_after(layout, cells[position])
        cells[position + 1] = replace(follower, lead=lead)
    return replace(layout, cells=tuple(cells))


def _lead_after(layout: Layout, previous: Cell) -> str:
    """What stands before a name that follows `previous`."""
    each_on_a_line = len(layout.cells) > 1 and all(cell.starts_line for cell in layout.cells[1:])
    if each_on_a_line:
        return bare_lead(layout.cells[1].lead)
    if layout.one_per_line:
        return bare_lead(layout.cells[0].lead)
    if previous.trail:  # `(A,  # comment`: nothing can follow on that line
        broken = [bare_lead(cell.lead) for cell in layout.cells if cell.starts_line]
        return broken[0] if broken else f"{layout.tail}    "
    return " "


def _topped(lead: str, above: Sequence[str]) -> str:
    return "".join(lead + line for line in above) + lead
