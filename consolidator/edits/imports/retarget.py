"""Names that come from elsewhere from now on: joined, moved to a new line, or changed in place."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from consolidator.edits.imports.blocks import Block, Statement, is_import_only
from consolidator.edits.imports.desk import Desk
from consolidator.edits.imports.drafts import Draft, NewImport, may_join, removed, taken_out
from consolidator.edits.imports.names import ImportedName, ImportSite
from consolidator.edits.imports.order import Ordered, is_kept, name_order
from consolidator.edits.imports.place import Mode, Section, spot_in
from consolidator.edits.imports.wrap import Entry
from consolidator.names import ModuleName


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is wished for the names that stand in a file."""

    remove: Collection[ImportSite]
    retarget: Mapping[ImportSite, ImportedName]

    def of(self, draft: Draft) -> tuple[dict[int, ImportedName], set[int]]:
        """Where names of a statement come from now, and which of them go; both by index."""
        node = draft.statement.node
        assert isinstance(node, ast.Import | ast.ImportFrom)
        moves = {
            site.index: replace(wish, alias=wish.alias or node.names[site.index].asname)
            for site, wish in self.retarget.items()
            if site.node is node
        }
        return moves, {site.index for site in self.remove if site.node is node}

    def touch(self, node: ast.stmt) -> bool:
        """Whether anything is wished for a statement."""
        return any(site.node is node for site in [*self.remove, *self.retarget])

    def empty(self, draft: Draft) -> bool:
        """Whether no name of a statement is left as it is."""
        moves, leaving = self.of(draft)
        return len(moves.keys() | leaving) == len(draft.statement.layout.cells)


def change_names(desk: Desk, wishes: Wishes) -> None:
    """Carry out all that is wished for the names that stand in a file."""
    for draft in desk.drafts:
        if wishes.touch(draft.statement.node):
            _change(desk, draft, wishes)


def _change(desk: Desk, draft: Draft, wishes: Wishes) -> None:
    moves, leaving = wishes.of(draft)
    pending: dict[ModuleName, list[int]] = {}
    for index, wish in sorted(moves.items()):
        if _stays(draft, wish) and _is_in_order(desk, draft, wish):
            _rename(draft, {index: wish})
        elif _join(desk, draft, index, wish, wishes):
            leaving.add(index)
        else:
            pending.setdefault(wish.module, []).append(index)
    if pending and len(leaving) + sum(map(len, pending.values())) == len(draft.layout.cells):
        module = max(pending, key=lambda module: len(pending[module]))
        if _take_over(desk, draft, [moves[index] for index in pending[module]]):
            _rename(draft, {index: moves[index] for index in pending.pop(module)})
    for indices in pending.values():
        for index in indices:
            _take_out(desk, draft, index, moves[index])
        leaving.update(indices)
    removed(draft, leaving, desk.writing.newline)
    _in_order_again(desk, draft)


def _in_order_again(desk: Desk, draft: Draft) -> None:
    """The names as sorted as they were, where one of them has become another.

    from shop import billing, checkout    # was: from shop import checkout, orders
    """
    before = [cell.name for cell in draft.statement.layout.cells]
    names = [cell.name for cell in draft.layout.cells]
    key = name_order(before, desk.name_lists)
    arrived = not set(names) <= set(before)
    if draft.module is None or not arrived or key is None or draft.layout.has_comments:
        return
    cells = zip(draft.layout.cells, sorted(names, key=key), strict=True)
    draft.layout = replace(
        draft.layout, cells=tuple(replace(cell, name=name) for cell, name in cells)
    )


def _stays(draft: Draft, wish: ImportedName) -> bool:
    """Whether only the name in the list changes."""
    if draft.module is None:
        return wish.name is None
    return wish.name is not None and wish.module == draft.module


def _is_in_order(desk: Desk, draft: Draft, wish: ImportedName) -> bool:
    """Whether a statement's lone name may become another one where it stands.

    from shop import accounts
    from shop import tax          # not `from shop import bills` here
    """
    if len(draft.layout.cells) > 1:
        return True
    source = draft.layout.source if draft.module is not None else wish.module
    return _may_stay(desk, draft, desk.ordered_new(NewImport(wish, source, [])))


def _rename(draft: Draft, moves: Mapping[int, ImportedName]) -> None:
    node = draft.statement.node
    assert isinstance(node, ast.Import | ast.ImportFrom)
    for index, wish in moves.items():
        alias = node.names[index]
        if (wish.name or wish.module, wish.alias) != (alias.name, alias.asname):
            draft.layout = draft.layout.with_name(index, wish.spelled())


def _source(desk: Desk, draft: Draft, module: ModuleName) -> str:
    """The module as a statement that replaces `draft` names it: relative if that is."""
    node = draft.statement.node
    dots = desk.around.dots_to(module)
    relative = isinstance(node, ast.ImportFrom) and node.level and dots
    return desk.around.relative(module) if relative and not _too_far(desk, dots) else module


def _too_far(desk: Desk, dots: int) -> bool:
    """Whether the file reaches that far into its own package by absolute imports only."""
    reach = list(own_imports(desk))
    nearer = all(distance < dots for relative, distance in reach if relative)
    return nearer and any(not relative and distance == dots for relative, distance in reach)


def own_imports(desk: Desk, block: Block | None = None) -> Iterator[tuple[bool, int]]:
    """For each from-import of the own package: whether it is relative, and how far it reaches.

    Those of a block if it has any, and of the whole file otherwise.
    """
    own: list[tuple[Block, bool, int]] = []
    for draft in desk.drafts:
        node = draft.statement.node
        if isinstance(node, ast.ImportFrom):
            dots = desk.around.dots_to(desk.around.absolute(node))
            if dots:
                own.append((draft.statement.block, node.level > 0, dots))
    inside = [item for item in own if item[0] is block]
    for _, relative, dots in inside or own:
        yield relative, dots


def _join(desk: Desk, draft: Draft, index: int, wish: ImportedName, wishes: Wishes) -> bool:
    """Let a name join an import of its new module that stands in the same block."""
    if wish.name in (None, "*") or is_marked(desk, draft):
        return False
    entry, whole = taken_out(draft, index, wish.spelled())
    for other in _neighbours(desk, draft):
        changed = other.layout is not other.statement.layout
        if other.module != wish.module or not other.takes_names or is_marked(desk, other):
            continue
        if not changed and wishes.touch(other.statement.node) and wishes.empty(other):
            continue  # it will not be there
        if not _harmless_between(draft.statement, other.statement, wish.bound()):
            continue
        is_there = wish.spelled() in [cell.name for cell in other.layout.cells]
        if is_there and changed:
            return False  # the same twice: each keeps a statement of its own
        commented = replace(entry, comment=entry.comment or whole)
        if not is_there and not may_join(other, commented, desk.sharing):
            continue
        desk.joins.append((other, entry))
        return True
    return _join_new(desk, draft, wish, entry, whole)


def _neighbours(desk: Desk, draft: Draft) -> list[Draft]:
    """The other from-imports of the same block, nearest first."""
    here = draft.statement
    same = [d for d in desk.drafts if d.statement.block is here.block and d is not draft]
    return sorted(same, key=lambda other: abs(other.statement.index - here.index))


def _harmless_between(here: Statement, there: Statement, bound: str) -> bool:
    """Whether a name may be bound `there` rather than `here`."""
    body = here.block.body
    if here.index < there.index:
        return all(map(is_import_only, body[here.index + 1 : there.index]))
    return not any(_mentions(node, bound) for node in body[there.index + 1 : here.index])


def _mentions(node: ast.stmt, name: str) -> bool:
    for inner in ast.walk(node):
        if isinstance(inner, ast.alias):
            if (inner.asname or inner.name.partition(".")[0]) == name:
                return True
        elif name in (getattr(inner, "id", None), getattr(inner, "name", None)):
            return True
    return False


def _take_over(desk: Desk, draft: Draft, moves: Sequence[ImportedName]) -> bool:
    """Change the module of a statement where it stands, unless that is no place for it."""
    if draft.module is None or any(wish.name is None for wish in moves):
        return False
    module = moves[0].module
    source = _source(desk, draft, module)
    new = NewImport(moves[0], source, [])
    if not _may_stay(desk, draft, desk.ordered_new(new)):
        return False
    draft.layout = draft.layout.with_source(source)
    draft.module = module
    return True


def _may_stay(desk: Desk, draft: Draft, item: Ordered) -> bool:
    """Whether a statement may become another one where it stands, as its section is sorted."""
    node = draft.statement
    section = desk.section_of(node)
    if node.shared or _commented_above(desk, node) or not _is_kept_sorted(desk, section):
        return True

    def others(other: Statement) -> Ordered | None:
        return None if other.node is node.node else desk.ordered(other)

    spot = spot_in(section, item, node, others, desk.syntax, desk.habits)
    in_group = spot.mode in (Mode.WITHIN, Mode.INSTEAD)
    return in_group and spot.offset in (node.lines.start, node.lines.end)


def _is_kept_sorted(desk: Desk, section: Section) -> bool:
    """Whether the imports show that somebody, or some tool, keeps them in order."""
    groups = [[o for s in g if (o := desk.ordered(s))] for g in section.groups]
    pairs = sum(max(len(group) - 1, 0) for group in groups)
    if not pairs and len(groups) < 2:
        return False
    return all(map(is_kept, groups))


def _commented_above(desk: Desk, node: Statement) -> bool:
    line = desk.syntax.line_of(node.lines.start)
    return line > 1 and desk.syntax.line_text(line - 1).lstrip().startswith("#")


def is_marked(desk: Desk, draft: Draft) -> bool:
    """Whether the comment above tells of this import, as that of a leave-behind does.

    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice
    """
    node = draft.statement
    if not _commented_above(desk, node) or not isinstance(node.node, ast.ImportFrom):
        return False
    comment = desk.syntax.line_text(desk.syntax.line_of(node.lines.start) - 1)
    return (
        re.search(rf"(?<![\w.]){re.escape(desk.around.absolute(node.node))}\b", comment) is not None
    )


def _take_out(desk: Desk, draft: Draft, index: int, wish: ImportedName) -> None:
    """Give a name to a new statement, together with others from the same module."""
    entry, whole = taken_out(draft, index, wish.spelled())
    if not _join_new(desk, draft, wish, entry, whole):
        source = _source(desk, draft, wish.module) if wish.name else wish.module
        desk.news.append(NewImport(wish, source, [entry], whole, near=draft))


def _join_new(desk: Desk, draft: Draft, wish: ImportedName, entry: Entry, whole: str) -> bool:
    """Let a name join a statement that is new in the same block."""
    for new in desk.news:
        if new.takes(wish, desk.sharing) and new.comment == whole and _is_beside(new, draft, wish):
            new.entries += [] if entry in new.entries else [entry]
            return True
    return False


def _is_beside(new: NewImport, draft: Draft, wish: ImportedName) -> bool:
    """Whether a new statement stands where a name can be bound that is taken out of `draft`."""
    if new.near is None or new.near.statement.block is not draft.statement.block:
        return False
    here, there = draft.statement, new.near.statement
    return here is there or _harmless_between(here, there, wish.bound())


def place_beside(desk: Desk, new: NewImport) -> None:
    """Put a new statement next to the one that its names were taken out of."""
    assert new.near is not None
    node = new.near.statement
    if node.shared:
        new.near.followers.append(new.statement("", desk.writing, desk.name_lists))
    else:
        desk.put_into(desk.section_of(node), new)
