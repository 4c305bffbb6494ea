"""The namespaces for which events are written, and what names and expressions mean in them."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field
from typing import Any

from consolidator.index.events.arguments import UNKNOWN, call_part, literal
from consolidator.index.events.codes import IMPLICIT_NAMES, SUPER, THIS_MODULE, Ref
from consolidator.index.events.conditions import OPEN, Condition, condition
from consolidator.index.events.local_names import LocalNames
from consolidator.index.events.static_tests import dotted

Parameters = tuple[tuple[str, int | None, str], ...]

_BUILTINS = frozenset(dir(builtins))


@dataclass(slots=True)
class Scope:
    """One namespace while events are written for it.

    `sure` holds the names, paths and calls that have surely been bound, looked up or made before
    in this scope, so that another event for them would say nothing new.
    """

    kind: str  # "module", "class" or "function"
    outer: Scope | None
    names: LocalNames
    sure: set[str | Ref] = field(default_factory=set)
    yields: bool = False  # whether it is a generator's
    receiver: str | None = None  # the first parameter of a method
    selector: str | None = None  # the parameter of a module-level `__getattr__`
    fresh: set[str] = field(default_factory=set)  # parameters that hold what they were given
    asked: set[str] = field(default_factory=set)  # those that matter: to a test, to another call
    asked_inside: set[str] = field(default_factory=set)  # and to functions inside this one


class ScopeReader:
    """Knows what names and expressions mean in the scope for which events are written now."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.module_scope = scope
        self.hidden: list[set[str]] = []  # comprehension variables and type parameters
        self.constants: dict[str, Any] = {}
        self.inert: frozenset[str] = frozenset()

    # Names

    def local_kind(self, name: str) -> str:
        """Where a name is looked up: "module", "class", "tracked" (local), or "" (local, inert)."""
        if any(name in names for names in self.hidden):
            return ""
        scope: Scope | None = self.scope
        while scope is not None and scope.kind != "module":
            if name in scope.names.declared_global:
                return "module"
            if name in scope.names.bound:
                if scope.kind == "function":
                    return "tracked" if name in scope.names.tracked else ""
                if scope is self.scope:
                    return "class"
            scope = scope.outer
        return "module"

    def is_sure(self, name: str) -> bool:
        """Whether a lookup of a name that is not a function's local must succeed here."""
        return (
            name in self.scope.sure
            or name in self.module_scope.sure
            or name in _BUILTINS
            or name in IMPLICIT_NAMES
        )

    def is_inert(self, root: str) -> bool:
        """Whether no attribute or call on a module-level name can depend on an import order."""
        return root in self.inert or (
            root not in self.module_scope.names.bound
            and (root in _BUILTINS or root in IMPLICIT_NAMES)
        )

    # Parameters

    def is_parameter(self, node: ast.expr) -> bool:
        """Whether a name is a parameter that holds what the caller gave; notes that it matters."""
        scope: Scope | None = self.scope
        if scope is self.module_scope or not isinstance(node, ast.Name):
            return False
        if self.hidden and any(node.id in names for names in self.hidden):
            return False
        while scope is not None and scope.kind != "module":
            if node.id in scope.names.declared_global:
                return False
            if node.id in scope.names.bound and (scope.kind == "function" or scope is self.scope):
                own = scope.asked if scope is self.scope else scope.asked_inside
                if node.id in scope.fresh:
                    own.add(node.id)
                return node.id in scope.fresh
            scope = scope.outer
        return False

    def condition(self, test: ast.expr) -> Condition:
        """What a test asks of parameters, `OPEN` where that is nothing."""
        scope: Scope | None = self.scope
        while scope is not None and not scope.fresh:
            scope = scope.outer
        if scope is None:
            return OPEN
        return condition(test, self.constants, self.is_parameter)

    def known(self, node: ast.expr) -> str:
        """What is known of an argument."""
        if type(node) is not ast.Name:
            return literal(node)
        if self.scope is self.module_scope:
            return UNKNOWN
        return f"%{node.id}" if self.is_parameter(node) else UNKNOWN

    def reference(self, node: ast.expr) -> Ref | None:
        """The path to a value, `("a", "b", "()")` for `a.b()`; None for other expressions."""
        if isinstance(node, ast.Attribute):
            base = self.reference(node.value)
            return None if base is None else (*base, node.attr)
        if isinstance(node, ast.Call):
            base = self.reference(node.func)
            return None if base is None else (*base, call_part(node, self.known))
        return plain_reference(node)

    def callee(self, node: ast.expr) -> Ref | None:
        """What is called; `super().f` by way of the method's receiver."""
        ref = self.reference(node)
        if ref is not None and ref[:2] == ("super", "()") and self.scope.receiver is not None:
            return (self.scope.receiver, SUPER, *ref[2:])
        return ref

    def interests(self, ref: Ref) -> bool:
        """Whether the value at a path can depend on an import order."""
        kind = self.local_kind(ref[0])
        return bool(kind) and not (kind != "tracked" and self.is_inert(ref[0]))

    def value_ref(self, node: ast.expr | None) -> Ref | None:
        """The path to an expression's value when it is one worth keeping."""
        ref = None if node is None else self.reference(node)
        return ref if ref is not None and self.interests(ref) else None


def plain_reference(node: ast.expr) -> Ref | None:
    """The path to a value without calls on the way."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        base = plain_reference(node.value)
        return None if base is None else (*base, node.attr)
    if isinstance(node, ast.Subscript) and dotted(node.value) == "sys.modules":
        own = isinstance(node.slice, ast.Name) and node.slice.id == "__name__"
        return (THIS_MODULE,) if own else None
    return None


def asked_parameters(arguments: ast.arguments, scope: Scope) -> Parameters:
    """The parameters that matter; without a position those that functions inside see anew."""
    asked = scope.asked | scope.asked_inside
    if not asked:
        return ()
    plain = [*arguments.posonlyargs, *arguments.args]
    first = len(plain) - len(arguments.defaults)
    defaults = [UNKNOWN] * first + [literal(default) for default in arguments.defaults]
    found: list[tuple[str, int | None, str]] = [
        (parameter.arg, position, default)
        for position, (parameter, default) in enumerate(zip(plain, defaults, strict=True))
    ]
    for parameter, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append((parameter.arg, -1, UNKNOWN if value is None else literal(value)))
    stale = scope.asked_inside - scope.fresh
    return tuple(
        (name, None if name in stale else position, default)
        for name, position, default in found
        if name in asked
    )
