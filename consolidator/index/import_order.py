"""Import order before and after a change: which first imports fail that did not fail before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from consolidator.index.called_names import names_called_at_import
from consolidator.index.import_doors import doors, new_doors
from consolidator.index.import_graph import modules_to_simulate, star_sources
from consolidator.index.index import Index
from consolidator.index.simulation import (
    Failure,
    FailureKey,
    SimulatedModule,
    existing_failures,
    simulate_all,
)
from consolidator.names import ModuleName

Rename = Callable[[FailureKey], FailureKey]


@dataclass(frozen=True)
class SimulatedProject:
    """The modules of an index for the simulation; events are read at the first import.

    Only modules of `within` can be seen half imported; the others count as whole, unless that
    is None.
    """

    index: Index
    within: frozenset[ModuleName] | None = None
    _known: dict[str, SimulatedModule | None] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> SimulatedModule | None:
        """See `ModuleSource.find`."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> SimulatedModule | None:
        workspace = self.index.workspace
        if not workspace.is_first_party(name):
            return self._missing_child(name)
        path = workspace.path_of(name)
        if path is None:
            return SimulatedModule("namespace")
        if not self._matters(name):
            return SimulatedModule("opaque")
        events = self.index.events(path)
        if events is None:
            return SimulatedModule("unparsable")
        is_package = path.rpartition("/")[2] == "__init__.py"
        return SimulatedModule("package" if is_package else "module", tuple(events))

    def _matters(self, name: str) -> bool:
        """Whether a module can be seen half done, or holds one that can (`from pkg import mod`)."""
        if self.within is None or name in self.within:
            return True
        return any(module.is_within(name) for module in self.within)

    def _missing_child(self, name: str) -> SimulatedModule | None:
        """`pkg.nothing` below a package of the project is known not to exist."""
        parent = ModuleName(name).parent
        path = self.index.workspace.path_of(parent) if parent else None
        if path is None or not path.endswith("__init__.py"):
            return None
        folder = (self.index.workspace.root / path).parent
        compiled = any(folder.glob(f"{ModuleName(name).tail}.*")) if folder.is_dir() else False
        return SimulatedModule("opaque" if compiled else "absent")


@dataclass(frozen=True)
class _Excused:
    """The failures of the tree before, under the names they have after the change."""

    keys: frozenset[FailureKey]
    rename: Rename

    def __contains__(self, key: object) -> bool:
        return key in self.keys or self.rename(key) in self.keys  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class NewTrouble:
    """A failure of a first import that only the changed tree has."""

    first: ModuleName
    failure: Failure
    swallowed: bool


def new_trouble(
    firsts: Iterable[ModuleName],
    before: SimulatedProject,
    after: SimulatedProject,
    rename: Rename,
) -> Iterator[NewTrouble]:
    """What fails in `after` and did not in `before`, each module of `firsts` imported first.

    `rename` gives the key that a failure had before the change.
    """
    names = sorted(set(firsts))
    old, new = simulate_all(names, before), simulate_all(names, after)
    for first in names:
        keys = {failure.key for failure in old[first].failures}
        silent = {item.failure.key for item in old[first].swallowed}
        excused = _Excused(frozenset(keys), rename)
        outcome = new[first]
        if any(failure.key not in excused for failure in outcome.failures):
            # What was broken before may have hidden what comes after it: forgive all of it.
            excused = _Excused(_all_failures(first, before), rename)
            outcome = simulate_all([first], after, forgiven=excused)[first]
        for failure in outcome.failures:
            if failure.key not in excused and not _is_common_risk(failure, before):
                yield NewTrouble(first, failure, False)
        for item in outcome.swallowed:
            if item.failure.key not in _Excused(frozenset(silent), rename):
                yield NewTrouble(first, item.failure, True)


def _is_common_risk(failure: Failure, before: SimulatedProject) -> bool:
    """Whether all who import a module take a risk that one of them takes anew.

    A branch that may not run could fail in `pkg`; then whoever imports `pkg` lives with that.
    """
    reached = next((step.what for step in failure.chain[1:] if "(" not in step.what), None)
    if failure.certain or reached is None or before.find(reached) is None:
        return False
    outcome = simulate_all([ModuleName(reached)], before)[ModuleName(reached)]
    return any(failure.key == known.key for known in outcome.failures)


def _all_failures(first: ModuleName, modules: SimulatedProject) -> frozenset[FailureKey]:
    return existing_failures(first, modules) if modules.find(first) else frozenset()


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a change could make fail."""

    firsts: frozenset[ModuleName]
    """The modules to try as the first import."""
    within: frozenset[ModuleName]
    """Those that can be seen half imported then."""


def disturbed(before: Index, after: Index, changed: Iterable[ModuleName]) -> Disturbance:
    """The modules that a change could make import each other half done; see `affected`."""
    names = frozenset(changed)
    firsts = _cycles(before, names) | _cycles(after, names) | names
    within = firsts | new_doors(before, after, names)
    return Disturbance(
        firsts, within | _behind_stars(before, within) | _behind_stars(after, within)
    )


def _behind_stars(index: Index, modules: Iterable[ModuleName]) -> frozenset[ModuleName]:
    """What some modules import `*` from: without its names, theirs are not known either."""
    workspace = index.workspace
    found: set[ModuleName] = set()
    queue = list(modules)
    while queue:
        name = queue.pop()
        path = workspace.path_of(name)
        if path is None:
            continue
        is_package = path.rpartition("/")[2] == "__init__.py"
        stars = set(star_sources(workspace.file(path).data, name, is_package)) - found
        found |= stars
        queue += stars
    return frozenset(found)


def fails_first(index: Index, name: ModuleName) -> Failure | None:
    """How a module fails as the first import, if it does."""
    cycles = frozenset[ModuleName]().union(*doors(index, name))
    within = cycles | _cycles(index, frozenset({name}))
    outcome = simulate_all([name], SimulatedProject(index, within))[name]
    return outcome.fatal


_MOST_ROUNDS = 3


def _cycles(index: Index, changed: frozenset[ModuleName]) -> frozenset[ModuleName]:
    """See `modules_to_simulate`; with the imports of functions that are called on the way."""
    running = changed
    found: frozenset[ModuleName] = frozenset()
    for _ in range(_MOST_ROUNDS):
        graph = _ImportGraph(index, running)
        found = modules_to_simulate(changed, graph.imports_of)
        called = graph.called()
        if called <= running:
            break
        running |= called
    return found


@dataclass(frozen=True)
class _ImportGraph:
    index: Index
    running: frozenset[ModuleName]
    """Modules of which functions may run while modules are imported."""
    _known: dict[ModuleName, frozenset[ModuleName]] = field(default_factory=dict)

    def imports_of(self, name: ModuleName) -> frozenset[ModuleName]:
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: ModuleName) -> frozenset[ModuleName]:
        workspace = self.index.workspace
        path = workspace.path_of(name)
        if path is None:
            return frozenset()
        deferred = name in self.running
        return frozenset(self.index.modules_imported_by(path, name, deferred=deferred))

    def called(self) -> frozenset[ModuleName]:
        """The modules from which one that was looked at takes a function and calls it at once.

        from .tools import make    # and make() imports something itself
        __getattr__ = make(__name__)
        """
        workspace, found = self.index.workspace, set()
        for name in self._known:
            path = workspace.path_of(name)
            if path is None:
                continue
            called = names_called_at_import(workspace.file(path).data)
            for candidate in self.index.imported_by(path, name, deferred=False) if called else ():
                if candidate.tail in called:
                    found |= {candidate, candidate.parent}
        return frozenset(other for other in found if self._imports_when_called(other))

    def _imports_when_called(self, name: ModuleName) -> bool:
        path = self.index.workspace.path_of(name) if name else None
        if path is None:
            return False
        eager, every = (
            frozenset(self.index.modules_imported_by(path, name, deferred=deferred))
            for deferred in (False, True)
        )
        return every > eager
