"""Writes the events of `def` and `class`, with those of their bodies inside."""

from __future__ import annotations

import ast
from typing import Any

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import Block, Ref
from consolidator.index.events.lazy import LazyWriter
from consolidator.index.events.local_names import argument_names, local_names
from consolidator.index.events.patterns import compacted, does_something, hands_on, last_name
from consolidator.index.events.scopes import Parameters, Scope, asked_parameters
from consolidator.names import ModuleName

# Decorators after which calling the name still runs the function.
_TRANSPARENT = frozenset(
    {
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "final",
        "override",
        "cache",
        "lru_cache",
        "setter",
    }
)


class DefinitionWriter(LazyWriter):
    """Writes what a definition does at once, and what runs when it is called."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        super().__init__(tree, module, is_package)
        self.handled: list[str] = []  # the names of the exceptions of the enclosing handlers
        self.returned = False  # whether a `return` was written since the enclosing loop began

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.expressions(node.decorator_list)
        self.defaults(node.args)
        with_parameters = self._type_parameters(node)
        if not self.defers_annotations:
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    self.expression(argument.annotation)
            self.expression(node.returns)
        receiver = self._receiver(node)
        body, doubtful, parameters = self._deferred(node, receiver)
        if with_parameters:
            self.hidden.pop()
        decorators = self._decorators(node)
        name = node.name
        if self.scope.kind == "class" and _sets_property(node):
            name += codes.SETTER  # the name goes on meaning the property
        if not body and not any(decorators):
            self.bind(node.lineno, node.name)  # a call runs nothing of interest
        elif self.keeps(node.name):
            head = (codes.DEF, node.lineno, name, body, doubtful, decorators)
            self.out.append((*head, receiver, parameters))
        self._bound_by_import(node.name)

    def _decorators(self, node: Any) -> tuple[Ref | None, ...]:
        return tuple(self.value_ref(decorator) for decorator in reversed(node.decorator_list))

    def _type_parameters(self, node: ast.stmt) -> bool:
        parameters = getattr(node, "type_params", None)
        if not parameters:
            return False
        self.hidden.append({parameter.name for parameter in parameters})
        return True

    def _receiver(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
        """The first parameter of a method, after an `@` for one that takes the class."""
        parameters = [*node.args.posonlyargs, *node.args.args]
        if self.scope.kind != "class" or not parameters:
            return None
        kinds = {last_name(decorator) for decorator in node.decorator_list}
        if "staticmethod" in kinds:
            return None
        by_class = "classmethod" in kinds or node.name in ("__new__", "__init_subclass__")
        return f"@{parameters[0].arg}" if by_class else parameters[0].arg

    def _deferred(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, receiver: str | None
    ) -> tuple[Block, bool, Parameters]:
        """The events of a call, whether it is doubtful that a call runs them, and what they ask."""
        if isinstance(node, ast.AsyncFunctionDef):
            return (), True, ()
        names = local_names(node.body)
        names.bound |= argument_names(node.args)
        scope = Scope("function", self.scope, names)
        if receiver is not None:
            scope.receiver = receiver.removeprefix("@")
            names.tracked.add(scope.receiver)
        plain = [*node.args.args, *node.args.kwonlyargs]
        scope.fresh = {argument.arg for argument in plain} - {scope.receiver}
        self.begin_lazy(node, scope)
        state = (self.scope, self.returned, self.constants, self.handled)
        known = self.constants if self.scope.kind == "function" else self.fixed
        self.constants = {name: known[name] for name in known if name not in names.bound}
        self.scope, self.handled = scope, []
        try:
            body = compacted(self.captured(lambda: self.block(node.body)))
        finally:
            self.scope, self.returned, self.constants, self.handled = state
        if not does_something(body):
            return (), False, ()
        doubtful = any(last_name(d) not in _TRANSPARENT for d in node.decorator_list)
        return body, doubtful or scope.yields, asked_parameters(node.args, scope)

    def _class(self, node: ast.ClassDef) -> None:
        self.expressions(node.decorator_list)
        with_parameters = self._type_parameters(node)
        self.expressions(node.bases)
        self.expressions(keyword.value for keyword in node.keywords)
        bases = tuple(ref for base in node.bases if (ref := self._base_ref(base)))
        metaclass = next((k.value for k in node.keywords if k.arg == "metaclass"), None)
        metaclass_ref = self.value_ref(metaclass)
        outer = self.scope
        self.scope = Scope("class", outer, local_names(node.body))
        constants, self.constants = self.constants, dict(self.constants)
        try:
            body = compacted(
                self.captured(lambda: self.block(node.body)), kept=self.scope.names.tracked
            )
        finally:
            self.scope, self.constants = outer, constants
        if with_parameters:
            self.hidden.pop()
        decorators = self._decorators(node)
        if self.keeps(node.name):
            head = (codes.CLASS, node.lineno, node.name, bases, metaclass_ref, body, decorators)
            self.out.append((*head, hands_on(node)))
        self._bound_by_import(node.name)

    def _base_ref(self, base: ast.expr) -> Ref | None:
        while isinstance(base, ast.Subscript):  # class C(Base[int])
            base = base.value
        return self.value_ref(base)


def _sets_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether assigning to an attribute runs it: `@size.setter def size(self, value)`."""
    decorators = (d for d in node.decorator_list if isinstance(d, ast.Attribute))
    return any(
        d.attr == "setter" and isinstance(d.value, ast.Name) and d.value.id == node.name
        for d in decorators
    )
