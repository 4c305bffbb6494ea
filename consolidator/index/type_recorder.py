"""Records what types use: annotations, types in quotes (`cast("Node", x)`), type comments."""

from __future__ import annotations

import ast

from consolidator.index.last_names import last_name
from consolidator.index.quoted import quoted_expression, type_comments
from consolidator.index.scope_recorder import ScopeRecorder
from consolidator.index.scopes import BindingKind, Scope
from consolidator.index.syntax import Syntax
from consolidator.names import Span


class TypeRecorder(ScopeRecorder):
    """Visits the places where a type may stand; everything else is a subclass's matter."""

    def read_annotation(self, node: ast.expr | None, evaluated: bool = True) -> None:
        """Visit an annotation; not `evaluated`, it waits for somebody who asks for it."""
        if node is None:
            return
        saved = self.annotation, self.deferred, self.never_read
        self.annotation = True
        self.never_read = self.never_read or not evaluated
        self.deferred = self.deferred or self.postponed or not evaluated
        self.read_quotable(node)
        self.annotation, self.deferred, self.never_read = saved

    def read_quotable(self, node: ast.AST) -> None:
        """Visit an expression in which a string may be a quoted type."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._quoted(node)
        elif isinstance(node, ast.Subscript):
            self.visit(node.value)
            subscript = last_name(node.value)
            if subscript == "Literal":
                self.visit(node.slice)
            elif subscript == "Annotated" and isinstance(node.slice, ast.Tuple):
                self.read_quotable(node.slice.elts[0])
                self.visit_all(node.slice.elts[1:])
            else:
                self.read_quotable(node.slice)
        elif isinstance(node, ast.Tuple | ast.List | ast.BinOp | ast.Starred | ast.keyword):
            for child in ast.iter_child_nodes(node):
                self.read_quotable(child)
        else:
            self.visit(node)

    def _quoted(self, node: ast.Constant) -> None:
        for name, span, attributes in quoted_expression(self.syntax, node):
            self.use(node, name, span, attributes, quoted=True)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        # `Alias = list["Node"]`: a quoted type outside an annotation.
        if isinstance(node.ctx, ast.Load) and last_name(node.value)[:1].isupper():
            self.read_quotable(node)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        callee = last_name(node.func)
        for position, argument in enumerate(node.args):
            quotable = (callee in {"cast", "ForwardRef"} and position == 0) or (
                callee in {"NewType", "TypeVar"} and position > 0
            )
            (self.read_quotable if quotable else self.visit)(argument)
        for keyword in node.keywords:
            quotable = callee == "TypeVar" and keyword.arg in {"bound", "default"}
            (self.read_quotable if quotable else self.visit)(keyword.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        # In a function the annotation of a local variable is never evaluated.
        self.field = self.scope.kind == "class"
        self.read_annotation(node.annotation, evaluated=self.scope.kind != "function")
        self.field = False
        if node.value is not None:
            if _is_type_alias(node.annotation):
                self.read_quotable(node.value)
            else:
                self.visit(node.value)
        if isinstance(node.target, ast.Name):
            kind: BindingKind = "annotation" if node.value is None else "assignment"
            self.bind(node.target.id, kind, node.target)
        else:
            self.visit(node.target)

    def read_type_comments(self) -> None:
        """`x = []  # type: List[Item]` uses `List` and `Item`."""
        for comment in type_comments(self.syntax):
            scope, self.statement = _scope_at(self.module, self.syntax, comment.offset)
            self.scope, self.deferred, self.annotation = scope, True, True
            self.never_read = True
            for name, span, attributes in comment.names:
                self.use(comment.node, name, span, attributes, quoted=True)


def _is_type_alias(annotation: ast.expr) -> bool:
    """`Kind: TypeAlias = "Part | None"`, where the annotation may be in quotes, too."""
    quoted = annotation.value if isinstance(annotation, ast.Constant) else None
    named = quoted if isinstance(quoted, str) else last_name(annotation)
    return named.rpartition(".")[2].strip() == "TypeAlias"


def _scope_at(module: Scope, syntax: Syntax, offset: int) -> tuple[Scope, int]:
    """The innermost scope around an offset, and the index of the top-level statement there."""
    scope = module
    descended = True
    while descended:
        descended = False
        for child in scope.children:
            if hasattr(child.node, "lineno") and offset in _whole_lines(syntax, child.node):
                scope, descended = child, True
                break
    for index, statement in enumerate(syntax.tree.body):
        if offset in _whole_lines(syntax, statement):
            return scope, index
    return scope, 0


def _whole_lines(syntax: Syntax, node: ast.AST) -> Span:
    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    return Span(syntax.line_span(first).start, syntax.line_span(last).end)
