"""Third-party packages that the source and its importers would come to need through the target."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from consolidator.errors import Problem
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace.declared import declared_packages, extra_packages, normal

_MOST_PARSED = 40


def new_packages(index: Index, source: Module, target: Module | None) -> frozenset[str]:
    """Packages that the target needs, the source can do without, and nothing declares.

    Imports under `try` or `if` do not count for the target, and do for the source.
    """
    if target is None:
        return frozenset()
    there, tops = _reach(index, source.name)
    needed = _needed(index, target, there) - tops
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


def may_be_half_imported(index: Index, module: ModuleName, importer: Module) -> bool:
    """Whether a module imports, itself or through others, the one that imports it."""
    return importer.name in _reach(index, module)[0]


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


def _needed(index: Index, target: Module, there: set[ModuleName]) -> set[str]:
    """The third-party packages that the target's own part of an import needs for certain."""
    needed: set[str] = set()
    seen, queue = set(there), [target.name]
    while queue and len(seen) < len(there) + _MOST_PARSED:
        module = index.module(queue.pop())
        if module is None or module.name in seen or index.readable(module.path) is None:
            continue
        seen.add(module.name)
        for item in module.imports:
            if item.scope is not module.scope or item.guards:
                continue
            if index.workspace.is_first_party(item.module.top):
                child = item.module.child(item.name) if item.name else item.module
                queue += [item.module, child]
            elif item.module.top not in sys.stdlib_module_names:
                needed.add(normal(item.module.top))
    return needed - {""}
