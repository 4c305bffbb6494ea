"""Finds imports of modules that the project does not have, though it should."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from consolidator.finders.broken_imports import why_harmless
from consolidator.finders.candidates import Demand, candidates, demand, shared_tail
from consolidator.finders.findings import Candidate, MissingModule, Site
from consolidator.finders.import_sites import sites_of
from consolidator.finders.missing import stems_by_tail, why_generated
from consolidator.finders.origins import comes_from
from consolidator.finders.scene import Scene
from consolidator.finders.statement_text import code_of
from consolidator.finders.unmet import MissingAsks, unmet
from consolidator.names import ModuleName, QualifiedName


@dataclass(frozen=True, slots=True)
class _Missing:
    """A missing module with all that is asked of it, and the modules that could be meant."""

    module: ModuleName
    asks: MissingAsks
    sites: tuple[Site, ...]
    names: tuple[str, ...]
    namesakes: tuple[ModuleName, ...]


def find_missing_modules(scene: Scene) -> Iterator[MissingModule]:
    """Every module of the project that is imported and does not exist, one finding for each.

    Only where the project must be meant: the package above it is a regular one, or others import
    from it with success. A module of the same last name that offers all that is asked for is its
    namesake: then the imports are to be rewritten, and nothing has to move.
    """
    yield from (finding for finding, _ in scene.once(_missing_modules))


def demands_on_missing(scene: Scene) -> Iterator[tuple[Demand, tuple[Candidate, ...]]]:
    """The demand for each name of a missing module that has no namesake, with the candidates."""
    for finding, demands in scene.once(_missing_modules):
        if finding.suppression is None:
            yield from zip(demands, (found for _, found in finding.candidates), strict=True)


def _missing_modules(scene: Scene) -> tuple[tuple[MissingModule, list[Demand]], ...]:
    asked = scene.once(unmet).modules
    found = [_missing(scene, module, asks) for module, asks in sorted(asked.items())]
    demands = [_demands(scene, one) if not one.namesakes else [] for one in found]
    flat = iter(candidates(scene, [each for some in demands for each in some]))
    return tuple(
        (_finding(scene, one, some, list(islice(flat, len(some)))), some)
        for one, some in zip(found, demands, strict=True)
    )


def _finding(
    scene: Scene, one: _Missing, demands: list[Demand], found: list[tuple[Candidate, ...]]
) -> MissingModule:
    asks = (*one.asks.takes, *one.asks.binds)
    return MissingModule(
        one.module,
        one.names,
        one.sites,
        one.namesakes[0] if len(one.namesakes) == 1 else None,
        one.namesakes if len(one.namesakes) > 1 else (),
        tuple(
            (each.asked.name, each_found) for each, each_found in zip(demands, found, strict=True)
        ),
        why_generated(scene, one.module) or why_harmless(scene, asks, one.sites),
    )


def _missing(scene: Scene, module: ModuleName, asks: MissingAsks) -> _Missing:
    names = tuple(sorted({item.name for _, item in asks.takes if item.name and item.name != "*"}))
    sites = sites_of(scene, (*asks.takes, *asks.binds))
    return _Missing(module, asks, sites, names, tuple(_namesakes(scene, module, names, asks)))


def _demands(scene: Scene, one: _Missing) -> list[Demand]:
    found = []
    for name in one.names:
        asks = [ask for ask in one.asks.takes if ask[1].name == name]
        found.append(demand(scene, QualifiedName(one.module, name), sites_of(scene, asks)))
    return found


def _namesakes(
    scene: Scene, module: ModuleName, names: Sequence[str], asks: MissingAsks
) -> list[ModuleName]:
    """The modules of the same last name that offer every name, only the likest ones."""
    wanted = {*names, *_attributes(scene, asks)}
    offering: dict[ModuleName, int] = {}
    for path in _of_same_tail(scene, module):
        name = scene.module_of(path)
        shared = shared_tail(name, module)
        if (wanted or shared > 1) and all(comes_from(scene, path, each) for each in wanted):
            offering[name] = shared
    most = max(offering.values(), default=0)
    return sorted(name for name, shared in offering.items() if shared == most)


def _attributes(scene: Scene, asks: MissingAsks) -> Iterator[str]:
    """What is taken as an attribute of the module, as far as that shows: `mod.NAME`."""
    for path, item in asks.binds:
        module = item.module if item.name is None and not item.alias else item.bound
        code = code_of(scene.index.workspace.file(path).text)
        yield from re.findall(rf"(?<![\w.]){re.escape(module)}\.(\w+)", code)


def _of_same_tail(scene: Scene, module: ModuleName) -> Iterator[str]:
    for stem in scene.once(stems_by_tail).get(module.tail, ()):
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in scene.outlines and scene.index.workspace.module_of(path) is not None:
                yield path
