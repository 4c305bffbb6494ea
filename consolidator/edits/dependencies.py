"""What modules come to need when they are imported: third-party packages, and conditions.

Conditions are those of `index/load_conditions.py`; they stand among the packages, in words.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Set

from consolidator.errors import Problem
from consolidator.index.definitions import Definition
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.load_conditions import APP_REGISTRY, load_conditions
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.workspace.declared import (
    declared_packages,
    extra_packages,
    normal,
    says_what_it_needs,
)

Needed = Mapping[str, Set[str]]
"""Packages, with the files that import them."""


def newly_needed(
    before: Index, after: Index, changed: Iterable[ModuleName]
) -> Mapping[ModuleName, frozenset[str]]:
    """Modules that come to need packages, or conditions, which an installation may be without.

    Imports under `try` or `if` do not count: a module can do without what it asks for so.
    """
    names = sorted(name for name in changed if before.workspace.path_of(name))
    if says_what_it_needs(before.workspace):
        declared = declared_packages(before.workspace)
        if needed_packages(after, names) <= declared:
            return {}
    found = {}
    for name in names:
        new = _confirmed(after, _doubtful(before, _needed(after, [name]), name))
        new -= _needed(before, [name]).keys() if new else frozenset()
        if new:
            found[name] = new
    return found


def users_needing_more(
    index: Index, source: Module, target: Module | None, roots: tuple[Definition, ...]
) -> Iterator[Problem]:
    """A problem for each package of the target that users of what moves can do without.

    Importing it in their functions would not help them: there they would miss the package, too.
    """
    if target is None:
        return
    users = _users(index, source, target, roots)
    for user, package in _packages_to_reach(index, target.name, users):
        if package == APP_REGISTRY:
            continue  # it is there by the time that functions are called
        yield Problem(
            "new-dependency",
            f"{target.name} needs {said(package)}, which {user} can do without; it would need it "
            "for what moves",
            remedy="choose another target, declare the package among the dependencies in "
            "pyproject.toml, or go on with --accept new-dependency",
        )


def said(requirement: str) -> str:
    """A package or a condition as it stands in a sentence."""
    return requirement if " " in requirement else f"the package `{requirement}`"


def _users(
    index: Index, source: Module, target: Module, roots: tuple[Definition, ...]
) -> Iterator[ModuleName]:
    """The modules that use what moves, also those that name it in a string: `"source:Name"`."""
    names = frozenset().union(*(root.names for root in roots))
    inside = {number for root in roots for number in root.statements}
    uses = [use for name in names for use in source.readers.get(name, [])]
    if any(use.statement not in inside for use in uses):
        yield source.name
    known = {source.name, target.name}
    for module in importers(index, source.name):
        taken = [i for i in module.imports if i.module == source.name and i.name in names]
        if any(not item.is_typing_only for item in taken) and module.name not in known:
            known.add(module.name)
            yield module.name
    listed = "|".join(map(re.escape, sorted(names)))
    path = re.compile(rf"['\"]{re.escape(source.name)}[.:](?:{listed})['\"]".encode())
    for file in index.workspace.mentioning({source.name.tail}):
        user = index.workspace.module_of(file.path)
        if user is not None and user not in known and path.search(file.data):
            yield user


def _packages_to_reach(
    index: Index, module: ModuleName, users: Iterable[ModuleName]
) -> Iterator[tuple[ModuleName, str]]:
    """Users of a module that can do without something which the module needs, and what that is."""
    needed = _needed(index, [module])
    if says_what_it_needs(index.workspace) and needed.keys() <= declared_packages(index.workspace):
        return
    for user in users:
        new = _confirmed(index, _doubtful(index, needed, user))
        new -= _needed(index, [user]).keys() if new else frozenset()
        yield from ((user, package) for package in sorted(new))


def needed_packages(index: Index, modules: Iterable[ModuleName]) -> frozenset[str]:
    """The third-party packages that importing some modules needs for certain."""
    return frozenset(_needed(index, modules))


def _doubtful(index: Index, needed: Needed, importer: ModuleName) -> Needed:
    """Those of the packages that may be absent.

    A project that declares nothing says nothing of a package, unless it names it in an extra or
    the importer asks for it under `try`, or in a function.
    """
    if not needed:
        return needed
    if says_what_it_needs(index.workspace):
        sure = declared_packages(index.workspace)
        return {package: paths for package, paths in needed.items() if package not in sure}
    module = index.module(importer)
    guarded = {
        normal(item.module.top)
        for item in (module.imports if module else ())
        if item.guards or (module and item.scope is not module.scope)
    }
    unsure = extra_packages(index.workspace) | guarded
    return {name: paths for name, paths in needed.items() if name in unsure or " " in name}


def _confirmed(index: Index, needed: Needed) -> frozenset[str]:
    """Those of the packages that a file really imports, and not only names in a string."""
    return frozenset(
        package
        for package, paths in needed.items()
        if " " in package or any(_imports(index, path, package) for path in paths)
    )


def _needed(index: Index, start: Iterable[ModuleName]) -> Needed:
    """The third-party packages that importing modules needs, with the files that import them.

    Read off the bytes: a string may say so as well.
    """
    workspace = index.workspace
    needed: dict[str, set[str]] = {}
    seen: set[ModuleName] = set()
    queue = list(start)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if _is_foreign(index, name):
            needed.setdefault(normal(name.top), set())
            continue
        queue += name.ancestors()
        path = workspace.path_of(name)
        for imported in index.imported_for_certain(path, name) if path else ():
            queue.append(imported)
            if _is_foreign(index, imported):
                needed.setdefault(normal(imported.top), set()).add(path or "")
        for condition in load_conditions(index, path, name) if path else ():
            needed.setdefault(condition, set()).add(path or "")
    return needed


def _is_foreign(index: Index, name: ModuleName) -> bool:
    """Whether a module is neither the project's nor the standard library's."""
    return not (name.top in sys.stdlib_module_names or index.workspace.is_first_party(name.top))


def _imports(index: Index, path: str, package: str) -> bool:
    """Whether a file imports the package at its top."""
    module = index.readable(path)
    return module is not None and any(
        item.scope is module.scope and not item.guards and normal(item.module.top) == package
        for item in module.imports
    )
