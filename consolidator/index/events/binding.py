"""Writes the events of statements that bind: imports, assignments, deletions."""

from __future__ import annotations

import ast
import sys
from typing import Any

from consolidator.index.events import codes as codes
from consolidator.index.events.dynamic import DynamicWriter
from consolidator.index.events.local_names import import_binding, local_names
from consolidator.index.events.patterns import (
    hands_back,
    has_future_annotations,
    inert_names,
    name_parts,
    unwrapped,
)
from consolidator.index.events.scopes import Scope
from consolidator.index.events.static_tests import is_known, static_value
from consolidator.names import ModuleName

_DEFERRED_ANNOTATIONS = sys.version_info >= (3, 14)


class BindingWriter(DynamicWriter):
    """Writes what binds names in one module."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        scope = Scope("module", None, local_names(tree.body))
        super().__init__(scope, tree, module, is_package)
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

    def keeps(self, name: str) -> bool:
        """Whether a binding in the current scope is written: not an inert local of a function."""
        if name in self.scope.names.declared_global:
            return False
        return self.scope.kind != "function" or name in self.scope.names.tracked

    def _bound_by_import(self, name: str) -> None:
        self.scope.fresh.discard(name)
        if self.scope.kind != "function" and name not in self.scope.names.declared_global:
            self.now_bound(name)

    # Bindings

    def _assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        self.hand_out(node.value)
        for target in node.targets:
            self.remember_choice(target, node.value)
            self._assign_to(target, node.value, node.lineno)

    def remember_choice(self, target: ast.expr, value: ast.expr) -> None:
        """A hook for the writer of `__getattr__`."""

    def _assign_to(self, target: ast.expr, value: ast.expr, line: int) -> None:
        if not isinstance(target, ast.Name):
            self._store(target, value, line)
            return
        parts = name_parts(value) if self.scope.kind == "module" else None
        if parts is not None:
            self.now_bound(target.id)
            self.out.append((codes.NAMES, line, target.id, parts, False))
            return
        module = self.imported_by_call(value)
        if module and self.keeps(target.id):  # m = import_module("a.b")
            self.scope.fresh.discard(target.id)
            self.out.append((codes.IMPORT, line, module, target.id, True))
            return
        ref = self.value_ref(value)
        if hands_back(value, target.id) and self.interests((target.id,)):
            ref = (target.id, codes.DECORATED)
        if ref is not None and self.scope.kind == "function":
            self.scope.names.tracked.add(target.id)  # x = make()
        self.bind(line, target.id, ref)
        if self.scope.kind == "module":
            known = static_value(value, self.constants)
            if is_known(known):
                self.constants[target.id] = known
                if not isinstance(value, ast.Constant):
                    self.fixed[target.id] = known

    def _store(self, target: ast.expr, value: ast.expr | None, line: int) -> None:
        """Write an assignment to something that is not a plain name."""
        if isinstance(target, ast.Attribute):
            ref = self.reference(target.value)
            self.expression(target.value)
            if ref is not None and self.interests(ref):
                kept = self.value_ref(None if value is None else unwrapped(value))
                self.out.append((codes.SET_ATTR, line, ref, target.attr, kept))
        elif isinstance(target, ast.Subscript):
            self.expression(target.value)
            self.expression(target.slice)
            self.store_item(target, line)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._store(element, None, line)
        elif isinstance(target, ast.Starred):
            self._store(target.value, None, line)
        elif isinstance(target, ast.Name):
            self.bind(line, target.id)

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
                if isinstance(target, ast.Subscript):  # del sys.modules[...]
                    self.store_item(target, node.lineno)
                continue
            self.scope.fresh.discard(target.id)
            if self.scope.kind == "function" and target.id not in self.scope.names.declared_global:
                continue
            self.scope.sure.discard(target.id)
            self.constants.pop(target.id, None)
            self.out.append((codes.UNBIND, node.lineno, target.id))
