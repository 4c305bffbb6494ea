"""The places of a file that may use an imported class, and all that one walk sees."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.usage.frames import Frame

PlaceKind = Literal[
    "attr", "set", "call", "item", "with", "awith", "iter", "aiter", "await", "except", "class",
    "decorator", "class test", "named attr",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Place:
    """One piece of code that may use an imported class."""

    kind: PlaceKind
    node: ast.AST
    frame: Frame
    guards: int
    """`ATTRIBUTE` and `CALL`, where a handler around it catches such a failure."""
    detail: str = ""


@dataclass(slots=True, eq=False)
class Recording:
    """Everything that one walk has seen."""

    module: Frame
    places: list[Place] = field(default_factory=list)
    groups: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    """For each scope and name with imports: the name, and the `[module, name]` it may come from."""
    granted: list[tuple[ast.expr, str, Frame]] = field(default_factory=list)
    """Attributes that the code asks for before it uses them, or brings itself."""
