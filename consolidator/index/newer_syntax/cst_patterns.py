"""Turns the patterns of libcst `match` statements into `ast` patterns."""

from __future__ import annotations

import ast

import libcst as cst

from consolidator.index.newer_syntax.cst_expressions import ExpressionReader, identifier
from consolidator.index.newer_syntax.cst_places import Places, reader_of


class PatternReader:
    """Turns patterns of one module into `ast` nodes; a method for each libcst class."""

    def __init__(self, places: Places, expressions: ExpressionReader) -> None:
        self._places = places
        self._expressions = expressions

    def read(self, node: cst.CSTNode) -> ast.pattern:
        """The `ast` node of a pattern."""
        result: ast.pattern = reader_of(self, node)(node)
        return result

    def _read_MatchValue(self, node: cst.MatchValue) -> ast.pattern:
        value = self._expressions.read(node.value)
        return ast.MatchValue(value=value, **self._places.of(node.value))

    def _read_MatchSingleton(self, node: cst.MatchSingleton) -> ast.pattern:
        value = {"None": None, "True": True, "False": False}[node.value.value]
        return ast.MatchSingleton(value=value, **self._places.of(node.value))

    def _read_MatchList(self, node: cst.MatchList | cst.MatchTuple) -> ast.pattern:
        patterns = [
            self._star(part) if isinstance(part, cst.MatchStar) else self.read(part.value)
            for part in node.patterns
        ]
        is_tuple = isinstance(node, cst.MatchTuple)
        place = self._places.parenthesized(node) if is_tuple else self._places.of(node)
        return ast.MatchSequence(patterns=patterns, **place)

    _read_MatchTuple = _read_MatchList

    def _star(self, node: cst.MatchStar) -> ast.pattern:
        start = self._places.start(node)
        if node.name is not None:
            end = self._places.end(node.name)
            return ast.MatchStar(identifier(node.name), **self._places.between(start, end))
        end = self._places.end_with_blanks(node.whitespace_before_name) + len("_")
        return ast.MatchStar(None, **self._places.between(start, end))

    def _read_MatchMapping(self, node: cst.MatchMapping) -> ast.pattern:
        return ast.MatchMapping(
            keys=[self._expressions.read(element.key) for element in node.elements],
            patterns=[self.read(element.pattern) for element in node.elements],
            rest=identifier(node.rest) or None,
            **self._places.of(node),
        )

    def _read_MatchClass(self, node: cst.MatchClass) -> ast.pattern:
        return ast.MatchClass(
            cls=self._expressions.read(node.cls),
            patterns=[self.read(element.value) for element in node.patterns],
            kwd_attrs=[identifier(element.key) for element in node.kwds],
            kwd_patterns=[self.read(element.pattern) for element in node.kwds],
            **self._places.of(node),
        )

    def _read_MatchAs(self, node: cst.MatchAs) -> ast.pattern:
        pattern = None if node.pattern is None else self.read(node.pattern)
        name = identifier(node.name) or None
        return ast.MatchAs(pattern=pattern, name=name, **self._places.of(node))

    def _read_MatchOr(self, node: cst.MatchOr) -> ast.pattern:
        patterns = [self.read(element.pattern) for element in node.patterns]
        return ast.MatchOr(patterns=patterns, **self._places.of(node))
