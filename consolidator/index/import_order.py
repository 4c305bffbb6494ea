"""Import order before and after a change: which first imports fail that did not fail before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from consolidator.index.cython import cython_events
from consolidator.index.disturbance import cycles_of
from consolidator.index.import_doors import doors
from consolidator.index.index import Index
from consolidator.index.simulation import (
    Branch,
    Failure,
    FailureKey,
    Outcome,
    SimulatedModule,
    existing_failures,
    simulate_all,
    simulate_each,
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

    def inside(self, package: str) -> Collection[str]:
        """See `ModuleSource.inside`."""
        return self.index.modules_inside(package)

    def _read(self, name: str) -> SimulatedModule | None:
        workspace = self.index.workspace
        if not workspace.is_first_party(name):
            if name in self.index.cython_sources:
                text = self.index.cython_text(ModuleName(name))
                return SimulatedModule("module", cython_events(text, ModuleName(name)))
            return self._missing_child(name)
        path = workspace.path_of(name)
        if path is None:
            # _speedups.pyi, and nothing beside it that could be read
            return SimulatedModule("opaque" if workspace.stub_of(name) else "namespace")
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
    roads: dict[Branch, list[ModuleName]] = {}
    yield from _new_trouble(names, before, after, rename, roads)
    for branch in list(roads)[:_MOST_ROADS]:
        yield from _new_trouble(roads[branch], before, after, rename, roads, frozenset({branch}))
    avoided: frozenset[Branch] = frozenset()
    while len(avoided) < _MOST_ROADS**2:
        # one side of each `if`; what one of them has loaded, another one may load without it
        without = frozenset({(road.module, road.choice): road for road in roads}.values())
        if len(without) < 2 or without == avoided:
            break
        firsts = sorted(set().union(*(roads[road] for road in without)))
        yield from _new_trouble(firsts, before, after, rename, roads, without)
        avoided = without


_MOST_ROADS = 4
"""Branches that load modules and may not be taken: so many are tried without, then all at once."""


def _new_trouble(
    names: Iterable[ModuleName],
    before: SimulatedProject,
    after: SimulatedProject,
    rename: Rename,
    roads: dict[Branch, list[ModuleName]],
    avoided: frozenset[Branch] = frozenset(),
) -> Iterator[NewTrouble]:
    """New trouble where `avoided` branches are not taken; adds to `roads` those that might be so.

    if FAST:              # who knows?
        from . import a   # and when it is not loaded here, it is loaded later, by another door
    """
    old = _kept_outcomes(names, before, avoided)
    known: dict[tuple[ModuleName, ModuleName], list[NewTrouble]] = {}
    # one by one: who asks may have enough after a few
    for first, found in simulate_each(names, after, avoided=avoided):
        for branch in found.loading:
            roads.setdefault(branch, []).append(first)
        pair = old[first].like, found.like  # many modules come to what their package does
        if pair in known:
            yield from (replace(item, first=first) for item in known[pair])
            continue
        outcome, excused = found, _excused(old[first], rename)
        if outcome.fatal is not None and old[first].succeeds:
            # what only a call might come to before is no excuse for what happens now
            known[pair] = [NewTrouble(first, outcome.fatal, False)]
            yield from known[pair]
            continue
        hides = any(failure.key not in excused for failure in outcome.failures)
        if hides:
            # What was broken before may have hidden what comes after it: forgive all of it.
            excused = _Excused(_all_failures(first, before, avoided), rename)
            outcome = simulate_all([first], after, forgiven=excused, avoided=avoided)[first]
        trouble = list(_not_excused(old[first], outcome, excused, before))
        if not hides:
            known[pair] = trouble
        yield from trouble


def _kept_outcomes(
    names: Iterable[ModuleName], modules: SimulatedProject, avoided: frozenset[Branch]
) -> Mapping[ModuleName, Outcome]:
    """What first imports come to in the tree before, which every attempt at a move asks anew."""
    kept: dict[object, Mapping[ModuleName, Outcome]] = _kept(modules)
    asked = "outcomes", frozenset(names), avoided
    if asked not in kept:
        kept[asked] = simulate_all(names, modules, avoided=avoided)
    return kept[asked]


def _kept(modules: SimulatedProject) -> dict[Any, Any]:
    """What was simulated of a tree where so many modules count as half imported, and no others."""
    kept = modules.index.simulated
    if "within" not in kept or kept["within"] != modules.within:
        kept.clear()  # it takes up much
        kept["within"] = modules.within
    return kept


def _excused(old: Outcome, rename: Rename) -> _Excused:
    return _Excused(frozenset(failure.key for failure in old.failures), rename)


def _not_excused(
    old: Outcome, new: Outcome, excused: _Excused, before: SimulatedProject
) -> Iterator[NewTrouble]:
    """The failures of a first import that the tree before does not excuse."""
    silent = _Excused(frozenset(item.failure.key for item in old.swallowed), excused.rename)
    for failure in new.failures:
        if failure.key not in excused and not _is_common_risk(failure, before):
            yield NewTrouble(new.first, failure, False)
    for item in new.swallowed:
        if item.failure.key not in silent:
            yield NewTrouble(new.first, item.failure, True)


def _is_common_risk(failure: Failure, before: SimulatedProject) -> bool:
    """Whether all who import a module take a risk that one of them takes anew.

    A branch that may not run could fail in `pkg`; then whoever imports `pkg` lives with that.
    """
    reached = next((step.what for step in failure.chain[1:] if "(" not in step.what), None)
    if failure.certain or reached is None or before.find(reached) is None:
        return False
    name = ModuleName(reached)
    outcome = _kept_outcomes([name], before, frozenset())[name]
    return any(failure.key == known.key for known in outcome.failures)


def _all_failures(
    first: ModuleName, modules: SimulatedProject, avoided: frozenset[Branch]
) -> frozenset[FailureKey]:
    """The failures of a first import in the tree before, also those that others hide."""
    kept: dict[object, frozenset[FailureKey]] = _kept(modules)
    asked = "failures", first, avoided
    if asked not in kept:
        found = existing_failures(first, modules, avoided) if modules.find(first) else frozenset()
        kept[asked] = found
    return kept[asked]


def fails_first(index: Index, name: ModuleName) -> Failure | None:
    """How a module fails as the first import, if it does."""
    cycles = frozenset[ModuleName]().union(*doors(index, name))
    within = cycles | cycles_of(index, frozenset({name}))
    outcome = simulate_all([name], SimulatedProject(index, within))[name]
    return outcome.fatal
