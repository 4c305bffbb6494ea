"""Types that stand in strings and comments: `"Node"`, `# type: List[Node]`."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.index.syntax import Syntax
from consolidator.names import Span

QuotedName = tuple[str, Span | None, tuple[ast.Attribute, ...]]

_SIMPLE_LITERAL = re.compile(
    r"""[uUrR]?(?P<quote>'''|\"{3}|'|")(?P<body>[^\\]*)(?P=quote)\Z""",
)
_TYPE_COMMENT = re.compile(r"#\s*type:(?!\s*ignore\b)\s*(?P<type>[^#]+)")


@dataclass(frozen=True, slots=True)
class TypeComment:
    """A `# type:` comment and the names in it."""

    node: ast.AST
    offset: int
    names: tuple[QuotedName, ...]


def quoted_expression(syntax: Syntax, node: ast.Constant) -> Iterator[QuotedName]:
    """The names in a string that holds a type; nothing when it holds something else.

    A name's span is None where the literal has escapes or parts, so that offsets cannot be told.
    """
    body = _literal_body(syntax, node)
    text = node.value if isinstance(node.value, str) else ""
    tree = _expression(text)
    if tree is None:
        return
    for name, start, attributes in _names(tree):
        span = _span(body + start, name) if body is not None and start >= 0 else None
        yield name, span, attributes


def _span(start: int, name: str) -> Span:
    return Span(start, start + len(name))


def _literal_body(syntax: Syntax, node: ast.Constant) -> int | None:
    """The offset of the first character inside the quotes of a plain one-part literal."""
    span = syntax.span(node)
    match = _SIMPLE_LITERAL.match(span.of(syntax.text))
    if match is None or match["body"] != node.value:
        return None
    return span.start + match.start("body")


def _expression(text: str) -> ast.expr | None:
    if not text.strip() or len(text) > 2000:
        return None
    try:
        # Parenthesised, because a quoted type may have line breaks and leading blanks.
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.expr) -> Iterator[tuple[str, int, tuple[ast.Attribute, ...]]]:
    chains: dict[int, list[ast.Attribute]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root: ast.expr = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            chains.setdefault(id(root), []).append(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            start = node.col_offset - 1 if node.lineno == 1 else -1
            yield node.id, start, tuple(reversed(chains.get(id(node), [])))


def type_comments(syntax: Syntax) -> Iterator[TypeComment]:
    """Every type comment of a file that reads as a type."""
    if not _TYPE_COMMENT.search(syntax.text):
        return
    for offset, comment in _comments(syntax):
        match = _TYPE_COMMENT.match(comment)
        if match is None:
            continue
        text = match["type"].rstrip()
        if "->" in text:
            text = text.replace("->", ", ", 1).replace("(", " ", 1).replace(")", " ", 1)
            text = re.sub(r"\*+", lambda stars: " " * len(stars.group()), text)
        tree = _expression(text)
        if tree is None:
            continue
        base = offset + match.start("type")
        exact = text == match["type"].rstrip()
        names = tuple(
            (name, _span(base + start, name) if exact and start >= 0 else None, chain)
            for name, start, chain in _names(tree)
        )
        yield TypeComment(tree, offset, names)


def _comments(syntax: Syntax) -> Iterator[tuple[int, str]]:
    """Offsets and texts of the comments that may be type comments."""
    lines = io.StringIO(re.sub(r"\r\n?", "\n", syntax.text))
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.type == tokenize.COMMENT and "type:" in token.string:
                line, column = token.start
                yield syntax.line_span(line).start + column, token.string
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
