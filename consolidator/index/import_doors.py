"""The door by which an import enters a cycle of modules, and changes that make it another one.

A cycle may work when it is entered by one of its modules and fail by another: `import b` fails,
`import a` does not. A change of a file outside the cycle is then no harmless one: where an import
goes or comes, the first of the others decides by which door the cycle is entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consolidator.index.import_graph import (
    first_party_sequence,
    import_sequence,
    strongly_connected,
)
from consolidator.index.index import Index
from consolidator.names import ModuleName

Cycle = frozenset[ModuleName]


def new_doors(before: Index, after: Index, changed: Iterable[ModuleName]) -> frozenset[ModuleName]:
    """The members of the cycles that a changed module enters by a door that is new to it.

    For a module that did not exist, the doors of all changed modules are old ones: its code comes
    from them. Cycles that hold a changed module are left out: those are simulated anyway.
    A door that only the module's own `__getattr__` went through is new to a plain import.
    """
    names = frozenset(changed)
    known = {name: _doors_at_once(before, name) for name in names}
    cycles = _cycles(after, names)
    everybody = frozenset[ModuleName]().union(*known.values())
    found: frozenset[ModuleName] = frozenset()
    for name in names:
        used = known[name] if before.workspace.path_of(name) else everybody
        for cycle, door in doors(after, name, cycles).items():
            if door not in used and names.isdisjoint(cycle):
                found |= cycle
    return found


def _doors_at_once(index: Index, module: ModuleName) -> frozenset[ModuleName]:
    """The doors of a module before any change: every draft asks for them again."""
    if module not in index.doors:
        index.doors[module] = frozenset(doors(index, module, at_once=True).values())
    return index.doors[module]


def _cycles(
    index: Index, modules: Iterable[ModuleName], but: ModuleName | None = None
) -> dict[ModuleName, Cycle]:
    """The cycles that importing some modules leads to, by member; see `doors` for `but`."""
    components = strongly_connected(modules, lambda name: _imports_of(index, name, but))
    return {member: cycle for cycle in components if len(cycle) > 1 for member in cycle}


def _imports_of(index: Index, name: ModuleName, but: ModuleName | None) -> tuple[ModuleName, ...]:
    path = index.workspace.path_of(name)
    if path is None:
        return ()
    if name == but:
        return _imported_at_once(index, path, name)
    return index.modules_imported_by(path, name, deferred=False)


def doors(
    index: Index,
    module: ModuleName,
    cycles: Mapping[ModuleName, Cycle] | None = None,
    *,
    at_once: bool = False,
) -> Mapping[Cycle, ModuleName]:
    """The cycles that importing a module runs into, each with the member that comes first.

    With `at_once`, what the module imports in a `__getattr__` of its own does not count. `cycles`
    are those that it may run into, where they are known.
    """
    but = module if at_once else None
    if cycles is None:
        cycles = _cycles(index, [module], but)
    found: dict[Cycle, ModuleName] = {}
    seen: set[ModuleName] = set()
    stack = [module, *reversed(module.ancestors())] if cycles else []
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in cycles:
            found.setdefault(cycles[name], name)
        stack += reversed([*name.ancestors(), *_imports_of(index, name, but)])
    return found


def may_be_half_imported(index: Index, module: ModuleName, importer: ModuleName) -> bool:
    """Whether a module imports, itself or through others, the one that imports it."""
    seen: set[ModuleName] = set()
    queue = [*module.ancestors(), module]
    while queue:
        name = queue.pop()
        path = index.workspace.path_of(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        queue += index.modules_imported_by(path, name, deferred=False)
    return importer in seen


def _imported_at_once(index: Index, path: str, name: ModuleName) -> tuple[ModuleName, ...]:
    is_package = path.rpartition("/")[2] == "__init__.py"
    data = index.workspace.file(path).data
    candidates = import_sequence(data, name, is_package, include_lazy=False)
    return first_party_sequence(candidates, index.workspace.is_first_party)
