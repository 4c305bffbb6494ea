"""Simulates modules that import more than their events tell: what operators may come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from consolidator.index.events import codes
from consolidator.index.events.codes import Event
from consolidator.index.import_order import SimulatedProject
from consolidator.index.index import Index
from consolidator.index.simulation import SimulatedModule, Step, simulate_all
from consolidator.names import ModuleName


class Forced(NamedTuple):
    """An import that may happen once a module has come as far as a line."""

    line: int
    module: ModuleName
    name: str | None = None

    def events(self, mark: str) -> tuple[Event, Event]:
        """A function of that name, which perhaps imports it, and a call."""
        event: Event = (codes.IMPORT, self.line, self.module, None, True)
        if self.name is not None:
            event = (codes.FROM, self.line, self.module, ((self.name, self.name),))
        call = (codes.CALL, self.line, (mark,), codes.CALLED)
        return (codes.DEF, self.line, mark, (event,), True, (), None, ()), call


@dataclass(frozen=True)
class LoadingProject(SimulatedProject):
    """The modules of an index, one of which has some events more."""

    loader: str = ""
    more: tuple[Event, ...] = ()

    def _read(self, name: str) -> SimulatedModule | None:
        module = super()._read(name)
        if module is None or name != self.loader:
            return module
        events = list(module.events)
        for event in self.more:
            below = (number for number, known in enumerate(events) if known[1] > event[1])
            events.insert(next(below, len(events)), event)
        return SimulatedModule(module.kind, tuple(events))


def loading(
    index: Index, within: frozenset[ModuleName], loader: ModuleName, forced: Iterable[Forced]
) -> LoadingProject:
    """The modules of an index, one of which perhaps imports something more; see `forced_step`."""
    # what is simulated of this tree is kept apart from what its own events come to
    apart = index.after(index.workspace)
    each = [item.events(f"<{number}>") for number, item in enumerate(forced)]
    return LoadingProject(apart, within, {}, loader, tuple(chain.from_iterable(each)))


def forced_step(step: Step) -> int | None:
    """The number of the forced import that a link of a chain stands for."""
    return int(step.what[1:-3]) if step.what.startswith("<") else None


class State(NamedTuple):
    """What has been imported when a first import comes to a line of a module."""

    complete: frozenset[ModuleName]
    running: frozenset[ModuleName]

    @property
    def loaded(self) -> frozenset[ModuleName]:
        """All that another import would not run again."""
        return self.complete | self.running


def state_at(index: Index, within: frozenset[ModuleName], loader: ModuleName, line: int) -> State:
    """What has been imported when a module, as the first import, comes to a line of its own."""
    stop = (codes.RAISE, line - 1, "SystemExit")  # what is half imported then goes again
    outcome = simulate_all([loader], LoadingProject(index, within, {}, loader, (stop,)))[loader]
    steps = outcome.fatal.chain if outcome.fatal is not None else ()
    running = frozenset(step.module for step in steps if step.module)
    return State(outcome.loaded - running, running | {loader})


def loaded_by(
    index: Index, within: frozenset[ModuleName], name: ModuleName
) -> frozenset[ModuleName]:
    """The modules that have been imported after a first import."""
    return simulate_all([name], SimulatedProject(index, within))[name].loaded
