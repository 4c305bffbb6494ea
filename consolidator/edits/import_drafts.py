"""Import statements while they are being edited: names leave, arrive or change their module."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from consolidator.edits.import_blocks import Statement
from consolidator.edits.import_layout import (
    Cell,
    Layout,
    bare_lead,
    read_layout,
    with_added,
    without,
)
from consolidator.edits.import_names import ImportedName
from consolidator.edits.import_order import name_position
from consolidator.edits.import_wrap import Entry, Writing, fits, is_pragma, wrapped, write_from
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
    near: Draft | None = None
    """The statement that its names were taken out of."""

    @property
    def is_from(self) -> bool:
        """Whether this is `from … import …`."""
        return self.imported.name is not None

    def text(self, indent: str, writing: Writing, names: Sequence[Sequence[str]]) -> str:
        """The statement, its names in the order that the file's others have."""
        if not self.is_from:
            comment = self.comment or self.entries[0].comment
            line = f"import {self.entries[0].name}"
            return f"{line}  {comment}" if comment else line
        entries: list[Entry] = []
        for entry in self.entries:
            listed = [_sort_name(other.name) for other in entries]
            entries.insert(name_position(listed, _sort_name(entry.name), names), entry)
        return write_from(self.source, entries, indent, self.comment, writing)


def removed(draft: Draft, indices: Sequence[int], newline: str) -> None:
    """Take names out of a draft whose names have not been changed yet."""
    draft.layout = without(draft.layout, indices, newline)


def joined(draft: Draft, entry: Entry, names: Sequence[Sequence[str]]) -> None:
    """Add a name to a draft, at its sorted place, unless it is there."""
    listed = [cell.name for cell in draft.layout.cells]
    if entry.name in listed:
        return
    keys = [_sort_name(name) for name in listed]
    position = name_position(keys, _sort_name(entry.name), names)
    comment = entry.comment if draft.layout.one_per_line else ""
    draft.layout = with_added(draft.layout, position, entry.name, comment)


def can_carry(draft: Draft, comment: str) -> bool:
    """Whether a name with this comment can join a draft without the comment being lost."""
    own = draft.after.strip()
    return not comment or own == comment or draft.layout.one_per_line


def comment_of(draft: Draft, index: int) -> str:
    """The comment that goes with a name when it leaves: its own, or a pragma for the whole."""
    layout = draft.statement.layout
    cell = layout.cells[index]
    if cell.trail:
        return cell.trail.strip()
    whole = draft.after.strip() or layout.opening.partition("(")[2].strip()
    return whole if is_pragma(whole) or len(layout.cells) == 1 else ""


def _sort_name(name: str) -> str:
    return name.partition(" ")[0]


def _collapsed(layout: Layout, before: Layout, indent: str, writing: Writing) -> Layout:
    """One name alone needs no parentheses."""
    if not layout.close or len(layout.cells) != 1 or len(before.cells) == 1:
        return layout
    line = f"{layout.head} {layout.cells[0].name}"
    if layout.has_comments or not fits(indent + line, "", writing.width):
        return layout
    return Layout(layout.head, "", (Cell(" ", layout.cells[0].name),), "", "")


def _fitted(
    layout: Layout, before: Layout, draft: Draft, writing: Writing
) -> tuple[Layout, str]:
    """The layout broken over lines where it has become too long for one."""
    indent, comment = draft.statement.indent, draft.after.strip()
    if not layout.one_line:
        return _refilled(layout, indent, writing), draft.after
    if draft.statement.shared or not layout.is_from or layout.cells[0].name == "*":
        return layout, draft.after
    was_long = before.one_line and not fits(indent + before.text(), comment, writing.width)
    if was_long or fits(indent + layout.text(), comment, writing.width):
        return layout, draft.after
    text = wrapped(layout.head, layout.cells, indent, comment, writing)
    return layout_of(text), "" if comment and comment in text else draft.after


def layout_of(text: str) -> Layout:
    """Cut the text of a lone import statement; a comment behind it is left out."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)
    return read_layout(text, node)


def _refilled(layout: Layout, indent: str, writing: Writing) -> Layout:
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
        if not cell.starts_line and margin and column + len(cell.lead) + size > writing.width:
            cell, pushed = replace(cell, lead=margin), True
        line = cell.lead.replace("\r", "\n").rpartition("\n")[2]
        column = size + len(line) + (0 if cell.starts_line else column)
        cells.append(cell)
    return replace(layout, cells=tuple(cells)) if pushed else layout
