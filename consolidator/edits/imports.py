"""Editing the imports of one file: wishes in, the text edits out that a careful hand would make."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from consolidator.edits.import_blocks import (
    Block,
    Statement,
    blocks_of,
    is_import_only,
    is_type_checking,
    statement,
)
from consolidator.edits.import_drafts import (
    Draft,
    NewImport,
    can_carry,
    comment_of,
    joined,
    removed,
)
from consolidator.edits.import_names import (
    Addition,
    Category,
    ImportedName,
    ImportSite,
    RawBlock,
    Surroundings,
    imported_by,
)
from consolidator.edits.import_order import Ordered, convention, is_sorted
from consolidator.edits.import_place import (
    Mode,
    Section,
    Spot,
    end_of,
    first_spot,
    section,
    section_around,
    spot_in,
)
from consolidator.edits.import_splice import Insertion, comment_after, splice
from consolidator.edits.import_wrap import Entry, Writing, width_of, wrap_style
from consolidator.edits.text_edit import TextEdit
from consolidator.index.syntax import Syntax
from consolidator.names import ModuleName

__all__ = [
    "Addition",
    "Category",
    "ImportSite",
    "ImportedName",
    "RawBlock",
    "edit_imports",
    "imported_by",
]

Classify = Callable[[ModuleName], Category]


def edit_imports(
    syntax: Syntax,
    module: ModuleName,
    is_package: bool,
    *,
    newline: str,
    classify: Classify,
    remove: Collection[ImportSite] = (),
    retarget: Mapping[ImportSite, ImportedName] | None = None,
    add: Collection[Addition | RawBlock] = (),
    prefer_relative: bool = False,
    line_length: int | None = None,
    before: int | None = None,
    after: int | None = None,
) -> list[TextEdit]:
    """The edits that change a file's imports as wished, in the file's own style."""
    desk = _open(syntax, Surroundings(module, is_package), newline, classify, line_length)
    _ = before, after, prefer_relative
    doomed = {(id(s.node), s.index) for s in [*remove, *(retarget or {})]}
    for site in remove:
        desk.leaving.setdefault(id(site.node), []).append(site.index)
    for node in desk.statements:
        moves = {s.index: t for s, t in (retarget or {}).items() if s.node is node.node}
        _retarget(desk, node, moves, doomed)
    for wish in add:
        _add(desk, wish)
    return splice(syntax, list(desk.drafts.values()), _insertions(desk), desk.writing)
