"""Third-party packages that the source and its importers would come to need through the target."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache

from consolidator.errors import Problem
from consolidator.index.import_graph import unguarded_imports
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace import SourceFile
from consolidator.workspace.declared import (
    declared_packages,
    extra_packages,
    normal,
    says_what_it_needs,
)


def new_packages(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Packages that the target needs, the source can do without, and nothing declares.

    Imports under `try` or `if` do not count for the target, and do for the source.
    """
    if target is None:
        return frozenset()
    there, tops = _reach(index, source.name)
    needed = _needed(index, [target.name], there) - tops
    return frozenset(needed - declared_packages(index.workspace)) if needed else frozenset()


def optional_packages(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Those new packages that pyproject.toml names in an extra."""
    found = new_packages(index, source, target)
    return found & extra_packages(index.workspace) if found else found


def undeclared_packages(index: Index, source: Module, target: Module | None) -> Iterable[Problem]:
    """A problem for each new package of which nothing says that it is there."""
    found = new_packages(index, source, target)
    for package in sorted(found - extra_packages(index.workspace) if found else found):
        assert target is not None
        yield Problem(
            "new-dependency",
            f"{target.name} needs the package `{package}`, which {source.name} can do without; "
            "who imports the moved definition would need it too",
            remedy="choose another target, declare the package among the dependencies in "
            "pyproject.toml, or go on with --accept new-dependency",
        )


def newly_needed(
    before: Index, after: Index, target: ModuleName, changed: Iterable[ModuleName]
) -> dict[ModuleName, frozenset[str]]:
    """Modules that come to need a package when they are imported, which nothing declares.

    All that the changed modules gain are imports of the target, and of what it imports. None where
    the project does not say what it needs: then whatever it imports is there.
    """
    if not says_what_it_needs(before.workspace):
        return {}
    needed = _needed(after, [target], set()) - declared_packages(before.workspace)
    found = {}
    for name in sorted(changed) if needed else ():
        if before.module(name) and not set(_unguarded(after, name)) <= {*_unguarded(before, name)}:
            more = needed - needed_by(before, name)
            more &= _needed(after, [name], set()) if more else set()
            if more:
                found[name] = frozenset(more)
    return found


def needed_by(index: Index, name: ModuleName) -> frozenset[str]:
    """The third-party packages that importing a module needs for certain."""
    if name not in index.packages_needed:
        index.packages_needed[name] = needed_packages(index, [name])
    return index.packages_needed[name]


def needed_packages(index: Index, modules: Iterable[ModuleName]) -> frozenset[str]:
    """The third-party packages that importing some modules needs for certain."""
    return frozenset(_needed(index, modules, set()))


def _reach(index: Index, start: ModuleName) -> tuple[set[ModuleName], set[str]]:
    """The first-party modules that an import loads, and the top-level packages of the others."""
    workspace = index.workspace
    seen: set[ModuleName] = set()
    tops: set[str] = set()
    queue = [*start.ancestors(), start]
    while queue:
        name = queue.pop()
        path = workspace.path_of(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        tops |= {normal(o.top) for o in index.imported_by(path, name, deferred=False)}
        queue += index.modules_imported_by(path, name, deferred=False)
    return seen, tops


def _needed(index: Index, start: Iterable[ModuleName], there: set[ModuleName]) -> set[str]:
    """The third-party packages that importing some modules needs for certain."""
    needed: set[str] = set()
    seen = set(there)
    queue = [each for name in start for each in (*name.ancestors(), name)]
    needed |= {normal(name.top) for name in start if _is_foreign(index, name)}
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        for imported in _unguarded(index, name):
            if not _is_foreign(index, imported):
                queue += [*imported.ancestors(), imported]
            elif normal(imported.top) not in needed and _imports(index, name, imported.top):
                needed.add(normal(imported.top))
    return needed


def _is_foreign(index: Index, name: ModuleName) -> bool:
    """Whether a module is neither the project's nor the standard library's."""
    return not (name.top in sys.stdlib_module_names or index.workspace.is_first_party(name.top))


def _imports(index: Index, importer: ModuleName, top: str) -> bool:
    """Whether a module imports a package at its top in truth, and not in an example of its prose.

    A file that cannot be read imports nothing.
    """
    module = index.module(importer)
    return (
        module is not None
        and index.readable(module.path) is not None
        and any(
            item.module.top == top and item.scope is module.scope and not item.guards
            for item in module.imports
        )
    )


def _unguarded(index: Index, name: ModuleName) -> tuple[ModuleName, ...]:
    path = index.workspace.path_of(name)
    return () if path is None else _unguarded_in(index.workspace.file(path), name)


@lru_cache(maxsize=10_000)
def _unguarded_in(file: SourceFile, name: ModuleName) -> tuple[ModuleName, ...]:
    is_package = file.path.rpartition("/")[2] == "__init__.py"
    return tuple(unguarded_imports(file.data, name, is_package))
