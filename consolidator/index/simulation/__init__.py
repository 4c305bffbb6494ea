"""Simulates imports over import-time events, with partially initialised modules as in CPython.

    outcome = simulate(ModuleName("pkg.mod"), modules)
    outcomes = simulate_all(names, modules)

A proof runs both trees: a failure whose key is not among the failures of the tree before is new.
What was broken before hides what comes after it, so forgive it in both:

    known = existing_failures(first, before)
    new = simulate(first, after, forgiven=known).failures
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from consolidator.index.simulation.run import Machine
from consolidator.index.simulation.state import (
    Branch,
    Failure,
    FailureKey,
    FailureKind,
    Mark,
    ModuleKind,
    ModuleSource,
    ModuleState,
    Raised,
    SimulatedModule,
    Step,
    Swallowed,
)
from consolidator.names import ModuleName

__all__ = [
    "Branch",
    "Failure",
    "FailureKey",
    "FailureKind",
    "ModuleKind",
    "ModuleSource",
    "Outcome",
    "SimulatedModule",
    "Step",
    "Swallowed",
    "deep_recursion",
    "existing_failures",
    "simulate",
    "simulate_all",
    "simulate_each",
]

_RECURSION_LIMIT = 20_000  # an import chain of a hundred modules is a thousand frames here


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one first import comes to.

    `loading` are the branches, taken here though they may not be, that loaded modules.
    `failures` holds those that may happen and, last, the `fatal` one that ends the import.
    `loaded` are the first-party modules in `sys.modules` afterwards, `bound` their names if asked.
    """

    first: ModuleName
    like: ModuleName
    """The package whose import comes to the same, as it loads `first` or fails; or `first`."""
    failures: tuple[Failure, ...]
    swallowed: tuple[Swallowed, ...]
    loaded: frozenset[ModuleName]
    fatal: Failure | None = None
    bound: Mapping[ModuleName, frozenset[str]] | None = None
    loading: tuple[Branch, ...] = ()

    @property
    def succeeds(self) -> bool:
        """Whether nothing ends the import."""
        return self.fatal is None


def simulate(
    first: ModuleName,
    modules: ModuleSource,
    *,
    forgiven: Container[FailureKey] = (),
    with_bound: bool = False,
) -> Outcome:
    """Import one module in a fresh interpreter.

    Failures whose key is `forgiven` do not happen: the name or module is taken to be there.
    """
    return simulate_all((first,), modules, forgiven=forgiven, with_bound=with_bound)[first]


def existing_failures(
    first: ModuleName, modules: ModuleSource, avoided: frozenset[Branch] = frozenset()
) -> frozenset[FailureKey]:
    """The keys of every failure of a first import, found by forgiving each fatal one in turn."""
    known: set[FailureKey] = set()
    while True:
        outcome = simulate_all((first,), modules, forgiven=known, avoided=avoided)[first]
        more = {failure.key for failure in outcome.failures} - known
        known |= more
        if outcome.succeeds or not more:
            return frozenset(known)


@dataclass(slots=True)
class _Level:
    """A package that is imported, and how to take that back."""

    name: ModuleName
    mark: Mark
    failures: int
    swallowed: int
    loading: int
    fatal: Failure | None
    runs: bool
    """Whether importing it after the packages above it does anything."""
    outcome: Outcome | None = None


def simulate_all(
    firsts: Iterable[ModuleName],
    modules: ModuleSource,
    *,
    forgiven: Container[FailureKey] = (),
    with_bound: bool = False,
    avoided: frozenset[Branch] = frozenset(),
) -> dict[ModuleName, Outcome]:
    """Import each module in a fresh interpreter of its own; see `simulate_each`."""
    each = simulate_each(firsts, modules, forgiven=forgiven, with_bound=with_bound, avoided=avoided)
    return dict(each)


def simulate_each(
    firsts: Iterable[ModuleName],
    modules: ModuleSource,
    *,
    forgiven: Container[FailureKey] = (),
    with_bound: bool = False,
    avoided: frozenset[Branch] = frozenset(),
) -> Iterator[tuple[ModuleName, Outcome]]:
    """Import one module after another, each in a fresh interpreter of its own, packages first.

    Of an `if` whose test is not known both sides run; those that are `avoided` do not.
    What they share, the import of their parent packages, is simulated once: the state after a
    package is kept while the modules below it are imported from there, each taken back again.
    """
    machine = Machine(modules, forgiven, avoided)
    levels: list[_Level] = []
    for first in sorted(set(firsts), key=lambda name: name.split(".")):
        with deep_recursion():
            while levels and not first.is_within(levels[-1].name):
                _leave(machine, levels.pop())
            for name in (*first.ancestors(), first):
                if not any(level.name == name for level in levels):
                    levels.append(_enter(machine, name, levels))
            outcome = _outcome_at(machine, levels, with_bound)
        yield first, outcome


def _enter(machine: Machine, name: ModuleName, levels: list[_Level]) -> _Level:
    lengths = len(machine.failures), len(machine.swallowed), len(machine.loading)
    fatal = levels[-1].fatal if levels else None
    runs = fatal is None and name not in machine.loaded
    level = _Level(name, machine.trail.mark(), *lengths, fatal, runs)
    try:
        if runs:
            machine.import_module(name, 0, None)
    except Raised as raised:
        level.fatal = raised.failure
    return level


def _leave(machine: Machine, level: _Level) -> None:
    machine.trail.rollback(level.mark)
    del machine.failures[level.failures :]
    del machine.swallowed[level.swallowed :]
    del machine.loading[level.loading :]


def _outcome_at(machine: Machine, levels: list[_Level], with_bound: bool) -> Outcome:
    """The outcome of the innermost level; that of a level above when nothing ran since."""
    last = next(level for level in reversed(levels) if level.runs)
    if last.outcome is None:
        last.outcome = _outcome(machine, last.name, last.fatal, with_bound)
    return replace(last.outcome, first=levels[-1].name)


def _outcome(
    machine: Machine, first: ModuleName, fatal: Failure | None, with_bound: bool
) -> Outcome:
    states = [state for state in machine.loaded.values() if isinstance(state, ModuleState)]
    bound = (
        {s.name: frozenset(n for n in s.names if n[0] not in "*<") for s in states}
        if with_bound
        else None
    )
    possible = {(failure.key, failure.line): failure for failure in machine.failures}
    return Outcome(
        first=first,
        like=first,
        failures=(*possible.values(), *((fatal,) if fatal else ())),
        swallowed=tuple(machine.swallowed),
        loaded=frozenset(state.name for state in states),
        fatal=fatal,
        bound=bound,
        loading=tuple(machine.loading),
    )


@contextmanager
def deep_recursion() -> Iterator[None]:
    """A chain of imports nests calls here as it does in the interpreter, only deeper."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
