"""Whether an annotation can be evaluated for sure, though nothing evaluates it where it stands."""

from __future__ import annotations

import ast
import builtins
import sys
from dataclasses import dataclass

from consolidator.index.events.static_tests import dotted
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.names import ModuleName

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


@dataclass(frozen=True, slots=True)
class EvidentTypes:
    """Says of annotations of a module whether evaluating them cannot fail."""

    index: Index
    source: Module
    oldest: tuple[int, int] | None = None
    """The oldest Python that has to take them; by default the running one is trusted."""

    def _is_older_than(self, *version: int) -> bool:
        return self.oldest is not None and self.oldest < version

    def holds(self, node: ast.expr | None) -> bool:
        """Whether an annotation can be evaluated once its names are bound."""
        if isinstance(node, ast.Name | ast.Constant):
            return True
        if isinstance(node, ast.Attribute):
            return dotted(node) is not None
        if isinstance(node, ast.BinOp):
            joins = isinstance(node.op, ast.BitOr) and not self._is_older_than(3, 10)
            return joins and all(
                self.holds(side) and self._may_be_joined(side) for side in (node.left, node.right)
            )
        if isinstance(node, ast.Subscript):
            return self._takes_parameters(node.value) and self._are_parameters(node)
        return False

    def _may_be_joined(self, node: ast.expr) -> bool:
        """Whether `node | None` works: not for a function, and not for a name in quotes."""
        if isinstance(node, ast.Constant):
            return node.value is None
        path = dotted(node)
        if path is None:
            return True  # list[int] | None
        origin = self._origin(path)
        if origin.kind != "external":
            return self._is_class(origin) or self._is_builtin_type(node)
        module, _, name = str(origin).rpartition(".")
        standard = module.partition(".")[0] in sys.stdlib_module_names
        return name[:1].isupper() and (not standard or module in _ABSTRACT | _OF_TYPES)

    def _takes_parameters(self, node: ast.expr) -> bool:
        """Whether `node[...]` works: for `list` and `Mapping`, and not for what may be none."""
        path = dotted(node)
        origin = self._origin(path) if path else None
        if origin is None or origin.kind != "external":
            found = getattr(builtins, getattr(node, "id", ""), None)
            takes = found is type or hasattr(found, "__class_getitem__")
            return takes and self._is_builtin_type(node) and not self._is_older_than(3, 9)
        module = str(origin).rpartition(".")[0]
        if module not in {"typing", "typing_extensions"} and self._is_older_than(3, 9):
            return False
        return str(origin) in _GENERIC or module in _ABSTRACT

    def _are_parameters(self, node: ast.Subscript) -> bool:
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if (dotted(node.value) or "").rpartition(".")[2] == "Callable":
            # Callable[[int], str]; a checker puts up with Callable[[int]]
            if len(inner) != 2:
                return False
            arguments = inner[0].elts if isinstance(inner[0], ast.List) else [inner[0]]
            inner = [*arguments, inner[1]]
        return all(self.holds(each) for each in inner)

    def _origin(self, path: str) -> Origin:
        """What `abc.Mapping` means in the source: `collections.abc.Mapping`, for instance."""
        first, *rest = path.split(".")
        origin = self.index.resolve(self.source.name, first)
        items = self.source.imports_by_name.get(first, [])
        if items and items[-1].name is None:  # import collections.abc
            origin = self.index.resolve_import(items[-1])
        for part in rest:
            if origin.kind == "module":
                origin = self.index.resolve(origin.module, part)
            elif origin.kind == "external":
                origin = Origin("external", ModuleName(str(origin)), part)
            else:
                return Origin("unknown", origin.module, part)
        return origin

    def _is_class(self, origin: Origin) -> bool:
        home = self.index.module(origin.module) if origin.kind == "definition" else None
        bindings = home.bindings(origin.name) if home is not None else []
        return bool(bindings) and all(isinstance(each.node, ast.ClassDef) for each in bindings)

    def _is_builtin_type(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Name) or self.source.bindings(node.id):
            return False
        return isinstance(getattr(builtins, node.id, None), type)
