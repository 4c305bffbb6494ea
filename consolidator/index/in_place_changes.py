"""What the statements of a module change in place while it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from consolidator.index.scopes import FunctionNode, Scope

_VERBS = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop"}
    | {"popitem", "register", "remove", "reverse", "setdefault", "sort", "unregister", "update"}
)
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.Tuple)


def in_place_changes(body: list[ast.stmt], scope: Scope) -> dict[str, tuple[int, ...]]:
    """The top-level statements that change an object of the module, by the object's name.

    TYPES.encodings.clear()
    for ending in (".zip", ".gz"):
        TYPES.encodings[ending] = guess(ending)
    _fill_types()                                 # a function that does so

    Only objects that the module makes itself; what a class or a function holds does not count.
    """
    functions = {each.name: each for each in body if isinstance(each, FunctionNode)}
    found: dict[str, list[int]] = {}
    for number, statement in enumerate(body):
        changed = () if _is_main(statement) else _changed(statement, functions, frozenset())
        for name in dict.fromkeys(changed):
            bindings = scope.bindings.get(name, [])
            if bindings and all(b.kind in {"assignment", "annotation"} for b in bindings):
                found.setdefault(name, []).append(number)
    return {name: tuple(numbers) for name, numbers in found.items()}


def bound_in_steps(body: list[ast.stmt], scope: Scope) -> dict[str, tuple[int, ...]]:
    """The statements that bind a constant of the module anew, by its name.

    KINDS = ("item",)
    KINDS += ("order",)

    Not where all of them say the same, nor where functions do so through `global`.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name, bindings in scope.bindings.items():
        statements = sorted({b.statement for b in bindings if not b.via_global})
        constant = all(b.kind == "assignment" and not b.via_global for b in bindings)
        if len(statements) > 1 and constant:
            said = {ast.dump(body[number]) for number in statements}
            if len(said) > 1:
                found[name] = tuple(statements[1:])
    return found


def _is_main(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":`."""
    tested = ast.walk(statement.test) if isinstance(statement, ast.If) else ()
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in tested)


def _changed(
    statement: ast.stmt, functions: Mapping[str, FunctionNode], called: frozenset[str]
) -> Iterator[str]:
    """The names of what a statement changes when it runs; `called` functions run already."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _LATER) or (isinstance(node, _DISPLAYS) and not _is_stored(node)):
            continue
        waiting += ast.iter_child_nodes(node)
        root = _root(node) if _changes(node) else None
        if isinstance(root, ast.Name):
            yield root.id
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        if name in functions and name not in called:
            yield from _changed_by(functions[name], functions, called | {name})


def _changed_by(
    function: FunctionNode, functions: Mapping[str, FunctionNode], called: frozenset[str]
) -> Iterator[str]:
    given = function.args
    own = {each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    for statement in function.body:
        yield from (name for name in _changed(statement, functions, called) if name not in own)


def _changes(node: ast.AST) -> bool:
    """`TYPES.limit = 3`, `del TYPES[name]`, `TYPES.encodings.clear()`, `TYPES.add_type(...)`."""
    if isinstance(node, ast.Call):
        method = node.func
        return isinstance(method, ast.Attribute) and method.attr.partition("_")[0] in _VERBS
    return isinstance(node, ast.Subscript | ast.Attribute) and _is_stored(node)


def _is_stored(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)


def _root(node: ast.AST) -> ast.AST:
    root = node.func if isinstance(node, ast.Call) else node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    return root
