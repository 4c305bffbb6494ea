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
    known = {name: frozenset(doors(before, name, at_once=True).values()) for name in names}
    everybody = frozenset[ModuleName]().union(*known.values())
    found: frozenset[ModuleName] = frozenset()
    for name in names:
        used = known[name] if before.workspace.path_of(name) else everybody
        for cycle, door in doors(after, name).items():
            if door not in used and names.isdisjoint(cycle):
                found |= cycle
    return found


def doors(index: Index, module: ModuleName, *, at_once: bool = False) -> Mapping[Cycle, ModuleName]:
    """The cycles that importing a module runs into, each with the member that comes first.

    With `at_once`, what the module imports in a `__getattr__` of its own does not count.
    """

    def imports_of(name: ModuleName) -> tuple[ModuleName, ...]:
        path = index.workspace.path_of(name)
        if path is None:
            return ()
        if at_once and name == module:
            return _imported_at_once(index, path, name)
        return index.modules_imported_by(path, name, deferred=False)

    cycles = {
        member: cycle
        for cycle in strongly_connected([module], imports_of)
        if len(cycle) > 1
        for member in cycle
    }
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
        stack += reversed([*name.ancestors(), *imports_of(name)])
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
