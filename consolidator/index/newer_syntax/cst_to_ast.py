"""Parses with libcst, which reads newer syntax on any Python, and turns its tree into `ast`."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import libcst as cst

from consolidator.index.newer_syntax.cst_expressions import (
    STORE,
    ExpressionReader,
    identifier,
    operator,
)
from consolidator.index.newer_syntax.cst_patterns import PatternReader
from consolidator.index.newer_syntax.cst_places import Place, Places, reader_of
from consolidator.index.newer_syntax.nodes import TypeAlias, lazy, type_parameter, with_type_params

_LINE_END = re.compile(r"\r\n?")
_BRACKET = re.compile(r"[()\[\]{}]")
_BRACKETS = 500  # CPython stops at 200; here those in strings count, too
# Older versions of libcst have no `CSTLogicError`.
_UNREADABLE = (cst.ParserSyntaxError, SyntaxError, getattr(cst, "CSTLogicError", SyntaxError))
_DEPTH = 10_000  # libcst and the readers recurse over `a + b + c + …`, which `ast` does in C


def convert(text: str) -> ast.Module | None:
    """The tree of a text as `ast` of a newer Python gives it; None when libcst cannot read it.

    `ValueError` when libcst would not write it back as it is, `RecursionError` when it is absurd.
    """
    if _nests_too_deep(text):
        return None
    # As CPython does; no line and no column changes.
    text = _LINE_END.sub("\n", text) + ("" if text.endswith(("\n", "\r")) else "\n")
    with _deep_recursion():
        try:
            module = cst.parse_module(text)
            return ast.Module(_StatementReader(module, text).body(module.body), type_ignores=[])
        except _UNREADABLE:
            return None


def _nests_too_deep(text: str) -> bool:
    """Whether there are more open brackets than any Python takes; libcst would crash on them."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(depth - 1, 0)
        if depth > _BRACKETS:
            return True
    return False


@contextmanager
def _deep_recursion() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class _StatementReader:
    """Turns the statements of one module into `ast` nodes; a method for each libcst class."""

    def __init__(self, module: cst.Module, text: str) -> None:
        self._places = Places(module, text)
        self._expressions = ExpressionReader(self._places)
        self._patterns = PatternReader(self._places, self._expressions)
        self._semicolons: dict[ast.AST, cst.Semicolon] = {}

    def body(self, statements: Iterable[cst.CSTNode]) -> list[ast.stmt]:
        """The `ast` nodes of a list of statements; those on one line side by side."""
        nodes: list[ast.stmt] = []
        for statement in statements:
            if isinstance(statement, cst.SimpleStatementLine):
                nodes += self.body(statement.body)
                continue
            node = reader_of(self, statement)(statement)
            nodes.append(node)
            semicolon = getattr(statement, "semicolon", None)
            if isinstance(semicolon, cst.Semicolon):
                self._semicolons[node] = semicolon
        return nodes

    def _suite(self, node: cst.If | cst.Else | cst.Finally | None) -> list[ast.stmt]:
        """The body of a clause that may be missing; `elif` is an `if` in the `else`."""
        if isinstance(node, cst.If):
            return [self._read_If(node)]
        return [] if node is None else self.body(node.body.body)

    def _until(self, node: cst.CSTNode, *bodies: Sequence[ast.AST]) -> Place:
        """The place of a compound statement, which ends with the last statement in it."""
        last: Any = [inner for body in bodies for inner in body][-1]
        if last in self._semicolons:  # `if x: y;`
            end = self._places.end(self._semicolons[last])
            return self._places.between(self._places.start(node), end)
        place = self._places.of(node)
        place.update(end_lineno=last.end_lineno, end_col_offset=last.end_col_offset)
        return place

    # Simple statements

    def _read_Expr(self, node: cst.Expr) -> ast.stmt:
        return ast.Expr(value=self._expressions.read(node.value), **self._places.of(node))

    def _read_Pass(self, node: cst.Pass) -> ast.stmt:
        return ast.Pass(**self._places.of(node))

    def _read_Break(self, node: cst.Break) -> ast.stmt:
        return ast.Break(**self._places.of(node))

    def _read_Continue(self, node: cst.Continue) -> ast.stmt:
        return ast.Continue(**self._places.of(node))

    def _read_Return(self, node: cst.Return) -> ast.stmt:
        return ast.Return(value=self._expressions.optional(node.value), **self._places.of(node))

    def _read_Raise(self, node: cst.Raise) -> ast.stmt:
        return ast.Raise(
            exc=self._expressions.optional(node.exc),
            cause=self._expressions.optional(node.cause.item if node.cause else None),
            **self._places.of(node),
        )

    def _read_Assert(self, node: cst.Assert) -> ast.stmt:
        test, message = self._expressions.read(node.test), self._expressions.optional(node.msg)
        return ast.Assert(test=test, msg=message, **self._places.of(node))

    def _read_Del(self, node: cst.Del) -> ast.stmt:
        target = self._expressions.read(node.target, ast.Del())
        is_bare = isinstance(target, ast.Tuple) and not node.target.lpar
        targets = target.elts if is_bare and isinstance(target, ast.Tuple) else [target]
        return ast.Delete(targets=targets, **self._places.of(node))

    def _read_Global(self, node: cst.Global) -> ast.stmt:
        names = [identifier(item.name) for item in node.names]
        return ast.Global(names=names, **self._places.of(node))

    def _read_Nonlocal(self, node: cst.Nonlocal) -> ast.stmt:
        names = [identifier(item.name) for item in node.names]
        return ast.Nonlocal(names=names, **self._places.of(node))

    def _read_Assign(self, node: cst.Assign) -> ast.stmt:
        return ast.Assign(
            targets=[self._expressions.read(target.target, STORE) for target in node.targets],
            value=self._expressions.read(node.value),
            type_comment=None,
            **self._places.of(node),
        )

    def _read_AugAssign(self, node: cst.AugAssign) -> ast.stmt:
        target: Any = self._expressions.read(node.target, STORE)
        value = self._expressions.read(node.value)
        return ast.AugAssign(target, operator(node.operator), value, **self._places.of(node))

    def _read_AnnAssign(self, node: cst.AnnAssign) -> ast.stmt:
        target: Any = self._expressions.read(node.target, STORE)
        return ast.AnnAssign(
            target=target,
            annotation=self._expressions.read(node.annotation.annotation),
            value=self._expressions.optional(node.value),
            simple=int(isinstance(node.target, cst.Name) and not node.target.lpar),
            **self._places.of(node),
        )

    def _read_TypeAlias(self, node: cst.TypeAlias) -> ast.stmt:
        start, end = self._places.start(node), self._places.outer_end(node.value)
        fields: dict[str, Any] = {
            "name": self._expressions.read(node.name, STORE),
            "type_params": self._type_params(node.type_parameters),
            "value": self._expressions.read(node.value),
        }
        return TypeAlias(**fields, **self._places.between(start, end))

    # Imports

    def _aliases(self, names: Any) -> list[ast.alias]:
        if isinstance(names, cst.ImportStar):
            return [ast.alias(name="*", asname=None, **self._places.of(names))]
        aliases = []
        for name in names:
            asname = identifier(name.asname.name) if name.asname else None
            place = self._places.of(name)
            aliases.append(ast.alias(name=identifier(name.name), asname=asname, **place))
        return aliases

    def _read_Import(self, node: Any) -> ast.Import:
        return ast.Import(names=self._aliases(node.names), **self._places.of(node))

    def _read_ImportFrom(self, node: Any) -> ast.ImportFrom:
        return ast.ImportFrom(
            module=identifier(node.module) or None,
            names=self._aliases(node.names),
            level=len(node.relative),
            **self._places.of(node),
        )

    def _read_LazyImport(self, node: Any) -> ast.stmt:
        return lazy(self._read_Import(node))

    def _read_LazyImportFrom(self, node: Any) -> ast.stmt:
        return lazy(self._read_ImportFrom(node))

    # Compound statements

    def _read_If(self, node: cst.If) -> ast.If:
        body, orelse = self.body(node.body.body), self._suite(node.orelse)
        place = self._until(node, body, orelse)
        return ast.If(self._expressions.read(node.test), body, orelse, **place)

    def _read_While(self, node: cst.While) -> ast.stmt:
        body, orelse = self.body(node.body.body), self._suite(node.orelse)
        place = self._until(node, body, orelse)
        return ast.While(self._expressions.read(node.test), body, orelse, **place)

    def _read_For(self, node: cst.For) -> ast.stmt:
        body, orelse = self.body(node.body.body), self._suite(node.orelse)
        return (ast.AsyncFor if node.asynchronous else ast.For)(
            target=self._expressions.read(node.target, STORE),
            iter=self._expressions.read(node.iter),
            body=body,
            orelse=orelse,
            type_comment=None,
            **self._until(node, body, orelse),
        )

    def _read_With(self, node: cst.With) -> ast.stmt:
        items = [
            ast.withitem(
                self._expressions.read(item.item),
                self._expressions.read(item.asname.name, STORE) if item.asname else None,
            )
            for item in node.items
        ]
        body = self.body(node.body.body)
        kind = ast.AsyncWith if node.asynchronous else ast.With
        return kind(items=items, body=body, type_comment=None, **self._until(node, body))

    def _read_Try(self, node: cst.Try | cst.TryStar) -> ast.stmt:
        body = self.body(node.body.body)
        handlers = [self._handler(handler) for handler in node.handlers]
        orelse, finalbody = self._suite(node.orelse), self._suite(node.finalbody)
        place = self._until(node, body, handlers, orelse, finalbody)
        kind = ast.TryStar if isinstance(node, cst.TryStar) else ast.Try
        return kind(body, handlers, orelse, finalbody, **place)

    _read_TryStar = _read_Try

    def _handler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ast.ExceptHandler:
        name: Any = node.name.name if node.name else None
        body = self.body(node.body.body)
        return ast.ExceptHandler(
            type=self._expressions.optional(node.type),
            name=identifier(name) or None,
            body=body,
            **self._until(node, body),
        )

    def _read_Match(self, node: cst.Match) -> ast.stmt:
        cases = [
            ast.match_case(
                self._patterns.read(case.pattern),
                self._expressions.optional(case.guard),
                self.body(case.body.body),
            )
            for case in node.cases
        ]
        place = self._until(node, cases[-1].body)
        return ast.Match(subject=self._expressions.read(node.subject), cases=cases, **place)

    # Definitions

    def _read_FunctionDef(self, node: cst.FunctionDef) -> ast.stmt:
        body = self.body(node.body.body)
        definition = (ast.AsyncFunctionDef if node.asynchronous else ast.FunctionDef)(
            name=identifier(node.name),
            args=self._expressions.parameters(node.params),
            body=body,
            decorator_list=[self._expressions.read(part.decorator) for part in node.decorators],
            returns=self._expressions.optional(node.returns.annotation if node.returns else None),
            type_comment=None,
            **self._until(node, body),
        )
        return with_type_params(definition, self._type_params(node.type_parameters))

    def _read_ClassDef(self, node: cst.ClassDef) -> ast.stmt:
        bases, keywords = self._expressions.arguments([*node.bases, *node.keywords])
        body = self.body(node.body.body)
        definition = ast.ClassDef(
            name=identifier(node.name),
            bases=bases,
            keywords=keywords,
            body=body,
            decorator_list=[self._expressions.read(part.decorator) for part in node.decorators],
            **self._until(node, body),
        )
        return with_type_params(definition, self._type_params(node.type_parameters))

    def _type_params(self, node: cst.TypeParameters | None) -> list[ast.AST]:
        return [] if node is None else [self._type_param(param) for param in node.params]

    def _type_param(self, node: cst.TypeParam) -> ast.AST:
        param = node.param
        stars = {cst.TypeVar: "", cst.TypeVarTuple: "*", cst.ParamSpec: "**"}[type(param)]
        bound = param.bound if isinstance(param, cst.TypeVar) else None
        default = self._expressions.optional(node.default)
        if node.default is not None and node.star:
            star: Any = node.whitespace_after_star
            start = self._places.start(star) - len("*")
            default = self._expressions.starred(start, node.default, ast.Load())
        end = self._places.outer_end(node.default or bound or param.name)
        place = self._places.between(self._places.start(param), end)
        read_bound = self._expressions.optional(bound)
        return type_parameter(stars, identifier(param.name), read_bound, default, place)
