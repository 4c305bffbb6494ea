"""Imports that could go into functions to open an import cycle, in whatever module they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from consolidator.edits.deferring import deferrable_imports
from consolidator.edits.defining_modules import redirected
from consolidator.edits.draft import Draft
from consolidator.edits.early_calls import Early
from consolidator.edits.imports.names import ImportedName
from consolidator.edits.self_registering import registers_itself
from consolidator.index.definitions import definition
from consolidator.index.import_order import NewTrouble
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.simulation import Failure, Step
from consolidator.names import ModuleName


def imports_to_open(draft: Draft, trouble: Iterable[NewTrouble], early: Early) -> Early:
    """For each failure, the one import on its cycle that the fewest functions would have to make.

    Not what the target imports, which is chosen otherwise, nor what the move itself adds, nor what
    is too `early` for that.
    """
    found: Early = frozenset()
    for item in trouble:
        possible = (_way(draft, step) for step in _cycle(item.failure))
        ways: list[Early] = [way for way in possible if way and not way & early]
        if ways and not any(way <= found for way in ways):
            costs = [(_cost(draft.index, way), sorted(way)) for way in ways]
            found |= ways[costs.index(min(costs))]
    return found


def imports_to_redirect(draft: Draft, trouble: Iterable[NewTrouble]) -> frozenset[tuple[str, str]]:
    """Files, each with a name that it takes through a module which does not have it yet.

    from shop import Config             # shop/__init__.py is on its way to that line
    from shop.settings import Config    # this one is there already
    """
    index, survey = draft.index, draft.survey
    moved = {(survey.source.name, name) for name in draft.gone.names}
    found: set[tuple[str, str]] = set()
    for failure in (item.failure for item in trouble):
        module = index.module(failure.module) if failure.module else None
        if module is None or index.readable(module.path) is None:
            continue
        for item, there in redirected(index, module):
            if (item.module, item.name) != (failure.source, failure.name):
                continue
            if (there.module, there.name) not in moved and _may_pass_by(index, item, there):
                found.add((module.path, item.bound))
    return frozenset(found)


def _may_pass_by(index: Index, item: Import, there: ImportedName) -> bool:
    """Whether nobody misses the module that an import goes through today.

    It is loaded all the same as a package around the other one, or does nothing when it is.
    """
    through = index.module(item.module)
    within = there.module.is_within(item.module)
    return within or (through is not None and not _acts(index, through))


def _cycle(failure: Failure) -> Iterator[Step]:
    """The imports that lead from the module that lacks a name back to it."""
    modules = [step.module for step in failure.chain]
    if failure.source not in modules:
        return
    start = len(modules) - 1 - modules[::-1].index(ModuleName(failure.source))
    yield from failure.chain[start:]
    yield Step(failure.module, failure.line, failure.source)


def _way(draft: Draft, step: Step) -> Early:
    """All that a module imports from another one, if all of it could go into functions."""
    index, survey = draft.index, draft.survey
    module = index.module(step.module) if step.module else None
    imported = index.module(ModuleName(step.what)) if "(" not in step.what else None
    if module is None or imported is None or module.name == survey.move.target:
        return frozenset()
    if index.readable(module.path) is None or index.readable(imported.path) is None:
        return frozenset()
    items = [item for item in _at_top(module) if _reads(item, imported.name)]
    if module.name != survey.source.name:
        items = [i for i in items if (i.module, i.name) not in _moved(draft)]
    names = {item.bound for item in items}
    if not items or not names <= deferrable_imports(index, module) or _acts(index, imported):
        return frozenset()
    return frozenset((module.path, name) for name in names)


def _moved(draft: Draft) -> set[tuple[ModuleName, str | None]]:
    return {(draft.survey.source.name, name) for name in draft.gone.names}


def _at_top(module: Module) -> Iterator[Import]:
    return (i for i in module.imports if i.scope is module.scope and not i.is_typing_only)


def _reads(item: Import, imported: ModuleName) -> bool:
    """Whether an import statement runs a module: itself, or as a package around what it names."""
    full = item.module.child(item.name) if item.name and item.name != "*" else item.module
    return full.is_within(imported)


def _acts(index: Index, module: Module) -> bool:
    """Whether a module does something when it is imported that others might wait for.

    REGISTRY.add(Handler)
    """
    for statement in module.body:
        if isinstance(statement, _ACTING):
            return True
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
            return True
        if isinstance(statement, ast.ClassDef):
            item = definition(module, statement.name)
            if item is None or registers_itself(index, module, item):
                return True
    return False


_ACTING = ast.For | ast.While | ast.With | ast.Delete


def _cost(index: Index, way: Early) -> int:
    """How many places come to import something."""
    return sum(len(index.module_at(path).readers.get(name, ())) for path, name in way)
