"""Methods that run when somebody looks at a class, long before anybody makes an object of it."""

from __future__ import annotations

import ast

from consolidator.index.events.static_tests import dotted
from consolidator.index.scopes import Scope

_OF_METACLASSES = frozenset({"__getattribute__", "__getattr__"})
_OF_ANY_CLASS = frozenset({"__set_name__", "__class_getitem__"})


def runs_when_looked_at(scope: Scope) -> bool:
    """Whether the code of a scope runs when an attribute of a class is read, or the class is made.

        class Meta(type):
            def __getattribute__(cls, name): ...

    A decorator of another package does so while the module runs.
    """
    inner: Scope = scope
    outer = scope.parent
    while outer is not None:
        node, holder = inner.node, outer.node
        if isinstance(node, ast.FunctionDef) and isinstance(holder, ast.ClassDef):
            return node.name in _OF_ANY_CLASS or (
                node.name in _OF_METACLASSES and _is_metaclass(holder)
            )
        inner, outer = outer, outer.parent
    return False


def _is_metaclass(node: ast.ClassDef) -> bool:
    names = ((dotted(base) or "").rpartition(".")[2] for base in node.bases)
    return any(name == "type" or name.lower().endswith(("meta", "metaclass")) for name in names)
