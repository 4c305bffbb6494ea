"""The modules that a change of others could make import each other half done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consolidator.index.called_names import imports_when_called, names_called_at_import
from consolidator.index.import_doors import new_doors
from consolidator.index.import_graph import (
    import_sequence,
    modules_to_simulate,
    star_sources,
)
from consolidator.index.index import Index
from consolidator.names import ModuleName


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a change could make fail."""

    firsts: frozenset[ModuleName]
    """The modules to try as the first import."""
    within: frozenset[ModuleName]
    """Those that can be seen half imported then."""


def disturbed(before: Index, after: Index, changed: Iterable[ModuleName]) -> Disturbance:
    """The modules that a change could make import each other half done; see `cycles_of`."""
    names = frozenset(changed)
    grown = frozenset(name for name in names if _imports_more(before, after, name))
    if names not in before.cycles:
        before.cycles[names] = cycles_of(before, names)
    firsts = before.cycles[names] | cycles_of(after, names, grown) | names
    within = firsts | new_doors(before, after, names)
    # from .other import *  # in pkg/__init__.py: is `pkg.half_done` bound there yet?
    within |= {package for name in within for package in name.ancestors()}
    return Disturbance(firsts, within | behind_stars(before, within) | behind_stars(after, within))


def _imports_more(before: Index, after: Index, name: ModuleName) -> bool:
    """Whether importing a module came to import modules that it did without."""
    old, new = (
        frozenset(index.modules_imported_by(path, name, deferred=False) if path else ())
        for index in (before, after)
        for path in [index.workspace.path_of(name)]
    )
    return not new <= old


def behind_stars(index: Index, modules: Iterable[ModuleName]) -> frozenset[ModuleName]:
    """What some modules import `*` from: without its names, theirs are not known either."""
    workspace = index.workspace
    found: set[ModuleName] = set()
    queue = list(modules)
    while queue:
        name = queue.pop()
        path = workspace.path_of(name)
        if path is None:
            continue
        is_package = path.rpartition("/")[2] == "__init__.py"
        stars = set(star_sources(workspace.file(path).data, name, is_package)) - found
        found |= stars
        queue += stars
    return frozenset(found)


_MOST_ROUNDS = 3
_MOST_BY_CALLS = 100


def cycles_of(
    index: Index, changed: frozenset[ModuleName], grown: frozenset[ModuleName] = frozenset()
) -> frozenset[ModuleName]:
    """See `modules_to_simulate`; with the imports of functions that are called on the way.

    Those that import a `grown` module, or what leads to one, count as called: that may have been
    harmless before.
    """
    running: dict[ModuleName, frozenset[str]] = dict.fromkeys(changed, frozenset({_ALL}))
    found: frozenset[ModuleName] = frozenset()
    for number in range(_MOST_ROUNDS):
        graph = _ImportGraph(index, running)
        more = modules_to_simulate(changed, graph.imports_of)
        if number and len(more) > len(found) + _MOST_BY_CALLS:
            break  # a big project hangs together by functions: not all of them are called
        found = more
        called = graph.called()
        if all(names <= running.get(name, frozenset()) for name, names in called.items()):
            break
        for name, names in called.items():
            running[name] = running.get(name, frozenset()) | names
    for wanted in (graph.leading_to(grown), grown) if grown else ():
        late = graph.importing_late(wanted) - changed
        graph_then = _ImportGraph(index, {**running, **dict.fromkeys(late, frozenset({_ALL}))})
        more = modules_to_simulate(changed, graph_then.imports_of) if late else found
        if len(more) <= len(found) + _MOST_BY_CALLS:
            return more
    return found


_ALL = "*"
"""Any function of a module may be called."""


@dataclass(frozen=True)
class _ImportGraph:
    index: Index
    running: Mapping[ModuleName, frozenset[str]]
    """Modules of which functions may run while modules are imported, with the functions."""
    _known: dict[ModuleName, frozenset[ModuleName]] = field(default_factory=dict)

    def imports_of(self, name: ModuleName) -> frozenset[ModuleName]:
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: ModuleName) -> frozenset[ModuleName]:
        path = self.index.workspace.path_of(name)
        if path is None:
            return frozenset()
        called = self.running.get(name, frozenset())
        found = set(self.index.modules_imported_by(path, name, deferred=_ALL in called))
        for function in called - {_ALL}:
            found |= self._imported_by_call(name, path, function)
        return frozenset(found)

    def leading_to(self, wanted: frozenset[ModuleName]) -> frozenset[ModuleName]:
        """The modules that were looked at and import one of these, themselves or through others."""
        importers: dict[ModuleName, list[ModuleName]] = {}
        for name, imported in self._known.items():
            for each in imported:
                importers.setdefault(each, []).append(name)
        found: set[ModuleName] = set()
        queue = list(wanted)
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += importers.get(name, ())
        return frozenset(found)

    def importing_late(self, wanted: frozenset[ModuleName]) -> frozenset[ModuleName]:
        """The modules that were looked at with a function that imports one of these."""
        return frozenset(
            name
            for name in self._known
            if (path := self.index.workspace.path_of(name)) is not None
            and wanted.intersection(self._imported_late(name, path))
        )

    def _imported_late(self, name: ModuleName, path: str) -> set[ModuleName]:
        every = self.index.modules_imported_by(path, name, deferred=True)
        return set(every).difference(self.index.modules_imported_by(path, name, deferred=False))

    def called(self) -> dict[ModuleName, frozenset[str]]:
        """What the modules that were looked at take from others and call at once, if it imports.

        from .tools import make    # and make() imports something itself
        __getattr__ = make(__name__)
        """
        workspace = self.index.workspace
        found: dict[ModuleName, frozenset[str]] = {}
        for name in self._known:
            path = workspace.path_of(name)
            if path is None:
                continue
            called = names_called_at_import(workspace.file(path).data)
            for candidate in self.index.imported_by(path, name, deferred=False) if called else ():
                if candidate.tail in called:
                    # from . import tools    # tools.make()
                    is_module = workspace.path_of(candidate) is not None
                    holder = candidate if is_module else candidate.parent
                    function = _ALL if is_module else candidate.tail
                    found[holder] = found.get(holder, frozenset()) | {function}
        return {name: names for name, names in found.items() if name and self._matters(name, names)}

    def _matters(self, name: ModuleName, functions: frozenset[str]) -> bool:
        path = self.index.workspace.path_of(name)
        if path is None:
            return False
        eager = set(self.index.modules_imported_by(path, name, deferred=False))
        if _ALL in functions:
            return set(self.index.modules_imported_by(path, name, deferred=True)) > eager
        return any(not self._imported_by_call(name, path, each) <= eager for each in functions)

    def _imported_by_call(self, name: ModuleName, path: str, function: str) -> set[ModuleName]:
        """What a function of a module imports when it is called."""
        workspace = self.index.workspace
        text = imports_when_called(workspace.file(path).data, function)
        is_package = path.rpartition("/")[2] == "__init__.py"
        every = import_sequence(text, name, is_package, include_deferred=True) if text else ()
        return set(self.index.modules_among(every))
