"""Classes that a base or a metaclass in another module keeps, or is asked for."""

from __future__ import annotations

import ast

from consolidator.edits.heirs import defining_class
from consolidator.edits.state_changes import reaches_state
from consolidator.edits.subclass_hooks import learns_of_heirs
from consolidator.index.index import Index
from consolidator.index.module import Module

_MOST_BASES = 8


def tells_a_base(index: Index, module: Module) -> bool:
    """Whether a class of a module is known elsewhere as soon as the module is imported.

    class CsvWriter(Writer): ...    # where Writer.__init_subclass__ keeps it, in another module
    class CsvReader(Reader): ...    # where somebody asks Reader.__subclasses__()
    """
    return any(
        _tells(index, module, statement, module.path, 0)
        for statement in module.body
        if isinstance(statement, ast.ClassDef)
    )


def _tells(index: Index, module: Module, node: ast.ClassDef, own: str, depth: int) -> bool:
    for keyword in node.keywords:
        maker = defining_class(index, module, keyword.value) if keyword.arg == "metaclass" else None
        if maker and maker[0].path != own and reaches_state(maker[0], maker[1].name, set()):
            return True
    for base in node.bases if depth < _MOST_BASES else ():
        found = defining_class(index, module, base)
        if found is None:
            continue
        if found[0].path != own and learns_of_heirs(index, *found):
            return True
        if _tells(index, *found, own, depth + 1):
            return True
    return False
