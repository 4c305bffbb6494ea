"""Breaks a package the way careless edits do: imports inserted, moved, hoisted; names deleted."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.breaking import Edit, Subject, file_of
from benchmarks.breaking_inserts import INSERTS
from benchmarks.breaking_moves import MOVES
from consolidator.names import ModuleName

WAYS: dict[str, Callable[[Subject], Edit | None]] = {**INSERTS, **MOVES}


@dataclass(frozen=True, slots=True)
class Breakage:
    """A file's new contents, and the way in which it was broken."""

    way: str
    data: bytes


def broken(
    root: Path, names: Sequence[ModuleName], chance: random.Random, kinds: Sequence[str] = ()
) -> dict[Path, Breakage]:
    """New contents for one to three files of the package below `root`, each still parsing."""
    edits: dict[Path, Breakage] = {}
    wanted = chance.randint(1, 3)
    for _ in range(200):
        if len(edits) == wanted:
            break
        way = chance.choice(list(kinds or WAYS))
        path = file_of(root, chance.choice(names))
        if path is None or path in edits:
            continue
        changed = _changed(path, WAYS[way], root, names, chance)
        if changed is not None:
            edits[path] = Breakage(way, changed)
    return edits


def _changed(
    path: Path,
    way: Callable[[Subject], Edit | None],
    root: Path,
    names: Sequence[ModuleName],
    chance: random.Random,
) -> bytes | None:
    data = path.read_bytes()
    try:
        subject = Subject(data.decode("utf-8"), path, root, names, chance)
        edit = way(subject)
        if edit is None:
            return None
        start, end, text = edit
        lines = [*subject.lines[:start], text, *subject.lines[end:]]
        changed = "".join(lines).encode("utf-8")
        compile(changed, str(path), "exec", dont_inherit=True)
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return None
    return changed if changed != data else None
