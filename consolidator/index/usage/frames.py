"""The scopes of a file as far as usage needs them: what may be the value of each name."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
BindKind = Literal[
    "import", "value", "declared", "with", "awith", "iter", "aiter", "parameter", "function",
    "class", "other",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Bind:
    """One place that gives a name, or an attribute of `self`, its value."""

    kind: BindKind
    frame: Frame
    """Where `value` and `annotation` are to be read."""
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    opened: Frame | None = None
    """The scope of the function or class that the statement makes."""
    group: int = -1
    """For an import: the index of its group."""


@dataclass(slots=True, eq=False)
class Frame:
    """One namespace: module, class, function (lambdas too) or comprehension."""

    kind: Literal["module", "class", "function", "comprehension"]
    node: ast.AST
    parent: Frame | None = None
    name: str = ""
    bindings: dict[str, list[Bind]] = field(default_factory=dict)
    elsewhere: dict[str, Frame] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, with the scope that they belong to."""
    narrowed: set[str] = field(default_factory=set)
    """Names whose type the code asks for (`isinstance`): they may be more than declared."""
    groups: dict[str, int] = field(default_factory=dict)
    """The import group of each name imported here."""
    results: list[ast.expr | None] = field(default_factory=list)
    """What a function returns."""
    yields: list[ast.expr | None] = field(default_factory=list)
    attributes: dict[str, list[Bind]] = field(default_factory=dict)
    """For a class: what its methods assign to `self.x`."""
    decorators: frozenset[str] = frozenset()
    """The last names of the decorators: `fixture` of `@pytest.fixture()`."""
    first_parameter: str = ""
    """`self` of a method, `cls` of a class method; empty otherwise."""
    set_somewhere: set[str] = field(default_factory=set)
    """For a class: attributes that its methods assign to anything else, `self` by another name."""

    @property
    def module(self) -> Frame:
        """The outermost scope."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame

    def owner(self, name: str) -> Frame | None:
        """The scope whose binding of `name` a use here means."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.elsewhere:
                frame = frame.elsewhere[name]
                return frame if name in frame.bindings else frame.owner(name)
            if name in frame.bindings and (frame is self or frame.kind != "class"):
                return frame
            frame = frame.parent
        return None

    def method_around(self) -> Frame | None:
        """The method in whose body this scope stands, also inside lambdas and comprehensions."""
        frame: Frame | None = self
        while frame is not None and frame.kind != "class":
            if frame.parent is not None and frame.parent.kind == "class":
                return frame if frame.kind == "function" else None
            frame = frame.parent
        return None
