"""Writes the events of statements that bind: imports, assignments, deletions."""

from __future__ import annotations

import ast
import sys
from typing import Any

from consolidator.index import event_codes as codes
from consolidator.index.event_patterns import (
    has_future_annotations,
    inert_names,
    name_parts,
    named_module,
)
from consolidator.index.event_writer import EventWriter, Scope, reference
from consolidator.index.local_names import import_binding, local_names
from consolidator.index.static_tests import dotted, is_known, static_value
from consolidator.names import ModuleName

_DEFERRED_ANNOTATIONS = sys.version_info >= (3, 14)


class BindingWriter(EventWriter):
    """Writes what binds names in one module."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        super().__init__(Scope("module", None, local_names(tree.body)))
        self.module = module
        self.package = module if is_package else module.parent
        self.defers_annotations = _DEFERRED_ANNOTATIONS or has_future_annotations(tree)
        self.inert = inert_names(tree)
        self.fixed: dict[str, Any] = {}  # constants that hold in functions too

    # Imports

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = import_binding(alias)
            self._bound_by_import(name)
            self.out.append((codes.IMPORT, node.lineno, alias.name, name, alias.asname is not None))

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.module == "__future__" and not node.level:
            for alias in node.names:
                self.bind(node.lineno, alias.asname or alias.name)
            return
        module = self.absolute(node.module, node.level)
        if module is None:
            self.out.append((codes.RAISE, node.lineno, "ImportError"))
        elif node.names[0].name == "*":
            self.out.append((codes.STAR, node.lineno, module))
        else:
            pairs = tuple((alias.name, alias.asname or alias.name) for alias in node.names)
            self.out.append((codes.FROM, node.lineno, module, pairs))
            for _, name in pairs:
                self._bound_by_import(name)

    def absolute(self, module: str | None, level: int) -> str | None:
        """The absolute name of a possibly relative one, None when it leads above the top."""
        if not level:
            return module or ""
        base: ModuleName = self.package
        for _ in range(level - 1):
            base = base.parent
        if not base:
            return None
        return base.child(module) if module else base

    def _bound_by_import(self, name: str) -> None:
        if self.scope.kind != "function" and name not in self.scope.names.declared_global:
            self.now_bound(name)

    # Bindings

    def _assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self._assign_to(target, node.value, node.lineno)

    def _assign_to(self, target: ast.expr, value: ast.expr, line: int) -> None:
        if not isinstance(target, ast.Name):
            self._store(target, value, line)
            return
        parts = name_parts(value) if self.scope.kind == "module" else None
        if parts is not None:
            self.now_bound(target.id)
            self.out.append((codes.NAMES, line, target.id, parts, False))
            return
        self.bind(line, target.id, self.value_ref(value))
        if self.scope.kind == "module":
            known = static_value(value, self.constants)
            if is_known(known):
                self.constants[target.id] = known
                if not isinstance(value, ast.Constant):
                    self.fixed[target.id] = known

    def _store(self, target: ast.expr, value: ast.expr | None, line: int) -> None:
        """Write an assignment to something that is not a plain name."""
        if isinstance(target, ast.Attribute):
            ref = reference(target.value)
            self.expression(target.value)
            if ref is not None and self.interests(ref):
                self.out.append((codes.SET_ATTR, line, ref, target.attr, self.value_ref(value)))
        elif isinstance(target, ast.Subscript):
            self.expression(target.value)
            self.expression(target.slice)
            self._store_item(target, value, line)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._store(element, None, line)
        elif isinstance(target, ast.Starred):
            self._store(target.value, None, line)
        elif isinstance(target, ast.Name):
            self.bind(line, target.id)

    def _store_item(self, target: ast.Subscript, value: ast.expr | None, line: int) -> None:
        path = dotted(target.value)
        if path == "sys.modules":  # sys.modules[__name__] = something
            name = named_module(target.slice, self.module)
            self.out.append((codes.REPLACE, line, name, self.value_ref(value)))
        elif isinstance(target.value, ast.Call) and self._is_own_namespace(target.value):
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self.out.append((codes.BIND_GLOBAL, line, key.value, self.value_ref(value)))
            else:
                self.out.append((codes.OPEN, line))

    def _is_own_namespace(self, node: ast.expr) -> bool:
        """Whether an expression is `globals()`, or `vars()` or `locals()` of the module."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return False
        own = ("globals",) if self.scope.kind != "module" else ("globals", "vars", "locals")
        return node.func.id in own and not node.args

    def _bind_targets(self, target: ast.expr | None, line: int) -> None:
        if target is not None:
            self._store(target, None, line)

    def _augmented(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name):
            self.expression(node.value)
            self._store(node.target, None, node.lineno)
            return
        self.expression(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        self.expression(node.value)
        if self.scope.kind == "module" and isinstance(node.op, ast.Add):
            parts = name_parts(node.value)
            if parts is not None or node.target.id == "__all__":
                event = (codes.NAMES, node.lineno, node.target.id, parts or (("?",),), True)
                self.out.append(event)
                return
        self.bind(node.lineno, node.target.id)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.expression(node.value)
            self._assign_to(node.target, node.value, node.lineno)
        if self.scope.kind != "function" and not self.defers_annotations:
            self.expression(node.annotation)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.children(target)
                continue
            if self.scope.kind == "function" and target.id not in self.scope.names.declared_global:
                continue
            self.scope.sure.discard(target.id)
            self.constants.pop(target.id, None)
            self.out.append((codes.UNBIND, node.lineno, target.id))
