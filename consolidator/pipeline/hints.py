"""What a person may have meant by a name that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from consolidator.index.definitions import definition
from consolidator.index.index import Index
from consolidator.names import ModuleName


def about_text(index: Index, text: str) -> str:
    """What to say of a text that is no name: `shop.orders.Invoice`."""
    module, _, name = text.rpartition(".")
    if name.isidentifier() and index.module(module) is not None:
        return f"; write {module}:{name}"
    return "; write Class or module:Class, of what stands at the top level of a module"


def about_module(index: Index, module: ModuleName) -> str:
    """What to say of a module that is not there: `shop/orders.py`, `shop.ordres`."""
    path = module.removeprefix("./")
    meant = index.workspace.module_of(path) if index.workspace.has(path) else None
    return _meant([meant] if meant else _close(module, index.workspace.modules()))


def about_name(index: Index, module: ModuleName, name: str) -> str:
    """What to say of a name that a module does not define: it imports it, or has one like it."""
    origin = index.resolve(module, name)
    if origin.module != module and index.module(origin.module) is not None:
        return f"; it takes it from {origin.module}"
    facts = index.module(module)
    if facts is None:
        return ""
    return _meant([near for near in _close(name, facts.scope.bindings) if definition(facts, near)])


def _close(wanted: str, known: Collection[str]) -> list[str]:
    return difflib.get_close_matches(wanted, sorted(known), n=2, cutoff=0.75)


def _meant(names: Collection[str]) -> str:
    return f"; did you mean {' or '.join(names)}?" if names else ""
