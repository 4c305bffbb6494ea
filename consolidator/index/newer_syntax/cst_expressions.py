"""Turns libcst expressions into `ast` expressions."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst

from consolidator.index.newer_syntax.cst_places import Places, reader_of
from consolidator.index.newer_syntax.cst_strings import StringReader

LOAD, STORE = ast.Load(), ast.Store()

_SINGLETONS = {"None": None, "True": True, "False": False}

_OPERATORS: dict[type[cst.CSTNode], Callable[[], Any]] = {
    cst.And: ast.And,
    cst.Or: ast.Or,
    cst.Not: ast.Not,
    cst.Plus: ast.UAdd,
    cst.Minus: ast.USub,
    cst.BitInvert: ast.Invert,
    cst.Add: ast.Add,
    cst.AddAssign: ast.Add,
    cst.Subtract: ast.Sub,
    cst.SubtractAssign: ast.Sub,
    cst.Multiply: ast.Mult,
    cst.MultiplyAssign: ast.Mult,
    cst.Divide: ast.Div,
    cst.DivideAssign: ast.Div,
    cst.FloorDivide: ast.FloorDiv,
    cst.FloorDivideAssign: ast.FloorDiv,
    cst.Modulo: ast.Mod,
    cst.ModuloAssign: ast.Mod,
    cst.Power: ast.Pow,
    cst.PowerAssign: ast.Pow,
    cst.LeftShift: ast.LShift,
    cst.LeftShiftAssign: ast.LShift,
    cst.RightShift: ast.RShift,
    cst.RightShiftAssign: ast.RShift,
    cst.BitOr: ast.BitOr,
    cst.BitOrAssign: ast.BitOr,
    cst.BitAnd: ast.BitAnd,
    cst.BitAndAssign: ast.BitAnd,
    cst.BitXor: ast.BitXor,
    cst.BitXorAssign: ast.BitXor,
    cst.MatrixMultiply: ast.MatMult,
    cst.MatrixMultiplyAssign: ast.MatMult,
    cst.LessThan: ast.Lt,
    cst.GreaterThan: ast.Gt,
    cst.Equal: ast.Eq,
    cst.NotEqual: ast.NotEq,
    cst.LessThanEqual: ast.LtE,
    cst.GreaterThanEqual: ast.GtE,
    cst.In: ast.In,
    cst.NotIn: ast.NotIn,
    cst.Is: ast.Is,
    cst.IsNot: ast.IsNot,
}


def identifier(node: cst.BaseExpression | None) -> str:
    """The name that a `Name` or a dotted `Attribute` says, as `ast` gives it; "" for None."""
    if isinstance(node, cst.Attribute):
        return f"{identifier(node.value)}.{identifier(node.attr)}"
    if not isinstance(node, cst.Name):
        return ""
    return node.value if node.value.isascii() else unicodedata.normalize("NFKC", node.value)


def operator(node: cst.CSTNode) -> Any:
    """The `ast` operator for a libcst one; an augmented one gives the plain one."""
    return _OPERATORS[type(node)]()


def _continues(part: cst.BaseExpression, whole: cst.BooleanOperation) -> bool:
    """Whether `ast` counts the operands of `part` to those of `whole`."""
    if part is whole:
        return True
    is_bare = isinstance(part, cst.BooleanOperation) and not part.lpar
    return is_bare and type(part.operator) is type(whole.operator)  # type: ignore[attr-defined]


class ExpressionReader:
    """Turns expressions of one module into `ast` nodes; a method for each libcst class."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._strings = StringReader(places, self.read)

    def read(self, node: cst.CSTNode, ctx: ast.expr_context = LOAD) -> ast.expr:
        """The `ast` node of an expression; `ctx` is what is done to it."""
        result: ast.expr = reader_of(self, node)(node, ctx)
        return result

    def optional(self, node: cst.CSTNode | None) -> ast.expr | None:
        """The `ast` node of an expression that may be missing."""
        return None if node is None else self.read(node)

    def starred(self, start: int, value: cst.BaseExpression, ctx: ast.expr_context) -> ast.Starred:
        """`*value`, whose star stands at the byte offset `start`."""
        place = self._places.between(start, self._places.outer_end(value))
        return ast.Starred(value=self.read(value, ctx), ctx=ctx, **place)

    def arguments(self, args: Sequence[cst.Arg]) -> tuple[list[ast.expr], list[ast.keyword]]:
        """The positional and the keyword arguments of a call, or the bases of a class."""
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for arg in args:
            if arg.star == "**" or arg.keyword is not None:
                name = identifier(arg.keyword) or None
                place = self._places.of(arg)
                keywords.append(ast.keyword(arg=name, value=self.read(arg.value), **place))
            elif arg.star == "*":
                positional.append(self.starred(self._places.start(arg), arg.value, LOAD))
            else:
                positional.append(self.read(arg.value))
        return positional, keywords

    def parameters(self, node: cst.Parameters) -> ast.arguments:
        """The parameters of a function or a lambda."""
        with_default = [param for param in (*node.posonly_params, *node.params) if param.default]
        return ast.arguments(
            posonlyargs=[self._parameter(param) for param in node.posonly_params],
            args=[self._parameter(param) for param in node.params],
            vararg=self._parameter(node.star_arg) if isinstance(node.star_arg, cst.Param) else None,
            kwonlyargs=[self._parameter(param) for param in node.kwonly_params],
            kw_defaults=[self.optional(param.default) for param in node.kwonly_params],
            kwarg=self._parameter(node.star_kwarg) if node.star_kwarg else None,
            defaults=[self.read(param.default) for param in with_default if param.default],
        )

    def _parameter(self, node: cst.Param) -> ast.arg:
        annotation = node.annotation.annotation if node.annotation else None
        start, end = self._places.start(node.name), self._places.outer_end(annotation or node.name)
        return ast.arg(
            arg=identifier(node.name),
            annotation=self.optional(annotation),
            **self._places.between(start, end),
        )

    # Atoms

    def _read_Name(self, node: cst.Name, ctx: ast.expr_context) -> ast.expr:
        place = self._places.of(node)
        if node.value in _SINGLETONS:
            return ast.Constant(value=_SINGLETONS[node.value], kind=None, **place)
        return ast.Name(id=identifier(node), ctx=ctx, **place)

    def _read_Ellipsis(self, node: cst.Ellipsis, _: ast.expr_context) -> ast.expr:
        return ast.Constant(value=..., kind=None, **self._places.of(node))

    def _read_Integer(
        self, node: cst.Integer | cst.Float | cst.Imaginary, _: ast.expr_context
    ) -> ast.expr:
        value = ast.literal_eval(node.value)
        return ast.Constant(value=value, kind=None, **self._places.of(node))

    _read_Float = _read_Imaginary = _read_Integer

    def _read_SimpleString(self, node: cst.BaseString, _: ast.expr_context) -> ast.expr:
        return self._strings.read(node)

    _read_ConcatenatedString = _read_SimpleString
    _read_FormattedString = _read_TemplatedString = _read_SimpleString

    # Operators

    def _read_UnaryOperation(self, node: cst.UnaryOperation, _: ast.expr_context) -> ast.expr:
        operand = self.read(node.expression)
        return ast.UnaryOp(op=operator(node.operator), operand=operand, **self._places.of(node))

    def _read_BinaryOperation(self, node: cst.BinaryOperation, _: ast.expr_context) -> ast.expr:
        return ast.BinOp(
            left=self.read(node.left),
            op=operator(node.operator),
            right=self.read(node.right),
            **self._places.of(node),
        )

    def _read_BooleanOperation(self, node: cst.BooleanOperation, _: ast.expr_context) -> ast.expr:
        operands: list[cst.BaseExpression] = []
        rest: list[Any] = [node]
        while rest:  # `a and b and c` is one node in `ast`
            part = rest.pop()
            if _continues(part, node):
                rest += [part.right, part.left]
            else:
                operands.append(part)
        values = [self.read(operand) for operand in operands]
        return ast.BoolOp(op=operator(node.operator), values=values, **self._places.of(node))

    def _read_Comparison(self, node: cst.Comparison, _: ast.expr_context) -> ast.expr:
        return ast.Compare(
            left=self.read(node.left),
            ops=[operator(target.operator) for target in node.comparisons],
            comparators=[self.read(target.comparator) for target in node.comparisons],
            **self._places.of(node),
        )

    def _read_IfExp(self, node: cst.IfExp, _: ast.expr_context) -> ast.expr:
        return ast.IfExp(
            test=self.read(node.test),
            body=self.read(node.body),
            orelse=self.read(node.orelse),
            **self._places.of(node),
        )

    def _read_NamedExpr(self, node: cst.NamedExpr, _: ast.expr_context) -> ast.expr:
        target = self.read(node.target, STORE)
        assert isinstance(target, ast.Name)
        return ast.NamedExpr(target=target, value=self.read(node.value), **self._places.of(node))

    def _read_Lambda(self, node: cst.Lambda, _: ast.expr_context) -> ast.expr:
        parameters = self.parameters(node.params)
        return ast.Lambda(args=parameters, body=self.read(node.body), **self._places.of(node))

    def _read_Await(self, node: cst.Await, _: ast.expr_context) -> ast.expr:
        return ast.Await(value=self.read(node.expression), **self._places.of(node))

    def _read_Yield(self, node: cst.Yield, _: ast.expr_context) -> ast.expr:
        place = self._places.of(node)
        if isinstance(node.value, cst.From):
            return ast.YieldFrom(value=self.read(node.value.item), **place)
        return ast.Yield(value=self.optional(node.value), **place)

    # Trailers

    def _read_Attribute(self, node: cst.Attribute, ctx: ast.expr_context) -> ast.expr:
        return ast.Attribute(
            value=self.read(node.value),
            attr=identifier(node.attr),
            ctx=ctx,
            **self._places.of(node),
        )

    def _read_Call(self, node: cst.Call, _: ast.expr_context) -> ast.expr:
        args, keywords = self.arguments(node.args)
        first = node.args[0].value if node.args else None
        if isinstance(first, cst.GeneratorExp) and not first.lpar:
            # `f(x for x in y)`: `ast` counts the parentheses of the call to the generator.
            start = self._places.end_with_blanks(node.whitespace_after_func)
            vars(args[0]).update(self._places.between(start, self._places.end(node)))
        place = self._places.of(node)
        return ast.Call(func=self.read(node.func), args=args, keywords=keywords, **place)

    def _read_Subscript(self, node: cst.Subscript, ctx: ast.expr_context) -> ast.expr:
        parts = [self._subscript_part(element.slice) for element in node.slice]
        last = node.slice[-1]
        index = parts[0]
        if len(parts) > 1 or isinstance(last.comma, cst.Comma) or isinstance(index, ast.Starred):
            end = last.comma if isinstance(last.comma, cst.Comma) else last
            place = self._places.between(self._places.start(node.slice[0]), self._places.end(end))
            index = ast.Tuple(elts=parts, ctx=LOAD, **place)
        place = self._places.of(node)
        return ast.Subscript(value=self.read(node.value), slice=index, ctx=ctx, **place)

    def _subscript_part(self, node: cst.BaseSlice) -> ast.expr:
        if isinstance(node, cst.Index):
            if node.star:
                return self.starred(self._places.start(node), node.value, LOAD)
            return self.read(node.value)
        assert isinstance(node, cst.Slice)
        return ast.Slice(
            lower=self.optional(node.lower),
            upper=self.optional(node.upper),
            step=self.optional(node.step),
            **self._places.of(node),
        )

    # Displays and comprehensions

    def _elements(
        self, elements: Iterable[cst.BaseElement], ctx: ast.expr_context
    ) -> list[ast.expr]:
        return [
            self.read(element if isinstance(element, cst.StarredElement) else element.value, ctx)
            for element in elements
        ]

    def _read_StarredElement(self, node: cst.StarredElement, ctx: ast.expr_context) -> ast.expr:
        return self.starred(self._places.start(node), node.value, ctx)

    def _read_Tuple(self, node: cst.Tuple, ctx: ast.expr_context) -> ast.expr:
        elements = self._elements(node.elements, ctx)
        return ast.Tuple(elts=elements, ctx=ctx, **self._places.parenthesized(node))

    def _read_List(self, node: cst.List, ctx: ast.expr_context) -> ast.expr:
        elements = self._elements(node.elements, ctx)
        return ast.List(elts=elements, ctx=ctx, **self._places.of(node))

    def _read_Set(self, node: cst.Set, _: ast.expr_context) -> ast.expr:
        return ast.Set(elts=self._elements(node.elements, LOAD), **self._places.of(node))

    def _read_Dict(self, node: cst.Dict, _: ast.expr_context) -> ast.expr:
        return ast.Dict(
            keys=[self.optional(getattr(element, "key", None)) for element in node.elements],
            values=[self.read(element.value) for element in node.elements],
            **self._places.of(node),
        )

    def _read_ListComp(self, node: cst.ListComp, _: ast.expr_context) -> ast.expr:
        generators = self._generators(node.for_in)
        return ast.ListComp(self.read(node.elt), generators, **self._places.of(node))

    def _read_SetComp(self, node: cst.SetComp, _: ast.expr_context) -> ast.expr:
        generators = self._generators(node.for_in)
        return ast.SetComp(self.read(node.elt), generators, **self._places.of(node))

    def _read_GeneratorExp(self, node: cst.GeneratorExp, _: ast.expr_context) -> ast.expr:
        generators = self._generators(node.for_in)
        place = self._places.parenthesized(node)
        return ast.GeneratorExp(self.read(node.elt), generators, **place)

    def _read_DictComp(self, node: cst.DictComp, _: ast.expr_context) -> ast.expr:
        generators = self._generators(node.for_in)
        key, value = self.read(node.key), self.read(node.value)
        return ast.DictComp(key, value, generators, **self._places.of(node))

    def _read_StarredDictComp(self, node: Any, _: ast.expr_context) -> ast.expr:
        # `{**part for part in parts}`: PEP 798 keeps what is unpacked in `key`.
        fields: dict[str, Any] = {"key": self.read(node.value), "value": None}
        fields["generators"] = self._generators(node.for_in)
        return ast.DictComp(**fields, **self._places.of(node))

    def _generators(self, node: cst.CompFor | None) -> list[ast.comprehension]:
        generators = []
        while node is not None:
            generator = ast.comprehension(
                target=self.read(node.target, STORE),
                iter=self.read(node.iter),
                ifs=[self.read(condition.test) for condition in node.ifs],
                is_async=int(node.asynchronous is not None),
            )
            generators.append(generator)
            node = node.inner_for_in
        return generators
