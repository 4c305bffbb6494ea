"""Finds imports of names that the module they are asked of does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consolidator.finders.asks import Ask, all_asks, users_of_module
from consolidator.finders.bindings import bindings, is_set_from_outside
from consolidator.finders.candidates import Demand, candidates, demand
from consolidator.finders.findings import BrokenImport, Site, Suppression
from consolidator.finders.import_sites import SiteReader, sites_of
from consolidator.finders.missing import is_surely_missing, modules_nearby, why_generated
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName, QualifiedName

_GUARDED = Suppression("guarded-import", "every import of it is ready for its failure")
_EXPECTED = Suppression("expected-failure", "tests that it cannot be imported")


def find_broken_imports(scene: Scene) -> Iterator[BrokenImport]:
    """Every `from M import N` where M exists and does not bind N, one finding for each M and N.

    Only what is certain: nothing is said of modules that can bind names unseen, or of names that
    others set on a module.
    """
    yield from scene.once(_broken_imports)


def _broken_imports(scene: Scene) -> tuple[BrokenImport, ...]:
    missing = sorted(_missing_names(scene))
    demands = [demand(scene, asked, sites_of(scene, asks)) for asked, asks in missing]
    return tuple(
        BrokenImport(asked, one.sites, one.answer, found, _suppression(scene, one, asks))
        for (asked, asks), one, found in zip(
            missing, demands, candidates(scene, demands), strict=True
        )
    )


def _suppression(scene: Scene, one: Demand, asks: Sequence[Ask]) -> Suppression | None:
    module = one.asked.module.child(one.asked.name)  # from package import _version
    return why_generated(scene, module) or why_harmless(scene, asks, one.sites)


def why_harmless(scene: Scene, asks: Sequence[Ask], sites: Sequence[Site]) -> Suppression | None:
    """Why failing imports do no harm, if they do none."""
    reader = scene.once(SiteReader)
    if all(reader.surroundings(*ask).is_expected for ask in asks):
        return _EXPECTED
    return _GUARDED if all(site.is_guarded for site in sites) else None


def _missing_names(scene: Scene) -> Iterator[tuple[QualifiedName, list[Ask]]]:
    asks = scene.once(all_asks)
    doubtful = [
        (path, name, taken)
        for path, names in asks.of_files.items()
        if (outline := scene.outlines.get(path)) is not None
        for name, taken in names.items()
        if name is not None and name != "*" and name not in outline.bound
    ]
    known = scene.once(bindings)
    known.prepare((path, name) for path, name, _ in doubtful)
    for path, name, taken in doubtful:
        failing = [ask for ask in taken if _fails(scene, path, name, ask)]
        if failing and not _is_set(scene, path, name):
            yield QualifiedName(scene.module_of(path), name), failing
    yield from _missing_in_folders(scene)


def _fails(scene: Scene, path: str, name: str, ask: Ask) -> bool:
    known = scene.once(bindings)
    if known.has(path, name) is not False:
        return False
    if known.has(path, name, for_typing=True) and _is_typing_only(scene, ask):
        return False
    user, item = ask
    if item.module.startswith("."):
        return True
    nearby = modules_nearby(scene, ModuleName(item.module), user)
    others = [file for stem in nearby for file in _files(scene, stem) if file != path]
    return all(known.has(other, name) is False for other in others)


def _is_typing_only(scene: Scene, ask: Ask) -> bool:
    return scene.once(SiteReader).surroundings(*ask).is_typing_only


def _files(scene: Scene, stem: str) -> Iterator[str]:
    return (file for file in (f"{stem}.py", f"{stem}/__init__.py") if file in scene.outlines)


def _is_set(scene: Scene, path: str, name: str) -> bool:
    users = {user for user, _ in users_of_module(scene, path)}
    return is_set_from_outside(scene, users, name)


def _missing_in_folders(scene: Scene) -> Iterator[tuple[QualifiedName, list[Ask]]]:
    """`from folder import name` for a namespace package, which binds only its modules."""
    for folder, asks in scene.once(all_asks).of_folders.items():
        if scene.index.workspace.stub_of(folder):
            continue  # a compiled module, with its stub
        by_name: dict[str, list[Ask]] = {}
        for ask in asks:
            name = ask[1].name
            if name and name != "*":
                by_name.setdefault(name, []).append(ask)
        for name, taken in by_name.items():
            child = ModuleName(folder).child(name)
            if not scene.index.workspace.is_first_party(child) and is_surely_missing(
                scene, child, taken
            ):
                yield QualifiedName(folder, name), taken
