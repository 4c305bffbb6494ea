"""From what becomes of each statement to text edits: whole lines, blank lines, emptied blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consolidator.edits.import_blocks import Statement, is_type_checking, statement
from consolidator.edits.import_drafts import Draft
from consolidator.edits.import_place import Mode, Spot
from consolidator.edits.import_wrap import Writing
from consolidator.edits.text_edit import TextEdit
from consolidator.index.syntax import Syntax
from consolidator.names import Span


@dataclass(frozen=True, slots=True)
class Insertion:
    """Lines to be put in at a spot; `rank` orders the paragraphs at one place."""

    spot: Spot
    rank: int
    key: tuple[object, ...]
    text: str


def splice(
    syntax: Syntax,
    drafts: Sequence[Draft],
    insertions: Sequence[Insertion],
    writing: Writing,
) -> list[TextEdit]:
    """The edits that carry all of it out, disjoint and sorted."""
    edits: list[TextEdit] = []
    doomed: list[Span] = []
    filled = {insertion.spot.offset for insertion in insertions}
    for draft in drafts:
        if not draft.gone:
            edits.extend(_changed(syntax, draft, writing))
    _remove(syntax, [draft for draft in drafts if draft.gone], filled, edits, doomed)
    edits.extend(_line_edits(syntax, doomed, insertions, writing))
    return sorted(edits)


def _changed(syntax: Syntax, draft: Draft, writing: Writing) -> Iterable[TextEdit]:
    span = Span(draft.statement.span.start, draft.statement.span.end + _comment_length(syntax, draft))
    old, new = span.of(syntax.text), draft.text(writing)
    if old != new:
        yield trimmed(TextEdit(span, old, new))


def _comment_length(syntax: Syntax, draft: Draft) -> int:
    return len(comment_after(syntax, draft.statement))


def comment_after(syntax: Syntax, node: Statement) -> str:
    """The trailing comment of a statement with the blanks before it, or nothing."""
    if not node.comment:
        return ""
    end = syntax.text.index(node.comment, node.span.end) + len(node.comment)
    return syntax.text[node.span.end : end]


def trimmed(edit: TextEdit) -> TextEdit:
    """The same edit without what is equal at both its ends."""
    old, new = edit.replaced, edit.replacement
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    span = Span(edit.span.start + head, edit.span.end - tail)
    return TextEdit(span, old[head : len(old) - tail], new[head : len(new) - tail])


def _remove(
    syntax: Syntax,
    gone: Sequence[Draft],
    filled: set[int],
    edits: list[TextEdit],
    doomed: list[Span],
) -> None:
    """Take whole statements out, by line where they have lines of their own."""
    nodes = {id(draft.statement.node): draft for draft in gone}
    settled: set[int] = set()
    for draft in gone:
        node = draft.statement
        block = node.block
        if id(node.node) in settled:
            continue
        if not block.is_module and all(id(inner) in nodes for inner in block.body):
            followers = [f for inner in block.body for f in nodes[id(inner)].followers]
            settled |= {id(inner) for inner in block.body}
            everything = [nodes[id(inner)] for inner in block.body]
            _empty(syntax, everything, followers, filled, edits, doomed)
        elif not node.shared:
            doomed.append(node.lines)
        else:
            settled |= _cut_from_line(syntax, draft, nodes, edits, doomed)


def _empty(
    syntax: Syntax,
    everything: Sequence[Draft],
    followers: Sequence[str],
    filled: set[int],
    edits: list[TextEdit],
    doomed: list[Span],
) -> None:
    """Take all the statements of an inner block out, and put in what it may not do without."""
    first, *rest = everything
    node = first.statement
    owner = node.block.owner
    lines = {offset for d in everything for offset in (d.statement.lines.start, d.statement.lines.end)}
    if lines & filled and not node.shared:
        doomed.extend(draft.statement.lines for draft in everything)
        return
    removable = is_type_checking(owner) and not getattr(owner, "orelse", []) and not followers
    if removable and node.block.parent is not None and node.block.parent.is_module:
        whole = statement(syntax, node.block.parent, node.block.parent.body.index(owner))  # type: ignore[arg-type]
        if not whole.shared and not re.search(r"^[ \t]*#", whole.lines.of(syntax.text), re.MULTILINE):
            doomed.append(whole.lines)
            return
    span = Span(node.span.start, node.span.end + len(comment_after(syntax, node)))
    edits.append(TextEdit(span, span.of(syntax.text), "; ".join(followers) or "pass"))
    if node.shared:
        end = everything[-1].statement.span.end
        edits[-1] = TextEdit(
            Span(span.start, end), syntax.text[span.start : end], edits[-1].replacement
        )
    else:
        doomed.extend(draft.statement.lines for draft in rest)


def _cut_from_line(
    syntax: Syntax,
    draft: Draft,
    nodes: dict[int, Draft],
    edits: list[TextEdit],
    doomed: list[Span],
) -> set[int]:
    """Take a run of statements out of a line that holds others; which ones were taken."""
    body = draft.statement.block.body
    first = last = draft.statement.index
    line = syntax.line_of(draft.statement.span.start)

    def here(index: int) -> bool:
        return 0 <= index < len(body) and (
            syntax.line_of(syntax.span(body[index]).start) == line
        )

    while here(last + 1) and id(body[last + 1]) in nodes:
        last += 1
    run = {id(node) for node in body[first : last + 1]}
    followers = [f for node in body[first : last + 1] for f in nodes[id(node)].followers]
    start, end = syntax.span(body[first]).start, syntax.span(body[last]).end
    if followers:
        text = "; ".join(followers)
    elif here(last + 1):
        end, text = syntax.span(body[last + 1]).start, ""
    elif here(first - 1):
        start, text = syntax.span(body[first - 1]).end, ""
    else:
        doomed.append(syntax.line_span(line))
        return run
    edits.append(TextEdit(Span(start, end), syntax.text[start:end], text))
    return run


def _line_edits(
    syntax: Syntax, doomed: Sequence[Span], insertions: Sequence[Insertion], writing: Writing
) -> Iterable[TextEdit]:
    places: dict[int, list[Insertion]] = {}
    for insertion in insertions:
        places.setdefault(insertion.spot.offset, []).append(insertion)
    for span in _merged(syntax, doomed, set(places)):
        inside = [places.pop(o) for o in sorted(places) if span.start <= o <= span.end]
        if not inside:
            span = _with_blanks(syntax, span)
            yield TextEdit(span, span.of(syntax.text), "")
            continue
        text = "".join(
            _insertion_text(syntax, Span(span.start, span.end), group, writing) for group in inside
        )
        yield TextEdit(span, span.of(syntax.text), text)
    for offset, group in places.items():
        yield TextEdit(
            Span(offset, offset), "", _insertion_text(syntax, Span(offset, offset), group, writing)
        )


def _merged(syntax: Syntax, doomed: Sequence[Span], filled: set[int]) -> list[Span]:
    """The doomed lines as few spans, those with only blank lines between them joined."""
    merged: list[Span] = []
    for span in sorted(set(doomed)):
        if merged and not syntax.text[merged[-1].end : span.start].strip():
            merged[-1] = Span(merged[-1].start, max(span.end, merged[-1].end))
        else:
            merged.append(span)
    return merged


def _blanks_before(text: str, offset: int) -> int:
    """How many characters of blank lines stand right before a line start."""
    match = re.search(r"(?:(?<=[\r\n])|\A)(?:[ \t]*(?:\r\n|\r|\n))*\Z", text[:offset])
    return len(match.group()) if match else 0


def _blanks_after(text: str, offset: int) -> int:
    """How many characters of blank lines stand right after a line end."""
    match = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*(?:[ \t]*\Z)?").match(text, offset)
    return len(match.group()) if match else 0


def _count(blanks: str) -> int:
    return len(re.findall(r"\r\n|\r|\n", blanks))


def _with_blanks(syntax: Syntax, span: Span) -> Span:
    """Lines to be removed, with the blank lines that only set them apart."""
    text = syntax.text
    above = _blanks_before(text, span.start)
    below = _blanks_after(text, span.end)
    at_start = span.start - above == 0 or _opens_block(text, span.start - above)
    at_end = span.end + below == len(text)
    if at_start:
        return Span(span.start, span.end + below) if below else span
    if at_end:
        return Span(span.start - above, span.end + below)
    if above and below:
        keep_below = _count(text[span.end : span.end + below]) >= _count(
            text[span.start - above : span.start]
        )
        return Span(span.start - above, span.end) if keep_below else Span(span.start, span.end + below)
    return span


def _opens_block(text: str, offset: int) -> bool:
    line = text[:offset].rstrip("\r\n").replace("\r", "\n").rpartition("\n")[2]
    return line.partition("#")[0].rstrip().endswith(":")


def _insertion_text(
    syntax: Syntax, span: Span, group: Sequence[Insertion], writing: Writing
) -> str:
    newline = writing.newline
    text = ""
    paragraphs: list[str] = []
    previous: tuple[Mode, int] | None = None
    for insertion in sorted(group, key=lambda i: (i.spot.mode, i.rank, i.key)):
        kind = (insertion.spot.mode, 0 if insertion.spot.mode is Mode.WITHIN else insertion.rank)
        lines = insertion.text + newline
        if kind == previous:
            paragraphs[-1] += lines
        else:
            paragraphs.append(lines)
        previous = kind
    text = newline.join(paragraphs)
    modes = {insertion.spot.mode for insertion in group}
    above = _count(syntax.text[span.start - _blanks_before(syntax.text, span.start) : span.start])
    below_length = _blanks_after(syntax.text, span.end)
    below = _count(syntax.text[span.end : span.end + below_length])
    if Mode.BELOW in modes and Mode.WITHIN not in modes and span.start and not above:
        text = newline + text
    at_end = span.end + below_length == len(syntax.text)
    if modes != {Mode.WITHIN} and not below and not at_end and max(modes) != Mode.WITHIN:
        text += newline * _wanted_below(syntax.text[span.end :])
    if span.start == len(syntax.text) and span.start and syntax.text[-1] not in "\r\n":
        text = newline + text.removesuffix(newline)
    return text


def _wanted_below(rest: str) -> int:
    return 2 if re.match(r"class\b|def\b|async\b|@", rest) else 1
