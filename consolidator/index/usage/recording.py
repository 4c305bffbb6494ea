"""One walk over a file: its scopes, what may be bound in them, and the places to look at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from consolidator.index.usage.frames import Bind, BindKind, Frame, FunctionNode, last_name
from consolidator.index.usage.guards import (
    GUARDS,
    IMPORT_FAILURES,
    caught,
    elements,
    expected_failures,
    imported_names,
)

PlaceKind = Literal[
    "attr", "set", "call", "item", "with", "awith", "iter", "aiter", "await", "except", "class",
    "decorator", "class test", "named attr",
]  # fmt: skip

_PATCHERS = frozenset({"object", "setattr", "delattr", "multiple"})


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


def record(tree: ast.Module) -> Recording:
    """Walk over a parsed file."""
    recorder = _Recorder(tree)
    recorder.visit_all(tree.body)
    return recorder.recording


class _Recorder:
    """The state of the walk: where it is, and what catches failures there."""

    def __init__(self, tree: ast.Module) -> None:
        self.frame = Frame("module", tree)
        self.recording = Recording(self.frame)
        self.guards = 0
        self.fallbacks: frozenset[str] = frozenset()

    # -- helpers -----------------------------------------------------------------------------

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

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def place(self, kind: PlaceKind, node: ast.AST, detail: str = "") -> None:
        place = Place(kind, node, self.frame, self.guards, detail)
        self.recording.places.append(place)

    def bind(self, name: str, bind: Bind, frame: Frame | None = None) -> None:
        frame = frame or self.frame
        frame = frame.elsewhere.get(name, frame)
        if name in self.fallbacks and bind.kind != "import":
            return  # except ImportError: C = None
        frame.bindings.setdefault(name, []).append(bind)

    def other(self, name: str) -> None:
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
        outer, self.frame = self.frame, frame
        self.visit_all(body)
        self.frame = outer

    # -- statements --------------------------------------------------------------------------

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
        frame.decorators = frozenset(map(last_name, node.decorator_list))
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

    def walrus(self, node: ast.NamedExpr) -> None:
        frame = self.frame
        while frame.kind == "comprehension" and frame.parent is not None:
            frame = frame.parent
        self.bind(node.target.id, Bind("value", self.frame, node.value), frame)
        self.visit(node.value)

    def for_(self, node: ast.For | ast.AsyncFor) -> None:
        kind: Literal["iter", "aiter"] = "aiter" if isinstance(node, ast.AsyncFor) else "iter"
        self.visit(node.iter)
        self.place(kind, node.iter)
        self.target(node.target, kind, node.iter)
        self.visit_all([*node.body, *node.orelse])

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

    def yield_(self, node: ast.Yield) -> None:
        self.frame.yields.append(node.value)
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

    # -- expressions -------------------------------------------------------------------------

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
        self.special(node, last_name(node.func))
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
        if isinstance(node, ast.Name):
            owner = self.frame.owner(node.id)
            (owner or self.frame).narrowed.add(node.id)

    def nothing(self, node: ast.AST) -> None:
        """A leaf."""


def _string(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


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


_HANDLERS: dict[type[ast.AST], Callable[[_Recorder, Any], None]] = {
    ast.ImportFrom: _Recorder.import_from,
    ast.Import: _Recorder.import_module,
    ast.FunctionDef: _Recorder.function,
    ast.AsyncFunctionDef: _Recorder.function,
    ast.Lambda: _Recorder.lambda_,
    ast.ClassDef: _Recorder.class_,
    ast.Assign: _Recorder.assign,
    ast.AnnAssign: _Recorder.declare,
    ast.AugAssign: _Recorder.augment,
    ast.NamedExpr: _Recorder.walrus,
    ast.For: _Recorder.for_,
    ast.AsyncFor: _Recorder.for_,
    ast.ListComp: _Recorder.comprehension,
    ast.SetComp: _Recorder.comprehension,
    ast.DictComp: _Recorder.comprehension,
    ast.GeneratorExp: _Recorder.comprehension,
    ast.With: _Recorder.with_,
    ast.AsyncWith: _Recorder.with_,
    ast.Try: _Recorder.try_,
    ast.TryStar: _Recorder.try_,
    ast.Global: _Recorder.global_,
    ast.Nonlocal: _Recorder.nonlocal_,
    ast.Return: _Recorder.return_,
    ast.Yield: _Recorder.yield_,
    ast.YieldFrom: _Recorder.yield_,
    ast.MatchAs: _Recorder.capture,
    ast.MatchStar: _Recorder.capture,
    ast.MatchMapping: _Recorder.capture,
    ast.Match: _Recorder.match,
    ast.Attribute: _Recorder.read_attribute,
    ast.Subscript: _Recorder.subscript,
    ast.Await: _Recorder.await_,
    ast.Call: _Recorder.call,
    ast.Name: _Recorder.nothing,
    ast.Constant: _Recorder.nothing,
    ast.Pass: _Recorder.nothing,
}
