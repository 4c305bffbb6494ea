"""Binding analysis: one walk over a file, which fills its scopes.

The rules are those of the language reference, "Naming and binding": class scopes are seen only
from their own statements, comprehensions have scopes of their own, annotations wait with
`from __future__ import annotations`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.index.scopes import FunctionNode, Scope
from consolidator.index.syntax import Syntax
from consolidator.index.type_recorder import TypeRecorder


def analyse(syntax: Syntax) -> Scope:
    """The module scope of a parsed file, with every scope, binding and use below it."""
    analyser = _Analyser(syntax)
    for index, statement in enumerate(syntax.tree.body):
        analyser.statement = index
        analyser.visit(statement)
    analyser.read_type_comments()
    return analyser.module


class _Analyser(TypeRecorder):
    """Visits statements and expressions in the order in which they run."""

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
        self.visit_all(node.targets)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        self.visit_all(node.body)
        self.visit_all(node.orelse)

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
        self.visit(node.value)
        self.bind(node.target.id, "assignment", node.target, scope)

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
        around = self.scope
        outer = self._enter_type_parameters(node)
        for expression in [*node.bases, *node.keywords]:
            self.read_quotable(expression)
        self.bind(node.name, "class", node, around)  # class C(C) takes the one from outside
        inner = self.enter("class", node)
        self.classes.append(node.name)
        self.visit_all(node.body)
        self.classes.pop()
        self.scope = inner
        self.scope = outer or self.scope

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        around = self.scope
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        outer = self._enter_type_parameters(node)
        for argument in _arguments(node.args):
            self.read_annotation(argument.annotation)
        self.read_annotation(node.returns)
        # def json(self, loads=json.loads) in a class takes the module's
        self.bind(node.name, "function", node, around)
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
        self.visit_all(body)
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
                self.read_annotation(expression)
        self.deferred = deferred
        return outer

    def visit_TypeAlias(self, node: ast.AST) -> None:
        name, value = node.name, node.value  # type: ignore[attr-defined]
        self.bind(name.id, "type", node)
        outer = self._enter_type_parameters(node)
        deferred, self.deferred = self.deferred, True
        self.read_annotation(value)
        self.deferred = deferred
        self.scope = outer or self.scope

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
            self.visit_all(generator.ifs)
        self.visit_all(elements)
        self.scope = outer

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, [node.key, node.value])


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
