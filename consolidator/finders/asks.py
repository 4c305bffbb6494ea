"""What every import of the project asks for, sorted by the file that has to provide it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from consolidator.errors import Refusal
from consolidator.finders.scene import Scene
from consolidator.index.outline import OutlinedImport
from consolidator.names import ModuleName

Ask = tuple[str, OutlinedImport]
"""The path of the file that imports, and one name of one of its import statements."""


_NEVER_OURS = sys.stdlib_module_names | {"__main__"}


@dataclass(frozen=True)
class Asks:
    """All imports of the project but those of modules that have nothing to do with it."""

    of_files: dict[str, dict[str | None, list[Ask]]] = field(default_factory=dict)
    """By the file that provides the module, then by name; None for `import module`."""
    of_folders: dict[ModuleName, list[Ask]] = field(default_factory=dict)
    """What is taken from namespace packages."""
    of_nothing: dict[ModuleName, list[Ask]] = field(default_factory=dict)
    """By a module that does not exist, though the project has a module or folder above it."""


def all_asks(scene: Scene) -> Asks:
    """Sort every outlined import by what has to provide it; ambiguous ones are left out."""
    reading = _Reading(scene)
    asks = Asks()
    for path, outline in scene.outlines.items():
        for item in outline.imports:
            module = reading.absolute(path, item.module)
            if not module:
                continue
            provider = reading.provider(module, path)
            if provider:
                names = asks.of_files.setdefault(provider, {})
                names.setdefault(item.name, []).append((path, item))
            elif provider is not None:
                known = asks.of_folders if reading.is_folder(module) else asks.of_nothing
                known.setdefault(ModuleName(module), []).append((path, item))
    return asks


def users_of_module(scene: Scene, path: str) -> Iterator[Ask]:
    """The imports that bind the module in a file itself, so that its attributes can be used."""
    asks = scene.once(all_asks)
    yield from asks.of_files.get(path, {}).get(None, ())
    name = scene.module_of(path)
    for module in (ModuleName(name.parent), *_aliases(scene, name.parent)):
        above = scene.index.workspace.path_of(module) if module else None
        taken: Iterable[Ask] = asks.of_folders.get(module, ())
        if above is not None:
            taken = asks.of_files.get(above, {}).get(name.tail, ())
        yield from (ask for ask in taken if ask[1].name == name.tail)


def _aliases(scene: Scene, module: str) -> Iterator[ModuleName]:
    """The names of a namespace folder as seen from other roots."""
    for folder in scene.once(all_asks).of_folders:
        if folder != module and (module.endswith(f".{folder}") or folder.endswith(f".{module}")):
            yield folder


class _Reading:
    """Finds the files that modules mean; the same question is answered once."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.workspace = scene.index.workspace
        self.packages: dict[str, ModuleName | None] = {}
        self.providers: dict[str, str | None] = {}
        self.near: dict[tuple[str, str], str | None] = {}
        self.folders: dict[str, bool] = {}
        self.tops: dict[str, bool] = {}
        self.roots = scene.once(_private_roots)

    def absolute(self, path: str, module: str) -> str:
        """A module as named in a file; empty when a relative name leads out of the packages."""
        if module[:1] != ".":
            return module
        if path not in self.packages:
            self.packages[path] = _package(self.scene, path)
        package = self.packages[path]
        name = module.lstrip(".")
        parts = package.split(".") if package else []
        kept = len(parts) - (len(module) - len(name) - 1)
        if kept < 1:
            return ""
        return ".".join([*parts[:kept], name] if name else parts[:kept])

    def provider(self, module: str, path: str) -> str | None:
        """The file that provides a module; empty when none does; None when that is no question.

        It is none for modules that other distributions provide and for ambiguous ones.
        """
        if module not in self.providers:
            # A `calendar.py` of the project seldom is what `import calendar` means.
            known = None if module in _NEVER_OURS else self._provider(module, None)
            self.providers[module] = known
        found = self.providers[module]
        if found and not self._reaches(module, found, path):
            return None
        if found:
            return found
        if module in _NEVER_OURS:
            return None
        key = (module, path.rpartition("/")[0])
        if key not in self.near:
            self.near[key] = self._provider(module, path)
        return self.near[key]

    def _provider(self, module: str, near: str | None) -> str | None:
        try:
            found = self.workspace.path_of(module, near)
        except Refusal:
            return None
        if found is not None:
            return found
        return "" if self._is_ours(module) else None

    def _is_ours(self, module: str) -> bool:
        top = module.partition(".")[0]
        if top not in self.tops:
            self.tops[top] = self.workspace.is_first_party(top)
        return self.tops[top]

    def _reaches(self, module: str, provider: str, path: str) -> bool:
        """Whether the importer is sure to have the root of the provider on its import path.

        `scripts/redis.py` is what the other scripts mean by `import redis`, but nobody else.
        """
        root = self.roots.get(provider)
        return not root or path.startswith(root) or module != self.workspace.module_of(provider)

    def is_folder(self, module: str) -> bool:
        """Whether a module without a .py file is a namespace package, or has a stub alone."""
        if module not in self.folders:
            self.folders[module] = self.workspace.is_first_party(module)
        return self.folders[module]


def absolute_name(scene: Scene, path: str, module: str) -> ModuleName:
    """A module as named in a file, made absolute; empty when it leads out of the packages."""
    return ModuleName(_Reading(scene).absolute(path, module))


def _package(scene: Scene, path: str) -> ModuleName | None:
    name = scene.index.workspace.module_of(path)
    if name is None or path.rpartition("/")[2] == "__init__.py":
        return name
    return name.parent


def _private_roots(scene: Scene) -> dict[str, str]:
    """By file: the root below which alone it goes by its short name, with a slash at the end."""
    private = [root.directory for root in scene.index.workspace.roots if not root.takes_new]
    folders = [f"{folder}/" for folder in sorted(private, key=len, reverse=True) if folder]
    if not folders:
        return {}
    found = {}
    for path in scene.outlines:
        root = next((folder for folder in folders if path.startswith(folder)), "")
        if root and f"{root}__init__.py" not in scene.outlines:
            found[path] = root
    return found
