"""The order in which entries are carried out: each after what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from consolidator.index.definitions import definition, uses_of
from consolidator.index.index import Index
from consolidator.names import QualifiedName

Item = TypeVar("Item")


@dataclass(frozen=True)
class Job(Generic[Item]):
    """One thing to do: what it takes from where, and what is there when it is done."""

    item: Item
    takes: tuple[QualifiedName, ...] = ()
    """The definitions that it moves, merges or looks at."""
    gives: tuple[QualifiedName, ...] = ()
    """The names that modules define or offer afterwards."""
    asks: tuple[QualifiedName, ...] = ()
    """Names that must be there before."""


@dataclass(frozen=True)
class Step(Generic[Item]):
    """A job in its place, with those that it cannot do without (as positions in the order)."""

    job: Job[Item]
    rests_on: frozenset[int] = field(default=frozenset())


def in_order(index: Index, jobs: Sequence[Job[Item]]) -> list[Step[Item]]:
    """The jobs, each after those that it needs; otherwise as they were given.

    A job rests on another that gives what it asks for, and on one that moves a definition that
    its own need as soon as they are run (a base class, a decorator). What is needed only when
    something is called comes first too, but does not have to. Cycles are cut where they close.
    """
    hard, soft = _edges(index, jobs)
    order = _sorted(len(jobs), hard, soft)
    place = {job: number for number, job in enumerate(order)}
    return [
        Step(jobs[job], frozenset(place[other] for other in hard[job] if place[other] < place[job]))
        for job in order
    ]


Edges = Mapping[int, set[int]]


def _edges(index: Index, jobs: Sequence[Job[Item]]) -> tuple[Edges, Edges]:
    """For each job the jobs that it needs, and those that had better come first."""
    takers, givers = _by_name(jobs, lambda j: j.takes), _by_name(jobs, lambda j: j.gives)
    hard: dict[int, set[int]] = {number: set() for number in range(len(jobs))}
    soft: dict[int, set[int]] = {number: set() for number in range(len(jobs))}
    for number, job in enumerate(jobs):
        for name in (*job.takes, *job.asks):
            wanted = hard if not _is_there(index, name) else soft
            wanted[number] |= {other for other in givers.get(name, ()) if other != number}
        for name, eager in _needs(index, job.takes):
            others = {other for other in takers.get(name, ()) if other != number}
            (hard if eager else soft)[number] |= others
    return hard, soft


def _by_name(
    jobs: Sequence[Job[Item]], names: Callable[[Job[Item]], Iterable[QualifiedName]]
) -> dict[QualifiedName, set[int]]:
    found: dict[QualifiedName, set[int]] = {}
    for number, job in enumerate(jobs):
        for name in names(job):
            found.setdefault(name, set()).add(number)
    return found


def _is_there(index: Index, name: QualifiedName) -> bool:
    known = index.workspace.is_first_party(name.module)
    return known and index.binds(name.module, name.name) is not False


def _needs(index: Index, taken: Iterable[QualifiedName]) -> Iterable[tuple[QualifiedName, bool]]:
    """The definitions that some definitions use, and whether at once."""
    for name in taken:
        module = index.module(name.module)
        if module is None or index.readable(module.path) is None:
            continue
        found = definition(module, name.name)
        for use in uses_of(module, found.statements) if found else ():
            origin = index.resolve(module.name, use.name)
            if origin.kind == "definition":
                yield QualifiedName(origin.module, origin.name), not use.deferred


def _sorted(count: int, hard: Edges, soft: Edges) -> list[int]:
    """Depth first, so that what a job needs comes right before it; a closing edge is cut."""
    order: list[int] = []
    done: set[int] = set()
    for start in range(count):
        stack = [(start, False)]
        on_the_way: set[int] = set()
        while stack:
            job, is_finished = stack.pop()
            if is_finished:
                on_the_way.discard(job)
                if job not in done:
                    done.add(job)
                    order.append(job)
            elif job not in done and job not in on_the_way:
                on_the_way.add(job)
                stack.append((job, True))
                first = [*sorted(soft[job] - hard[job]), *sorted(hard[job])]
                stack += [(other, False) for other in reversed(first)]
    return order
