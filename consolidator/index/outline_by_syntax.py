"""Makes the outline of a file from its syntax tree: slow, for what the lines do not tell."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

from consolidator.index.blanking import with_newlines
from consolidator.index.outline import Outline, OutlinedClass, OutlinedImport, kept_reason
from consolidator.index.syntax import parse

_OPAQUE = frozenset({"globals", "vars", "exec", "setattr"})
_FORM_FEED = re.compile(r"(?m)^[ \t\f]*\f")  # indentation starts anew behind it


def outline_by_syntax(text: str) -> Outline:
    """The outline of a file; raises `SyntaxError` when it cannot be read."""
    tree = parse(_FORM_FEED.sub("", with_newlines(text))).tree
    top = list(_bound(tree.body))
    certain = {name for name, has_value in top if has_value} - set(_deleted(tree.body))
    nodes = list(ast.walk(tree))
    nested = {name for name, _ in _bound(_in_blocks(tree.body))}
    for node in nodes:
        if isinstance(node, ast.NamedExpr):
            nested.add(node.target.id)
        elif isinstance(node, ast.Global):
            nested.update(node.names)
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return Outline(
        tuple(_imports(nodes)),
        tuple(_classes(nodes)),
        frozenset(certain),
        frozenset(nested | ({name for name, _ in top} - certain)),
        "__getattr__" in certain or not used.isdisjoint(_OPAQUE),
        tuple(_kept(text)) if "consolidate:" in text else (),
    )


def _in_blocks(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements in the blocks of some statements, not those in functions and classes."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            parts = [node, *getattr(node, "handlers", []), *getattr(node, "cases", [])]
            for part in parts:
                for name in ("body", "orelse", "finalbody"):
                    inner = getattr(part, name, [])
                    yield from inner
                    yield from _in_blocks(inner)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[OutlinedImport]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for a in node.names:
                yield OutlinedImport(node.lineno, node.col_offset, a.name, None, a.asname)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for a in node.names:
                yield OutlinedImport(node.lineno, node.col_offset, module, a.name, a.asname)


def _classes(nodes: Iterable[ast.AST]) -> Iterator[OutlinedClass]:
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            members = tuple(name for name, _ in _bound(node.body))
            last = node.end_lineno or node.lineno
            yield OutlinedClass(node.name, first, last, node.col_offset, members)


def _bound(body: Iterable[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """The names that statements bind themselves, and whether each gets a value."""
    for node in body:
        targets: list[ast.expr] = []
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, True
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    if alias.name != "*":
                        yield alias.asname or alias.name.partition(".")[0], True
            case ast.Assign():
                targets = node.targets
            case ast.AnnAssign() | ast.AugAssign() | ast.For() | ast.AsyncFor():
                targets = [node.target]
            case ast.With() | ast.AsyncWith():
                targets = [item.optional_vars for item in node.items if item.optional_vars]
            case _ if type(node).__name__ == "TypeAlias":  # from Python 3.12 on
                targets = [node.name]  # type: ignore[attr-defined]
        has_value = not isinstance(node, ast.AnnAssign) or node.value is not None
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    yield name.id, has_value


def _deleted(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Delete):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Del):
                    yield name.id


def _kept(text: str) -> Iterator[tuple[int, str]]:
    lines = io.StringIO(with_newlines(text))
    try:
        for token in tokenize.generate_tokens(lines.readline):
            reason = kept_reason(token.string) if token.type == tokenize.COMMENT else None
            if reason is not None:
                yield token.start[0], reason
    except (tokenize.TokenError, IndentationError):
        return  # a newer syntax: the rest has none
