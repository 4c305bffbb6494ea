"""Functions that are to import something themselves, and might run before they can.

def __call__(self):
    from .tools import make       # fine, unless a module that is half imported calls this
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from consolidator.edits.draft import Draft
from consolidator.edits.moved_text import outermost_function, outermost_function_around
from consolidator.edits.pinned import place
from consolidator.edits.references import import_sites
from consolidator.edits.run_at_import import functions_run_by
from consolidator.edits.strategy import Strategy
from consolidator.edits.waiting import last_binding
from consolidator.errors import Problem
from consolidator.index.half_imported import half_imported
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.scopes import FunctionNode
from consolidator.names import ModuleName

Early = frozenset[tuple[str, str]]
"""Files, each with a name that it has to import at its top, and at once.

The name is empty for what moves.
"""


class _Late(NamedTuple):
    """What a strategy makes a file import later than today, by the name in the strategy."""

    path: str
    name: str
    bound: str
    waits: bool
    """Further down, and not in functions."""


def early_calls(draft: Draft) -> tuple[Early, Problem | None]:
    """What a draft may not import so late, and why the first of it may not.

    Functions that use it may run while modules are imported, when it cannot be had yet.
    """
    late = list(_imported_late(draft))
    if not late:
        return frozenset(), None
    after = draft.index.after(draft.after())
    running: dict[tuple[ModuleName, ModuleName], frozenset[int] | None] = {}
    early: dict[tuple[str, str], Problem] = {}
    for item in late:
        module = after.module_at(item.path)
        for imported, function in _late_functions(after, module, item):
            key = imported, module.name
            if key not in running:
                loading = half_imported(after, *key)
                running[key] = None if loading is None else functions_run_by(after, loading)
            found = running[key]
            if found is None or id(function) in found:
                early.setdefault((item.path, item.name), _problem(module, item, function))
    return frozenset(early), next(iter(early.values()), None)


def without(strategy: Strategy, early: Early) -> Strategy:
    """A strategy without what some files would import too late."""
    paths = {path for path, name in early if not name}
    names = {name for _, name in early}
    return replace(
        strategy,
        opened=strategy.opened - early,
        waiting=strategy.waiting - early,
        deferred_importers=strategy.deferred_importers - paths,
        deferred_in_target=strategy.deferred_in_target - names,
    )


def _imported_late(draft: Draft) -> Iterator[_Late]:
    strategy, survey = draft.strategy, draft.survey
    if survey.target is not None:
        path = survey.target.path
        yield from (_Late(path, name, name, False) for name in strategy.deferred_in_target)
    yield from (_Late(path, name, name, False) for path, name in strategy.opened)
    for path, name in [*((path, "") for path in strategy.deferred_importers), *strategy.waiting]:
        module = draft.index.module_at(path)
        bound = {
            item.bound
            for item in import_sites(module, survey.source.name, draft.gone.names)
            if item.scope is module.scope
        }
        if path == survey.source.path:
            bound |= _bound_later(draft, strategy.awaited(path))
        yield from (_Late(path, name, each, bool(name)) for each in bound)


def _bound_later(draft: Draft, awaited: list[str]) -> set[str]:
    """What moves and is bound again below where it stood, for the source awaits something.

    Where it is bound further up than that, its functions have it as early as today.
    """
    source = draft.survey.source
    below = last_binding(source, awaited)
    return {
        name
        for name in draft.gone.names
        if below is None or any(each.statement < below for each in source.bindings(name))
    }


def _late_functions(
    after: Index, module: Module, late: _Late
) -> Iterator[tuple[ModuleName, FunctionNode]]:
    """The functions that need what is imported late, each with the module that has to be there."""
    if late.waits:
        for use in module.readers.get(late.bound, []):
            function = outermost_function(use)
            if function is not None and not use.is_type:
                yield module.name, function
        return
    for item in module.imports:
        function = outermost_function_around(item.scope)
        if item.bound == late.bound and function is not None:
            yield _needed(after, item), function


def _needed(after: Index, item: Import) -> ModuleName:
    whole = item.module.child(item.name or "")
    return whole if after.workspace.path_of(whole) else item.module


def _problem(module: Module, late: _Late, function: FunctionNode) -> Problem:
    return Problem(
        "import-cycle",
        f"`{function.name}` of {module.name} may run while modules are imported, before "
        f"`{late.bound}` can be had",
        place(module, function),
        "open the cycle first, or choose a module that the other one does not depend on",
    )
