"""Import statements while they are being edited: names leave, arrive or change their module."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from consolidator.edits.imports.blocks import Statement
from consolidator.edits.imports.layout import (
    Cell,
    Layout,
    bare_lead,
    comment_above,
    read_layout,
    with_added,
    without,
)
from consolidator.edits.imports.names import ImportedName
from consolidator.edits.imports.order import name_position
from consolidator.edits.imports.sharing import Sharing
from consolidator.edits.imports.wrap import (
    Entry,
    Writing,
    fits,
    is_pragma,
    on_one_line,
    wrapped,
    write_from,
)
from consolidator.names import ModuleName


@dataclass(eq=False)
class Draft:
    """An import statement of the file as it will be."""

    statement: Statement
    module: ModuleName | None
    """The absolute module of a from-import."""
    layout: Layout
    after: str
    """What stands between the statement and the end of its trailing comment."""
    followers: list[str] = field(default_factory=list)
    """New statements on the same line, behind semicolons."""

    @property
    def gone(self) -> bool:
        """Whether no name is left."""
        return not self.layout.cells

    @property
    def comment(self) -> str:
        """The trailing comment, while it stands behind the statement."""
        return self.statement.comment if self.after else ""

    @property
    def takes_names(self) -> bool:
        """Whether names can be added to it."""
        return self.module is not None and not self.gone and self.layout.cells[0].name != "*"

    def text(self, writing: Writing) -> str:
        """The statement with its trailing comment, fitted to the width where it was changed."""
        before = self.statement.layout
        layout, after = self.layout, self.after
        if layout != before:
            layout = _collapsed(layout, before, self.statement.indent, writing)
            layout, after = _fitted(layout, before, self, writing)
        return "; ".join([layout.text(), *self.followers]) + after


@dataclass(eq=False)
class NewImport:
    """An import statement to be written."""

    imported: ImportedName
    source: str
    entries: list[Entry]
    comment: str = ""
    above: tuple[str, ...] = ()
    near: Draft | None = None
    """The statement that its names were taken out of."""

    @property
    def is_from(self) -> bool:
        """Whether this is `from … import …`."""
        return self.imported.name is not None

    def takes(self, imported: ImportedName, sharing: Sharing) -> bool:
        """Whether it can bring in one name more."""
        return (
            None not in (imported.name, self.imported.name)
            and "*" not in (imported.name, self.imported.name)
            and self.imported.module == imported.module
            and sharing.allows([entry.name for entry in self.entries], imported.spelled())
        )

    def text(self, indent: str, writing: Writing, names: Sequence[Sequence[str]]) -> str:
        """The indented lines, the names in the order that the file's others have."""
        lines = [*self.above, *(line for entry in self.entries for line in entry.above)]
        lines.append(self.statement(indent, writing, names))
        return writing.newline.join(indent + line for line in lines)

    def statement(self, indent: str, writing: Writing, names: Sequence[Sequence[str]]) -> str:
        """The statement and its trailing comment alone; `indent` only counts for the width."""
        if not self.is_from:
            comment = self.comment or self.entries[0].comment
            line = f"import {self.entries[0].name}"
            return f"{line}  {comment}" if comment else line
        entries: list[Entry] = []
        for entry in self.entries:
            listed = [other.name for other in entries]
            entries.insert(name_position(listed, entry.name, names), entry)
        return write_from(self.source, entries, indent, self.comment, writing)


def removed(draft: Draft, indices: Collection[int], newline: str) -> None:
    """Take the names at some places out of a draft."""
    draft.layout = without(draft.layout, indices, newline)


def joined(draft: Draft, entry: Entry, names: Sequence[Sequence[str]]) -> None:
    """Add a name to a draft, at its sorted place, unless it is there."""
    listed = [cell.name for cell in draft.layout.cells]
    if entry.name in listed:
        return
    position = name_position(listed, entry.name, names)
    one_per_line = draft.layout.one_per_line
    comment, above = (entry.comment, entry.above) if one_per_line else ("", ())
    draft.layout = with_added(draft.layout, position, entry.name, comment, above)


def may_join(draft: Draft, entry: Entry, sharing: Sharing) -> bool:
    """Whether a name can join a draft, as the file does it and without losing its comments."""
    if not sharing.allows([cell.name for cell in draft.layout.cells], entry.name):
        return False
    if draft.layout.one_per_line:
        return True
    return not entry.above and entry.comment in ("", draft.comment)


def taken_out(draft: Draft, index: int, name: str) -> tuple[Entry, str]:
    """A name as it leaves its statement, and the comment on the whole that goes along."""
    layout = draft.statement.layout
    comment = layout.cells[index].trail.strip()
    whole = draft.comment or layout.opening.partition("(")[2].strip()
    if not (is_pragma(whole) or len(layout.cells) == 1):
        whole = ""
    return Entry(name, comment, comment_above(layout, index)), whole


def _collapsed(layout: Layout, before: Layout, indent: str, writing: Writing) -> Layout:
    """The layout on one line: when a lone name is left, or when it fits as it did not before."""
    if (layout.one_line and not layout.close) or layout.has_comments:
        return layout
    width = min(writing.width, _kept_width(before, indent))
    if not fits(indent + on_one_line(layout), "", width):
        return layout
    was_long = not fits(indent + on_one_line(before), "", writing.width)
    lone = len(layout.cells) == 1 < len(before.cells)
    return layout_of(on_one_line(layout)) if lone or (writing.collapses and was_long) else layout


def _kept_width(layout: Layout, indent: str) -> int:
    """How wide lines may be as far as the statement shows: where a line was broken, or 79."""
    if layout.one_per_line:
        return sys.maxsize
    width = len(indent) + len(layout.head) + len(layout.opening)
    for cell in layout.cells:
        if cell.starts_line:
            return max(width + len(f" {cell.name}{cell.comma}") - 1, 79)
        width += len(f"{cell.lead}{cell.name}{cell.comma}")
    return sys.maxsize


def _fitted(layout: Layout, before: Layout, draft: Draft, writing: Writing) -> tuple[Layout, str]:
    """The layout broken over lines where it has become too long for one."""
    indent, comment = draft.statement.indent, draft.comment
    if not layout.one_line:
        width = max(writing.width, _widest_line(before, indent))
        return _refilled(layout, indent, width), draft.after
    if draft.statement.shared or not layout.is_from or layout.cells[0].name == "*":
        return layout, draft.after
    was_long = before.one_line and not fits(indent + before.text(), comment, writing.width)
    if was_long or fits(indent + layout.text(), comment, writing.width):
        return layout, draft.after
    inside = comment if writing.wrap.holds_comment else ""
    text = wrapped(layout.head, layout.cells, indent, writing, writing.wrap, inside)
    return layout_of(text), "" if inside else draft.after


def layout_of(text: str) -> Layout:
    """Cut the text of a lone import statement; a comment behind it is left out."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return read_layout(text, node)


def _widest_line(layout: Layout, indent: str) -> int:
    return max(map(len, f"{indent}{layout.text()}".splitlines()))


def _refilled(layout: Layout, indent: str, width: int) -> Layout:
    """Names pushed to the next line from the first line that is too long."""
    if layout.one_per_line:
        return layout
    margin = next((bare_lead(c.lead) for c in layout.cells if c.starts_line), "")
    column = len(indent) + len(layout.head) + len(layout.opening)
    cells: list[Cell] = []
    pushed = False
    for cell in layout.cells:
        size = len(cell.name) + len(cell.comma)
        if pushed and cell.starts_line and "#" not in cell.lead and not cells[-1].trail:
            cell = replace(cell, lead=" ")
        if not cell.starts_line and margin and column + len(cell.lead) + size > width:
            cell, pushed = replace(cell, lead=margin), True
        line = cell.lead.replace("\r", "\n").rpartition("\n")[2]
        column = size + len(line) + (0 if cell.starts_line else column)
        cells.append(cell)
    return replace(layout, cells=tuple(cells)) if pushed else layout
