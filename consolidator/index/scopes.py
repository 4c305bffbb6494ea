"""Scopes: which scope each name in a file belongs to, and when it is needed.

`scope_analysis` finds that out. In the terms of ssort: a requirement is *deferred* when
nothing needs it until something is called, *eager* when the statement itself needs it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.names import Span

ScopeKind = Literal["module", "class", "function", "comprehension", "type-parameters"]
BindingKind = Literal[
    "import", "class", "function", "assignment", "annotation", "parameter", "type", "other"
]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that gives a name its value."""

    name: str
    kind: BindingKind
    node: ast.AST
    statement: int
    """Index of the top-level statement that holds it."""
    via_global: bool = False
    """Made inside a function that declares the name `global`."""
    order: int = 0
    """Bindings and uses count up in the order in which they run, within one body."""


@dataclass(frozen=True, slots=True, eq=False)
class NameUse:
    """One place that needs the value of a name."""

    name: str
    node: ast.AST
    scope: Scope
    statement: int
    deferred: bool
    annotation: bool
    span: Span | None
    """Where the name itself stands; None inside a string with escapes, where it cannot be told."""
    quoted: bool = False
    is_field: bool = False
    """It stands in the annotation of a class variable, which libraries like to evaluate."""
    attributes: tuple[ast.Attribute, ...] = ()
    """The attribute accesses on the name, innermost first: `a.b` and `a.b.c` for `a.b.c`."""
    order: int = 0
    """See `Binding.order`."""
    never_read: bool = False
    """It stands where no running program can ask for it: `x = []  # type: Kind`, or the
    annotation of a local variable."""

    @property
    def is_type(self) -> bool:
        """Whether it stands in an annotation or in quotes, for the type checker above all."""
        return self.annotation or self.quoted


@dataclass(slots=True, eq=False)
class Scope:
    """One namespace: what it binds, what it uses, and the scope around it."""

    kind: ScopeKind
    node: ast.AST
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    uses: list[NameUse] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    children: list[Scope] = field(default_factory=list)

    def walk(self) -> Iterator[Scope]:
        """This scope and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def lookup(self, name: str) -> Scope | None:
        """The scope whose binding a use of `name` here means; None when nothing binds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.global_names:
                scope = scope.module
                return scope if name in scope.bindings else None
            visible = scope is self or scope.kind != "class"
            if visible and name in scope.bindings and name not in scope.nonlocal_names:
                return scope
            scope = scope.parent
        return None

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def between(self, outer: Scope) -> Iterator[Scope]:
        """This scope and those around it up to but without `outer`."""
        scope: Scope | None = self
        while scope is not None and scope is not outer:
            yield scope
            scope = scope.parent
