"""What is recorded while a walk is in a scope: what may be bound there, and the places."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from consolidator.index.usage.frames import Bind, BindKind, Frame
from consolidator.index.usage.places import Place, PlaceKind, Recording


class Recorder:
    """The state of the walk: where it is, and what catches failures there."""

    def __init__(self, tree: ast.Module) -> None:
        self.frame = Frame("module", tree)
        self.recording = Recording(self.frame)
        self.guards = 0
        self.fallbacks: frozenset[str] = frozenset()

    def visit(self, node: ast.AST) -> None:
        """Look at one piece of code and what is in it; a subclass knows what each kind means."""
        raise NotImplementedError

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Look at several pieces of code in order."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    def place(self, kind: PlaceKind, node: ast.AST, detail: str = "") -> None:
        """Note a place to look at."""
        place = Place(kind, node, self.frame, self.guards, detail)
        self.recording.places.append(place)

    def bind(self, name: str, bind: Bind, frame: Frame | None = None) -> None:
        """Note what a name may be, in this scope or another one."""
        frame = frame or self.frame
        frame = frame.elsewhere.get(name, frame)
        if name in self.fallbacks and bind.kind != "import":
            return  # except ImportError: C = None
        frame.bindings.setdefault(name, []).append(bind)

    def other(self, name: str) -> None:
        """Note that a name may be anything."""
        self.bind(name, Bind("other", self.frame))

    def target(self, target: ast.expr, kind: BindKind, value: ast.expr | None) -> None:
        """`target = value`, `for target in value`, `with value as target`."""
        if isinstance(target, ast.Name):
            self.bind(target.id, Bind(kind, self.frame, value))
        elif isinstance(target, ast.Attribute):
            self.attribute(target, Bind(kind, self.frame, value))
        elif isinstance(target, ast.Starred):
            self.target(target.value, "other", None)
        elif isinstance(target, ast.Tuple | ast.List):
            parts: list[ast.expr] | None = None
            if kind == "value" and isinstance(value, ast.Tuple | ast.List):
                parts = value.elts if len(value.elts) == len(target.elts) else None
            for index, element in enumerate(target.elts):
                self.target(element, kind if parts else "other", parts[index] if parts else None)
        else:
            self.visit(target)

    def attribute(self, target: ast.Attribute, bind: Bind) -> None:
        """`self.x = value`, `thing.x = value`."""
        method = self.frame.method_around()
        holder = target.value
        if method is not None and method.parent is not None and isinstance(holder, ast.Name):
            if holder.id == method.first_parameter:
                method.parent.attributes.setdefault(target.attr, []).append(bind)
            else:
                method.parent.set_somewhere.add(target.attr)
        self.place("set", target, target.attr)
        self.visit(holder)

    def inside(self, frame: Frame, body: Iterable[ast.AST | None]) -> None:
        """Look at code in a scope of its own."""
        outer, self.frame = self.frame, frame
        self.visit_all(body)
        self.frame = outer
