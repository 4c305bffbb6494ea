"""What fails because the home's own code loads modules when it is imported, which no event tells.

CUBE = CORNERS[0] * SIDE    # `__mul__` imports a module that takes what moves from the home

The simulation of imports follows operators and calls of what it knows. What it knows nothing of
may run any function that has such a name somewhere (`late_imports.py`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from consolidator.edits.draft import Draft
from consolidator.edits.late_imports import LateImport, first_to_run, late_imports_called_by
from consolidator.index.disturbance import behind_stars
from consolidator.index.forced_loads import Forced, forced_step, loaded_by, loading, state_at
from consolidator.index.import_order import NewTrouble, Rename, new_trouble
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.index.simulation import Failure, Step
from consolidator.names import ModuleName

_MOST_MODULES = 2000


def hidden_trouble(draft: Draft, rename: Rename) -> Iterator[NewTrouble]:
    """What would fail if the home's code loaded all that it may load, and does not today."""
    target = draft.survey.target
    if target is None or first_to_run(target.syntax.tree) is None:
        return
    after = draft.index.after(draft.after())
    graph = _Graph(after, target.name)
    takers = _takers(draft, after) & graph.modules
    if graph.imported_late.isdisjoint(graph.leading_to(takers)):
        return
    within = graph.leading_to(takers | {target.name})
    within |= {package for name in within for package in name.ancestors()}
    within |= behind_stars(draft.index, within) | behind_stars(after, within)
    suspects = graph.imported_late & _suspects(draft, graph, takers, within)
    called = late_imports_called_by(draft.index, target) if suspects else ()
    called = tuple(item for item in called if _module_of(after, item) in suspects)
    if called:
        home = _Statements(after.module_at(target.path), target)
        moved = draft.survey.source.name, draft.gone.names
        old = loading(
            draft.index, within, target.name, _forced(_Statements(target, target), called)
        )
        new = loading(after, within, target.name, _forced(home, called, moved))
        firsts = {target.name, *takers, *(_module_of(after, item) for item in called)}
        for trouble in new_trouble(firsts, old, new, rename):
            yield replace(trouble, failure=_told(trouble.failure, home, called))


def _suspects(
    draft: Draft, graph: _Graph, takers: frozenset[ModuleName], within: frozenset[ModuleName]
) -> frozenset[ModuleName]:
    """The modules that the home's code might find half imported, or import too early."""
    target = draft.survey.target
    assert target is not None
    home, old = target.name, _Graph(draft.index, target.name)
    first = first_to_run(target.syntax.tree) or target.body[0]
    there = _Statements(graph.index.module_at(target.path), target)
    now = state_at(graph.index, within, home, there.same(first).lineno)
    # who takes what moves from the home, and is imported by what the home loads
    found = graph.leading_to(takers - now.loaded, without=now.loaded)
    known = loaded_by(graph.index, within, ModuleName(home.top))
    if home in known:
        # the package loads the home, perhaps earlier than it did
        found |= state_at(draft.index, within, home, first.lineno).complete
    else:
        # what leads to the home, and may be half imported when its code runs
        found |= graph.leading_to({home}, without=known) - old.leading_to({home}, without=known)
    return found - now.complete


def _takers(draft: Draft, after: Index) -> frozenset[ModuleName]:
    """The modules that come to import from the home as soon as they are imported."""
    home, found = draft.survey.move.target, {draft.survey.source.name}
    for path in draft.changes():
        name = after.workspace.module_of(path) if path.endswith(".py") else None
        if name and home in after.modules_imported_by(path, name, deferred=False):
            found.add(name)
    return frozenset(found - {home})


def _module_of(index: Index, item: LateImport) -> ModuleName:
    whole = item.module.child(item.name or "")
    return whole if item.name and index.workspace.path_of(whole) else item.module


class _Statements:
    """The statements of the target as they stand in another text of it."""

    def __init__(self, home: Module, target: Module) -> None:
        self.name, self.target = home.name, target
        self._by_text = {_text(home, statement): statement for statement in reversed(home.body)}

    def same(self, statement: ast.stmt) -> ast.stmt:
        """The same statement there; itself where it is not found."""
        return self._by_text.get(_text(self.target, statement), statement)

    def caller(self, item: LateImport) -> ast.stmt:
        """The statement there that may call the function of an import."""
        return self.same(self.target.body[item.statement])


def _text(module: Module, statement: ast.stmt) -> str:
    line_span = module.syntax.line_span
    return module.text[line_span(statement.lineno).start : line_span(_end(statement)).end].rstrip()


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _forced(
    home: _Statements,
    called: Iterable[LateImport],
    moved: tuple[ModuleName, frozenset[str]] | None = None,
) -> Iterator[Forced]:
    """The imports, by the lines of a text of the home after which they may happen."""
    for item in called:
        goes = moved is not None and item.module == moved[0] and item.name in moved[1]
        module = home.name if goes else item.module
        yield Forced(_end(home.caller(item)), module, item.name)


def _told(failure: Failure, home: _Statements, called: Sequence[LateImport]) -> Failure:
    """A failure with the function by which the home comes to load what leads to it."""
    for number, step in enumerate(failure.chain):
        forced = forced_step(step)
        if forced is not None:
            item, before, after = (
                called[forced],
                failure.chain[:number],
                failure.chain[number + 1 :],
            )
            call = Step(home.name, home.caller(item).lineno, f"{item.function}()")
            if not after:
                failure = replace(failure, module=item.by, line=item.line)
            loads = [Step(item.by, item.line, each.what) for each in after[:1]]
            return replace(failure, chain=(*before, call, *loads, *after[1:]))
    return failure


def calling_statement(draft: Draft, trouble: Iterable[NewTrouble]) -> int | None:
    """The first of the target's own statements that calls what leads to one of some failures."""
    target = draft.survey.target
    steps = [step for item in trouble for step in item.failure.chain if "(" in step.what]
    lines = {step.line for step in steps if step.module == draft.survey.move.target}
    if target is None or not lines:
        return None
    home = _Statements(draft.index.after(draft.after()).module_at(target.path), target)
    for number, statement in enumerate(target.body):
        there = home.same(statement)
        if lines & set(range(there.lineno, _end(there) + 1)):
            return number
    return None


@dataclass(frozen=True)
class _Graph:
    """The modules that a module leads to by any of their imports, and what they import at once."""

    index: Index
    start: ModuleName

    @cached_property
    def modules(self) -> frozenset[ModuleName]:
        found: set[ModuleName] = set()
        queue = [self.start]
        while queue and len(found) < _MOST_MODULES:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += [*name.ancestors(), *self._imports(name, deferred=True)]
        return frozenset(found)

    def _imports(self, name: ModuleName, *, deferred: bool) -> tuple[ModuleName, ...]:
        path = self.index.workspace.path_of(name)
        return self.index.modules_imported_by(path, name, deferred=deferred) if path else ()

    @cached_property
    def imported_late(self) -> frozenset[ModuleName]:
        """What only functions of some module import."""
        found: set[ModuleName] = set()
        for name in self.modules:
            every = self._imports(name, deferred=True)
            found |= set(every).difference(self._imports(name, deferred=False))
        return frozenset(found)

    @cached_property
    def _importers(self) -> dict[ModuleName, list[ModuleName]]:
        found: dict[ModuleName, list[ModuleName]] = {}
        for name in self.modules:
            for each in (*name.ancestors(), *self._imports(name, deferred=False)):
                found.setdefault(each, []).append(name)
        return found

    def leading_to(
        self, names: Iterable[ModuleName], without: frozenset[ModuleName] = frozenset()
    ) -> frozenset[ModuleName]:
        """These modules and all that import them at once, themselves or through others."""
        found: set[ModuleName] = set()
        queue = list(names)
        while queue:
            name = queue.pop()
            if name not in found and name not in without:
                found.add(name)
                queue += self._importers.get(name, ())
        return frozenset(found)
