"""Finds imports of modules that the project does not have, though it should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consolidator.errors import Refusal
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.broken_imports import why_harmless
from consolidator.finders.candidates import Demand, candidates, demand, shared_tail
from consolidator.finders.findings import MissingModule, Site
from consolidator.finders.import_sites import sites_of
from consolidator.finders.missing import (
    is_surely_missing,
    nearest_package,
    stems_by_tail,
    why_generated,
)
from consolidator.finders.origins import comes_from
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName, QualifiedName


@dataclass(frozen=True, slots=True)
class _Missing:
    """A missing module with all that is asked of it, and the modules that could be meant."""

    module: ModuleName
    asks: tuple[Ask, ...]
    sites: tuple[Site, ...]
    names: tuple[str, ...]
    namesakes: tuple[ModuleName, ...]


def find_missing_modules(scene: Scene) -> Iterator[MissingModule]:
    """Every module of the project that is imported and does not exist, one finding for each.

    Only where the project must be meant: the package above it is a regular one, or others import
    from it with success. A module of the same last name that offers all that is asked for is its
    namesake: then the imports are to be rewritten, and nothing has to move.
    """
    yield from scene.once(_missing_modules)


def _missing_modules(scene: Scene) -> tuple[MissingModule, ...]:
    found = [_missing(scene, module, asks) for module, asks in sorted(_asked(scene).items())]
    demands = [_demands(scene, one) if not one.namesakes else [] for one in found]
    flat = [each for some in demands for each in some]
    answers = dict(zip(map(id, flat), candidates(scene, flat), strict=True))
    return tuple(
        MissingModule(
            one.module,
            one.names,
            one.sites,
            one.namesakes[0] if len(one.namesakes) == 1 else None,
            one.namesakes if len(one.namesakes) > 1 else (),
            tuple((each.asked.name, answers[id(each)]) for each in some),
            why_generated(scene, one.module) or why_harmless(scene, one.asks, one.sites),
        )
        for one, some in zip(found, demands, strict=True)
    )


def _asked(scene: Scene) -> dict[ModuleName, list[Ask]]:
    """What is asked of missing modules; the names that two roots give one module are one."""
    found: dict[ModuleName, list[Ask]] = {}
    for module, asks in scene.once(all_asks).of_nothing.items():
        if is_surely_missing(scene, module, asks):
            found.setdefault(_own_name(scene, module), []).extend(asks)
    return found


def _own_name(scene: Scene, module: ModuleName) -> ModuleName:
    """The name that the module would have by the root of the package above it."""
    above = nearest_package(scene, module)
    try:
        path = scene.index.workspace.path_of(above)
    except Refusal:
        return module
    own = scene.module_of(path) if path is not None else above
    return ModuleName(own + module[len(above) :])


def _missing(scene: Scene, module: ModuleName, asks: Sequence[Ask]) -> _Missing:
    asked = {item.name for _, item in asks if item.name and item.name != "*"}
    names = tuple(sorted(asked))
    namesakes = tuple(_namesakes(scene, module, names, {path for path, _ in asks}))
    return _Missing(module, tuple(asks), sites_of(scene, asks), names, namesakes)


def _demands(scene: Scene, one: _Missing) -> list[Demand]:
    found = []
    for name in one.names:
        asks = [ask for ask in one.asks if ask[1].name == name]
        sites = sites_of(scene, asks)
        found.append(demand(scene, QualifiedName(one.module, name), sites))
    return found


def _namesakes(
    scene: Scene, module: ModuleName, names: Sequence[str], importers: set[str]
) -> list[ModuleName]:
    """The modules of the same last name that offer every name, only the likest ones."""
    offering: dict[ModuleName, int] = {}
    for path in _of_same_tail(scene, module):
        name = scene.module_of(path)
        shared = shared_tail(name, module)
        if (names or shared > 1) and all(comes_from(scene, path, each) for each in names):
            offering[name] = shared
    most = max(offering.values(), default=0)
    return sorted(name for name, shared in offering.items() if shared == most)


def _of_same_tail(scene: Scene, module: ModuleName) -> Iterator[str]:
    for stem in scene.once(stems_by_tail).get(module.tail, ()):
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in scene.outlines and scene.index.workspace.module_of(path) is not None:
                yield path
