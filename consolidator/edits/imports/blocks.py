"""The import statements of a file, each with its block, its lines and its neighbours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.edits.imports.layout import Layout, read_layout
from consolidator.index.syntax import Syntax
from consolidator.names import Span

_LINE_REST = re.compile(r"(?P<blank>[ \t\f]*;?[ \t\f]*)(?P<comment>#[^\r\n]*)?(?=[\r\n]|\Z)")
_OWN_LINE_COMMENT = re.compile(r"(?:\A|[\r\n])[ \t\f]*#")
_HEADING = re.compile(
    r"(?<=[\r\n])[ \t\f]*(?:\r\n|\r|\n)(?:[ \t\f]*#.*(?:\r\n|\r|\n))+(?=[ \t\f]*(?:from|import)\b)"
)
"""The comment above a paragraph of imports, which goes with them."""


@dataclass(frozen=True, eq=False)
class Block:
    """A list of statements that stand at one indentation, and the statement that they are in."""

    owner: ast.AST
    body: list[ast.stmt]
    parent: Block | None

    @property
    def is_module(self) -> bool:
        """Whether these are the statements of the module itself."""
        return self.parent is None


@dataclass(frozen=True)
class Statement:
    """A statement in its block; `lines` are the whole lines it stands on, newline included."""

    node: ast.stmt = field(repr=False)
    block: Block = field(repr=False)
    index: int
    span: Span
    lines: Span
    indent: str
    comment: str
    """Its trailing comment; empty when there is none or it shares its last line."""
    shared: bool
    """Whether other code stands on its lines: `import x; y = 1`, `if x: import y`."""
    text: str = field(repr=False)

    @cached_property
    def layout(self) -> Layout:
        """The text cut into names; for import statements only."""
        assert isinstance(self.node, ast.Import | ast.ImportFrom)
        return read_layout(self.text, self.node)


def blocks_of(tree: ast.Module) -> Iterator[Block]:
    """Every block of a file, outer ones first."""
    pending = [Block(tree, tree.body, None)]
    while pending:
        block = pending.pop(0)
        yield block
        for node in block.body:
            pending.extend(_inner(node, block))


def _inner(node: ast.AST, parent: Block) -> Iterator[Block]:
    for name in ("body", "orelse", "handlers", "cases", "finalbody"):
        value = getattr(node, name, None)
        if not isinstance(value, list) or not value:
            continue
        if isinstance(value[0], ast.stmt):
            yield Block(node, value, parent)
        else:
            for inner in value:
                yield from _inner(inner, parent)


def statement(syntax: Syntax, block: Block, index: int) -> Statement:
    """The statement of a block at `index`, with its surroundings."""
    node = block.body[index]
    span = whole_span(syntax, node)
    first = syntax.line_span(syntax.line_of(span.start))
    last = syntax.line_span(syntax.line_of(max(span.end - 1, span.start)))
    before = syntax.text[first.start : span.start]
    rest = _LINE_REST.match(syntax.text, span.end)
    return Statement(
        node=node,
        block=block,
        index=index,
        span=span,
        lines=Span(first.start, last.end),
        indent=before.rpartition("\f")[2] if before.isspace() else "",
        comment=(rest["comment"] or "") if rest else "",
        shared=rest is None or bool(before.strip()),
        text=span.of(syntax.text),
    )


def comment_after(syntax: Syntax, node: Statement) -> str:
    """The trailing comment of a statement with the blanks before it, or nothing."""
    if not node.comment:
        return ""
    end = syntax.text.index(node.comment, node.span.end) + len(node.comment)
    return syntax.text[node.span.end : end]


def whole_span(syntax: Syntax, node: ast.stmt) -> Span:
    """A statement's span, decorators included."""
    span = syntax.span(node)
    starts = [
        syntax.text.rindex("@", 0, syntax.span(decorator).start + 1)
        for decorator in getattr(node, "decorator_list", [])
    ]
    return Span(min([span.start, *starts]), span.end)


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is nothing but a string."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def is_type_checking(node: ast.AST) -> bool:
    """Whether this is `if TYPE_CHECKING:` in one of its spellings."""
    if not isinstance(node, ast.If):
        return False
    test = node.test
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def whole_guard(syntax: Syntax, block: Block) -> Span | None:
    """The lines of an emptied `if TYPE_CHECKING:` of the module that nothing else depends on."""
    owner, parent = block.owner, block.parent
    if not isinstance(owner, ast.If) or parent is None or not parent.is_module:
        return None
    if not is_type_checking(owner) or owner.orelse or owner not in parent.body:
        return None
    whole = statement(syntax, parent, parent.body.index(owner))
    if whole.shared or _OWN_LINE_COMMENT.search(_HEADING.sub("", whole.text)):
        return None
    return whole.lines


def is_import_only(node: ast.stmt) -> bool:
    """Whether a statement is an import, or a guard around nothing but imports and fallbacks."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
        return True
    if isinstance(node, ast.If) and not isinstance(node.body[0], ast.If):
        return _all_imports(node.body) and all(map(_is_fallback, node.orelse))
    if isinstance(node, ast.Try):
        handled = [inner for handler in node.handlers for inner in handler.body]
        rest = [*handled, *node.orelse, *node.finalbody]
        return _all_imports(node.body) and all(map(_is_fallback, rest))
    return False


def _all_imports(body: list[ast.stmt]) -> bool:
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in body)


def _is_fallback(node: ast.stmt) -> bool:
    return is_import_only(node) or isinstance(node, ast.Assign | ast.Expr | ast.Raise)
