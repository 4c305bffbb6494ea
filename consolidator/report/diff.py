"""The unified diff of a change, in bytes, as `git apply` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from os import fsencode

from consolidator.report.line_matching import LineEdit, Lines, line_edits
from consolidator.workspace.changes import FileChange

_CONTEXT = 3
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_ESCAPES = dict(zip(b'\a\b\t\n\v\f\r"\\', b'abtnvfr"\\', strict=True))


def unified_diff(changes: Iterable[FileChange]) -> bytes:
    """One diff of all changes, ordered by path; files that stay as they are do not appear.

    `git apply` makes every `after` of every `before`, byte for byte, and `git apply -R` the
    reverse. Lines end at b"\\n" only, so carriage returns, form feeds and bytes that are not
    UTF-8 pass through as they are.
    """
    ordered = sorted(changes, key=lambda change: change.path)
    return b"".join(
        piece for change in ordered if change.before != change.after for piece in _file(change)
    )


def _file(change: FileChange) -> Iterator[bytes]:
    old_name, new_name = _quoted("a/" + change.path), _quoted("b/" + change.path)
    yield b"diff --git " + old_name + b" " + new_name + b"\n"
    kind = b"100755" if (change.mode or 0) & 0o100 else b"100644"
    if change.before is None:
        yield b"new file mode " + kind + b"\n"
    if change.after is None:
        yield b"deleted file mode " + kind + b"\n"
    if change.before or change.after:  # an empty file that comes or goes has no more to it
        yield b"--- " + _header_name(old_name, change.before) + b"\n"
        yield b"+++ " + _header_name(new_name, change.after) + b"\n"
        yield from _hunks(_lines(change.before or b""), _lines(change.after or b""))


def _header_name(name: bytes, content: bytes | None) -> bytes:
    """The name in a `---` or `+++` line, ended by a tab where it holds a space, as git does."""
    if content is None:
        return b"/dev/null"
    return name + b"\t" if b" " in name else name


def _quoted(path: str) -> bytes:
    """The path as git writes it: in quotes and with escapes where it is not plain ASCII."""
    raw = fsencode(path)
    if all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in raw):
        return raw
    return b'"' + b"".join(_escaped(byte) for byte in raw) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return b"\\" + bytes([_ESCAPES[byte]])
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte


def _lines(content: bytes) -> list[bytes]:
    """The lines with their b"\\n"; `splitlines` would also end them at b"\\r"."""
    *ended, rest = content.split(b"\n")
    return [line + b"\n" for line in ended] + ([rest] if rest else [])


def _hunks(old: Lines, new: Lines) -> Iterator[bytes]:
    for group in _groups(line_edits(old, new)):
        first, last = group[0], group[-1]
        above = min(_CONTEXT, first.old_start)
        below = min(_CONTEXT, len(old) - last.old_end)
        old_start, new_start = first.old_start - above, first.new_start - above
        old_range = _range(old_start, last.old_end + below - old_start)
        new_range = _range(new_start, last.new_end + below - new_start)
        yield b"@@ -%s +%s @@\n" % (old_range, new_range)
        yield from _body(group, old, new, old_start, last.old_end + below)


def _groups(edits: Sequence[LineEdit]) -> list[list[LineEdit]]:
    """The edits that share a hunk because their context would meet."""
    groups: list[list[LineEdit]] = []
    for edit in edits:
        if groups and edit.old_start - groups[-1][-1].old_end <= 2 * _CONTEXT:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return groups


def _range(start: int, count: int) -> bytes:
    """Lines are counted from 1; an empty range names the line before it."""
    if count == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + 1 if count else start, count)


def _body(
    group: Sequence[LineEdit], old: Lines, new: Lines, start: int, end: int
) -> Iterator[bytes]:
    for edit in group:
        yield from _marked(b" ", old[start : edit.old_start])
        yield from _marked(b"-", old[edit.old_start : edit.old_end])
        yield from _marked(b"+", new[edit.new_start : edit.new_end])
        start = edit.old_end
    yield from _marked(b" ", old[start:end])


def _marked(mark: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield mark + (line if line.endswith(b"\n") else line + _NO_NEWLINE)
