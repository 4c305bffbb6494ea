"""Where a new import statement stands: its section, its group, its place in the order."""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from consolidator.edits.imports.blocks import (
    Block,
    Statement,
    is_docstring,
    is_import_only,
    statement,
    whole_span,
)
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import Category
from consolidator.edits.imports.order import Convention, Ordered, by_member, convention, position
from consolidator.index.syntax import Syntax

_HEADER = re.compile(r"#!|#.*coding[:=]")
_LICENCE = re.compile(r"#.*(?:copyright|licen[sc]e|spdx)", re.IGNORECASE)

Group = tuple[Statement, ...]
Kept = tuple[tuple[Statement, Ordered], ...]
"""What is left of a group, each statement with what decides its place."""


class Mode(IntEnum):
    """How a new statement stands to its neighbours, in the order of several at one place."""

    TOP = 0
    """A paragraph of its own before all code."""
    ABOVE = 1
    """A paragraph of its own before what follows."""
    INSTEAD = 2
    """Where a group was that goes away."""
    WITHIN = 3
    """A line of an existing group."""
    BELOW = 4
    """A paragraph of its own after what precedes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A line start where new lines go."""

    offset: int
    mode: Mode
    indent: str = ""
    convention: Convention | None = None
    """By which several new statements at one place are sorted."""
    apart: bool = False
    """Whether plain imports and from-imports stand in paragraphs of their own."""

    def sorting(self, item: Ordered) -> tuple[int, tuple[object, ...]]:
        """The paragraph that a new statement belongs to here, and its place in that."""
        category, second = _paragraph_of(item, self.apart)
        return (2 * category + second, by_member(self.convention or Convention())(item))


@dataclass(frozen=True, eq=False)
class Section:
    """Import statements that stand together, guards among them, nothing else between."""

    nodes: tuple[Statement, ...]
    groups: tuple[Group, ...]
    """The plain ones, cut where a blank line or a guard stands."""


def section_around(syntax: Syntax, near: Statement) -> Section:
    """The section of which a statement is part."""
    body = near.block.body
    first = last = near.index
    while first > 0 and is_import_only(body[first - 1]):
        first -= 1
    while last + 1 < len(body) and is_import_only(body[last + 1]):
        last += 1
    return section(syntax, near.block, first, last)


def section(syntax: Syntax, block: Block, first: int, last: int) -> Section:
    """The section that statements `first` to `last` of a block make."""
    nodes = tuple(statement(syntax, block, index) for index in range(first, last + 1))
    groups: list[list[Statement]] = []
    previous: Statement | None = None
    for node in nodes:
        plain = isinstance(node.node, ast.Import | ast.ImportFrom) and not node.shared
        if plain and previous is not None and not _blank_between(syntax, previous, node):
            groups[-1].append(node)
        elif plain:
            groups.append([node])
        previous = node if plain else None
    return Section(nodes, tuple(map(tuple, groups)))


def _blank_between(syntax: Syntax, one: Statement, other: Statement) -> bool:
    lines = range(syntax.line_of(one.lines.end), syntax.line_of(other.lines.start))
    return any(not syntax.line_text(line).strip() for line in lines)


def spot_in(
    section: Section,
    new: Ordered,
    near: Statement | None,
    ordered: Callable[[Statement], Ordered | None],
    syntax: Syntax,
    habits: Habits,
) -> Spot:
    """Where a new import belongs in a section; `ordered` is None for statements that go away."""
    kept = [tuple((s, o) for s in group if (o := ordered(s))) for group in section.groups]
    apart = habits.kinds_apart or kinds_are_apart([_items(group) for group in kept])
    index = _group_for(section, kept, new, near, apart)
    if index is None:
        spot = _own_paragraph(section, kept, new, syntax, apart)
        groups = [_items(group) for group in kept]
        return replace(spot, convention=convention(groups, [], habits.usual), apart=apart)
    group, statements = kept[index], section.groups[index]
    indent = statements[0].indent
    if not group:
        anchor = near if near in statements else statements[0]
        order = convention([_items(other) for other in kept], [], habits.usual)
        return Spot(anchor.lines.start, Mode.INSTEAD, indent, order)
    items = _items(group)
    found = convention([_items(other) for other in kept], items, habits.usual)
    if found is None:
        after = near if near in statements else _last_alike(group, new)
        return Spot(after.lines.end, Mode.WITHIN, indent)
    place = position(items, new, by_member(found))
    offset = group[place - 1][0].lines.end if place else _start_of(syntax, group[0][0])
    return Spot(offset, Mode.WITHIN, indent, found)


def _start_of(syntax: Syntax, node: Statement) -> int:
    """Where a statement begins, with the comment above that tells of it and of no other.

    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice
    """
    start = _with_comments(syntax, node)
    module = getattr(node.node, "module", None) or ""
    told = module and re.search(rf"\b{re.escape(module)}\b", syntax.text[start : node.lines.start])
    return start if told else node.lines.start


def _items(group: Kept) -> list[Ordered]:
    return [item for _, item in group]


def _last_alike(group: Kept, new: Ordered) -> Statement:
    alike = [s for s, item in group if item.category == new.category]
    return alike[-1] if alike else group[-1][0]


Paragraph = tuple[int, bool]
"""The category of imports that stand together, and whether they come second in it."""


def _paragraph_of(item: Ordered, apart: bool) -> Paragraph:
    return (int(item.category), apart and item.is_from)


def kinds_are_apart(groups: Sequence[Sequence[Ordered]]) -> bool:
    """Whether plain imports of a category stand in a paragraph above its from-imports.

    import functools
    import re

    from typing import Any
    """
    kinds = [{(item.category, item.is_from) for item in group} for group in groups if group]
    pairs = itertools.pairwise(kinds)
    return all(len(kind) == 1 for kind in kinds) and any(
        above == {(category, False)}
        for above, below in pairs
        for category, second in below
        if second
    )


def _group_for(
    section: Section, kept: Sequence[Kept], new: Ordered, near: Statement | None, apart: bool
) -> int | None:
    """The group that a new import joins; None when it makes a paragraph of its own."""
    home = next((i for i, group in enumerate(section.groups) if near in group), None)
    wanted = _paragraph_of(new, apart)
    alike = [
        sum(item.top == new.top and _paragraph_of(item, apart) == wanted for _, item in group)
        for group in kept
    ]
    if any(alike) and new.category is not Category.STDLIB:
        return home if home is not None and alike[home] else alike.index(max(alike))
    paragraphs = [_paragraph(group, apart) for group in kept]
    if wanted in paragraphs:
        if home is not None and paragraphs[home] == wanted:
            return home
        return len(paragraphs) - 1 - paragraphs[::-1].index(wanted)
    if home is not None and not section.nodes[0].block.is_module:
        return home
    mixed = [len({item.category for _, item in group}) > 1 for group in kept]
    if home is not None and (mixed[home] or _fills(paragraphs, home, wanted)):
        return home
    if any(mixed) and new.category is not Category.FUTURE:
        return max(range(len(kept)), key=lambda i: (mixed[i], len(kept[i])))
    return next((i for i in range(len(kept)) if _fills(paragraphs, i, wanted)), None)


def _fills(paragraphs: Sequence[Paragraph | None], home: int, new: Paragraph) -> bool:
    """Whether a group that has become empty stands where the new import's group belongs."""
    before = [each for each in paragraphs[:home] if each is not None]
    after = [each for each in paragraphs[home + 1 :] if each is not None]
    in_order = max(before, default=new) <= new <= min(after, default=new)
    return paragraphs[home] is None and in_order


def _paragraph(group: Kept, apart: bool) -> Paragraph | None:
    """What most of a group is; None for a group that goes away."""
    counts = Counter(_paragraph_of(item, apart) for _, item in group)
    return counts.most_common(1)[0][0] if counts else None


def _own_paragraph(
    section: Section, kept: Sequence[Kept], new: Ordered, syntax: Syntax, apart: bool
) -> Spot:
    earlier: Statement | None = None
    later: Statement | None = None
    for statements, group in zip(section.groups, kept, strict=True):
        paragraph = _paragraph(group, apart)
        if paragraph is not None and paragraph <= _paragraph_of(new, apart):
            earlier, later = statements[-1], None
        elif paragraph is not None and later is None:
            later = statements[0]
    if earlier is not None:
        return Spot(earlier.lines.end, Mode.BELOW, earlier.indent)
    assert later is not None  # where every group goes away, one of them is filled again
    return Spot(_with_comments(syntax, later), Mode.ABOVE, later.indent)


def _with_comments(syntax: Syntax, node: Statement) -> int:
    """The start of the comment lines right above a statement, unless they head the file."""
    line = first = syntax.line_of(node.lines.start)
    while line > 1 and syntax.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    return syntax.line_span(first if line == 1 else line).start


def end_of(section: Section) -> Spot:
    """A paragraph of its own after all of a section."""
    last = section.nodes[-1]
    return Spot(last.lines.end, Mode.BELOW, "")


def first_spot(syntax: Syntax) -> Spot:
    """Where the first import of a file stands: after the docstring, or after the head comments."""
    body = syntax.tree.body
    if body and is_docstring(body[0]):
        end = syntax.span(body[0]).end
        return Spot(syntax.line_span(syntax.line_of(end - 1)).end, Mode.TOP)
    last = _last_head_line(syntax)
    return Spot(syntax.line_span(last).end if last else 0, Mode.TOP)


def _last_head_line(syntax: Syntax) -> int:
    """The last line of the comments that belong to the file and not to its first statement."""
    body = syntax.tree.body
    first = whole_span(syntax, body[0]).start if body else len(syntax.text)
    stop = syntax.line_of(first) if body else syntax.line_count + 1
    lines = [syntax.line_text(line).strip() for line in range(1, stop)]
    following = [*lines[1:], ""]
    ends = [n for n, pair in enumerate(zip(lines, following, strict=False), 1) if _ends(*pair)]
    if not ends or ends[-1] != stop - 1 or not body:
        return ends[-1] if ends else 0
    if len(ends) > 1:  # the last ones stand right above the first statement
        return ends[-2]
    is_import = isinstance(body[0], ast.Import | ast.ImportFrom)
    if is_import or any(_LICENCE.match(text) for text in lines):
        return ends[-1]
    return max((line for line, text in enumerate(lines, 1) if _HEADER.match(text)), default=0)


def _ends(text: str, following: str) -> bool:
    """Whether a comment line is the last before a blank one."""
    return bool(text) and not following
