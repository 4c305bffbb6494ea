"""Reads newer syntax by masking it: the text is rewritten into older syntax of the same places.

`def f[T](x)` becomes `def f   (x)`, `type X = v` becomes `type;X = v`, and `except A, B:` becomes
`except A| B:`. The running `ast` reads that, with every position as it was; then the masked nodes
are put right. It costs about as much as `ast.parse` and serves nearly every file.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from keyword import iskeyword
from typing import Any, TypeVar

from consolidator.index.newer_syntax.nodes import TypeAlias, lazy, type_parameter, with_type_params

_Node = TypeVar("_Node", bound=ast.AST)
_LINE_END = re.compile(r"(\r\n|\r|\n)")

# Each alternative begins at the start of a line; what stands in a string is sorted out later.
_CANDIDATE = re.compile(
    r"""(?<![^\r\n])(?=[ \t\f]*[acdelt])[ \t\f]*(?:
      (?P<generic>(?:async[ \t]+)?(?:def|class)[ \t]+(?P<name>\w+)[ \t]*(?=\[))
    | (?P<alias>type(?P<gap>[ \t])[ \t]*(?P<alias_name>\w+)[ \t]*(?=[\[=]))
    | (?P<lazy>lazy(?P<lazy_gap>[ \t])[ \t]*(?:import|from)\b)
    | (?P<handler>except[ \t]*\*?[ \t]*[\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:
    )""",
    re.VERBOSE,
)

# The tokens between the brackets of type parameters, as far as they matter here.
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\f\r\n]+|\#[^\r\n]*|\\(?:\r\n|\r|\n))
    | (?P<string>(?:\b(?:[rRbBuU]|[rR][bB]|[bB][rR]))?
        (?:'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""
          |'(?:[^\\'\r\n]|\\.)*'|"(?:[^\\"\r\n]|\\.)*"))
    | (?P<formatted>\b(?:[fFtT][rR]?|[rR][fFtT])['"])
    | (?P<open>[\[({])
    | (?P<close>[\])}])
    | (?P<punctuation>,|:(?!=)|(?<![=!<>:])=(?!=))
    | (?P<other>\w+|[^\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_NO_ALIAS_VALUE = (ast.Yield, ast.YieldFrom, ast.Tuple)
_PARAMETER = re.compile(r"(\*{0,2})[ \t\f\r\n\\]*(\w+)\Z")


def parse_masked(text: str) -> ast.Module | None:
    """The tree of a text whose newer syntax can be masked, as a newer Python gives it.

    None when there is nothing to mask, or when the masked text does not parse either.
    """
    masks = list(_masks(_Source(text)))
    while masks:
        try:
            tree = ast.parse(_masked(text, masks))
        except SyntaxError:
            return None
        used: set[_Mask] = set()
        _patch(tree.body, {mask.place: mask for mask in masks}, used)
        if len(used) == len(masks):
            return tree
        # Those without a node stand in a string, and must not change what it says.
        masks = [mask for mask in masks if mask in used]
    return None


@dataclass(frozen=True)
class _Source:
    """A text and the places in it."""

    text: str

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """The 1-based line and the column in UTF-8 bytes."""
        line = bisect_right(self._starts, offset)
        return line, len(self.text[self._starts[line - 1] : offset].encode())

    def span(self, start: int, end: int) -> dict[str, Any]:
        """The position attributes of a node."""
        lineno, col_offset = self.place(start)
        end_lineno, end_col_offset = self.place(end)
        return {
            "lineno": lineno,
            "col_offset": col_offset,
            "end_lineno": end_lineno,
            "end_col_offset": end_col_offset,
        }

    def expression(self, start: int, end: int) -> ast.expr:
        """The expression that stands there; `*expression` is a `Starred`."""
        line, column = self.place(start)
        part = self.text[start:end]
        comma = "," if part.startswith("*") else ""
        tree = ast.parse(f"(\n{' ' * column}{part}{comma}\n)", mode="eval")
        ast.increment_lineno(tree, line - 2)
        return tree.body.elts[0] if comma and isinstance(tree.body, ast.Tuple) else tree.body


# Puts the node (and the one after it) right: the new node and how many it replaces, or None.
_Patch = Callable[[Sequence[ast.AST]], "tuple[ast.AST, int] | None"]


@dataclass(frozen=True, eq=False)
class _Mask:
    """One use of newer syntax: where its node starts, what to overwrite, how to put it right."""

    place: tuple[int, int]
    overwrites: tuple[tuple[int, int, str], ...]
    patch: _Patch


def _masks(source: _Source) -> Iterator[_Mask]:
    end = 0
    for match in _CANDIDATE.finditer(source.text):
        if match.start() < end:
            continue
        kind = match.lastgroup or ""
        mask = _READERS[kind](source, match) if kind in _READERS else None
        if mask is not None:
            end = mask.overwrites[-1][1]
            yield mask


def _generic_mask(source: _Source, match: re.Match[str]) -> _Mask | None:
    """`def f[T](` and `class C[T](` or `class C[T]:`."""
    read = _type_parameters(source, match.end())
    if read is None:
        return None
    params, end = read
    name = _identifier(match["name"])

    def patch(nodes: Sequence[ast.AST]) -> tuple[ast.AST, int] | None:
        node = nodes[0]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return (with_type_params(node, params), 1) if node.name == name else None
        return None

    overwrite = (match.end(), end, _blanks(source.text[match.end() : end]))
    return _Mask(source.place(match.start("generic")), (overwrite,), patch)


def _alias_mask(source: _Source, match: re.Match[str]) -> _Mask | None:
    """`type X[T] = value`; not `type in [...]`."""
    if iskeyword(match["alias_name"]):
        return None
    overwrites = [(match.start("gap"), match.end("gap"), ";")]
    params: list[ast.AST] = []
    if source.text[match.end()] == "[":
        read = _type_parameters(source, match.end())
        if read is None:
            return None
        params, end = read
        overwrites.append((match.end(), end, _blanks(source.text[match.end() : end])))

    def patch(nodes: Sequence[ast.AST]) -> tuple[ast.AST, int] | None:
        word, assignment = (*nodes[:2], None)[:2]
        if not (isinstance(word, ast.Expr) and isinstance(assignment, ast.Assign)):
            return None
        # An assignment may say more than an alias: `type X = Y = v`, `type X = yield`.
        if len(assignment.targets) != 1 or isinstance(assignment.value, _NO_ALIAS_VALUE):
            return None
        fields: dict[str, Any] = {"name": assignment.targets[0], "type_params": params}
        fields["value"] = assignment.value
        return _spread(TypeAlias(**fields), word, assignment), 2

    return _Mask(source.place(match.start("alias")), tuple(overwrites), patch)


def _lazy_mask(source: _Source, match: re.Match[str]) -> _Mask:
    """`lazy import m` and `lazy from m import x`."""

    def patch(nodes: Sequence[ast.AST]) -> tuple[ast.AST, int] | None:
        word, node = (*nodes[:2], None)[:2]
        if isinstance(word, ast.Expr) and isinstance(node, ast.Import | ast.ImportFrom):
            return _spread(lazy(node), word, node), 2
        return None

    overwrite = (match.start("lazy_gap"), match.end("lazy_gap"), ";")
    return _Mask(source.place(match.start("lazy")), (overwrite,), patch)


def _handler_mask(source: _Source, match: re.Match[str]) -> _Mask:
    """`except A, b.C:`; anything but dotted names is left to the general reader."""
    start = match.start("handler")
    commas = [start + found.start() for found in re.finditer(",", match["handler"])]

    def patch(nodes: Sequence[ast.AST]) -> tuple[ast.AST, int] | None:
        handler = nodes[0]
        if not isinstance(handler, ast.ExceptHandler) or handler.type is None:
            return None
        names: list[ast.expr] = []
        left = handler.type
        while isinstance(left, ast.BinOp):
            names.insert(0, left.right)
            left = left.left
        names.insert(0, left)
        types = ast.Tuple(elts=names, ctx=ast.Load())
        handler.type = _spread(types, names[0], names[-1])
        return handler, 1

    overwrites = tuple((comma, comma + 1, "|") for comma in commas)
    return _Mask(source.place(start), overwrites, patch)


_READERS: dict[str, Callable[[_Source, re.Match[str]], _Mask | None]] = {
    "generic": _generic_mask,
    "alias": _alias_mask,
    "lazy": _lazy_mask,
    "handler": _handler_mask,
}


def _type_parameters(source: _Source, bracket: int) -> tuple[list[ast.AST], int] | None:
    """The parameters in the brackets that open there, and where these end; None if unreadable."""
    read = _split(source.text, bracket)
    if read is None:
        return None
    parameters, end = read
    nodes = []
    for parts in parameters:
        start, stop = parts["name"]
        name = _PARAMETER.match(source.text, start, stop)
        if name is None or iskeyword(name[2]):
            return None
        try:
            bound = source.expression(*parts[":"]) if ":" in parts else None
            default = source.expression(*parts["="]) if "=" in parts else None
        except SyntaxError:
            return None
        place = source.span(start, max(end for _, end in parts.values()))
        nodes.append(type_parameter(name[1], _identifier(name[2]), bound, default, place))
    return nodes, end


# A type parameter's parts: "name" (with its stars), ":" (the bound), "=" (the default).
_Parts = dict[str, tuple[int, int]]


def _split(text: str, bracket: int) -> tuple[list[_Parts], int] | None:
    """Where the parts of each type parameter stand, and where the closing bracket ends."""
    parameters: list[_Parts] = []
    parts: _Parts = {}
    part, depth = "name", 0
    for token in _TOKEN.finditer(text, bracket):
        kind, start, end = token.lastgroup, token.start(), token.end()
        if kind == "formatted":  # f"{x["a"]}": not to be read without a tokenizer
            return None
        depth += (kind == "open") - (kind == "close")
        if depth == 0 or (depth == 1 and token[0] == ","):
            if parts:
                parameters.append(parts)
            if parts and part not in parts:  # `T: ]`
                return None
            if depth == 0:
                return (parameters, end) if parameters and token[0] == "]" else None
            if not parts:  # `T, ,`
                return None
            parts, part = {}, "name"
        elif depth == 1 and kind == "punctuation" and token[0] not in parts and part != "=":
            part = token[0]
        elif kind != "blank" and start > bracket:
            parts[part] = (parts.get(part, (start, end))[0], end)
    return None


def _blanks(part: str) -> str:
    """Blanks as wide as `part` in UTF-8, its line ends turned into continuations."""
    pieces = _LINE_END.split(part)
    return "".join(
        "\\" + piece if index % 2 else " " * len(piece.encode())
        for index, piece in enumerate(pieces)
    )


def _masked(text: str, masks: Iterable[_Mask]) -> str:
    pieces, done = [], 0
    for mask in masks:
        for start, end, replacement in mask.overwrites:
            pieces += [text[done:start], replacement]
            done = end
    return "".join([*pieces, text[done:]])


def _patch(
    body: list[ast.stmt] | list[ast.ExceptHandler],
    masks: dict[tuple[int, int], _Mask],
    used: set[_Mask],
) -> None:
    """Put right every masked node in a list of statements, and below."""
    nodes: list[ast.AST] = list(body)
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        for field in ("body", "handlers", "orelse", "finalbody"):
            if isinstance(inner := getattr(node, field, None), list):
                _patch(inner, masks, used)
        for case in getattr(node, "cases", ()):
            _patch(case.body, masks, used)
        place = (node.lineno, node.col_offset)  # type: ignore[attr-defined]
        if (mask := masks.get(place)) and (patched := mask.patch(nodes[index:])):
            nodes[index : index + patched[1]] = [patched[0]]
            used.add(mask)
    body[:] = nodes  # type: ignore[assignment]


def _spread(node: _Node, first: ast.AST, last: ast.AST) -> _Node:
    """The node with a position from the start of one to the end of another."""
    ast.copy_location(node, last)
    node.lineno, node.col_offset = first.lineno, first.col_offset  # type: ignore[attr-defined]
    return node


def _identifier(name: str) -> str:
    """The name as `ast` gives it."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)
