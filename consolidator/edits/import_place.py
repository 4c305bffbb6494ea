"""Where a new import statement stands: its section, its group, its place in the order."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from consolidator.edits.import_blocks import Statement, is_docstring, is_import_only, statement
from consolidator.edits.import_names import Category
from consolidator.edits.import_order import Convention, Ordered, convention, position
from consolidator.index.syntax import Syntax

_HEADER = re.compile(r"#!|#.*coding[:=]|#.*(?:copyright|licen[sc]e|spdx)", re.IGNORECASE)

Group = tuple[Statement, ...]


class Mode(IntEnum):
    """How a new statement stands to its neighbours, in the order of several at one place."""

    ABOVE = 0
    """A paragraph of its own before what follows."""
    WITHIN = 1
    """A line of an existing group."""
    BELOW = 2
    """A paragraph of its own after what precedes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A line start where new lines go."""

    offset: int
    mode: Mode
    indent: str = ""
    convention: Convention | None = None
    """By which several new statements at one place are sorted."""


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
    return section(syntax, near, first, last)


def section(syntax: Syntax, near: Statement, first: int, last: int) -> Section:
    """The section that statements `first` to `last` of a block make."""
    nodes = tuple(statement(syntax, near.block, index) for index in range(first, last + 1))
    nodes = tuple(near if node.index == near.index else node for node in nodes)
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
    between = syntax.text[one.lines.end : other.lines.start]
    return any(not line.strip() for line in between.splitlines())


def spot_in(
    section: Section,
    new: Ordered,
    near: Statement | None,
    ordered: Callable[[Statement], Ordered | None],
    syntax: Syntax,
) -> Spot:
    """Where a new import belongs in a section; `ordered` is None for statements that go away."""
    kept = [[(s, o) for s in group if (o := ordered(s))] for group in section.groups]
    index = _group_for(section, kept, new, near, ordered)
    if index is None:
        return _own_paragraph(section, kept, new, syntax)
    group = kept[index]
    anchor = section.groups[index][0]
    if not group:
        return Spot(anchor.lines.start, Mode.WITHIN, anchor.indent)
    items = [item for _, item in group]
    found = convention([[item for _, item in other] for other in kept], items)
    if found is None:
        after = near if near in section.groups[index] else _last_alike(group, new)
        assert after is not None
        return Spot(after.lines.end, Mode.WITHIN, anchor.indent)
    place = position(items, new, found.key)
    offset = group[place - 1][0].lines.end if place else group[0][0].lines.start
    return Spot(offset, Mode.WITHIN, anchor.indent, found)


Kept = Sequence[Sequence[tuple[Statement, Ordered]]]


def _last_alike(group: Sequence[tuple[Statement, Ordered]], new: Ordered) -> Statement:
    alike = [s for s, item in group if item.category == new.category]
    return alike[-1] if alike else group[-1][0]


def _group_for(
    section: Section,
    kept: Kept,
    new: Ordered,
    near: Statement | None,
    ordered: Callable[[Statement], Ordered | None],
) -> int | None:
    """The group that a new import joins; None when it makes a paragraph of its own."""
    home = next((i for i, group in enumerate(section.groups) if near in group), None)
    same_top = [sum(_top(item) == _top(new) for _, item in group) for group in kept]
    if any(same_top):
        if home is not None and same_top[home]:
            return home
        return same_top.index(max(same_top))
    categories = [_category(group) for group in kept]
    if home is not None and categories[home] == new.category:
        return home
    if new.category in categories:
        return len(categories) - 1 - categories[::-1].index(new.category)
    mixed = [len({item.category for _, item in group}) > 1 for group in kept]
    if home is not None and (mixed[home] or not kept[home] or not _at_top(section)):
        return home
    if any(mixed) and new.category != Category.FUTURE:
        return max(range(len(kept)), key=lambda i: (mixed[i], len(kept[i])))
    return None


def _at_top(section: Section) -> bool:
    return section.nodes[0].block.is_module


def _top(item: Ordered) -> str:
    return "." if item.source.startswith(".") else item.source.partition(".")[0]


def _category(group: Sequence[tuple[Statement, Ordered]]) -> Category | None:
    counts = Counter(item.category for _, item in group)
    return counts.most_common(1)[0][0] if counts else None


def _own_paragraph(section: Section, kept: Kept, new: Ordered, syntax: Syntax) -> Spot:
    earlier: Statement | None = None
    later: Statement | None = None
    for statements, group in zip(section.groups, kept, strict=True):
        category = _category(group)
        if category is not None and category <= new.category:
            earlier = statements[-1]
        elif category is not None and later is None:
            later = statements[0]
    if earlier is not None:
        return Spot(earlier.lines.end, Mode.BELOW, earlier.indent)
    if later is not None:
        return Spot(_with_comments(syntax, later), Mode.ABOVE, later.indent)
    last = section.nodes[-1]
    return Spot(last.lines.end, Mode.BELOW, last.indent)


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
        return Spot(syntax.line_span(syntax.line_of(end - 1)).end, Mode.BELOW)
    return Spot(_head_end(syntax), Mode.BELOW)


def _head_end(syntax: Syntax) -> int:
    """Where the comments end that belong to the file and not to its first statement."""
    body = syntax.tree.body
    stop = syntax.line_of(_first_code(syntax)) if body else syntax.line_count + 1
    end = 0
    heads = 0
    for line in range(1, stop):
        text = syntax.line_text(line).strip()
        if text.startswith("#"):
            if line <= 2 and text.startswith("#!") or "coding" in text and line <= 2:
                end = syntax.line_span(line).end
            heads = line
        elif not text and heads:
            end = syntax.line_span(heads).end
    attached = heads == stop - 1 and heads > 0
    if attached and body and _heads_file(syntax, end, stop):
        return syntax.line_span(heads).end
    return syntax.line_span(heads).end if heads and not attached else end


def _heads_file(syntax: Syntax, end: int, stop: int) -> bool:
    body = syntax.tree.body
    block = syntax.text[end : syntax.line_span(stop - 1).end]
    return end == 0 and (
        isinstance(body[0], ast.Import | ast.ImportFrom) or bool(_HEADER.search(block))
    )


def _first_code(syntax: Syntax) -> int:
    from consolidator.edits.import_blocks import whole_span

    return whole_span(syntax, syntax.tree.body[0]).start
