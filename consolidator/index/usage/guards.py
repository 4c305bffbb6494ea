"""Which failures the code around a place expects: handlers, `raises(…)`, import fallbacks."""

from __future__ import annotations

import ast

from consolidator.index.last_names import innermost_name

ATTRIBUTE, CALL = 1, 2
"""What a handler around a place takes care of: a missing attribute, a wrong call."""

GUARDS = {"AttributeError": ATTRIBUTE, "TypeError": CALL, "ValidationError": CALL}
_BROAD = {"Exception": ATTRIBUTE | CALL, "BaseException": ATTRIBUTE | CALL}
_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress", "warns"})
IMPORT_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def caught(node: ast.expr | None) -> list[str]:
    """The last names of the exceptions in `except (A, b.C)`."""
    return [innermost_name(element) for element in elements(node)]


def elements(node: ast.expr | None) -> list[ast.expr]:
    """The classes of `except (A, B)`, `isinstance(x, (A, B))`, `isinstance(x, A | B)`."""
    if node is None:
        return []
    if isinstance(node, ast.Tuple):
        return [part for element in node.elts for part in elements(element)]
    if isinstance(node, ast.BinOp):
        return [*elements(node.left), *elements(node.right)]
    return [node]


def expected_failures(node: ast.expr) -> int:
    """`with pytest.raises(TypeError):`, `with suppress(AttributeError):`."""
    if not isinstance(node, ast.Call) or innermost_name(node.func) not in _RAISES:
        return 0
    names = [name for argument in node.args for name in caught(argument)]
    found = 0
    for name in names:
        found |= GUARDS.get(name, 0) | _BROAD.get(name, 0)
    return found


def imported_names(body: list[ast.stmt]) -> frozenset[str]:
    """What the `from` imports right in a block bind."""
    return frozenset(
        alias.asname or alias.name
        for statement in body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    )
