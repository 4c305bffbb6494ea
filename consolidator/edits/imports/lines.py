"""Whole lines that go and come, and the blank lines around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consolidator.edits.imports.place import Mode, Spot
from consolidator.edits.imports.wrap import is_pragma
from consolidator.edits.text_edit import TextEdit
from consolidator.index.syntax import Syntax
from consolidator.names import Span

_BLANKS = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[ \t]*\Z)?")
# Commented-out code, and the mark of a leave-behind, are not about the import below them.
_LASTING = re.compile(r"#\s*(?:from|import|if|try|def|class|@)\b|#[!%]|#.*coding[:=]")
_LONG = 3
"""A heading over imports has fewer lines."""
_WORD = re.compile(r"\w+")
_ABOUT_IMPORTS = frozenset({"imports", "imported", "importing", "circular", "cycle", "cyclic"})
_FROM = re.compile(r"from\s+\.*([\w.]+)\s+import\b")
_IMPORT = re.compile(r"(?:import|from)\b")
_DEFINITION = re.compile(r"(?:#[^\r\n]*[\r\n]+)*(?:class\b|def\b|async\b|@)")
_IN_A_STUB = re.compile(r"[^\r\n]*: \.\.\.[ \t]*(?:[\r\n]|\Z)")
# One blank line between the definitions of a module, or two.
_CLOSE = re.compile(r"[\r\n][ \t]+\S[^\r\n]*(?:\r\n|\r(?!\n)|\n){2}(?:class|def|async|@)")
_APART = re.compile(r"(?:\r\n|\r(?!\n)|\n){3}(?:class|def|async|@)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Insertion:
    """Lines to be put in at a spot; `rank` and `key` order those at one place."""

    spot: Spot
    rank: int
    key: tuple[object, ...]
    text: str

    @property
    def at_top(self) -> bool:
        """Whether it is a statement of the module itself."""
        return not self.spot.indent

    @property
    def is_import(self) -> bool:
        """Whether it is an import, and no guard or block."""
        return bool(_IMPORT.match(self.text))


def line_edits(
    syntax: Syntax,
    doomed: Sequence[Span],
    insertions: Sequence[Insertion],
    newline: str,
    lines_after: int | None = None,
) -> Iterable[TextEdit]:
    """The edits that take the doomed lines out and put the insertions in.

    `lines_after` blank lines stand between imports and what follows them; None for the usual.
    """
    places: dict[int, list[Insertion]] = {}
    for insertion in insertions:
        places.setdefault(insertion.spot.offset, []).append(insertion)
    for span in _merged(syntax, doomed, list(places)):
        inside = [places.pop(o) for o in sorted(places) if span.start <= o <= span.end]
        if inside:
            span = _with_its_comment(syntax, span)
            ordered = [new for group in inside for new in sorted(group, key=_order)]
            text = _written(syntax, span, ordered, newline, lines_after or 1)
            yield TextEdit(span, span.of(syntax.text), text)
        else:
            span = _with_blanks(syntax, span)
            yield TextEdit(span, span.of(syntax.text), "")
    for offset, group in places.items():
        span = Span(offset, offset)
        text = _written(syntax, span, sorted(group, key=_order), newline, lines_after or 1)
        yield TextEdit(span, "", text)


def _merged(syntax: Syntax, doomed: Sequence[Span], filled: Sequence[int]) -> list[Span]:
    """The doomed lines as few spans; what is blank between two paragraphs that go, goes too."""
    merged: list[Span] = []
    for span in _joined(doomed):
        if merged:
            whole = Span(merged[-1].start, span.end)
            free = not any(whole.start <= offset <= whole.end for offset in filled)
            if free and _are_paragraphs(syntax, merged[-1], span):
                merged[-1] = whole
                continue
        merged.append(span)
    return merged


def _joined(doomed: Sequence[Span]) -> list[Span]:
    """Lines that follow on each other as one span."""
    joined: list[Span] = []
    for span in sorted(set(doomed)):
        if joined and joined[-1].end >= span.start:
            joined[-1] = Span(joined[-1].start, max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined


def _are_paragraphs(syntax: Syntax, one: Span, other: Span) -> bool:
    """Whether nothing else stands next to or between two spans of lines."""
    text = syntax.text
    above, below = _blank_start(syntax, one.start), _blank_end(text, other.end)
    return (
        not text[one.end : other.start].strip(" \t\r\n")
        and (above < one.start or above == 0 or _opens_block(syntax, above))
        and (below > other.end or below == len(text))
    )


def _with_blanks(syntax: Syntax, span: Span) -> Span:
    """Lines to be removed, with the blank lines that only set them apart."""
    text = syntax.text
    below = _blank_end(text, span.end)
    if below > span.end or below == len(text):
        span = Span(_heading_start(syntax, span), span.end)
    above = _blank_start(syntax, span.start)
    if above == 0 or _opens_block(syntax, above):
        return Span(span.start, below)
    if below == len(text):
        return Span(above, below)
    if above == span.start or below == span.end:
        return span
    if _count(text[span.end : below]) >= _count(text[above : span.start]):
        return Span(above, span.end)
    return Span(span.start, below)


def _with_its_comment(syntax: Syntax, span: Span) -> Span:
    """Lines that others replace, with the comment above that tells of their import alone.

    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import Invoice
    """
    start = _heading_start(syntax, span)
    asked = _FROM.match(span.of(syntax.text))
    told = asked and re.search(rf"\b{re.escape(asked[1])}\b", syntax.text[start : span.start])
    return Span(start, span.end) if told else span


def _heading_start(syntax: Syntax, gone: Span) -> int:
    """Where the comment over a paragraph that goes away begins, if it speaks of nothing else."""
    offset = gone.start
    line = first = syntax.line_of(offset)
    while line > 1 and syntax.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
        if _LASTING.match(syntax.line_text(line).lstrip()) or is_pragma(syntax.line_text(line)):
            return offset
    start, heads_file = syntax.line_span(line).start, line == 1
    if first - line >= _LONG and not _tells_of(syntax.text[start:offset], gone.of(syntax.text)):
        return offset
    return offset if heads_file or line == first else start


def _tells_of(comment: str, imports: str) -> bool:
    """Whether a comment is about the imports below it, and not about the class below those.

    # Not to be used directly: derive from it,
    # and give it the methods
    # that the others have.
    from shop.util import tidy
    """
    words = set(_WORD.findall(comment.lower()))
    return bool(_ABOUT_IMPORTS & words) or any(
        word in words for word in _WORD.findall(imports.lower()) if word not in {"from", "as"}
    )


def _blank_start(syntax: Syntax, offset: int) -> int:
    """Where the blank lines begin that stand right above a line."""
    line = syntax.line_of(offset)
    if line > 1 and offset == len(syntax.text) and syntax.line_span(line).start < offset:
        return offset  # after a last line without a newline
    while line > 1 and not syntax.line_text(line - 1).strip(" \t"):
        line -= 1
    return syntax.line_span(line).start


def _blank_end(text: str, offset: int) -> int:
    """Where the blank lines end that stand right below a line."""
    match = _BLANKS.match(text, offset)
    return match.end() if match else offset


def _count(blanks: str) -> int:
    return len(_LINE_END.findall(blanks))


def _opens_block(syntax: Syntax, offset: int) -> bool:
    above = syntax.line_text(syntax.line_of(offset) - 1)
    return above.partition("#")[0].rstrip().endswith(":")


def _written(
    syntax: Syntax, span: Span, ordered: Sequence[Insertion], newline: str, lines_after: int
) -> str:
    """The lines to be put in place of `span`, with the blank lines they need around them."""
    text = syntax.text
    first, last = ordered[0].spot.mode, ordered[-1].spot.mode
    written = newline.join(_paragraphs(ordered, newline, lines_after))
    above = _count(text[_blank_start(syntax, span.start) : span.start])
    if first in (Mode.TOP, Mode.BELOW) and span.start and not above:
        wanted = _wanted_above(syntax, span.start, 1 if ordered[0].is_import else lines_after)
        written = newline * (wanted if ordered[0].at_top else 1) + written
    end = _blank_end(text, span.end)
    below = _count(text[span.end : end])
    apart = last is Mode.TOP or (last in (Mode.ABOVE, Mode.BELOW) and not below)
    if apart and end < len(text):
        ends = ordered[-1].at_top and ordered[-1].is_import and not _IMPORT.match(text, end)
        written += newline * (_wanted_below(text, end, lines_after if ends else 1) - below)
    if span.start == len(text) and text and text[-1] not in "\r\n":
        return newline + written.removesuffix(newline)
    return written


def _order(insertion: Insertion) -> tuple[object, ...]:
    mode = insertion.spot.mode
    # The end of a block is the place of the statement after it: what is in the block comes first.
    return (
        -len(insertion.spot.indent),
        mode,
        0 if mode is Mode.WITHIN else insertion.rank,
        insertion.key,
    )


def _paragraphs(ordered: Sequence[Insertion], newline: str, lines_after: int) -> list[str]:
    paragraphs: list[str] = []
    previous: tuple[Mode, int] | None = None
    above: Insertion | None = None
    for insertion in ordered:
        mode = insertion.spot.mode
        kind = (mode, 0 if mode is Mode.WITHIN else insertion.rank)
        if kind == previous and insertion.key:
            paragraphs[-1] += insertion.text + newline
        else:
            ends = above is not None and above.at_top and above.is_import > insertion.is_import
            gap = newline * (lines_after - 1) if ends else ""
            paragraphs.append(gap + insertion.text + newline)
        previous, above = kind, insertion
    return paragraphs


def _wanted_above(syntax: Syntax, offset: int, after_imports: int) -> int:
    """How many blank lines stand between what is put in and what precedes it."""
    above = [node for node in syntax.tree.body if syntax.span(node).end <= offset]
    if above and isinstance(above[-1], ast.Import | ast.ImportFrom):
        return after_imports
    if not above or not isinstance(above[-1], _DEFINITIONS):
        return 1
    return 1 if _CLOSE.search(syntax.text) and not _APART.search(syntax.text) else 2


def _wanted_below(text: str, offset: int, usual: int) -> int:
    """How many blank lines stand between imports and what follows at `offset`."""
    if not _DEFINITION.match(text, offset):
        return usual
    close = _IN_A_STUB.match(text, offset) or _CLOSE.search(text)
    return 1 if close and not _APART.search(text) else 2
