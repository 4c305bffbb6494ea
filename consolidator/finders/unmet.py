"""What imports ask for in vain: names that modules lack, and modules that do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.errors import Refusal
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.bindings import bindings, is_set_from_outside
from consolidator.finders.candidates import is_defined
from consolidator.finders.import_sites import SiteReader
from consolidator.finders.missing import (
    is_surely_missing,
    modules_nearby,
    nearest_package,
    stems_by_tail,
)
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName, QualifiedName


@dataclass(frozen=True)
class MissingAsks:
    """The imports of one missing module."""

    takes: list[Ask] = field(default_factory=list)
    """`from M import N`"""
    binds: list[Ask] = field(default_factory=list)
    """`import M`, and `from P import M` for the package P."""


@dataclass(frozen=True)
class Unmet:
    """Everything that is asked for in vain."""

    names: dict[QualifiedName, list[Ask]] = field(default_factory=dict)
    """Of modules that exist."""
    modules: dict[ModuleName, MissingAsks] = field(default_factory=dict)


def unmet(scene: Scene) -> Unmet:
    """Sort what fails for certain; ask for it by `scene.once(unmet)`.

    `from package import name` asks for a module when others import one of that name from the
    package, or when the project has modules of that name and nothing else.
    """
    found = Unmet()
    for module, asks in scene.once(all_asks).of_nothing.items():
        if is_surely_missing(scene, module, asks):
            missing = found.modules.setdefault(_own_name(scene, module), MissingAsks())
            for ask in asks:
                (missing.binds if ask[1].name is None else missing.takes).append(ask)
    for asked, asks in _names(scene):
        child = asked.module.child(asked.name)
        if child in found.modules or _means_a_module(scene, asked):
            found.modules.setdefault(child, MissingAsks()).binds.extend(asks)
        else:
            found.names[asked] = asks
    return found


def _means_a_module(scene: Scene, asked: QualifiedName) -> bool:
    return (
        scene.index.workspace.is_package(asked.module)
        and asked.name in scene.once(stems_by_tail)
        and not is_defined(scene, asked.name)
    )


def _own_name(scene: Scene, module: ModuleName) -> ModuleName:
    """The name that the module would have by the root of the package above it."""
    above = nearest_package(scene, module)
    try:
        path = scene.index.workspace.path_of(above)
    except Refusal:
        return module
    own = scene.module_of(path) if path is not None else above
    return ModuleName(own + module[len(above) :])


def _names(scene: Scene) -> Iterator[tuple[QualifiedName, list[Ask]]]:
    asks = scene.once(all_asks)
    doubtful = [
        (path, name, taken)
        for path, names in asks.of_files.items()
        if (outline := scene.outlines.get(path)) is not None
        for name, taken in names.items()
        if name is not None
        and name != "*"
        and (name not in outline.bound or any(user == path for user, _ in taken))
    ]
    known = scene.once(bindings)
    known.prepare((path, name) for path, name, _ in doubtful)
    for path, name, taken in doubtful:
        failing = [ask for ask in taken if _fails(scene, path, name, ask)]
        if failing and not is_set_from_outside(scene, path, name):
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
