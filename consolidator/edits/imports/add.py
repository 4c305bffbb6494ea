"""New module-level imports: what they join, which section they go to, how they name modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from consolidator.edits.imports.blocks import (
    Block,
    Statement,
    is_docstring,
    is_import_only,
    statement,
)
from consolidator.edits.imports.desk import Desk
from consolidator.edits.imports.drafts import Draft, NewImport, may_join
from consolidator.edits.imports.lines import Insertion
from consolidator.edits.imports.names import Addition, Category, ImportedName
from consolidator.edits.imports.place import Mode, Section, Spot, first_spot, section
from consolidator.edits.imports.retarget import is_marked, own_imports
from consolidator.edits.imports.wrap import Entry, is_pragma

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which offsets new imports must stand, and how they name modules without example."""

    before: int | None
    after: int | None
    prefer_relative: bool
    apart: bool = False
    """In a paragraph of their own, right below `after`."""
    example: Sequence[tuple[bool, int]] = ()
    """What stands for the file's own imports where it has none; see `own_imports`."""

    def allow(self, node: Statement) -> bool:
        """Whether the lines of a statement lie between the limits."""
        return (self.before is None or node.lines.end <= self.before) and (
            self.after is None or node.lines.start >= self.after
        )


def add_plain(desk: Desk, wishes: Iterable[Addition], limits: Limits) -> None:
    """Bring in names for good, each where a careful hand would put it."""
    news: list[NewImport] = []
    for wish in wishes:
        if not is_bound(desk, wish.imported, limits, desk.module_block):
            open_ones = [d for d in desk.drafts if _may_take(d, limits) and not limits.apart]
            collect(desk, wish, limits, open_ones, news, desk.module_block)
    for new in news:
        _place(desk, new, limits)


def is_bound(desk: Desk, imported: ImportedName, limits: Limits, block: Block) -> bool:
    """Whether a block imports the same thing under the same name already, and early enough."""
    return any(
        imported.spelled() in [cell.name for cell in draft.layout.cells]
        for draft in desk.drafts
        if draft.statement.block is block
        and (limits.before is None or draft.statement.lines.end <= limits.before)
        and (draft.module == imported.module if imported.name else draft.module is None)
    )


def collect(
    desk: Desk,
    wish: Addition,
    limits: Limits,
    candidates: Sequence[Draft],
    news: list[NewImport],
    block: Block | None,
) -> None:
    """Let a name join one of the candidates, or a new statement, or give it one of its own.

    The `block` is the one that a new statement will stand in, if it is there.
    """
    imported = wish.imported
    lines = wish.comment.splitlines()
    above = tuple(line for line in lines if not is_pragma(line))
    entry = Entry(imported.spelled(), "  ".join(filter(is_pragma, lines)), above)
    if imported.name not in (None, "*"):
        for draft in candidates:
            alike = draft.takes_names and draft.module == imported.module
            if alike and may_join(draft, entry, desk.sharing):
                desk.joins.append((draft, entry))
                return
        for new in [*_beside_the_top(desk, limits), *news]:
            there = new.imported.module == imported.module and entry in new.entries
            if there or (not above and new.takes(imported, desk.sharing)):
                new.entries += [] if there else [entry]
                return
    if not any(entry in new.entries and new.imported.name is None for new in news):
        news.append(NewImport(imported, spelled_module(desk, imported, limits, block), [entry]))


def _beside_the_top(desk: Desk, limits: Limits) -> list[NewImport]:
    """The new statements that were split off from imports at the top of the module."""
    return [new for new in desk.news if new.near is not None and _may_take(new.near, limits)]


def _may_take(draft: Draft, limits: Limits) -> bool:
    """Whether a module-level statement is one that new names may join."""
    node = draft.statement
    at_top = node.block.is_module and limits.allow(node)
    return at_top and (limits.after is not None or _near_top(node))


def _near_top(node: Statement) -> bool:
    """Whether no definition stands above a statement of the module, or it is in the first run."""
    above = node.block.body[: node.index]
    if not any(isinstance(other, _DEFINITIONS) for other in above):
        return True
    first = next(i for i, other in enumerate(node.block.body) if is_import_only(other))
    return all(map(is_import_only, node.block.body[first : node.index]))


def spelled_module(
    desk: Desk, imported: ImportedName, limits: Limits, block: Block | None = None
) -> str:
    """The module as a new statement names it: relative where its block, or the file, does that."""
    dots = desk.around.dots_to(imported.module)
    if imported.name is None or not dots:
        return imported.module
    reach = list(own_imports(desk, block)) or limits.example
    alike = [relative for relative, distance in reach if distance == dots]
    voters = alike or [relative for relative, _ in reach]
    wanted = limits.prefer_relative
    if voters and 2 * sum(voters) != len(voters):
        wanted = 2 * sum(voters) > len(voters)
    if not alike and dots > max(2, *(distance for _, distance in reach), 2):
        wanted = limits.prefer_relative  # `...` where nobody wrote so many dots yet
    return desk.around.relative(imported.module) if wanted else imported.module


def runs_of(desk: Desk, limits: Limits) -> list[Section]:
    """The runs of imports among the statements of the module, within the limits."""
    block = desk.module_block
    runs: list[list[int]] = []
    for index, node in enumerate(block.body):
        if not is_import_only(node) or not limits.allow(statement(desk.syntax, block, index)):
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    found = [section(desk.syntax, block, run[0], run[-1]) for run in runs]
    return [run for run in found if run.groups and not _is_left_behind(desk, run)]


def _is_left_behind(desk: Desk, run: Section) -> bool:
    """Whether a run below other code is nothing but leave-behinds, or goes away."""
    drafts = [desk.draft_of.get(id(node.node)) for node in run.nodes]
    above = run.nodes[0].block.body[: run.nodes[0].index]
    head = all(is_docstring(node) or is_import_only(node) for node in above)
    return not head and all(
        draft is not None and (draft.gone or is_marked(desk, draft)) for draft in drafts
    )


def main_run(desk: Desk, limits: Limits) -> Section | None:
    """The first run of imports with more in it than `from __future__`."""
    return next((run for run in runs_of(desk, limits) if not _only_future(run)), None)


def _only_future(run: Section) -> bool:
    nodes = [node.node for node in run.nodes]
    return all(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes)


def _run_for(desk: Desk, new: NewImport, limits: Limits) -> Section | None:
    """The main run, or a later one before any definition where the module's kin stand."""
    item = desk.ordered_new(new)
    for run in runs_of(desk, limits):
        if _near_top(run.groups[0][0]) and not _only_future(run):
            found = [desk.ordered(node) for group in run.groups for node in group]
            if item.top in [other.top for other in found if other is not None]:
                return run
    return main_run(desk, limits) or next(iter(runs_of(desk, limits)), None)


def _place(desk: Desk, new: NewImport, limits: Limits) -> None:
    item = desk.ordered_new(new)
    run = None if limits.apart else _run_for(desk, new, limits)
    if item.category is not Category.FUTURE and run is not None:
        desk.put_into(run, new)
        return
    is_future = item.category is Category.FUTURE
    spot = first_spot(desk.syntax) if is_future else bare_spot(desk, limits)
    spot = replace(spot, convention=desk.habits.usual, apart=desk.habits.kinds_apart)
    desk.put_at(Insertion(spot, *spot.sorting(item), desk.text_of(new, "")))


def bare_spot(desk: Desk, limits: Limits) -> Spot:
    """Where the first import stands when there is none within the limits."""
    block = desk.module_block
    spot = first_spot(desk.syntax)
    for index in range(len(block.body)):
        node = statement(desk.syntax, block, index)
        future = isinstance(node.node, ast.ImportFrom) and node.node.module == "__future__"
        if future or (limits.after is not None and node.lines.start < limits.after):
            spot = Spot(max(node.lines.end, spot.offset), Mode.BELOW)
    return spot
