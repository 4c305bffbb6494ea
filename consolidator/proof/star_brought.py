"""What star imports brought, and somebody uses, they bring after the move as well."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.index.definitions import is_for_type_checker
from consolidator.index.importers import names_taken, star_importers
from consolidator.index.index import Index, exports
from consolidator.index.module import Module
from consolidator.names import ModuleName


def lost_from_stars(
    before: Index, after: Index, source: ModuleName, names: frozenset[str]
) -> Iterator[tuple[Module, str]]:
    """The modules that had some names of `source` by a star import, use them, and lack them."""
    itself = before.workspace.path_of(source)  # it may star-import one that star-imports it
    for module in _star_importers(before, source, {itself} if itself else set()):
        if not after.workspace.has(module.path):
            continue
        new = after.readable(module.path)
        for name in sorted(names) if new is not None else ():
            had = _has(before, module, name, set())
            if new and had and not _has(after, new, name, set()) and _is_used(after, new, name):
                yield new, name


def _star_importers(index: Index, name: ModuleName, seen: set[str]) -> Iterator[Module]:
    """The modules that import all from a module, or all from one that does."""
    for module in star_importers(index, name):
        if module.path not in seen:
            seen.add(module.path)
            yield module
            yield from _star_importers(index, module.name, seen)


def _has(index: Index, module: Module, name: str, seen: set[str]) -> bool:
    """Whether a running program finds a name in a module, without asking its `__getattr__`."""
    if module.bindings(name) and not is_for_type_checker(module, name):
        return True
    seen.add(module.path)
    return any(_brings(index, star.module, name, seen) for star in module.star_imports)


def _brings(index: Index, module: ModuleName, name: str, seen: set[str]) -> bool:
    path = index.workspace.path_of(module)
    there = index.readable(path) if path is not None else None
    if there is None:
        return not name.startswith("_")
    if there.path in seen or not exports(there, name):
        return False
    # what `__all__` lists is asked for
    asked = "__getattr__" in there.scope.bindings and name in (there.all_names or ())
    return asked or _has(index, there, name, seen)


def _is_used(index: Index, module: Module, name: str) -> bool:
    listed = name in module.readers or name in (module.all_names or ())
    return listed or module.is_package or name in names_taken(index, module.name)
