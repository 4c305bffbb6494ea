"""Finds definitions that live where their users would not look for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from consolidator.finders.asks import all_asks
from consolidator.finders.broken_imports import find_broken_imports
from consolidator.finders.candidates import definer_in
from consolidator.finders.findings import Candidate, Definer, Misplaced, Site, Suppression
from consolidator.finders.import_sites import sites_of
from consolidator.finders.missing_modules import demands_on_missing
from consolidator.finders.roles import (
    all_test_code,
    has_test_methods,
    holds_tests,
    is_script,
    is_test_module,
    shows_tests,
)
from consolidator.finders.scene import Scene
from consolidator.index.outline import Outline, OutlinedClass
from consolidator.names import ModuleName

Reason = Literal["in a test module", "in a script", "test code imported"]


def find_misplaced(scene: Scene) -> Iterator[Misplaced]:
    """Classes that importers ask for elsewhere, or import from a test module or a script.

    Also any definition in test code that other code imports. A class asked for elsewhere is its
    name's only definition, and as many files ask for it there as import it from where it is.
    """
    yield from _asked_elsewhere(scene)
    for path in sorted(scene.once(all_asks).of_files):
        outline = scene.outlines.get(path)
        if outline is not None:
            yield from _wrongly_placed(scene, path, outline)


@dataclass(slots=True)
class _Asked:
    """Who asks for a class in modules that do not have it."""

    definer: Definer
    sites: list[Site] = field(default_factory=list)
    modules: set[ModuleName] = field(default_factory=set)
    candidates: list[Candidate] = field(default_factory=list)


def _asked_elsewhere(scene: Scene) -> Iterator[Misplaced]:
    for asked in sorted(_asked(scene).values(), key=lambda each: each.definer.qualified):
        definer = asked.definer
        here = scene.once(all_asks).of_files.get(definer.path, {}).get(definer.qualified.name, ())
        askers = {site.location.path for site in asked.sites}
        if len(askers) >= len({path for path, _ in here}):
            yield Misplaced(
                definer,
                "asked for elsewhere",
                tuple(sorted(asked.sites, key=_by_place)),
                tuple(sorted(asked.modules)),
                _why_another(asked.candidates),
            )


def _asked(scene: Scene) -> dict[Definer, _Asked]:
    """The classes that are the only ones of their name, with the demand from all modules."""
    found: dict[Definer, _Asked] = {}
    for module, candidates, sites in _demands(scene):
        classes = [one for one in candidates if one.definer.kind == "class"]
        if len(classes) == 1:
            asked = found.setdefault(classes[0].definer, _Asked(classes[0].definer))
            asked.sites += sites
            asked.modules.add(module)
            asked.candidates += classes
    return found


def _demands(
    scene: Scene,
) -> Iterator[tuple[ModuleName, Sequence[Candidate], Sequence[Site]]]:
    for broken in find_broken_imports(scene):
        if broken.suppression is None:
            yield broken.asked.module, broken.candidates, broken.sites
    for demand, candidates in demands_on_missing(scene):
        yield demand.asked.module, candidates, demand.sites


def _by_place(site: Site) -> tuple[str, int]:
    return site.location.path, site.location.line


def _why_another(candidates: Sequence[Candidate]) -> Suppression | None:
    """Why the class is perhaps not the one that is asked for."""
    for candidate in candidates:
        for misfit in candidate.fit.misfits:
            return Suppression("contradicted", f"{misfit.use} at {misfit.location}: {misfit.why}")
    return None


def _wrongly_placed(scene: Scene, path: str, outline: Outline) -> Iterator[Misplaced]:
    """What others import from a file of tests or a script."""
    tests = scene.once(all_test_code)
    taken = scene.once(all_asks).of_files[path]
    place = _place(scene, path, outline)
    classes = {item.name: item for item in outline.classes if not item.column}
    for name in sorted(name for name in taken if name in outline.bound):
        asks = [ask for ask in taken[name] if ask[0] != path]
        users = [ask for ask in asks if ask[0] not in tests and not shows_tests(scene, ask[0])]
        reason = place if name in classes else None
        if path in tests and users:
            reason, asks = "test code imported", users
        if reason == "in a script":  # that its tests import it is no news
            asks = users
        definer = definer_in(scene, path, name) if reason and asks else None
        if reason and definer:
            suppression = (
                _why_test(scene, path, classes[name]) if reason == "in a test module" else None
            )
            yield Misplaced(definer, reason, sites_of(scene, asks), (), suppression)


def _place(scene: Scene, path: str, outline: Outline) -> Reason | None:
    """What is wrong with a file as the place of a class that others import."""
    if path in scene.once(all_test_code):
        return "in a test module" if is_test_module(path) and holds_tests(outline) else None
    if outline.classes and is_script(scene.index.workspace, path):
        return "in a script"
    return None


def _why_test(scene: Scene, path: str, item: OutlinedClass) -> Suppression | None:
    if not has_test_methods(scene, path, item):
        return None
    return Suppression("test-class", f"{item.name} holds tests, which its users inherit")
