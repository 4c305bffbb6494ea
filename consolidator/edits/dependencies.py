"""What modules come to need when they are imported: third-party packages, and conditions.

Conditions are those of `index/load_conditions.py`; they stand among the packages, in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain

from consolidator.errors import Problem
from consolidator.finders.roles import is_test
from consolidator.index.definitions import Definition
from consolidator.index.fallbacks import is_foreign
from consolidator.index.import_graph import first_party_sequence
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.load_conditions import (
    APP_REGISTRY,
    SETTINGS,
    alternatives,
    fulfilled_by,
    load_conditions,
)
from consolidator.index.module import Module
from consolidator.index.shared_packages import absent_from_shared
from consolidator.names import ModuleName
from consolidator.workspace.declared import (
    brings,
    declared_packages,
    extra_packages,
    normal,
    packages_of_tests,
    says_what_it_needs,
)


def newly_needed(
    before: Index, after: Index, changed: Iterable[ModuleName]
) -> Mapping[ModuleName, frozenset[str]]:
    """Modules that come to need packages, or conditions, which an installation may be without.

    Imports under `try` or `if` do not count: a module can do without what it asks for so.
    """
    names = sorted(name for name in changed if before.workspace.path_of(name))
    there = _needs(after, names)
    doubtful = {package for package in there.packages if _may_be_absent(before, package)}
    here = _needs(before, names) if doubtful else there
    found: dict[ModuleName, set[str]] = {}
    for package in doubtful:
        users = there.users(package) - here.provided(package)
        for name in users.intersection(names):
            if _may_be_absent(before, package, name):
                found.setdefault(name, set()).add(package)
    return {name: frozenset(found[name]) for name in names if name in found}


def users_needing_more(
    index: Index,
    source: Module,
    target: ModuleName,
    roots: tuple[Definition, ...],
    *,
    leaves_behind: bool,
) -> Iterator[Problem]:
    """A problem for each package of the target that users of what moves can do without.

    Importing it in their functions would not help them: there they would miss the package, too.
    Nor does a lazy leave-behind help who asks the source: the name would be gone from there.
    """
    users = chain(_users(index, source, target, roots), [source.name] * leaves_behind)
    for user, package in _packages_to_reach(index, target, users):
        if package in {APP_REGISTRY, SETTINGS}:
            continue  # they are there by the time that functions are called
        who = "whoever asks it" if user == source.name else "it"
        yield Problem(
            "new-dependency",
            f"{target} needs {said(package)}, which {user} can do without; {who} would need it "
            "for what moves",
            remedy="choose another target, declare the package among the dependencies in "
            "pyproject.toml, or go on with --accept new-dependency",
        )


def said(requirement: str) -> str:
    """A package or a condition as it stands in a sentence."""
    packages = alternatives(requirement)
    if "." in requirement and " " not in requirement:
        return f"`{requirement}` of another distribution"
    if len(packages) > 1:
        return "one of the packages " + ", ".join(f"`{package}`" for package in packages)
    return requirement if " " in requirement else f"the package `{requirement}`"


def _users(
    index: Index, source: Module, target: ModuleName, roots: tuple[Definition, ...]
) -> Iterator[ModuleName]:
    """The modules that use what moves.

    Who names it in a string, `"source:Name"`, has the source imported when it is asked for, and
    so has all that the source needs.
    """
    names = frozenset().union(*(root.names for root in roots))
    inside = {number for root in roots for number in root.statements}
    uses = [use for name in names for use in source.readers.get(name, [])]
    if any(use.statement not in inside for use in uses):
        yield source.name
    known = {source.name, target}
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
            yield source.name
            return


def _packages_to_reach(
    index: Index, module: ModuleName, users: Iterable[ModuleName]
) -> Iterator[tuple[ModuleName, str]]:
    """Users of a module that can do without something which the module needs, and what that is.

    A module that is to be made needs what the packages above it need.
    """
    there = {name for name in (*module.ancestors(), module) if index.workspace.path_of(name)}
    users = [user for user in dict.fromkeys(users) if not there <= _imported_first(index, user)]
    packages = needed_packages(index, sorted(there)) if users else frozenset()
    wanted = sorted(package for package in packages if _may_be_absent(index, package))
    needs = _needs(index, users if wanted else ())
    settled = {package: needs.provided(package) for package in wanted}
    for user in users:
        for package in wanted:
            if user not in settled[package] and _may_be_absent(index, package, user):
                yield user, package


def _imported_first(index: Index, module: ModuleName) -> set[ModuleName]:
    """A module with what it imports for certain itself: all of that is read off one file."""
    path = _path_of(index, module)
    direct = index.imported_for_certain(path, module) if path else ()
    return set(first_party_sequence((module, *direct), index.workspace.is_first_party))


def _path_of(index: Index, module: ModuleName) -> str | None:
    """The file of a module, also of one that no import can name and that goes by its path.

    migrations/2024_04_03_orders.py
    """
    by_path = f"{module}.py"
    named = index.workspace.path_of(module)
    return by_path if named is None and index.workspace.has(by_path) else named


def needed_packages(index: Index, modules: Iterable[ModuleName]) -> frozenset[str]:
    """The third-party packages that importing some modules needs for certain."""
    return frozenset(_needs(index, modules).packages)


def _may_be_absent(index: Index, package: str, importer: ModuleName | None = None) -> bool:
    """Whether a package may be absent, as far as one importer shows (or any of them could).

    A project that declares nothing says nothing of a package, unless it names it in an extra or
    the importer asks for it under `try`, or in a function.
    """
    path = _path_of(index, importer) if importer else None
    if "." in package and " " not in package:  # of a package that others share
        return not brings(index.workspace, package)
    there = packages_of_tests(index.workspace) if path and is_test(path) else frozenset()
    if says_what_it_needs(index.workspace):
        there |= declared_packages(index.workspace)
        return there.isdisjoint(alternatives(package))
    if package in there:
        return False
    if importer is None or " " in package or package in extra_packages(index.workspace):
        return True
    module = index.readable(path) if path else None
    return module is not None and any(
        normal(item.module.top) == package and (item.guards or item.scope is not module.scope)
        for item in module.imports
    )


@dataclass(frozen=True, slots=True)
class _Needs:
    """Who imports what for certain, as far as some modules lead."""

    importers: Mapping[ModuleName, Set[ModuleName]]
    packages: Mapping[str, Set[ModuleName]]
    """Third-party packages and conditions, with the modules that ask for them."""

    def users(self, package: str) -> frozenset[ModuleName]:
        """The modules that need a package, be it through others."""
        found: set[ModuleName] = set()
        queue = list(self.packages.get(package, ()))
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += self.importers.get(name, ())
        return frozenset(found)

    def provided(self, requirement: str) -> frozenset[str]:
        """The modules that need a requirement, or a package that fulfils it."""
        return frozenset().union(*map(self.users, fulfilled_by(requirement)))


def _needs(index: Index, start: Iterable[ModuleName]) -> _Needs:
    """What importing modules needs, read off the bytes."""
    workspace = index.workspace
    importers: dict[ModuleName, set[ModuleName]] = {}
    packages: dict[str, set[ModuleName]] = {}
    seen: set[ModuleName] = set()
    queue = list(start)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if is_foreign(index, name):
            packages.setdefault(normal(name.top), set())
            continue
        path = _path_of(index, name)
        needed = index.imported_for_certain(path, name) if path else ()
        for imported in needed:
            if is_foreign(index, imported):
                packages.setdefault(normal(imported.top), set()).add(name)
            elif absent := absent_from_shared(index, imported):
                packages.setdefault(absent, set()).add(name)
        for condition in load_conditions(index, path, name) if path else ():
            packages.setdefault(condition, set()).add(name)
        for module in first_party_sequence((name, *needed), workspace.is_first_party):
            importers.setdefault(module, set()).add(name)
            queue.append(module)
    return _Needs(importers, packages)
