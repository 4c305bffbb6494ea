"""Where the nodes of a libcst tree stand, in the terms of `ast`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

_BLANKS = b" \t\f\n\\"

Place = dict[str, Any]  # the four position attributes of an `ast` node


def reader_of(reader: object, node: cst.CSTNode) -> Callable[..., Any]:
    """The method that reads a node of this class; `ValueError` for one that nobody here knows."""
    name = type(node).__name__
    method: Callable[..., Any] | None = getattr(reader, "_read_" + name, None)
    if method is None:
        raise ValueError(f"no way to read a {name} of libcst")
    return method


class Places:
    """The byte offsets of every node of a module, and `ast` positions made from them.

    The line ends of `text` must all be newlines. `ValueError` when libcst would write another text.
    """

    def __init__(self, module: cst.Module, text: str) -> None:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._data = text.encode()
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", self._data))]
        self._offsets: Sequence[int] = range(len(self._data) + 1)
        if not self._is_exact(module):
            self._offsets = _aligned(module.code.encode(), self._data)

    def _is_exact(self, module: cst.Module) -> bool:
        """Whether what libcst writes, where it takes its positions from, is the text."""
        for node, span in self._spans.items():
            if isinstance(node, cst.Name):
                written = self._data[span.start : span.start + span.length]
                if written != node.value.encode():
                    return False
        return self._spans[module].length == len(self._data)

    def start(self, node: cst.CSTNode) -> int:
        """Where the node starts, inside the parentheses around it."""
        return self._offsets[self._spans[node].start]

    def end(self, node: cst.CSTNode) -> int:
        """Where the node ends, inside the parentheses around it, without blanks."""
        start, end = self.start(node), self.end_with_blanks(node)
        while end > start and self._data[end - 1] in _BLANKS:
            end -= 1
        return end

    def end_with_blanks(self, node: cst.CSTNode) -> int:
        """Where a node of whitespace ends, or one that owns whitespace."""
        span = self._spans[node]
        end = span.start + span.length
        return self._offsets[end - 1] + 1 if span.length else self._offsets[end]

    def outer_end(self, node: cst.CSTNode) -> int:
        """Where the node ends, with the parentheses around it."""
        parens = getattr(node, "rpar", ())
        return self.end(parens[-1]) if parens else self.end(node)

    def parenthesized(self, node: cst.CSTNode) -> Place:
        """The place of a node to which `ast` counts the innermost parentheses, if there are any."""
        opening: Sequence[cst.CSTNode] = getattr(node, "lpar", ())
        closing: Sequence[cst.CSTNode] = getattr(node, "rpar", ())
        if not opening:
            return self.of(node)
        return self.between(self.start(opening[-1]), self.end(closing[0]))

    def of(self, node: cst.CSTNode) -> Place:
        """The place of a node without the parentheses around it."""
        return self.between(self.start(node), self.end(node))

    def between(self, start: int, end: int) -> Place:
        """The place between two byte offsets."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return {
            "lineno": line,
            "col_offset": start - self._starts[line - 1],
            "end_lineno": end_line,
            "end_col_offset": end - self._starts[end_line - 1],
        }

    def source(self, start: int, end: int) -> str:
        """The text between two byte offsets."""
        return self._data[start:end].decode()


def _aligned(written: bytes, data: bytes) -> list[int]:
    """For each offset in what libcst writes, the one in the text.

    libcst forgets a few blanks, such as that in `except A :`. `ValueError` for anything else.
    """
    offsets, at = [], 0
    for byte in written:
        while at < len(data) and data[at] != byte and data[at] in _BLANKS:
            at += 1
        if at == len(data) or data[at] != byte:
            raise ValueError("libcst writes another text")
        offsets.append(at)
        at += 1
    if data[at:].strip(_BLANKS):
        raise ValueError("libcst writes another text")
    return [*offsets, len(data)]
