"""New imports under `if TYPE_CHECKING:`, and blocks that are put in as they are."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from consolidator.edits.imports.add import (
    Limits,
    bare_spot,
    collect,
    is_bound,
    main_run,
)
from consolidator.edits.imports.blocks import (
    Block,
    is_type_checking,
    statement,
    whole_guard,
)
from consolidator.edits.imports.desk import Desk
from consolidator.edits.imports.drafts import NewImport, removed
from consolidator.edits.imports.lines import Insertion
from consolidator.edits.imports.names import Addition, ImportedName, RawBlock
from consolidator.edits.imports.order import by_member
from consolidator.edits.imports.place import end_of
from consolidator.index.syntax import parse
from consolidator.names import ModuleName, Span

_RAW_RANK = 10
_GUARD_RANK = 11
_LAST_RANK = 12


def add_guarded(
    desk: Desk, wishes: Iterable[Addition], plain: Iterable[Addition], limits: Limits
) -> list[Addition]:
    """Bring in names for the type checker, in the block that is there or in a new one.

    `plain` are imported for good with them. Returns what a new block needs beside these.
    """
    inner = _guard_block(desk, limits)
    candidates = [d for d in desk.drafts if inner is not None and d.statement.block is inner]
    news: list[NewImport] = []
    for wish in wishes:
        there = [desk.module_block, *([inner] if inner else [])]
        if not any(is_bound(desk, wish.imported, limits, block) for block in there):
            collect(desk, wish, limits, candidates, news, inner)
    if inner is not None:
        for new in news:
            desk.put_into(desk.section_of(statement(desk.syntax, inner, 0)), new)
    elif news:
        return _add_guard(desk, news, plain, limits)
    return []


def _guard_block(desk: Desk, limits: Limits) -> Block | None:
    """The block of imports under the first `if TYPE_CHECKING:` of the module."""
    top = desk.module_block
    for index, node in enumerate(top.body):
        if not isinstance(node, ast.If) or not is_type_checking(node):
            continue
        inner = desk.block_with(node.body)
        # if TYPE_CHECKING: try: ... except ImportError: ... is no list to join
        plain = isinstance(node.body[0], ast.Import | ast.ImportFrom)
        usable = plain and not statement(desk.syntax, inner, 0).shared
        if usable and limits.allow(statement(desk.syntax, top, index)):
            return inner
    return None


def _add_guard(
    desk: Desk, news: list[NewImport], plain: Iterable[Addition], limits: Limits
) -> list[Addition]:
    test = _type_checking_name(desk, limits) or _name_to_come(plain)
    lines = [f"if {test or 'TYPE_CHECKING'}:"]
    previous = None
    for new in sorted(news, key=lambda new: _sorting(desk, new)):
        category = desk.ordered_new(new).category
        if previous not in (None, category):
            lines.append("")
        lines.append(desk.text_of(new, desk.writing.indent))
        previous = category
    _add_paragraph(desk, desk.writing.newline.join(lines), _GUARD_RANK, limits)
    return [] if test else [Addition(ImportedName(ModuleName("typing"), "TYPE_CHECKING"))]


def _sorting(desk: Desk, new: NewImport) -> tuple[object, ...]:
    order = replace(desk.habits.usual, by_category=True)
    return by_member(order)(desk.ordered_new(new))


def _name_to_come(plain: Iterable[Addition]) -> str | None:
    """`t.TYPE_CHECKING`, where `import typing as t` is among what is brought in."""
    for item in (wish.imported for wish in plain):
        if item.module == "typing" and item.name is None:
            return f"{item.bound()}.TYPE_CHECKING"
    return None


def _type_checking_name(desk: Desk, limits: Limits) -> str | None:
    """How the file can say `TYPE_CHECKING`; None when it has not imported it."""
    for draft in desk.drafts:
        node = draft.statement.node
        early = limits.before is None or draft.statement.lines.end <= limits.before
        if not draft.statement.block.is_module or not early:
            continue
        for cell in draft.layout.cells:
            name, _, alias = cell.name.partition(" as ")
            if isinstance(node, ast.ImportFrom) and name == "TYPE_CHECKING":
                return alias.strip() or name
            if isinstance(node, ast.Import) and name == "typing":
                return f"{alias.strip() or name}.TYPE_CHECKING"
    return None


def add_raw(desk: Desk, blocks: Iterable[RawBlock], limits: Limits) -> None:
    """Put statements in after the imports, unless the module has the same ones already."""
    below: set[str] = set()
    for block in blocks:
        nodes = parse(block.text.strip("\r\n")).tree.body
        parts = [part for node in nodes for part in ast.walk(node)]
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        # logger = getLogger(__name__)    # below all imports, and above a `try` that calls it
        if any(isinstance(node, ast.Assign | ast.AnnAssign) for node in nodes):
            below |= names
        if not all(_is_there(desk, node) for node in nodes):
            rank = _LAST_RANK if names & below else _RAW_RANK
            _add_paragraph(desk, block.text, rank, limits)


def _is_there(desk: Desk, wanted: ast.stmt) -> bool:
    """Whether the module has the same statement."""
    alike = (node for node in desk.module_block.body if type(node) is type(wanted))
    return any(ast.dump(node) == ast.dump(wanted) for node in alike)


def _add_paragraph(desk: Desk, text: str, rank: int, limits: Limits) -> None:
    """Put lines in as a paragraph of their own after the imports."""
    run = main_run(desk, limits)
    spot = end_of(run) if run is not None else bare_spot(desk, limits)
    lines = re.split(r"\r\n|\r|\n", text.strip("\r\n"))
    desk.put_at(Insertion(spot, rank, (), desk.writing.newline.join(lines)))


def drop_unused_tests(desk: Desk, is_taken: Callable[[str], bool]) -> None:
    """Take out the import of `TYPE_CHECKING` when its last use goes away with its block."""
    guards = [lines for block in desk.blocks if (lines := _goes_away(desk, block))]
    if not guards:
        return
    text = desk.syntax.text
    for draft in desk.drafts:
        if not draft.statement.block.is_module:
            continue
        for index, cell in enumerate(draft.layout.cells):
            name = cell.name.rpartition(" ")[2]
            if not cell.name.startswith(("TYPE_CHECKING", "typing")):
                continue
            word = re.compile(rf"\b{re.escape(name)}\b")
            inside = sum(len(word.findall(lines.of(text))) for lines in guards)
            own = len(word.findall(draft.statement.text))
            unused = inside and len(word.findall(text)) == inside + own and own == 1
            if unused and not is_taken(name):
                removed(draft, [index], desk.writing.newline)
                break


def _goes_away(desk: Desk, block: Block) -> Span | None:
    """The lines of a guard that goes away with all that is in it."""
    drafts = [desk.draft_of.get(id(node)) for node in block.body]
    if not all(draft is not None and draft.gone and not draft.followers for draft in drafts):
        return None
    lines = whole_guard(desk.syntax, block)
    spots = [insertion.spot for insertion in desk.insertions]
    filled = lines and any(s.indent and lines.start <= s.offset <= lines.end for s in spots)
    return None if filled else lines
