"""Binding analysis: which scope each name in a file belongs to, and when it is needed.

The rules are those of the language reference, "Naming and binding": class scopes are seen only
from their own statements, comprehensions have scopes of their own, annotations wait with
`from __future__ import annotations`. In the terms of ssort: a requirement is *deferred* when
nothing needs it until something is called, *eager* when the statement itself needs it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.quoted import quoted_expression, type_comments
from consolidator.index.syntax import Syntax
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


def analyse(syntax: Syntax) -> Scope:
    """The module scope of a parsed file, with every scope, binding and use below it."""
    builder = _Builder(syntax)
    for index, statement in enumerate(syntax.tree.body):
        builder.statement = index
        builder.visit(statement)
    builder.read_type_comments()
    return builder.module


class _Builder(ast.NodeVisitor):
    """Walks the tree once and fills the scopes."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.module = self.scope = Scope("module", syntax.tree)
        self.statement = 0
        self.deferred = False
        self.annotation = False
        self.field = False
        self.order = 0
        self.classes: list[str] = []
        self.postponed = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in syntax.tree.body
        )

    # -- recording ---------------------------------------------------------------------------

    def mangle(self, name: str) -> str:
        """A private name in a class body means `_Class__name`."""
        if name[:2] != "__" or not self.classes or name.endswith("__"):
            return name
        holder = self.classes[-1].lstrip("_")
        return f"_{holder}{name}" if holder else name

    def bind(self, name: str, kind: BindingKind, node: ast.AST, scope: Scope | None = None) -> None:
        scope = scope or self.scope
        name = self.mangle(name)
        via_global = False
        if name in scope.global_names and scope.kind != "module":
            scope, via_global = self.module, True
        elif name in scope.nonlocal_names:
            scope = _owner_of_nonlocal(scope, name)
        self.order += 1
        binding = Binding(name, kind, node, self.statement, via_global, self.order)
        scope.bindings.setdefault(name, []).append(binding)

    def use(
        self,
        node: ast.AST,
        name: str,
        span: Span | None,
        attributes: tuple[ast.Attribute, ...] = (),
        quoted: bool = False,
    ) -> None:
        self.order += 1
        self.scope.uses.append(
            NameUse(
                self.mangle(name),
                node,
                self.scope,
                self.statement,
                self.deferred or quoted,
                self.annotation,
                span,
                quoted,
                self.field,
                attributes,
                self.order,
            )
        )

    def enter(self, kind: ScopeKind, node: ast.AST) -> Scope:
        outer = self.scope
        self.scope = Scope(kind, node, outer)
        outer.children.append(self.scope)
        return outer

    # -- names -------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.use(node, node.id, self.syntax.span(node))
        else:
            self.bind(node.id, "assignment", node)
            if isinstance(node.ctx, ast.Del):
                self.use(node, node.id, self.syntax.span(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = [node]
        while isinstance(chain[-1].value, ast.Attribute):
            chain.append(chain[-1].value)
        root = chain[-1].value
        if isinstance(root, ast.Name):
            self.use(root, root.id, self.syntax.span(root), tuple(reversed(chain)))
        else:
            self.visit(root)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)  # it runs before the targets are bound
        self._visit_all(node.targets)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        self._visit_all(node.body)
        self._visit_all(node.orelse)

    visit_AsyncFor = visit_For

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.use(node.target, node.target.id, self.syntax.span(node.target))
        self.visit(node.value)
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        self.bind(node.target.id, "assignment", node.target, scope)
        self.visit(node.value)

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.global_names.update(map(self.mangle, node.names))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.nonlocal_names.update(node.names)

    # -- imports -----------------------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0], "import", node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind(alias.asname or alias.name, "import", node)

    # -- definitions -------------------------------------------------------------------------

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.bind(node.name, "class", node)
        outer = self._enter_type_parameters(node)
        for expression in [*node.bases, *node.keywords]:
            self._visit_quotable(expression)
        inner = self.enter("class", node)
        self.classes.append(node.name)
        self._visit_all(node.body)
        self.classes.pop()
        self.scope = inner
        self.scope = outer or self.scope

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.bind(node.name, "function", node)
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        outer = self._enter_type_parameters(node)
        for argument in _arguments(node.args):
            self._annotation(argument.annotation)
        self._annotation(node.returns)
        self._function_body(node, node.args, node.body)
        self.scope = outer or self.scope

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        self._function_body(node, node.args, [node.body])

    def _function_body(
        self, node: ast.AST, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]
    ) -> None:
        outer, deferred = self.enter("function", node), self.deferred
        self.deferred = True
        for argument in _arguments(arguments):
            self.bind(argument.arg, "parameter", argument)
        # `global` and `nonlocal` hold for the whole body, so know them before the first binding.
        for statement in _own_statements(body):
            if isinstance(statement, ast.Global | ast.Nonlocal):
                self.visit(statement)
        self._visit_all(body)
        self.scope, self.deferred = outer, deferred

    def _enter_type_parameters(self, node: ast.AST) -> Scope | None:
        parameters = getattr(node, "type_params", [])
        if not parameters:
            return None
        outer = self.enter("type-parameters", node)
        for parameter in parameters:
            self.bind(parameter.name, "type", parameter)
        deferred, self.deferred = self.deferred, True
        for parameter in parameters:
            for expression in (
                getattr(parameter, "bound", None),
                getattr(parameter, "default_value", None),
            ):
                self._annotation(expression)
        self.deferred = deferred
        return outer

    def visit_TypeAlias(self, node: ast.AST) -> None:
        name, value = node.name, node.value  # type: ignore[attr-defined]
        self.bind(name.id, "type", node)
        outer = self._enter_type_parameters(node)
        deferred, self.deferred = self.deferred, True
        self._annotation(value)
        self.deferred = deferred
        self.scope = outer or self.scope

    # -- annotations and quoted names ----------------------------------------------------------

    def _annotation(self, node: ast.expr | None, evaluated: bool = True) -> None:
        if node is None:
            return
        saved = self.annotation, self.deferred
        self.annotation = True
        self.deferred = self.deferred or self.postponed or not evaluated
        self._visit_quotable(node)
        self.annotation, self.deferred = saved

    def _visit_quotable(self, node: ast.AST) -> None:
        """Visit an expression in which a string may be a quoted type."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._quoted(node)
        elif isinstance(node, ast.Subscript):
            self.visit(node.value)
            subscript = _last_name(node.value)
            if subscript == "Literal":
                self.visit(node.slice)
            elif subscript == "Annotated" and isinstance(node.slice, ast.Tuple):
                self._visit_quotable(node.slice.elts[0])
                self._visit_all(node.slice.elts[1:])
            else:
                self._visit_quotable(node.slice)
        elif isinstance(node, ast.Tuple | ast.List | ast.BinOp | ast.Starred | ast.keyword):
            for child in ast.iter_child_nodes(node):
                self._visit_quotable(child)
        else:
            self.visit(node)

    def _quoted(self, node: ast.Constant) -> None:
        for name, span, attributes in quoted_expression(self.syntax, node):
            self.use(node, name, span, attributes, quoted=True)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        # `Alias = list["Node"]`: a quoted type outside an annotation.
        if isinstance(node.ctx, ast.Load) and _last_name(node.value)[:1].isupper():
            self._visit_quotable(node)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        callee = _last_name(node.func)
        for position, argument in enumerate(node.args):
            quotable = (callee in {"cast", "ForwardRef"} and position == 0) or (
                callee in {"NewType", "TypeVar"} and position > 0
            )
            (self._visit_quotable if quotable else self.visit)(argument)
        for keyword in node.keywords:
            quotable = callee == "TypeVar" and keyword.arg in {"bound", "default"}
            (self._visit_quotable if quotable else self.visit)(keyword.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        # In a function the annotation of a local variable is never evaluated.
        self.field = self.scope.kind == "class"
        self._annotation(node.annotation, evaluated=self.scope.kind != "function")
        self.field = False
        if node.value is not None:
            if _last_name(node.annotation) == "TypeAlias":
                self._visit_quotable(node.value)
            else:
                self.visit(node.value)
        if isinstance(node.target, ast.Name):
            kind: BindingKind = "annotation" if node.value is None else "assignment"
            self.bind(node.target.id, kind, node.target)
        else:
            self.visit(node.target)

    def read_type_comments(self) -> None:
        """`x = []  # type: List[Item]` uses `List` and `Item`."""
        for comment in type_comments(self.syntax):
            scope, self.statement = _scope_at(self.module, self.syntax, comment.offset)
            self.scope, self.deferred, self.annotation = scope, True, True
            for name, span, attributes in comment.names:
                self.use(comment.node, name, span, attributes, quoted=True)

    # -- other binders -------------------------------------------------------------------------

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bind(node.name, "other", node)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.bind(node.name, "other", node)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.bind(node.name, "other", node)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bind(node.rest, "other", node)
        self.generic_visit(node)

    def _comprehension(self, node: ast.expr, elements: list[ast.expr]) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.visit(generators[0].iter)  # evaluated outside
        outer = self.enter("comprehension", node)
        for index, generator in enumerate(generators):
            self.visit(generator.target)
            if index:
                self.visit(generator.iter)
            self._visit_all(generator.ifs)
        self._visit_all(elements)
        self.scope = outer

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])

    def _visit_all(self, nodes: list[ast.stmt] | list[ast.expr]) -> None:
        for node in nodes:
            self.visit(node)


def _owner_of_nonlocal(scope: Scope, name: str) -> Scope:
    """The function that a `nonlocal` name belongs to, though it may bind it further down."""
    around = [s for s in scope.between(scope.module) if s is not scope and s.kind == "function"]
    for candidate in around:
        if name in candidate.bindings and name not in candidate.nonlocal_names:
            return candidate
    return around[0] if around else scope


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg:
        yield arguments.kwarg


def _own_statements(body: list[ast.stmt] | list[ast.expr]) -> Iterator[ast.stmt]:
    """The statements of a body at any depth, but not those of definitions inside it."""
    for node in body:
        if not isinstance(node, ast.stmt):
            continue
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for name in ("body", "orelse", "finalbody"):
                yield from _own_statements(getattr(node, name, []))
            for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]:
                yield from _own_statements(part.body)


def _last_name(node: ast.AST) -> str:
    """`List` for `List`, `typing.List` and `t.List`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _scope_at(module: Scope, syntax: Syntax, offset: int) -> tuple[Scope, int]:
    """The innermost scope around an offset, and the index of the top-level statement there."""
    scope = module
    descended = True
    while descended:
        descended = False
        for child in scope.children:
            if hasattr(child.node, "lineno") and offset in _whole_lines(syntax, child.node):
                scope, descended = child, True
                break
    for index, statement in enumerate(syntax.tree.body):
        if offset in _whole_lines(syntax, statement):
            return scope, index
    return scope, 0


def _whole_lines(syntax: Syntax, node: ast.AST) -> Span:
    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    return Span(syntax.line_span(first).start, syntax.line_span(last).end)
