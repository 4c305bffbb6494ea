"""Modules that nothing loads any more where an importer is led to the home, and that are missed.

from .writers import CsvWriter    # in pkg/__init__.py: it also loads `pkg.writers`
import pkg
pkg.writers.LIMIT = 3             # which this lives on
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.edits.draft import Draft
from consolidator.edits.outside_effects import acts_elsewhere
from consolidator.edits.pinned import place
from consolidator.edits.told_bases import tells_a_base
from consolidator.errors import Location, Problem
from consolidator.index.index import Index, Origin
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse, Scope
from consolidator.names import ModuleName


def lost_loads(draft: Draft) -> tuple[frozenset[str], Problem | None]:
    """Files that had better go on to import from the source, and why the first of them.

    Those without which somebody would miss a module: because it is reached as an attribute of its
    package, or because its import has an effect elsewhere.
    """
    losses = _Losses(draft)
    missed = [*losses.missed_effects(), *losses.missed_attributes()]
    if not missed:
        return frozenset(), None
    files = frozenset(path for loss in missed for path in losses.paths(loss.losing))
    return files, missed[0].problem


@dataclass(frozen=True)
class _Missed:
    """A module that somebody misses, and the modules that load it no longer."""

    losing: frozenset[ModuleName]
    problem: Problem


class _Losses:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.source = draft.survey.source.name
        self.before = Loads(draft.index)
        self.after = Loads(draft.index.after(draft.after()))
        self.lost = dict(self._lost())

    def _lost(self) -> Iterator[tuple[ModuleName, frozenset[ModuleName]]]:
        """What each changed module loaded through the source, and loads no longer."""
        workspace = self.draft.index.workspace
        for path in sorted(self.draft.changes()):
            name = workspace.module_of(path) if workspace.has(path) else None
            if name in {None, self.source} or not path.endswith(".py"):
                continue
            if self.source in self.before.at_once(name):
                gone = self.before.of(self.source) - self.after.of(name)
                if gone:
                    yield name, gone

    def paths(self, losing: frozenset[ModuleName]) -> Iterator[str]:
        """The files of those modules; of one that loads another of them the other will do."""
        for name in losing:
            served = any(
                other in self.after.of(name) and (name not in self.after.of(other) or other < name)
                for other in losing - {name}
            )
            path = self.draft.index.workspace.path_of(name)
            if path and not served:
                yield path

    def missed_effects(self) -> Iterator[_Missed]:
        """Modules that change what others hold."""
        index = self.after.index
        for gone in sorted(set().union(*self.lost.values())):
            path = index.workspace.path_of(gone)
            module = index.readable(path) if path else None
            losing = frozenset(name for name, lost in self.lost.items() if gone in lost)
            why = "its import has an effect on other modules"
            if module is None:
                continue
            if acts_elsewhere(index, module):
                yield _Missed(losing, _problem(gone, losing, why, Location(module.path, 1)))
                continue
            # the home has now what it was importing: it is not refused for no more than heirs
            led = losing - {self.draft.survey.move.target}
            if led and tells_a_base(index, module):
                yield _Missed(led, _problem(gone, led, why, Location(module.path, 1)))

    def missed_attributes(self) -> Iterator[_Missed]:
        """Modules that are reached through a package that has them no longer."""
        for gone in sorted(set().union(*self.lost.values())):
            for module, use in self._reached(gone):
                user = module.name
                loaded = self.after.of(user)
                losing = frozenset(n for n, lost in self.lost.items() if gone in lost)
                losing &= loaded
                if losing:
                    why = f"{user} reaches it as an attribute and does not import it"
                    yield _Missed(losing, _problem(gone, losing, why, place(module, use.node)))

    def _reached(self, gone: ModuleName) -> Iterator[tuple[Module, NameUse]]:
        """Where a module that is not loaded any more is used as `package.module`."""
        index = self.after.index
        likely = re.compile(rb"(?<!\bself)(?<!\bcls)\.\s*%s\b" % re.escape(gone.tail.encode()))
        for file in index.workspace.mentioning({gone.tail}):
            name = index.workspace.module_of(file.path)
            if name is None or not likely.search(file.data):
                continue
            if gone in self.after.of(name) or gone not in self.before.of(name):
                continue
            module = index.readable(file.path)
            found = next(_uses_as_attribute(index, module, gone), None) if module else None
            if module is not None and found is not None:
                yield module, found


@dataclass(frozen=True)
class Loads:
    """What importing a module loads, as far as the bytes of the files tell."""

    index: Index
    _known: dict[ModuleName, frozenset[ModuleName]] = field(default_factory=dict, repr=False)

    def at_once(self, name: ModuleName) -> tuple[ModuleName, ...]:
        """What a module imports itself, with the packages above that."""
        path = self.index.workspace.path_of(name)
        return self.index.modules_imported_by(path, name, deferred=False) if path else ()

    def of(self, name: ModuleName) -> frozenset[ModuleName]:
        """All that is loaded then, the module and the packages above it included."""
        if name not in self._known:
            found: set[ModuleName] = set()
            waiting = [name, *name.ancestors()]
            while waiting:
                current = waiting.pop()
                if current not in found:
                    found.add(current)
                    waiting += self.at_once(current)
            self._known[name] = frozenset(found)
        return self._known[name]


def loads_itself(index: Index, module: Module, wanted: ModuleName) -> bool:
    """Whether one of a module's own imports, outside of its functions, loads another module."""
    loads = Loads(index)
    return any(
        wanted in loads.of(name)
        for item in module.imports
        if item.scope is module.scope and not item.is_typing_only
        for name in (item.module, item.module.child(item.name or ""))
        if index.workspace.is_first_party(name)
    )


def _uses_as_attribute(index: Index, module: Module, gone: ModuleName) -> Iterator[NameUse]:
    for scope in module.scope.walk():
        for use in scope.uses:
            if use.quoted or not any(each.attr == gone.tail for each in use.attributes):
                continue
            owner = use.scope.lookup(use.name)
            items = [i for i in module.imports if i.bound == use.name and i.scope is owner]
            around = set(_around(use.scope))
            loading = any(i.scope in around and _loads(i, gone) for i in module.imports)
            if not loading and any(_leads_to(index, item, use, gone) for item in items):
                yield use


def _leads_to(index: Index, item: Import, use: NameUse, gone: ModuleName) -> bool:
    """Whether a chain of attributes comes to a module by way of its package."""
    origin = index.resolve_import(item)
    for attribute in use.attributes:
        if origin.kind != "module":
            return False
        origin = index.resolve(origin.module, attribute.attr)
        if origin == Origin("module", gone):
            return True
    return False


def _loads(item: Import, gone: ModuleName) -> bool:
    """`import gone.part`, `from gone import part`, `from package import gone`."""
    named = item.module.child(item.name) if item.name and item.name != "*" else item.module
    return not item.is_typing_only and (item.module.is_within(gone) or named == gone)


def _around(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.parent


def _problem(
    gone: ModuleName, losing: frozenset[ModuleName], why: str, location: Location
) -> Problem:
    return Problem(
        "still-used",
        f"nothing would load {gone} any more when {min(losing)} is imported, and {why}",
        location,
        f"import {gone} where it is needed first, or choose another target",
    )
