"""Third-party packages that the source and its importers would come to need through the target."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from consolidator.errors import Problem
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace.declared import declared_packages, extra_packages, normal


def new_packages(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Packages that the target needs, the source can do without, and nothing declares.

    Imports under `try` or `if` do not count: a module can do without what it asks for so.
    """
    if target is None:
        return frozenset()
    return _new_for(index, source.name, target)


def _new_for(index: Index, importer: ModuleName, target: Module) -> frozenset[str]:
    needed = _needed(index, target.name)
    new = needed.keys() - declared_packages(index.workspace) if needed else needed.keys()
    new = new - _needed(index, importer).keys() if new else new
    return frozenset(
        package
        for package in new
        if any(_imports(index, path, package) for path in needed[package])
    )


def optional_packages(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Those new packages that pyproject.toml names in an extra."""
    found = new_packages(index, source, target)
    return found & extra_packages(index.workspace) if found else found


def undeclared_packages(
    index: Index, source: Module, target: Module | None, names: frozenset[str]
) -> Iterable[Problem]:
    """A problem for each new package that may not be there when the moved names are imported.

    One that an extra names is there for those who ask for the class, unless they import it as
    soon as they are imported themselves.
    """
    found = new_packages(index, source, target)
    if not found or target is None:
        return
    optional = extra_packages(index.workspace)
    for package in sorted(found):
        who = source.name
        if package in optional:
            importer = _first_to_need(index, source, target, names, package)
            if importer is None:
                continue
            who = importer
        yield Problem(
            "new-dependency",
            f"{target.name} needs the package `{package}`, which {who} can do without; "
            "who imports the moved definition would need it too",
            remedy="choose another target, declare the package among the dependencies in "
            "pyproject.toml, or go on with --accept new-dependency",
        )


def _first_to_need(
    index: Index, source: Module, target: Module, names: frozenset[str], package: str
) -> ModuleName | None:
    """A module that imports a moved name at its top and can do without the package today."""
    for module in importers(index, source.name):
        takes = any(
            item.module == source.name
            and item.name in names | {"*"}
            and item.scope is module.scope
            and not item.guards
            for item in module.imports
        )
        is_other = module.name != target.name
        if takes and is_other and package in _new_for(index, module.name, target):
            return module.name
    return None


def _needed(index: Index, start: ModuleName) -> dict[str, set[str]]:
    """The third-party packages that importing a module needs, with the files that import them.

    Read off the bytes: a string may say so as well.
    """
    workspace = index.workspace
    needed: dict[str, set[str]] = {}
    seen: set[ModuleName] = set()
    queue = [*start.ancestors(), start]
    while queue:
        name = queue.pop()
        path = workspace.path_of(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        for imported in index.imported_for_certain(path, name):
            if workspace.is_first_party(imported.top):
                queue += [*imported.ancestors(), imported]
            elif imported.top not in sys.stdlib_module_names:
                needed.setdefault(normal(imported.top), set()).add(path)
    return needed


def _imports(index: Index, path: str, package: str) -> bool:
    """Whether a file has an import of the package at its top, and not only says so in a string."""
    module = index.readable(path)
    return module is not None and any(
        item.scope is module.scope and not item.guards and normal(item.module.top) == package
        for item in module.imports
    )
