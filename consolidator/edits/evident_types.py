"""Whether an annotation can be evaluated for sure, though nothing evaluates it where it stands."""

from __future__ import annotations

import ast
import builtins
import sys

from consolidator.index.events.static_tests import dotted
from consolidator.index.module import Module

_ABSTRACT = frozenset({"typing", "typing_extensions", "collections", "collections.abc"})
"""Modules of which every type takes parameters."""
_GENERIC = frozenset(
    {"asyncio.Future", "asyncio.Queue", "asyncio.Task", "contextlib.AbstractAsyncContextManager"}
    | {"contextlib.AbstractContextManager", "contextvars.ContextVar", "contextvars.Token"}
    | {"os.PathLike", "queue.Queue", "re.Match", "re.Pattern", "subprocess.CompletedProcess"}
    | {"subprocess.Popen", "types.MappingProxyType", "weakref.ReferenceType", "weakref.ref"}
)
_OF_TYPES = frozenset(
    {"abc", "argparse", "array", "asyncio", "contextlib", "contextvars", "datetime", "decimal"}
    | {"email.message", "enum", "fractions", "http", "io", "ipaddress", "logging", "numbers", "os"}
    | {"pathlib", "queue", "re", "socket", "ssl", "subprocess", "types", "uuid", "weakref"}
)
"""Modules of the standard library whose capitalised names are types: not `threading.Lock`."""


def is_evident(source: Module, node: ast.expr | None) -> bool:
    """Whether evaluating an annotation cannot fail once its names are bound."""
    if isinstance(node, ast.Name | ast.Constant):
        return True
    if isinstance(node, ast.Attribute):
        return dotted(node) is not None
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and all(
            is_evident(source, side) and _may_be_joined(source, side)
            for side in (node.left, node.right)
        )
    if isinstance(node, ast.Subscript):
        return _takes_parameters(source, node.value) and _are_parameters(source, node)
    return False


def _may_be_joined(source: Module, node: ast.expr) -> bool:
    """Whether `node | None` works: not for a function, and not for a name in quotes."""
    if isinstance(node, ast.Constant):
        return node.value is None
    if not isinstance(node, ast.Name | ast.Attribute):
        return True  # list[int] | None
    path = _imported_path(source, node)
    if path is None:
        return _is_own_type(source, node) or _is_builtin_type(source, node)
    module, _, name = path.rpartition(".")
    standard = module.partition(".")[0] in sys.stdlib_module_names
    return name[:1].isupper() and (not standard or module in _ABSTRACT | _OF_TYPES)


def _takes_parameters(source: Module, node: ast.expr) -> bool:
    """Whether `node[...]` works: for `list` and `Mapping`, and not for what may be no generic."""
    path = _imported_path(source, node)
    if path is None:
        found = getattr(builtins, getattr(node, "id", ""), None)
        takes = found is type or hasattr(found, "__class_getitem__")
        return takes and _is_builtin_type(source, node)
    return path in _GENERIC or path.rpartition(".")[0] in _ABSTRACT


def _are_parameters(source: Module, node: ast.Subscript) -> bool:
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if (dotted(node.value) or "").rpartition(".")[2] == "Callable":
        # Callable[[int], str]; a checker puts up with Callable[[int]]
        if len(inner) != 2:
            return False
        arguments = inner[0].elts if isinstance(inner[0], ast.List) else [inner[0]]
        inner = [*arguments, inner[1]]
    return all(is_evident(source, each) for each in inner)


def _imported_path(source: Module, node: ast.expr) -> str | None:
    """`collections.abc.Mapping` for what an import of the source gives; None for anything else."""
    path = dotted(node)
    items = source.imports_by_name.get(path.partition(".")[0], []) if path else []
    if path is None or not items:
        return None
    item, rest = items[-1], path.partition(".")[2]
    if item.name is None and not item.alias:
        return path
    start = f"{item.module}.{item.name}" if item.name else str(item.module)
    return f"{start}.{rest}" if rest else start


def _is_own_type(source: Module, node: ast.expr) -> bool:
    bindings = source.bindings(node.id) if isinstance(node, ast.Name) else []
    return bool(bindings) and all(isinstance(each.node, ast.ClassDef) for each in bindings)


def _is_builtin_type(source: Module, node: ast.expr) -> bool:
    if not isinstance(node, ast.Name) or source.bindings(node.id):
        return False
    return isinstance(getattr(builtins, node.id, None), type)
