"""Which lines changed between two files: patience first, then the shortest edit of each gap.

Patience aligns on lines that stand once on either side, which for code are the telling ones, and
takes time in proportion to the file. Only the gaps between them are searched for the shortest
edit, with a limit on its length; a gap that is beyond it counts as rewritten.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Lines = Sequence[bytes]

_DEEPEST = 40
"""How often a gap between anchors is searched for anchors of its own."""
_LONGEST_SEARCH = 400
"""The longest edit looked for in a gap, which bounds the work to this many steps a line."""
_LARGE = 3
"""How many times larger a block is than what replaces it to be kept in one piece."""


@dataclass(frozen=True, slots=True, order=True)
class LineEdit:
    """The lines `old[old_start:old_end]` become `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def deleted(self) -> int:
        """How many lines go."""
        return self.old_end - self.old_start

    @property
    def inserted(self) -> int:
        """How many lines come."""
        return self.new_end - self.new_start

    def shifted(self, lines: int) -> LineEdit:
        """The same edit that many lines further down."""
        return LineEdit(
            self.old_start + lines,
            self.old_end + lines,
            self.new_start + lines,
            self.new_end + lines,
        )

    def joined(self, other: LineEdit) -> LineEdit:
        """One edit that spans this one and a later one."""
        return LineEdit(self.old_start, other.old_end, self.new_start, other.new_end)


def line_edits(old: Lines, new: Lines) -> list[LineEdit]:
    """The edits that turn `old` into `new`, in order, with at least one kept line between two."""
    edits = _joined(_aligned(old, new))
    edits = _without_stray_blanks(edits, old)
    return _joined(_slid(edits, old, new))


def _aligned(old: Lines, new: Lines) -> Iterator[LineEdit]:
    pending = [(LineEdit(0, len(old), 0, len(new)), 0)]
    while pending:
        whole, depth = pending.pop()
        gap = _trimmed(whole, old, new)
        if not gap.deleted or not gap.inserted:
            if gap.deleted or gap.inserted:
                yield gap
            continue
        parts = _split_at_anchors(gap, old, new) if depth < _DEEPEST else []
        if parts:
            pending.extend((part, depth + 1) for part in reversed(parts))
        else:
            yield from _shortest(gap, old, new)


def _trimmed(gap: LineEdit, old: Lines, new: Lines) -> LineEdit:
    """The gap without the lines that both sides begin and end with."""
    start, room = 0, min(gap.deleted, gap.inserted)
    while start < room and old[gap.old_start + start] == new[gap.new_start + start]:
        start += 1
    end, room = 0, room - start
    while end < room and old[gap.old_end - 1 - end] == new[gap.new_end - 1 - end]:
        end += 1
    return LineEdit(
        gap.old_start + start, gap.old_end - end, gap.new_start + start, gap.new_end - end
    )


def _split_at_anchors(gap: LineEdit, old: Lines, new: Lines) -> list[LineEdit]:
    """The gaps before, between and after the anchors; none when there is no anchor."""
    anchors = _longest_rising(_unique_pairs(gap, old, new))
    if not anchors:
        return []
    parts, old_from, new_from = [], gap.old_start, gap.new_start
    for in_old, in_new in anchors:
        parts.append(LineEdit(old_from, in_old, new_from, in_new))
        old_from, new_from = in_old + 1, in_new + 1
    parts.append(LineEdit(old_from, gap.old_end, new_from, gap.new_end))
    return parts


def _unique_pairs(gap: LineEdit, old: Lines, new: Lines) -> list[tuple[int, int]]:
    """Where the lines stand that are not blank and occur once on either side of the gap."""
    count_old = Counter(old[gap.old_start : gap.old_end])
    count_new = Counter(new[gap.new_start : gap.new_end])
    place = {new[at]: at for at in range(gap.new_start, gap.new_end)}
    return [
        (at, place[old[at]])
        for at in range(gap.old_start, gap.old_end)
        if count_old[old[at]] == 1 == count_new[old[at]] and not _is_blank(old[at])
    ]


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs that rises on both sides (patience sorting)."""
    tops: list[int] = []
    top_pairs: list[int] = []
    previous: list[int] = []
    for index, (_, in_new) in enumerate(pairs):
        pile = bisect_left(tops, in_new)
        previous.append(top_pairs[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [in_new]
        top_pairs[pile : pile + 1] = [index]
    chosen, index = [], top_pairs[-1] if top_pairs else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]


def _shortest(gap: LineEdit, old: Lines, new: Lines) -> Iterator[LineEdit]:
    """The fewest deletions and insertions (Myers 1986); the whole gap where that is too far."""
    trace = _search(old[gap.old_start : gap.old_end], new[gap.new_start : gap.new_end])
    if trace is None:
        yield gap
        return
    steps = _steps_back(trace, gap.deleted, gap.inserted)
    for old_at, new_at, is_insertion in reversed(steps):
        from_old, from_new = gap.old_start + old_at, gap.new_start + new_at
        yield LineEdit(from_old, from_old + (not is_insertion), from_new, from_new + is_insertion)


def _search(old: Lines, new: Lines) -> list[dict[int, int]] | None:
    """For each number of steps, how far into `old` one gets on each diagonal (old - new)."""
    furthest = {1: 0}
    trace = []
    for steps in range(_LONGEST_SEARCH + 1):
        trace.append(furthest)
        reached = {}
        lowest = -steps + 2 * max(0, steps - len(new))
        highest = steps - 2 * max(0, steps - len(old))
        for diagonal in range(lowest, highest + 1, 2):
            at = max(furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -2) + 1)
            while at < len(old) and at - diagonal < len(new) and old[at] == new[at - diagonal]:
                at += 1
            reached[diagonal] = at
            if at == len(old) and at - diagonal == len(new):
                return trace
        furthest = reached
    return None


def _steps_back(
    trace: Sequence[dict[int, int]], old_at: int, new_at: int
) -> list[tuple[int, int, bool]]:
    """From the end to the start: (place in old, place in new, whether a line is inserted)."""
    steps = []
    for furthest in reversed(trace[1:]):
        diagonal = old_at - new_at
        above, below = furthest.get(diagonal + 1, -1), furthest.get(diagonal - 1, -2)
        is_insertion = above >= below + 1
        old_at = above if is_insertion else below
        new_at = old_at - (diagonal + 1 if is_insertion else diagonal - 1)
        steps.append((old_at, new_at, is_insertion))
    return steps


def _joined(edits: Iterable[LineEdit]) -> list[LineEdit]:
    """The edits with those made one that touch each other."""
    joined: list[LineEdit] = []
    for edit in edits:
        if joined and joined[-1].old_end == edit.old_start and joined[-1].new_end == edit.new_start:
            joined[-1] = joined[-1].joined(edit)
        else:
            joined.append(edit)
    return joined


def _without_stray_blanks(edits: Sequence[LineEdit], old: Lines) -> list[LineEdit]:
    """The edits with those made one that only a chance match of blank lines holds apart.

    A class of 80 lines that gives way to a comment, an import and a blank line would otherwise be
    deleted in two pieces, around whichever of its own blank lines matched the new one.
    """
    kept: list[LineEdit] = []
    for chain in _chains(edits, old):
        kept.extend([chain[0].joined(chain[-1])] if _is_torn(chain) else chain)
    return kept


def _chains(edits: Sequence[LineEdit], old: Lines) -> list[list[LineEdit]]:
    """The edits, together where nothing but blank lines stands between them."""
    chains: list[list[LineEdit]] = []
    for edit in edits:
        if chains and all(map(_is_blank, old[chains[-1][-1].old_end : edit.old_start])):
            chains[-1].append(edit)
        else:
            chains.append([edit])
    return chains


def _is_torn(chain: Sequence[LineEdit]) -> bool:
    """Whether a chain of edits is one large block, in pieces, that gives way to a small one."""
    deleted, inserted = [edit.deleted for edit in chain], [edit.inserted for edit in chain]
    large, small = sorted((deleted, inserted), key=sum, reverse=True)
    pieces = sum(map(bool, large))
    return pieces > 1 and 0 < sum(small) * _LARGE <= sum(large)


def _slid(edits: Sequence[LineEdit], old: Lines, new: Lines) -> Iterator[LineEdit]:
    """Each edit that only deletes or only inserts, moved to where its block reads best.

    When a class is taken out, the two blank lines above it and those below are alike, so the block
    can begin with either; people expect it to begin with the decorator, comment or `class`.
    """
    floor = (0, 0)
    for index, edit in enumerate(edits):
        ceiling = edits[index + 1] if index + 1 < len(edits) else None
        best = edit
        if not edit.inserted:
            end = ceiling.old_start if ceiling else len(old)
            best = edit.shifted(_best_shift(old, edit.old_start, edit.old_end, floor[0], end))
        elif not edit.deleted:
            end = ceiling.new_start if ceiling else len(new)
            best = edit.shifted(_best_shift(new, edit.new_start, edit.new_end, floor[1], end))
        floor = (best.old_end, best.new_end)
        yield best


def _best_shift(lines: Lines, start: int, end: int, floor: int, ceiling: int) -> int:
    first = last = 0
    while start + first > floor and lines[start + first - 1] == lines[end + first - 1]:
        first -= 1
    while end + last < ceiling and lines[start + last] == lines[end + last]:
        last += 1
    shifts = range(last, first - 1, -1)
    return min(shifts, key=lambda shift: _awkwardness(lines, start + shift))


def _awkwardness(lines: Lines, start: int) -> tuple[bool, int, bool]:
    """How badly a block reads that begins here: blank, then indented, then right below text."""
    line = lines[start]
    indent = len(line) - len(line.lstrip())
    return _is_blank(line), indent, start > 0 and not _is_blank(lines[start - 1])


def _is_blank(line: bytes) -> bool:
    return not line.strip()
