"""Members that only the copy has come into the home's class, with what they need."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from consolidator.edits.closure import Closure, close
from consolidator.edits.cutting import own_lines
from consolidator.edits.imports.classify import classifier
from consolidator.edits.merge.judging import Copies
from consolidator.edits.merge.members import Member
from consolidator.edits.merge.sameness import Environment
from consolidator.edits.moved_text import lazy_import_edits, rebased_imports, rename_edits
from consolidator.edits.needs import Need, resolve_needs
from consolidator.edits.pinned import place
from consolidator.edits.placement import Placement, find_placement, insertion
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey, clashing, survey
from consolidator.edits.target_imports import with_imports
from consolidator.edits.target_side import arriving_text, lazy_imports
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.edits.tree_edit import TreeEdit
from consolidator.edits.twin import Twin
from consolidator.errors import Problem, Refusal
from consolidator.index.definitions import uses_of
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse
from consolidator.names import QualifiedName, Span
from consolidator.plan import Move, MoveOptions

Order = Literal["in order", "append"]


@dataclass(frozen=True)
class MemberClosure(Closure):
    """Some members of a class, and the helpers that travel with them."""

    members: tuple[Member, ...] = ()
    statement: int = -1
    """Of the class."""
    at_home: frozenset[str] = frozenset()
    """The name of the class, and of the helpers that the home has in the same way."""

    @cached_property
    def uses(self) -> dict[str, list[NameUse]]:
        """What members and helpers use of the rest of the module, by name."""
        found: dict[str, list[NameUse]] = {}
        for use in self._everything():
            if use.name not in self.names | self.at_home:
                found.setdefault(use.name, []).append(use)
        return found

    def _everything(self) -> Iterator[NameUse]:
        yield from uses_of(self.source, self.statements)
        yield from uses_in_members(self.source, self.statement, self.members)


def uses_in_members(module: Module, statement: int, members: Iterable[Member]) -> Iterator[NameUse]:
    """The uses of module-level names in some members of a class."""
    lines = {
        number
        for member in members
        for node in member.nodes
        for number in range(_first_line(node), (node.end_lineno or node.lineno) + 1)
    }
    for use in module.uses_in(statement):
        if getattr(use.node, "lineno", 0) in lines:
            yield use


@dataclass(frozen=True)
class Growth:
    """The home with the members that only the copy had."""

    edit: TreeEdit
    members: tuple[Member, ...]
    """As they stand in the copy."""
    renames: Mapping[str, str]
    """What the home calls names that the members use, where it calls them otherwise."""


def grow(copies: Copies, order: Order, options: MoveOptions) -> Growth:
    """The home with the members that only the copy has: `in order` of the copy, or appended.

    Raises `Refusal` when they cannot be taken over.
    """
    comparison = copies.comparison
    extra = comparison.only_copy
    _refuse_layouts(copies, extra)
    twin = Twin(copies.mine.name, copies.theirs.name)
    move = Move((copies.mine.name,), copies.here.name, copies.there.name)
    checked = replace(survey(copies.index, move, options, twin), merged=frozenset())
    closure = _closure(copies, checked, extra)
    strategy = Strategy()
    needs = resolve_needs(copies.index, closure, copies.there, strategy, checked.replaced)
    text = _home_text(copies, checked, closure, needs, strategy, order)
    names = ", ".join(member.name for member in extra)
    edit = TreeEdit(
        copies.index,
        f"{copies.there.name}.{copies.theirs.name} gains {names} of {copies.here.name}",
        {copies.there.path: text},
        warnings=tuple(_imports_back(copies, needs)),
        grown=QualifiedName(copies.there.name, copies.theirs.name),
        arrived=closure.names,
    )
    return Growth(edit, extra, {n.name: n.rename for n in needs if n.rename})


def _imports_back(copies: Copies, needs: tuple[Need, ...]) -> Iterator[Problem]:
    """What stays with the copy's module, and the home asks for in its functions."""
    for need in needs:
        if need.how == "lazy" and any(i.module == copies.here.name for i in need.imported):
            yield Problem(
                "imports-back",
                f"{copies.there.name} imports `{need.name}` from {copies.here.name}, inside the "
                "functions that use it",
                place(copies.here, need.uses[0].node),
                f"move `{need.name}` to a home of its own first",
                "note",
            )


def _closure(copies: Copies, checked: Survey, extra: tuple[Member, ...]) -> MemberClosure:
    """The members, and those helpers that nobody but the copy uses."""
    here, mine = copies.here, copies.mine
    pinned = checked.pinned & clashing(copies.index, here, copies.there)
    pinned |= frozenset(name for name in here.scope.bindings if copies.there.bindings(name))
    whole = close(here, (mine,), Strategy("import back"), pinned, checked.taken)
    known = {name: item for item in whole.helpers for name in item.names}
    statement = mine.statements[0]
    queue = [use.name for use in uses_in_members(here, statement, extra)]
    needed = []
    while queue:
        item = known.get(queue.pop())
        if item is not None and item not in needed:
            needed.append(item)
            queue += [use.name for use in uses_of(here, item.statements)]
    return MemberClosure(
        here,
        (),
        tuple(needed),
        whole.reasons,
        frozenset(),
        extra,
        statement,
        mine.names | _helpers_at_home(copies, extra),
    )


def _helpers_at_home(copies: Copies, extra: tuple[Member, ...]) -> frozenset[str]:
    environment = Environment(copies.index, copies.here, copies.there, copies.renamed)
    uses = list(uses_in_members(copies.here, copies.mine.statements[0], extra))
    list(environment.differences(copies.mine, uses))
    return frozenset(environment.helpers)


# -- the text ------------------------------------------------------------------------------------


def _home_text(
    copies: Copies,
    checked: Survey,
    closure: MemberClosure,
    needs: tuple[Need, ...],
    strategy: Strategy,
    order: Order,
) -> str:
    home = copies.there
    classify = classifier(copies.index.workspace, home.name)
    adapted = [
        *rename_edits(copies.here, needs),
        *lazy_import_edits(copies.here, lazy_imports(checked, closure, needs), checked.habits),
        *rebased_imports(copies.here, [closure.statement], home.name, checked.target_is_package),
    ]
    edits = list(_insertions(copies, closure, adapted, order))
    if closure.statements:
        text = arriving_text(checked, closure, needs, strategy, home, home.file.newline)
        edits.append(insertion(home, _helpers_place(copies, closure, needs), text))
    between = apply_edits(home.text, edits)
    before = min(edit.span.start for edit in edits)
    return with_imports(checked, closure, needs, between, home, before, classify)


def _helpers_place(copies: Copies, closure: MemberClosure, needs: tuple[Need, ...]) -> Placement:
    """Right above the class, unless what the helpers need at once comes later."""
    eager = [name for n in needs if n.how == "present" and n.is_eager for name in n.called]
    earliest = find_placement(copies.there, eager, closure.names, frozenset(), early=True)
    wanted = copies.theirs.statements[0]
    return Placement(max(earliest.before, wanted), "above the class that gains members")


def _insertions(
    copies: Copies, closure: MemberClosure, adapted: list[TextEdit], order: Order
) -> Iterator[TextEdit]:
    """Each member behind the one that it stands behind in the copy, or all at the end."""
    comparison = copies.comparison
    home, names = comparison.home, list(comparison.copy.members)
    pieces: dict[int, list[str]] = {}
    for member in closure.members:
        line = _last_line(home.module, home.node)
        if order == "in order":
            above = names[: names.index(member.name)]
            line = _line_after(
                home.module, home.node, [n for n in above if n in home.members], home.members
            )
        pieces.setdefault(line, []).append(_member_text(copies, member, adapted))
    for line, texts in pieces.items():
        at = home.module.syntax.line_span(line).end
        text = "".join(texts)
        newline = home.module.file.newline
        if not home.module.text[:at].endswith(("\n", "\r")):
            text = newline + text.removesuffix(newline)
        yield TextEdit(Span(at, at), "", text)


def _line_after(
    module: Module, node: ast.ClassDef | None, above: list[str], members: dict[str, Member]
) -> int:
    """The last line of the nearest member above, or of what heads the class."""
    assert node is not None
    if above:
        return _with_tail(module, node, members[above[-1]].nodes[-1].end_lineno or 0)
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.end_lineno or first.lineno
    return _first_own_line(module, first) - 1


def _member_text(copies: Copies, member: Member, adapted: list[TextEdit]) -> str:
    """The statements of a member with their comments and the blank lines above them."""
    module = copies.here
    pieces = []
    for node in member.nodes:
        first, last = _first_own_line(module, node), _last_own_line(copies, node)
        blank = first
        while blank > 1 and not module.syntax.line_text(blank - 1).strip():
            blank -= 1
        start, end = module.syntax.line_span(blank).start, module.syntax.line_span(last).end
        span = Span(start, end)
        inside = [
            TextEdit(Span(e.span.start - start, e.span.end - start), e.replaced, e.replacement)
            for e in dict.fromkeys(adapted)
            if e.span in span
        ]
        pieces.append(apply_edits(span.of(module.text), inside).rstrip("\r\n") + "\n")
    text = "".join(pieces).replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", copies.there.file.newline)


# -- lines ---------------------------------------------------------------------------------------


def _first_line(node: ast.stmt) -> int:
    lines: list[int] = [d.lineno for d in getattr(node, "decorator_list", [])]
    return min([node.lineno, *lines])


def _first_own_line(module: Module, node: ast.stmt) -> int:
    """Comments directly above belong to a member."""
    line = _first_line(node)
    while module.syntax.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    return line


def _last_own_line(copies: Copies, node: ast.stmt) -> int:
    owner = copies.comparison.copy.node
    assert owner is not None
    return _with_tail(copies.here, owner, node.end_lineno or node.lineno)


def _with_tail(module: Module, owner: ast.ClassDef, line: int) -> int:
    """Comments indented deeper than members belong to the body above them."""
    depth = owner.body[0].col_offset
    last = line
    number = line + 1
    while number <= module.syntax.line_count:
        text = module.syntax.line_text(number)
        indent = len(text) - len(text.lstrip(" \t"))
        if text.strip() and not (text.lstrip().startswith("#") and indent > depth):
            break
        last = number if text.strip() else last
        number += 1
    return last


def _last_line(module: Module, node: ast.ClassDef | None) -> int:
    assert node is not None
    index = module.body.index(node)
    return own_lines(module, index)[1]


def _refuse_layouts(copies: Copies, extra: tuple[Member, ...]) -> None:
    """Classes on one line, statements that share one, and other widths of indentation."""
    sides = (copies.comparison.copy, copies.comparison.home)
    nodes = [side.node for side in sides if side.node is not None]
    cramped = any(node.body[0].lineno == node.lineno for node in nodes) or any(
        one.end_lineno == two.lineno
        for node in nodes
        for one, two in zip(node.body, node.body[1:], strict=False)
    )
    indents = {
        side.module.syntax.line_text(node.body[0].lineno)[: node.body[0].col_offset]
        for side, node in zip(sides, nodes, strict=True)
    }
    empty = not copies.comparison.home.members
    if cramped or len(indents) > 1 or empty:
        raise Refusal(
            Problem(
                "merge-unsupported",
                f"the members that only {copies.title} has ({', '.join(m.name for m in extra)}) "
                "cannot be put into the home's class, because the two are laid out differently",
                place(copies.here, copies.here.body[copies.mine.statements[0]]),
                "format both in the same way first, or choose the other module as the home",
            )
        )
