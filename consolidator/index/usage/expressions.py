"""Records what expressions do: attributes, calls, and the scopes that they open."""

from __future__ import annotations

import ast
from typing import Literal

from consolidator.index.last_names import innermost_name
from consolidator.index.usage.frames import Bind, Frame
from consolidator.index.usage.guards import elements, expected_failures
from consolidator.index.usage.recorder import Recorder

_PATCHERS = frozenset({"object", "setattr", "delattr", "multiple"})


class ExpressionRecorder(Recorder):
    """Knows the expressions; statements are a subclass's matter."""

    def read_attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.place("attr", node, node.attr)
        self.visit(node.value)

    def subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Load):
            self.place("item", node)
        self.visit(node.value)
        self.visit(node.slice)

    def await_(self, node: ast.Await) -> None:
        self.place("await", node.value)
        self.visit(node.value)

    def call(self, node: ast.Call) -> None:
        self.place("call", node)
        self.special(node, innermost_name(node.func))
        # The attribute of `x.m()` is part of the call.
        self.visit(node.func.value if isinstance(node.func, ast.Attribute) else node.func)
        guards = self.guards
        self.guards |= expected_failures(node)  # raises(TypeError, lambda: C())
        self.visit_all(node.args)
        self.visit_all(keyword.value for keyword in node.keywords)
        self.guards = guards

    def special(self, node: ast.Call, callee: str) -> None:
        """Calls that say something about their arguments."""
        arguments = node.args
        if not arguments:
            return
        named = _string(arguments[1]) if len(arguments) > 1 else ""
        if callee in {"isinstance", "issubclass", "type", "cast", "getattr", "vars", "dir"}:
            self.narrow(arguments[0])
        if callee in {"isinstance", "issubclass"} and len(arguments) == 2:
            for element in elements(arguments[1]):
                self.place("class test", element)
        elif callee in {"hasattr", "getattr"} and named:
            self.recording.granted.append((arguments[0], named, self.frame))
        elif callee in _PATCHERS and named:
            lenient = any(k.arg in {"create", "raising"} for k in node.keywords)
            # setattr(x, "foo", 1) brings what patch.object(x, "foo") needs.
            if lenient or isinstance(node.func, ast.Name):
                self.recording.granted.append((arguments[0], named, self.frame))
            else:
                self.place("named attr", node, named)

    def narrow(self, node: ast.expr) -> None:
        """Note that the code asks for the type of a name."""
        if isinstance(node, ast.Name):
            owner = self.frame.owner(node.id)
            (owner or self.frame).narrowed.add(node.id)

    def lambda_(self, node: ast.Lambda) -> None:
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        frame = Frame("function", node, self.frame)
        arguments = node.args
        for argument in [
            *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs,
            arguments.vararg, arguments.kwarg,
        ]:  # fmt: skip
            if argument is not None:
                frame.bindings[argument.arg] = [Bind("other", frame)]
        guards = self.guards
        self.inside(frame, [node.body])
        self.guards = guards

    def walrus(self, node: ast.NamedExpr) -> None:
        frame = self.frame
        while frame.kind == "comprehension" and frame.parent is not None:
            frame = frame.parent
        self.bind(node.target.id, Bind("value", self.frame, node.value), frame)
        self.visit(node.value)

    def comprehension(self, node: ast.ListComp | ast.DictComp) -> None:
        frame = Frame("comprehension", node, self.frame)
        outer, self.frame = self.frame, frame
        for generator in node.generators:
            kind: Literal["iter", "aiter"] = "aiter" if generator.is_async else "iter"
            self.visit(generator.iter)
            self.place(kind, generator.iter)
            self.target(generator.target, kind, generator.iter)
            self.visit_all(generator.ifs)
        self.visit_all([getattr(node, name, None) for name in ("elt", "key", "value")])
        self.frame = outer

    def yield_(self, node: ast.Yield) -> None:
        self.frame.yields.append(node.value)
        if node.value is not None:
            self.visit(node.value)


def _string(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""
