"""Writes the events of expressions: what must be bound, what is called, in evaluation order."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from consolidator.index.events.arguments import call_part
from consolidator.index.events.codes import (
    BIND,
    BIND_GLOBAL,
    CALL,
    CHAIN,
    EITHER,
    FALLS,
    IMPORT,
    LOCAL_CHAIN,
    NAME,
    OPERATOR,
    WHEN,
    Block,
    Event,
    Ref,
)
from consolidator.index.events.conditions import OPEN, Condition
from consolidator.index.events.local_names import target_names
from consolidator.index.events.scopes import Scope, ScopeReader, plain_reference
from consolidator.index.events.static_tests import static_truth
from consolidator.index.newer_syntax.nodes import plain_type


class EventWriter(ScopeReader):
    """Appends events for expressions and bindings to `out`; statements are a subclass's matter."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.out: list[Event] = []

    def once(self, key: str | Ref, event: Event) -> None:
        """Write an event unless the same was surely written before."""
        if key not in self.scope.sure:
            self.scope.sure.add(key)
            self.out.append(event)

    # Expressions

    def expression(self, node: ast.expr | None) -> None:
        """Write what evaluating an expression looks up and calls."""
        if node is None:
            return
        kind = plain_type(node)
        if kind is ast.Constant:
            return
        writer = _EXPRESSIONS.get(kind)  # type: ignore[arg-type]
        if writer is not None:
            writer(self, node)
        else:
            self.children(node)

    def expressions(self, nodes: Iterable[ast.expr | None]) -> None:
        """Write several expressions in order."""
        for node in nodes:
            self.expression(node)

    def children(self, node: ast.AST) -> None:
        """Write the expressions inside a node, in the order of its fields."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for element in value:
                    if isinstance(element, ast.AST):
                        self._child(element)
            elif isinstance(value, ast.AST):
                self._child(value)

    def _child(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self.expression(node)
        elif isinstance(node, ast.keyword):
            self.expression(node.value)

    def captured(self, write: Callable[[], object]) -> Block:
        """The events that `write` writes, kept apart from the ones before."""
        outer, self.out = self.out, []
        try:
            write()
            return tuple(self.out)
        finally:
            self.out = outer

    def doubtful(self, line: int, write: Callable[[], object]) -> None:
        """Write events that may or may not happen."""
        self.when(line, OPEN, write)

    def when(
        self, line: int, asked: Condition, write: Callable[[], object], negative: bool = False
    ) -> None:
        """Write events that happen where a condition holds, or (`negative`) where it does not."""
        before = set(self.scope.sure)
        block = self.captured(write)
        self.scope.sure = before
        if block:
            self.out.append(either(line, asked, ((), block) if negative else (block, ())))

    def _name(self, node: ast.Name) -> None:
        name = node.id
        if not self.is_sure(name) and self.local_kind(name) in ("module", "class"):
            self.once(name, (NAME, node.lineno, name))

    def _attribute(self, node: ast.Attribute) -> None:
        ref = plain_reference(node)
        if ref is None:
            self.expression(node.value)
            self.attribute_of_call(node)
            return
        if self.local_kind(ref[0]) != "tracked" and self.is_inert(ref[0]):
            self.expression(node.value)
        else:
            self.chain(node.lineno, ref)

    def chain(self, line: int, ref: Ref) -> None:
        """Write a lookup of a name and then of attributes."""
        kind = self.local_kind(ref[0])
        if kind == "tracked":
            if ref[0] != self.scope.receiver:
                self.once(ref, (LOCAL_CHAIN, line, ref))
        elif kind and not self.is_inert(ref[0]):
            self.once(ref, (CHAIN, line, ref))

    def _call(self, node: ast.Call) -> None:
        self.expression(node.func)
        self.expressions(node.args)
        for keyword in node.keywords:
            self.expression(keyword.value)
        if not self.dynamic_call(node):
            self.call(node.lineno, self.callee(node.func), lambda: call_part(node, self.known))

    def _operation(self, node: ast.BinOp) -> None:
        self.children(node)
        left, method = self.reference(node.left), _OPERATORS.get(type(node.op))
        if left is not None and method is not None:
            asked = (*left, OPERATOR, method)
            self.call(node.lineno, asked, lambda: f"({self.known(node.right)})")

    def call(self, line: int, ref: Ref | None, told: Callable[[], str]) -> None:
        """Write a call of what `ref` stands for, when that can be a function of the project."""
        if ref is not None and self.interests(ref):
            call = told()
            self.once((*ref, call), (CALL, line, ref, call))

    def attribute_of_call(self, node: ast.Attribute) -> None:
        """Write the lookup of an attribute on what a call returns; a subclass knows of which."""

    def dynamic_call(self, node: ast.Call) -> bool:
        """Write a call that imports or binds by itself; a subclass knows which."""
        return False

    def _walrus(self, node: ast.NamedExpr) -> None:
        self.expression(node.value)
        for name in target_names(node.target):
            if self.scope.kind != "module" and name not in self.scope.names.declared_global:
                self.scope.names.bound.add(name)
            self.bind(node.lineno, name, self.value_ref(node.value))

    def _lambda(self, node: ast.Lambda) -> None:
        self.defaults(node.args)

    def defaults(self, arguments: ast.arguments) -> None:
        """Write the default values of parameters, which are evaluated by the definition."""
        self.expressions(arguments.defaults)
        self.expressions(arguments.kw_defaults)

    def _both(self, node: ast.BoolOp) -> None:
        decisive = isinstance(node.op, ast.Or)
        for position, value in enumerate(node.values):
            self.expression(value)
            truth = static_truth(value, self.constants)
            rest = node.values[position + 1 :]
            if truth is decisive:
                return
            if truth is None and rest:
                asked = self.condition(value)
                self.when(node.lineno, asked, lambda rest=rest: self.expressions(rest), decisive)  # type: ignore[misc]
                return

    def _conditional(self, node: ast.IfExp) -> None:
        self.expression(node.test)
        truth = static_truth(node.test, self.constants)
        if truth is not None:
            self.expression(node.body if truth else node.orelse)
            return
        asked = self.condition(node.test)
        before = set(self.scope.sure)
        blocks = []
        for branch in (node.body, node.orelse):
            self.scope.sure = set(before)
            blocks.append(self.captured(lambda branch=branch: self.expression(branch)))  # type: ignore[misc]
        self.scope.sure = before
        if any(blocks):
            self.out.append(either(node.lineno, asked, blocks))

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.scope.yields = True
        self.expression(node.value)

    def _dictionary(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            self.expression(key)
            self.expression(value)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        self.expression(node.generators[0].iter)
        variables: set[str] = set()
        before = set(self.scope.sure)
        self.hidden.append(variables)
        try:
            self._generators(node, 0, variables)
        finally:
            self.hidden.pop()
            self.scope.sure = before

    def _generators(self, node: Any, position: int, variables: set[str]) -> None:
        if position == len(node.generators):
            if isinstance(node, ast.DictComp):
                self.expressions((node.key, node.value))
            else:
                self.expression(node.elt)
            return
        generator = node.generators[position]
        if position:
            self.expression(generator.iter)
        variables.update(target_names(generator.target))
        self.expressions(generator.ifs)

        def rest() -> None:
            self._generators(node, position + 1, variables)

        if generator.ifs:
            self.doubtful(node.lineno, rest)
        else:
            rest()

    # Bindings

    def bind(self, line: int, name: str, ref: Ref | None = None) -> None:
        """Write that a name is bound, to the value at `ref` where that matters."""
        scope = self.scope
        if name in scope.names.declared_global:
            self.out.append((BIND_GLOBAL, line, name, ref))
            return
        scope.fresh.discard(name)
        if scope.kind != "function":
            self.now_bound(name)
            self.out.append((BIND, line, name, ref))
        elif name in scope.names.tracked:
            self.out.append((BIND, line, name, ref))

    def now_bound(self, name: str) -> None:
        """Note that a name is surely bound; what was known about an earlier value is void."""
        sure = self.scope.sure
        if name in sure:
            stale = [key for key in sure if type(key) is tuple and key[0] == name]
            sure.difference_update(stale)
        sure.add(name)
        self.constants.pop(name, None)

    def import_module(self, line: int, module: str) -> None:
        """Write the import of a module that binds no name."""
        self.out.append((IMPORT, line, module, None, False))


def either(
    line: int, asked: Condition, blocks: Sequence[Block], flows: tuple[int, ...] = (FALLS, FALLS)
) -> Event:
    """The event for two blocks of which one runs: the first one where a condition holds."""
    if asked == OPEN:
        return (EITHER, line, tuple(blocks))
    return (WHEN, line, asked, *blocks, (), (*flows, FALLS))


_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.Sub: "__sub__",
    ast.Mult: "__mul__",
    ast.MatMult: "__matmul__",
    ast.Div: "__truediv__",
    ast.FloorDiv: "__floordiv__",
    ast.Mod: "__mod__",
    ast.Pow: "__pow__",
    ast.LShift: "__lshift__",
    ast.RShift: "__rshift__",
    ast.BitOr: "__or__",
    ast.BitXor: "__xor__",
    ast.BitAnd: "__and__",
}

_EXPRESSIONS: dict[type[ast.expr], Callable[[EventWriter, Any], None]] = {
    ast.Name: EventWriter._name,
    ast.Attribute: EventWriter._attribute,
    ast.Call: EventWriter._call,
    ast.BinOp: EventWriter._operation,
    ast.NamedExpr: EventWriter._walrus,
    ast.Lambda: EventWriter._lambda,
    ast.BoolOp: EventWriter._both,
    ast.IfExp: EventWriter._conditional,
    ast.Dict: EventWriter._dictionary,
    ast.Yield: EventWriter._yield,
    ast.YieldFrom: EventWriter._yield,
    ast.ListComp: EventWriter._comprehension,
    ast.SetComp: EventWriter._comprehension,
    ast.GeneratorExp: EventWriter._comprehension,
    ast.DictComp: EventWriter._comprehension,
}
