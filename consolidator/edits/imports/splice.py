"""From what becomes of each statement to text edits: changed, taken out, or a block emptied."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consolidator.edits.imports.blocks import Block, comment_after, whole_guard
from consolidator.edits.imports.drafts import Draft
from consolidator.edits.imports.lines import Insertion, line_edits
from consolidator.edits.imports.wrap import Writing
from consolidator.edits.text_edit import TextEdit, disjoint
from consolidator.index.syntax import Syntax
from consolidator.names import Span


@dataclass(eq=False)
class _Removal:
    """The statements that go away entirely, and the edits that this has come to so far."""

    syntax: Syntax
    gone: Mapping[int, Draft]
    filled: frozenset[tuple[int, str]]
    """Where lines are put in, and how far indented."""
    edits: list[TextEdit] = field(default_factory=list)
    doomed: list[Span] = field(default_factory=list)

    def goes(self, node: ast.stmt) -> bool:
        """Whether a statement is one of them."""
        return id(node) in self.gone


def splice(
    syntax: Syntax,
    drafts: Sequence[Draft],
    insertions: Sequence[Insertion],
    writing: Writing,
    lines_after: int | None = None,
) -> list[TextEdit]:
    """The edits that carry all of it out, disjoint and sorted."""
    removal = _Removal(
        syntax,
        {id(draft.statement.node): draft for draft in drafts if draft.gone},
        frozenset((new.spot.offset, new.spot.indent) for new in insertions),
    )
    edits = [
        edit for draft in drafts if not draft.gone for edit in _changed(draft, syntax, writing)
    ]
    for block in _blocks(drafts):
        if not block.is_module and all(map(removal.goes, block.body)):
            _empty(removal, block)
        else:
            _thin_out(removal, block)
    edits += removal.edits
    edits += line_edits(syntax, removal.doomed, insertions, writing.newline, lines_after)
    return list(disjoint(edits))


def _blocks(drafts: Sequence[Draft]) -> Sequence[Block]:
    """The blocks that lose a statement, each once."""
    found = {
        id(draft.statement.block.body): draft.statement.block for draft in drafts if draft.gone
    }
    return list(found.values())


def _changed(draft: Draft, syntax: Syntax, writing: Writing) -> list[TextEdit]:
    node = draft.statement
    span = Span(node.span.start, node.span.end + len(comment_after(syntax, node)))
    old = span.of(syntax.text)
    new = _with_line_ends(old, draft.text(writing))
    return [] if old == new else [trimmed(TextEdit(span, old, new))]


def _with_line_ends(old: str, new: str) -> str:
    """The new text, in which lines that were there before end as they did."""
    if "\r" not in old:
        return new
    before = dict(_LINE.findall(old))
    return _LINE.sub(lambda line: f"{line[1]}{before.get(line[1], line[2])}", new)


_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n)")


def trimmed(edit: TextEdit) -> TextEdit:
    """The same edit without what is equal at both its ends."""
    old, new = edit.replaced, edit.replacement
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    span = Span(edit.span.start + head, edit.span.end - tail)
    return TextEdit(span, old[head : len(old) - tail], new[head : len(new) - tail])


def _thin_out(removal: _Removal, block: Block) -> None:
    """Take statements out of a block that keeps others."""
    index = 0
    while index < len(block.body):
        draft = removal.gone.get(id(block.body[index]))
        if draft is not None and draft.statement.shared:
            index = _cut_from_line(removal, block, index)
        elif draft is not None:
            removal.doomed.append(draft.statement.lines)
        index += 1


def _cut_from_line(removal: _Removal, block: Block, first: int) -> int:
    """Take a run of statements out of a line that holds others; the index of the last taken."""
    syntax, body = removal.syntax, block.body

    def beside_next(index: int) -> bool:
        """Whether a statement ends on the line where the next one starts."""
        pair = body[index : index + 2] if index >= 0 else []
        return len(pair) == 2 and pair[0].end_lineno == pair[1].lineno

    last = first
    while beside_next(last) and removal.goes(body[last + 1]):
        last += 1
    start, end = syntax.span(body[first]).start, syntax.span(body[last]).end
    text = _followers(removal, body[first : last + 1])
    if not text and beside_next(last):
        end = syntax.span(body[last + 1]).start
    elif not text and beside_next(first - 1):
        start = syntax.span(body[first - 1]).end
    elif not text:
        run = [removal.gone[id(node)].statement.lines for node in body[first : last + 1]]
        removal.doomed.append(Span(run[0].start, run[-1].end))
        return last
    removal.edits.append(TextEdit(Span(start, end), syntax.text[start:end], text))
    return last


def _followers(removal: _Removal, nodes: Sequence[ast.stmt]) -> str:
    """What stands on the line of statements that go, in their place."""
    return "; ".join(text for node in nodes for text in removal.gone[id(node)].followers)


def _empty(removal: _Removal, block: Block) -> None:
    """Take all the statements of an inner block out, and put in what it may not do without."""
    nodes = [removal.gone[id(node)].statement for node in block.body]
    edges = {(o, node.indent) for node in nodes for o in (node.lines.start, node.lines.end)}
    followers = _followers(removal, block.body)
    if edges & removal.filled and not nodes[0].shared:
        removal.doomed.extend(node.lines for node in nodes)
    elif not followers and (lines := whole_guard(removal.syntax, block)):
        removal.doomed.append(lines)
    elif nodes[0].shared:
        span = Span(nodes[0].span.start, nodes[-1].span.end)
        text = followers or "pass"
        removal.edits.append(TextEdit(span, span.of(removal.syntax.text), text))
    else:
        first = nodes[0]
        span = Span(first.span.start, first.span.end + len(comment_after(removal.syntax, first)))
        removal.edits.append(TextEdit(span, span.of(removal.syntax.text), "pass"))
        removal.doomed.extend(node.lines for node in nodes[1:])
