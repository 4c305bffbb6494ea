"""What code says, apart from how it is written: a digest that leaves out layout and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from hashlib import blake2b

_OWN_NAME = "\0"  # stands for the name of the class itself, so that it may have another elsewhere
_PERHAPS_REMARKS = (ast.Pass, ast.Expr)
_LEFT_OUT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


def digest(nodes: Iterable[ast.AST], own_name: str = "") -> str:
    """The same for nodes that mean the same, whatever quotes, line breaks or docstrings they have.

    Positions, comments, docstrings, `pass` and bare strings count for nothing; neither does what
    the class is called where it names itself (`own_name`). Constants are not folded.
    """
    parts: list[str] = []
    for node in nodes:
        _write(node, parts.append, own_name)
    return blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def text_digest(text: str) -> str:
    """The same for equal texts."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def is_remark(node: ast.stmt) -> bool:
    """`pass`, `...`, docstrings and other bare constants: they do nothing."""
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def one_line(node: ast.AST, most: int = 72) -> str:
    """The first line of some code, in a uniform layout and no longer than that."""
    if isinstance(node, ast.Name):
        return node.id  # a short cut: most bases and decorators are names
    code = _head(node) if isinstance(node, ast.stmt) else ast.unparse(node)
    line = code.lstrip().partition("\n")[0]
    return line if len(line) <= most else line[: most - 1] + "…"


def _head(node: ast.stmt) -> str:
    """A definition without its decorators and body."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"{word} {node.name}({ast.unparse(node.args)}){returns}"
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in [*node.bases, *node.keywords])
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    return ast.unparse(node)


def _write(node: ast.AST, put: Callable[[str], None], own: str) -> None:
    kind = node.__class__
    put(kind.__name__)
    if kind is ast.Constant:
        put(repr(node.value))  # type: ignore[attr-defined]
        return
    for name in _fields(kind):
        value = getattr(node, name, None)
        if value.__class__ is list:
            put("[")
            for item in value:
                if not isinstance(item, ast.AST):
                    put(repr(item))
                elif item.__class__ not in _PERHAPS_REMARKS or not is_remark(item):
                    _write(item, put, own)
            put("]")
        elif isinstance(value, ast.AST):
            _write(value, put, own)
        elif value == own and (name == "id" or name == "name"):
            put(_OWN_NAME)
        else:
            put(repr(value))


def _fields(kind: type) -> tuple[str, ...]:
    known = _FIELDS.get(kind)
    if known is None:
        known = tuple(name for name in kind._fields if name not in _LEFT_OUT)  # type: ignore[attr-defined]
        _FIELDS[kind] = known
    return known


_FIELDS: dict[type, tuple[str, ...]] = {}
"""What is read of each kind of node; the same for every text."""
