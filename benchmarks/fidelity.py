"""Byte fidelity: after a move every line that no edit touches has the bytes that it had.

    python -m benchmarks.fidelity --packages click,flask,rich --per-package 10 --seed 1

Each move is worked out twice, in memory: in the tree as it is, and with every file concerned
written otherwise, by a seed, line for line: CRLF, mixed newlines, a byte order mark, Latin-1 with
its cookie, tabs, form feeds, no newline at the end. The first says which lines no edit touches;
in the second each of those must have the bytes that it had before.
"""

from __future__ import annotations

import argparse
import difflib
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.corpora import cache, corpus, install
from benchmarks.metamorphic import Outcome, attempt
from benchmarks.sample import Move, choose
from consolidator.pipeline import Preview, open_workspace
from consolidator.workspace import Workspace

_MARK = b"\xef\xbb\xbf"
Writing = Callable[[bytes, random.Random], bytes | None]
"""The same lines in other bytes; None where a file cannot be written so."""


def with_crlf(data: bytes, _: random.Random) -> bytes | None:
    return None if b"\r" in data else data.replace(b"\n", b"\r\n")


def with_mixed_newlines(data: bytes, choice: random.Random) -> bytes | None:
    if b"\r" in data or _continues(data):
        return None
    lines = data.split(b"\n")
    ends = [choice.choice((b"\n", b"\r\n")) for _ in lines[:-1]]
    return b"".join(line + end for line, end in zip(lines, [*ends, b""], strict=True))


def with_mark(data: bytes, _: random.Random) -> bytes | None:
    return None if data.startswith(_MARK) or _has_cookie(data) else _MARK + data


def as_latin_1(data: bytes, _: random.Random) -> bytes | None:
    """Needs a comment in the first two lines that the cookie can take the place of."""
    lines = data.split(b"\n", 2)
    if _has_cookie(data) or data.startswith(_MARK):
        return None
    try:
        text = data.decode("utf-8").encode("latin-1")
    except UnicodeError:
        return None
    for number, line in enumerate(lines[:2]):
        if line.startswith(b"#") and not line.startswith(b"#!"):
            parts = text.split(b"\n")
            parts[number] = b"# -*- coding: latin-1 -*- \xe9"
            return b"\n".join(parts)
    return None


def with_tabs(data: bytes, _: random.Random) -> bytes | None:
    """Every level of four blanks becomes a tab; a line with another indent speaks against it."""
    if b"\t" in data or re.search(rb"^(?:    )* {1,3}\S", data, re.MULTILINE) or _continues(data):
        return None
    return re.sub(rb"^(?:    )+", lambda match: b"\t" * (len(match[0]) // 4), data, flags=re.M)


def with_form_feeds(data: bytes, _: random.Random) -> bytes | None:
    """A form feed in the second of two blank lines before a definition."""
    return re.sub(rb"\n\n\n(?=class |def |@)", b"\n\n\x0c\n", data)


def without_last_newline(data: bytes, _: random.Random) -> bytes | None:
    return data.rstrip(b"\n") or None


def _has_cookie(data: bytes) -> bool:
    return any(b"coding" in line for line in data.split(b"\n", 2)[:2])


def _continues(data: bytes) -> bool:
    """Whether blanks or newlines may stand in a string: then the lines would mean another thing."""
    return b"\\\n" in data


WRITINGS: dict[str, Writing] = {
    "CRLF": with_crlf,
    "mixed newlines": with_mixed_newlines,
    "byte order mark": with_mark,
    "Latin-1": as_latin_1,
    "tabs": with_tabs,
    "form feeds": with_form_feeds,
    "no last newline": without_last_newline,
}


def check(workspace: Workspace, move: Move, law: str, seed: int) -> Outcome:
    """One move in one writing."""
    changes = dict(_written(workspace, move, WRITINGS[law], seed))
    if not changes:
        return Outcome(law, "not so written")
    plain, other = (
        attempt(workspace, move),
        attempt(written := workspace.with_changes(changes), move),
    )
    if isinstance(plain, str) or isinstance(other, str):
        same = plain == other
        return Outcome(law, "refused" if same else "other decision", _said(plain, other))
    for change in plain.changes:
        if change.path not in changes or not change.before or not change.after:
            continue
        before, after = written.file(change.path).data, other.after.file(change.path).data
        if before.startswith(_MARK) and not after.startswith(_MARK):
            return Outcome(law, "broken", f"{change.path}: no byte order mark")
        # The mark is the file's, and not the first line's: another line may be the first now.
        before, after = before.removeprefix(_MARK), after.removeprefix(_MARK)
        lost = _lost(_lines(change.before), _lines(change.after), _lines(before), _lines(after))
        if lost:
            return Outcome(law, "broken", f"{change.path}: {lost[0]!r}")
    return Outcome(law, "held")


def _said(plain: Preview | str, other: Preview | str) -> str:
    codes = (each if isinstance(each, str) else "moved" for each in (plain, other))
    return " | ".join(codes)


def _written(
    workspace: Workspace, move: Move, writing: Writing, seed: int
) -> Iterator[tuple[str, bytes]]:
    """The files that the move concerns, rewritten where that can be."""
    word = move.class_name.encode()
    for path in workspace.paths():
        data = workspace.file(path).data
        if word in data or path in {move.source_path, move.target_path}:
            found = writing(data, random.Random(f"{seed}:{path}"))
            if found is not None and found != data:
                yield path, found


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _lost(
    plain_before: list[bytes], plain_after: list[bytes], before: list[bytes], after: list[bytes]
) -> list[bytes]:
    """The lines that stay in the plain tree and are not among those after, in that order.

    The last line counts without its end: a line after it gives it one. Of several blank lines
    nobody can say which one stayed.
    """
    matcher = difflib.SequenceMatcher(None, plain_before, plain_after, autojunk=False)
    staying = [
        before[number]
        for block in matcher.get_matching_blocks()
        for number in range(block.a, block.a + block.size)
        if number < len(before) and before[number].strip()
    ]
    rest = iter(after)
    last = before[-1] if before else b""
    for line in staying:
        wanted = {line, *({line + b"\n", line + b"\r\n"} if line is last else ())}
        if not any(each in wanted for each in rest):
            return [line]
    return []


def run(package: str, count: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Every writing for the seeded moves of one package."""
    install(corpus(package))
    workspace = open_workspace(corpus(package).tree)
    for move in choose(corpus(package).tree, package, count, seed, memory=cache() / "classes"):
        for law in WRITINGS:
            yield move.key, check(workspace, move, law, seed)


def main() -> int:
    """Print what is broken and a table; 1 when something is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", default="click,flask,marshmallow,rich,werkzeug")
    parser.add_argument("--per-package", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write the table")
    options = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    for package in options.packages.split(","):
        for key, outcome in run(package, options.per_package, options.seed):
            counts[outcome.law, outcome.verdict] += 1
            if outcome.verdict in {"broken", "other decision"}:
                print(f"{outcome.law}: {outcome.verdict}: {key}: {outcome.detail}", flush=True)
    verdicts = ("held", "refused", "not so written", "other decision", "broken")
    lines = [f"| writing | {' | '.join(verdicts)} |", "|---" * (len(verdicts) + 1) + "|"]
    for law in WRITINGS:
        cells = (str(counts[law, verdict]) for verdict in verdicts)
        lines.append(f"| {law} | {' | '.join(cells)} |")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.out:
        options.out.write_text(table)
    return int(any(verdict == "broken" for _, verdict in counts))


if __name__ == "__main__":
    sys.exit(main())
