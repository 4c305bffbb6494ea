"""Which modules may be half imported when a function imports another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from consolidator.index.index import Index
from consolidator.names import ModuleName

_MOST_MODULES = 200
_MOST_TO_READ = 2000


def half_imported(
    index: Index, imported: ModuleName, by: ModuleName
) -> frozenset[ModuleName] | None:
    """The modules whose import may call a function of `by` while `imported` cannot be had.

    def make():                  # of `by`
        from imported import x   # fails when this import leads to a module that is half imported

    Say that a function of `by` runs while a module Q is imported. All that is half imported then
    leads to Q, by its imports. If `imported` led to any of that, it would lead to Q as well. So
    only those Q count that `imported` leads to; and Q must be able to get at the function, so it
    leads to `by`. A package counts when somebody takes something from it: that it holds a module
    does not make it needed whole. None when these are too many to tell.
    """
    eager = _reached({imported, by}, lambda name: _imports(index, name, deferred=False))
    if eager is None:
        return None
    graph: dict[ModuleName, Iterable[ModuleName]] = {}

    def every(name: ModuleName) -> Iterable[ModuleName]:
        graph[name] = _imports(index, name, deferred=True)
        return graph[name]

    if _reached(eager, every) is None:
        return None
    leading = _leading_to(by, graph)
    found = frozenset(eager & leading)
    return found if len(found) <= _MOST_MODULES else None


def _reached(
    starts: Iterable[ModuleName], follow: Callable[[ModuleName], Iterable[ModuleName]]
) -> set[ModuleName] | None:
    found, queue = set(starts), list(starts)
    while queue:
        fresh = set(follow(queue.pop())) - found
        found |= fresh
        queue += fresh
        if len(found) > _MOST_TO_READ:
            return None
    return found


def _leading_to(name: ModuleName, graph: dict[ModuleName, Iterable[ModuleName]]) -> set[ModuleName]:
    importers: dict[ModuleName, list[ModuleName]] = {}
    for importer, imported in graph.items():
        for each in imported:
            importers.setdefault(each, []).append(importer)
    return _reached({name}, lambda each: importers.get(each, ())) or set(graph)


def _imports(index: Index, name: ModuleName, *, deferred: bool) -> set[ModuleName]:
    """The modules that a module imports and needs; packages around itself only if it says so."""
    workspace = index.workspace
    path = workspace.path_of(name)
    if path is None:
        return set()
    candidates = index.imported_by(path, name, deferred=deferred)
    found: set[ModuleName] = set()
    for candidate in map(ModuleName, candidates):
        if workspace.is_first_party(candidate):
            found |= {candidate, *candidate.ancestors()}
    around = {*name.ancestors(), name}
    return (found - around) | {p for p in around & found if _takes_from(index, path, name, p)}


def _takes_from(index: Index, path: str, name: ModuleName, package: ModuleName) -> bool:
    """Whether a module takes something else from a package around it than a module in it."""
    module = index.readable(path)
    if module is None:
        return True
    for item in module.imports:
        if item.module != package and item.module.is_within(package):
            if item.name is None and not item.alias:
                return True  # import pkg.part    # binds pkg
        elif item.module == package:
            submodule = item.name not in {None, "*"} and index.workspace.path_of(
                package.child(str(item.name))
            )
            if package != name and not submodule:
                return True
    return False
