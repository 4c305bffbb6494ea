"""One walk over a file: its scopes, what may be bound in them, and the places to look at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, Literal

from consolidator.index.last_names import innermost_name
from consolidator.index.usage.expressions import ExpressionRecorder
from consolidator.index.usage.frames import Bind, Frame, FunctionNode
from consolidator.index.usage.guards import (
    GUARDS,
    IMPORT_FAILURES,
    caught,
    elements,
    expected_failures,
    imported_names,
)
from consolidator.index.usage.places import Place, Recording


def record(tree: ast.Module) -> Recording:
    """Walk over a parsed file."""
    recorder = _FileRecorder(tree)
    recorder.visit_all(tree.body)
    return recorder.recording


class _FileRecorder(ExpressionRecorder):
    """Visits each node by its kind, and knows the statements."""

    def visit(self, node: ast.AST) -> None:
        kind = node.__class__
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, node)
            return
        for name in _fields_of(kind):
            value = getattr(node, name, None)
            if value.__class__ is list:
                self.visit_all(value)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name != "*":
                self.imported(alias.asname or alias.name, [module, alias.name])

    def imported(self, bound: str, source: list[str]) -> None:
        owner = self.frame.elsewhere.get(bound, self.frame)
        groups = self.recording.groups
        if bound not in owner.groups:
            owner.groups[bound] = len(groups)
            groups.append((bound, []))
        group = owner.groups[bound]
        if source not in groups[group][1]:
            groups[group][1].append(source)
        self.bind(bound, Bind("import", owner, group=group))

    def import_module(self, node: ast.Import) -> None:
        for alias in node.names:
            self.other(alias.asname or alias.name.partition(".")[0])

    def function(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.place("decorator", decorator)
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        frame = Frame("function", node, self.frame, node.name)
        frame.decorators = frozenset(map(innermost_name, node.decorator_list))
        positional = [*node.args.posonlyargs, *node.args.args]
        if self.frame.kind == "class" and positional and "staticmethod" not in frame.decorators:
            frame.first_parameter = positional[0].arg
        self.bind(node.name, Bind("function", self.frame, opened=frame))
        for argument in [*positional, *node.args.kwonlyargs]:
            frame.bindings[argument.arg] = [
                Bind("parameter", frame, annotation=argument.annotation)
            ]
        for extra in (node.args.vararg, node.args.kwarg):
            if extra is not None:
                frame.bindings[extra.arg] = [Bind("other", frame)]
        self.function_body(frame, node.body)

    def function_body(self, frame: Frame, body: Iterable[ast.AST | None]) -> None:
        # What a handler around a `def` catches is not what its calls raise.
        guards, self.guards = self.guards, 0
        self.inside(frame, body)
        self.guards = guards

    def class_(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.place("decorator", decorator)
        self.visit_all(node.bases)
        self.visit_all(keyword.value for keyword in node.keywords)
        frame = Frame("class", node, self.frame, node.name)
        self.bind(node.name, Bind("class", self.frame, opened=frame))
        self.recording.places.append(Place("class", node, self.frame, self.guards))
        self.inside(frame, node.body)

    def assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.target(target, "value", node.value)

    def declare(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
        bind = Bind("declared", self.frame, node.value, node.annotation)
        if isinstance(node.target, ast.Name):
            self.bind(node.target.id, bind)
        elif isinstance(node.target, ast.Attribute):
            self.attribute(node.target, bind)

    def augment(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.other(node.target.id)
        elif isinstance(node.target, ast.Attribute):
            self.place("attr", node.target, node.target.attr)
            self.attribute(node.target, Bind("other", self.frame))
        else:
            self.visit(node.target)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        kind: Literal["iter", "aiter"] = "aiter" if isinstance(node, ast.AsyncFor) else "iter"
        self.visit(node.iter)
        self.place(kind, node.iter)
        self.target(node.target, kind, node.iter)
        self.visit_all([*node.body, *node.orelse])

    def with_(self, node: ast.With | ast.AsyncWith) -> None:
        kind: Literal["with", "awith"] = "awith" if isinstance(node, ast.AsyncWith) else "with"
        guards = self.guards
        for item in node.items:
            self.visit(item.context_expr)
            self.place(kind, item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars, kind, item.context_expr)
            self.guards |= expected_failures(item.context_expr)
        self.visit_all(node.body)
        self.guards = guards

    def try_(self, node: ast.Try) -> None:
        guards, fallbacks = self.guards, self.fallbacks
        for handler in node.handlers:
            for name in caught(handler.type):
                self.guards |= GUARDS.get(name, 0)
        self.visit_all(node.body)
        self.guards = guards
        for handler in node.handlers:
            names = set(caught(handler.type))
            if names & IMPORT_FAILURES or handler.type is None:
                self.fallbacks = fallbacks | imported_names(node.body)
            self.handler(handler)
            self.fallbacks = fallbacks
        self.visit_all([*node.orelse, *node.finalbody])

    def handler(self, node: ast.ExceptHandler) -> None:
        if node.type is not None:
            self.visit(node.type)
            for element in elements(node.type):
                self.place("except", element)
        if node.name:
            self.other(node.name)
        self.visit_all(node.body)

    def global_(self, node: ast.Global) -> None:
        for name in node.names:
            if self.frame.parent is not None:
                self.frame.elsewhere[name] = self.frame.module

    def nonlocal_(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            parent = self.frame.parent
            owner = parent.owner(name) if parent is not None else None
            if owner is not None:
                self.frame.elsewhere[name] = owner

    def return_(self, node: ast.Return) -> None:
        self.frame.results.append(node.value)
        if node.value is not None:
            self.visit(node.value)

    def capture(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self.other(name)
        self.visit_all([getattr(node, "pattern", None), *getattr(node, "patterns", [])])

    def match(self, node: ast.Match) -> None:
        self.narrow(node.subject)
        self.visit(node.subject)
        self.visit_all(node.cases)

    def nothing(self, node: ast.AST) -> None:
        """A leaf."""


_SKIPPED = frozenset(
    {"ctx", "op", "ops", "annotation", "returns", "type_params", "type_ignores", "kwd_attrs"}
)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields that hold nodes worth a visit."""
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _SKIPPED)
    return known


_HANDLERS: dict[type[ast.AST], Callable[[_FileRecorder, Any], None]] = {
    ast.ImportFrom: _FileRecorder.import_from,
    ast.Import: _FileRecorder.import_module,
    ast.FunctionDef: _FileRecorder.function,
    ast.AsyncFunctionDef: _FileRecorder.function,
    ast.Lambda: _FileRecorder.lambda_,
    ast.ClassDef: _FileRecorder.class_,
    ast.Assign: _FileRecorder.assign,
    ast.AnnAssign: _FileRecorder.declare,
    ast.AugAssign: _FileRecorder.augment,
    ast.NamedExpr: _FileRecorder.walrus,
    ast.For: _FileRecorder.for_,
    ast.AsyncFor: _FileRecorder.for_,
    ast.ListComp: _FileRecorder.comprehension,
    ast.SetComp: _FileRecorder.comprehension,
    ast.DictComp: _FileRecorder.comprehension,
    ast.GeneratorExp: _FileRecorder.comprehension,
    ast.With: _FileRecorder.with_,
    ast.AsyncWith: _FileRecorder.with_,
    ast.Try: _FileRecorder.try_,
    ast.TryStar: _FileRecorder.try_,
    ast.Global: _FileRecorder.global_,
    ast.Nonlocal: _FileRecorder.nonlocal_,
    ast.Return: _FileRecorder.return_,
    ast.Yield: _FileRecorder.yield_,
    ast.YieldFrom: _FileRecorder.yield_,
    ast.MatchAs: _FileRecorder.capture,
    ast.MatchStar: _FileRecorder.capture,
    ast.MatchMapping: _FileRecorder.capture,
    ast.Match: _FileRecorder.match,
    ast.Attribute: _FileRecorder.read_attribute,
    ast.Subscript: _FileRecorder.subscript,
    ast.Await: _FileRecorder.await_,
    ast.Call: _FileRecorder.call,
    ast.Name: _FileRecorder.nothing,
    ast.Constant: _FileRecorder.nothing,
    ast.Pass: _FileRecorder.nothing,
}
