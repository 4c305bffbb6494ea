"""What a command would do, before anything is written; and writing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.edits.draft import Draft
from consolidator.edits.search import Outcome
from consolidator.errors import Location, Problem
from consolidator.index.index import Index
from consolidator.workspace import Workspace
from consolidator.workspace.changes import FileChange


@dataclass(frozen=True)
class Preview:
    """What a command would do: the changes, and every move with its reasons."""

    before: Workspace
    after: Workspace
    changes: tuple[FileChange, ...]
    outcomes: tuple[Outcome, ...]
    warnings: tuple[Problem, ...]
    relied_upon: frozenset[str]
    """The files that were read as code: writing checks that they are as they were."""
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        return tuple(outcome.draft for outcome in self.outcomes)


def unread(index: Index, names: Sequence[str]) -> Iterator[Problem]:
    """A warning for each file that holds one of the names and could not be read."""
    for path, reason in sorted(index.unreadable.items()):
        lines = index.workspace.file(path).data.splitlines()
        for number, line in enumerate(lines, 1):
            if any(re.search(rb"\b%s\b" % name.encode(), line) for name in names):
                yield Problem(
                    "not-read",
                    f"{path} cannot be read ({reason}), so what it says of the moved names was "
                    "left alone",
                    Location(path, number, line.decode("utf-8", "replace")),
                    "look at it by hand",
                    "warning",
                )
                break


def changes_between(
    before: Workspace, after: Workspace, paths: Iterable[str]
) -> tuple[FileChange, ...]:
    """Those of the files that differ, with their bytes on both sides, by path."""
    changes = []
    for path in sorted(set(paths)):
        old = before.file(path).data if before.has(path) else None
        new = after.file(path).data if after.has(path) else None
        if old != new:
            changes.append(FileChange(path, old, new))
    return tuple(changes)


def open_workspace(root: Path) -> Workspace:
    """The project at `root` as it is now."""
    return Workspace.open(root)


def execute(preview: Preview, title: str) -> str | None:
    """Write a preview to disk as one transaction; its id, or None when there is nothing to do.

    Raises `Refusal` when a file is not as it was when it was read, or cannot be written.
    """
    from consolidator import apply

    if not preview.changes:
        return None
    expected = {
        path: preview.before.file(path).sha256
        for path in preview.relied_upon
        if preview.before.has(path)
    }
    return apply.write(preview.before.root, preview.changes, title, expected).id
