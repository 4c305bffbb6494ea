"""The one kind of change to a file: a splice that carries the text it replaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.names import Span


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Replace the characters of `span`, which must read `replaced`, with `replacement`."""

    span: Span
    replaced: str
    replacement: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after the edits; every character outside them is kept.

    Two insertions at one place are made in the order given. Raises `ValueError` when edits
    overlap or when the text is not what they expect.
    """
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < position:
            raise ValueError(f"overlapping edits at offset {edit.span.start}")
        if edit.span.of(text) != edit.replaced:
            raise ValueError(f"the text at offset {edit.span.start} is not what the edit replaces")
        pieces.append(text[position : edit.span.start])
        pieces.append(edit.replacement)
        position = edit.span.end
    pieces.append(text[position:])
    return "".join(pieces)


def disjoint(edits: Iterable[TextEdit]) -> Iterator[TextEdit]:
    """Edits with those that touch the same blank lines made disjoint, earlier ones first."""
    last = 0
    for edit in sorted(edits):
        if edit.span.start < last:
            if edit.span.end <= last:
                continue
            cut = last - edit.span.start
            span = Span(last, edit.span.end)
            edit = TextEdit(span, edit.replaced[cut:], edit.replacement)
        last = max(last, edit.span.end)
        yield edit
