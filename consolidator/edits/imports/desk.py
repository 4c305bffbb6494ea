"""What the import editor has before it while it works on one file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.edits.imports.blocks import Block, Statement, blocks_of, comment_after, statement
from consolidator.edits.imports.drafts import Draft, NewImport
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.lines import Insertion
from consolidator.edits.imports.names import Category, Surroundings
from consolidator.edits.imports.order import Ordered
from consolidator.edits.imports.place import Section, section_around, spot_in
from consolidator.edits.imports.sharing import Sharing, sharing_of
from consolidator.edits.imports.wrap import Entry, Writing, collapses, width_of, wrap_style
from consolidator.index.syntax import Syntax
from consolidator.names import ModuleName

Classify = Callable[[ModuleName], Category]


@dataclass(eq=False)
class Desk:
    """One file's import statements, as drafts, and the new ones that are wanted."""

    syntax: Syntax
    around: Surroundings
    classify: Classify
    habits: Habits
    writing: Writing
    sharing: Sharing
    blocks: list[Block]
    drafts: list[Draft]
    joins: list[tuple[Draft, Entry]] = field(default_factory=list)
    news: list[NewImport] = field(default_factory=list)
    insertions: list[Insertion] = field(default_factory=list)

    @property
    def module_block(self) -> Block:
        """The statements of the module itself."""
        return self.blocks[0]

    @cached_property
    def draft_of(self) -> dict[int, Draft]:
        """The draft of an import statement, by the id of its node."""
        return {id(draft.statement.node): draft for draft in self.drafts}

    @cached_property
    def name_lists(self) -> list[list[str]]:
        """The names of every from-import of the file, in the order they stand."""
        nodes = [draft.statement.node for draft in self.drafts]
        return [[a.name for a in n.names] for n in nodes if isinstance(n, ast.ImportFrom)]

    def block_with(self, body: list[ast.stmt]) -> Block:
        """The block of these statements."""
        return next(block for block in self.blocks if block.body is body)

    def ordered(self, node: Statement) -> Ordered | None:
        """What decides the place of a statement; None for one that goes away."""
        draft = self.draft_of.get(id(node.node))
        if draft is None or draft.gone:
            return None
        if draft.module is None:
            name, _, alias = draft.layout.cells[0].name.partition(" as ")
            return Ordered(False, name, self._category(ModuleName(name), False), alias)
        source = draft.layout.source
        category = self._category(draft.module, source.startswith("."))
        return Ordered(True, source, category, draft.layout.cells[0].name)

    def ordered_new(self, new: NewImport) -> Ordered:
        """What decides the place of a new statement."""
        category = self._category(new.imported.module, new.source.startswith("."))
        member = new.imported.spelled() if new.is_from else new.imported.alias or ""
        return Ordered(new.is_from, new.source, category, member)

    def _category(self, module: ModuleName, is_relative: bool) -> Category:
        if is_relative:
            return Category.RELATIVE
        return Category.FUTURE if module == "__future__" else self.classify(module)

    def section_of(self, node: Statement) -> Section:
        """The run of imports that a statement is part of."""
        return section_around(self.syntax, node)

    def put_into(self, section: Section, new: NewImport) -> None:
        """Place a new statement in a section of the file."""
        item = self.ordered_new(new)
        near = new.near.statement if new.near is not None else None
        spot = spot_in(section, item, near, self.ordered, self.syntax, self.habits)
        self.put_at(Insertion(spot, *spot.sorting(item), self.text_of(new, spot.indent)))

    def put_at(self, insertion: Insertion) -> None:
        """Have lines put in."""
        self.insertions.append(insertion)

    def text_of(self, new: NewImport, indent: str) -> str:
        """The lines of a new statement."""
        return new.text(indent, self.writing, self.name_lists)


def lay_out(
    syntax: Syntax, around: Surroundings, newline: str, classify: Classify, habits: Habits
) -> Desk:
    """Everything about a file that its import edits are decided by."""
    drafts: list[Draft] = []
    blocks = list(blocks_of(syntax.tree))
    for block in blocks:
        for index, node in enumerate(block.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                found = statement(syntax, block, index)
                module = around.absolute(node) if isinstance(node, ast.ImportFrom) else None
                drafts.append(Draft(found, module, found.layout, comment_after(syntax, found)))
    drafts.sort(key=lambda draft: draft.statement.span)
    layouts = [(draft.layout, draft.statement.indent) for draft in drafts]
    width = habits.line_length or width_of(syntax.text)
    unit = _indent_unit(syntax, blocks)
    fold = collapses(layouts, width) if habits.collapses is None else habits.collapses
    writing = Writing(newline, width, unit, wrap_style(layouts, unit), fold)
    sharing = sharing_of(_from_imports(drafts), habits)
    return Desk(syntax, around, classify, habits, writing, sharing, blocks, drafts)


def _from_imports(drafts: Iterable[Draft]) -> Iterator[tuple[object, tuple[str, ...]]]:
    """The names of each from-import, with its block and module."""
    for draft in drafts:
        if draft.module is not None:
            names = tuple(cell.name for cell in draft.layout.cells)
            yield (id(draft.statement.block.body), draft.module), names


def _indent_unit(syntax: Syntax, blocks: list[Block]) -> str:
    """How the file indents: by the first indented block that it has."""
    for block in blocks:
        if block.parent is not None and block.parent.is_module:
            found = statement(syntax, block, 0)
            if found.indent:
                return found.indent
    return "    "
