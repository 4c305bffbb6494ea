"""What is there before a move: the definitions, the source, the target, and what they share."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass, field

from consolidator.edits.cutting import shares_a_line
from consolidator.edits.pinned import module_dependence, pinned_names, place
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.index.definitions import Definition, definition, uses_of
from consolidator.index.importers import names_set, names_taken
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.plan import Move, MoveOptions


@dataclass(frozen=True)
class Survey:
    """One move on today's tree, checked: everything here exists and may be moved."""

    index: Index = field(repr=False)
    move: Move
    options: MoveOptions
    source: Module
    target: Module | None
    target_files: tuple[str, ...]
    """The files to make for a target that does not exist yet, its own last."""
    roots: tuple[Definition, ...]
    merged: frozenset[str]
    """Names that the target defines in the same way already."""
    pinned: frozenset[str]
    taken: frozenset[str]
    """Names that other modules get from the source, `*` for all of them."""
    warnings: tuple[Problem, ...]


def survey(index: Index, move: Move, options: MoveOptions) -> Survey:
    """Look at both ends of a move.

    Raises `UsageError` when a name or module is not there, `Refusal` when it cannot be moved.
    """
    source = _source(index, move)
    target, files = _target(index, move)
    roots = tuple(_root(index, source, name) for name in dict.fromkeys(move.names))
    roots = tuple({root.statements: root for root in roots}.values())
    problems = [p for root in roots for p in _unmovable(source, root)]
    problems += module_dependence(source, roots)
    warnings = [p for p in problems if p.code in options.accept]
    refused = [p for p in problems if p.code not in options.accept]
    if refused:
        raise Refusal(refused)
    merged = frozenset(
        root.name for root in roots if target and _is_in_target(index, source, target, root)
    )
    taken = names_taken(index, source.name)
    pinned = pinned_names(source) | names_set(index, source.name)
    return Survey(
        index, move, options, source, target, files, roots, merged, pinned, taken, tuple(warnings)
    )


def _source(index: Index, move: Move) -> Module:
    path = index.workspace.path_of(move.source)
    if path is None:
        raise UsageError(f"there is no module {move.source} in this project")
    module = index.readable(path)
    if module is None:
        raise Refusal(
            Problem(
                "does-not-parse",
                f"{path} cannot be read: {index.unreadable[path]}",
                remedy="mend the file first",
            )
        )
    return module


def _target(index: Index, move: Move) -> tuple[Module | None, tuple[str, ...]]:
    path = index.workspace.path_of(move.target)
    if path is None:
        near = index.workspace.path_of(move.source)
        return None, index.workspace.new_module_files(move.target, near)
    module = index.readable(path)
    if module is None:
        raise Refusal(
            Problem(
                "does-not-parse",
                f"{path} cannot be read: {index.unreadable[path]}",
                remedy="mend the file first",
            )
        )
    return module, ()


def _root(index: Index, source: Module, name: str) -> Definition:
    found = definition(source, name)
    if found is None:
        raise UsageError(f"{source.name} does not define {name!r}")
    return found


def _unmovable(source: Module, root: Definition) -> list[Problem]:
    problems = []
    for index in root.statements:
        if shares_a_line(source, index):
            problems.append(
                Problem(
                    "shared-line",
                    f"`{root.name}` stands on one line with another statement",
                    place(source, source.body[index]),
                    "put it on lines of its own first",
                )
            )
    extra = root.names - {root.name}
    compound = [i for i in root.statements if isinstance(source.body[i], ast.If | ast.Try)]
    if extra and compound:
        problems.append(
            Problem(
                "conditional-definition",
                f"`{root.name}` is defined in a block that also binds "
                + ", ".join(f"`{name}`" for name in sorted(extra)),
                place(source, source.body[compound[0]]),
                "take the definition out of the block first",
            )
        )
    bindings = source.bindings(root.name)
    outside = [b for b in bindings if b.via_global and b.statement not in root.statements]
    if outside:
        problems.append(
            Problem(
                "global-rebinding",
                f"`{root.name}` is rebound through `global` by code that stays",
                place(source, outside[0].node),
                "move that code along, or keep the state in an object that both modules share",
            )
        )
    return problems


def _is_in_target(index: Index, source: Module, target: Module, root: Definition) -> bool:
    """Whether the target has the same definition; refuses when it has a different one."""
    theirs = definition(target, root.name)
    if theirs is None:
        for item in target.imports_by_name.get(root.name, []):
            origin = index.resolve_import(item)
            if origin != Origin("definition", source.name, root.name):
                raise Refusal(_different(source, target, root, str(origin)))
        return False
    if _same(index, source, root, target, theirs):
        return True
    if _falls_back_on(target, theirs, source.name):
        return False
    raise Refusal(_different(source, target, root, ""))


def _falls_back_on(target: Module, theirs: Definition, source: ModuleName) -> bool:
    _ = target, theirs, source
    return False


def _same(
    index: Index, source: Module, mine: Definition, target: Module, theirs: Definition
) -> bool:
    """Same code, and every free name in it means the same."""
    if _dump(source, mine) != _dump(target, theirs):
        return False
    for use in uses_of(source, mine.statements):
        if use.name in mine.names:
            continue
        here = index.resolve(source.name, use.name)
        there = index.resolve(target.name, use.name)
        both_bound = use.name in source.scope.bindings and use.name in target.scope.bindings
        if here != there and (both_bound or here.kind != "unknown" or there.kind != "unknown"):
            return False
    return True


def _dump(module: Module, item: Definition) -> list[str]:
    return [ast.dump(module.body[index]) for index in item.statements]


def _different(source: Module, target: Module, root: Definition, other: str) -> Problem:
    node = target.bindings(root.name)[0].node
    if other:
        message = f"{target.name} binds `{root.name}` to another thing, {other}"
    else:
        message = (
            f"{target.name} defines another `{root.name}`:\n{_difference(source, target, root)}"
        )
    return Problem(
        "already-different",
        message,
        place(target, node),
        "make the two alike or rename one of them first",
    )


def _difference(source: Module, target: Module, root: Definition) -> str:
    theirs = definition(target, root.name)
    here = "\n".join(ast.unparse(source.body[i]) for i in root.statements)
    there = "\n".join(ast.unparse(target.body[i]) for i in theirs.statements) if theirs else ""
    lines = difflib.unified_diff(
        there.splitlines(), here.splitlines(), str(target.name), str(source.name), lineterm="", n=1
    )
    return "\n".join(list(lines)[:40])
