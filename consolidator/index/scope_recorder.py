"""Records names while a walk is in a scope: what it binds there, what it uses there."""

from __future__ import annotations

import ast

from consolidator.index.scopes import Binding, BindingKind, NameUse, Scope, ScopeKind
from consolidator.index.syntax import Syntax
from consolidator.names import Span


class ScopeRecorder(ast.NodeVisitor):
    """Knows where the walk is, and fills the scopes; what to visit is a subclass's matter."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.module = self.scope = Scope("module", syntax.tree)
        self.statement = 0
        self.deferred = False
        self.annotation = False
        self.field = False
        self.never_read = False
        self.order = 0
        self.classes: list[str] = []
        self.postponed = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in syntax.tree.body
        )

    def mangle(self, name: str) -> str:
        """A private name in a class body means `_Class__name`."""
        if name[:2] != "__" or not self.classes or name.endswith("__"):
            return name
        holder = self.classes[-1].lstrip("_")
        return f"_{holder}{name}" if holder else name

    def bind(self, name: str, kind: BindingKind, node: ast.AST, scope: Scope | None = None) -> None:
        """Note that a name gets its value here, in the current scope or another one."""
        scope = scope or self.scope
        name = self.mangle(name)
        via_global = False
        if name in scope.global_names and scope.kind != "module":
            scope, via_global = self.module, True
        elif name in scope.nonlocal_names:
            scope = _owner_of_nonlocal(scope, name)
        self.order += 1
        binding = Binding(name, kind, node, self.statement, via_global, self.order)
        scope.bindings.setdefault(name, []).append(binding)

    def use(
        self,
        node: ast.AST,
        name: str,
        span: Span | None,
        attributes: tuple[ast.Attribute, ...] = (),
        quoted: bool = False,
    ) -> None:
        """Note that the value of a name is needed here."""
        self.order += 1
        self.scope.uses.append(
            NameUse(
                self.mangle(name),
                node,
                self.scope,
                self.statement,
                self.deferred or quoted,
                self.annotation,
                span,
                quoted,
                self.field,
                attributes,
                self.order,
                self.never_read,
            )
        )

    def enter(self, kind: ScopeKind, node: ast.AST) -> Scope:
        """Begin a scope inside the current one; says which one to go back to afterwards."""
        outer = self.scope
        self.scope = Scope(kind, node, outer)
        outer.children.append(self.scope)
        return outer

    def visit_all(self, nodes: list[ast.stmt] | list[ast.expr]) -> None:
        """Visit several nodes in order."""
        for node in nodes:
            self.visit(node)


def _owner_of_nonlocal(scope: Scope, name: str) -> Scope:
    """The function that a `nonlocal` name belongs to, though it may bind it further down."""
    around = [s for s in scope.between(scope.module) if s is not scope and s.kind == "function"]
    for candidate in around:
        if name in candidate.bindings and name not in candidate.nonlocal_names:
            return candidate
    return around[0] if around else scope
