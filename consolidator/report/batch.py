"""What became of a plan: entry by entry, for people and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from consolidator.edits.search import Outcome
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Problem
from consolidator.plan.plan import Entry
from consolidator.report.json import problem_data, report_data
from consolidator.report.lines import counted
from consolidator.report.text import moved_lines, print_problems, print_references
from consolidator.workspace.changes import FileChange


@dataclass(frozen=True)
class EntryLine:
    """One entry of a plan and what became of it."""

    label: str
    entry: Entry
    status: str
    """`done`, `done already`, `refused`, `outdated` or `left out`."""
    changes: tuple[Outcome | TreeEdit, ...]
    problems: tuple[Problem, ...]
    is_refused: bool


def batch_report(
    status: str,
    lines: Sequence[EntryLine],
    changes: Iterable[FileChange],
    warnings: Sequence[Problem],
    timings: Mapping[str, float],
    transaction: str | None = None,
) -> str:
    """The JSON report of a plan: that of a move, and each entry with what became of it."""
    drafts = [c.draft for line in lines for c in line.changes if isinstance(c, Outcome)]
    references = [r for line in lines for c in line.changes for r in _own_references(c)]
    problems = [*(p for line in lines if line.is_refused for p in line.problems), *warnings]
    report = report_data(status, drafts, changes, problems, timings, transaction, references)
    report["entries"] = [_entry(line) for line in lines]
    return json.dumps(report, indent=2, ensure_ascii=False)


def _own_references(change: Outcome | TreeEdit) -> tuple[Any, ...]:
    return () if isinstance(change, Outcome) else change.references


def _entry(line: EntryLine) -> dict[str, Any]:
    return {
        "id": line.label,
        "kind": line.entry.kind,
        "status": line.status,
        "summary": [text for change in line.changes for text in _said(change, "")],
        "files": sorted({path for change in line.changes for path in _texts(change)}),
        "problems": [problem_data(problem) for problem in line.problems],
    }


def _texts(change: Outcome | TreeEdit) -> Mapping[str, object]:
    return change.draft.changes() if isinstance(change, Outcome) else change.changes()


def _said(change: Outcome | TreeEdit, verb: str) -> list[str]:
    if isinstance(change, TreeEdit):
        return [change.summary]
    return [line.strip() for line in moved_lines(change.draft, verb)]


def print_batch(
    console: Console,
    lines: Sequence[EntryLine],
    changes: Sequence[FileChange],
    warnings: Sequence[Problem],
    dry_run: bool,
) -> None:
    """Each entry with what became of it, then the files, the warnings, and what was refused."""
    verb = "would move" if dry_run else "moved"
    for line in lines:
        for change in line.changes:
            for text in _said(change, verb):
                console.print(Text(f"{line.label}: {text}"), soft_wrap=True)
    if changes:
        files = counted(len(changes), "file")
        console.print(Text(f"{files} {'would change' if dry_run else 'changed'}"))
    drafts = [c.draft for line in lines for c in line.changes if isinstance(c, Outcome)]
    edits = [c for line in lines for c in line.changes if isinstance(c, TreeEdit)]
    print_references(
        console,
        [*(r for d in drafts for r in d.references), *(r for e in edits for r in e.references)],
    )
    print_problems(console, warnings)
    for line in lines:
        if line.is_refused:
            console.print(Text(f"{line.label}: {line.status}", "bold red"), soft_wrap=True)
            print_problems(console, line.problems)
    console.print(Text(_count(lines)))


def _count(lines: Sequence[EntryLine]) -> str:
    """`3 entries: 2 done, 1 refused`."""
    if not lines:
        return "nothing to do"
    counts = Counter(line.status for line in lines)
    listed = ", ".join(f"{number} {status}" for status, number in counts.items())
    return f"{len(lines)} {'entry' if len(lines) == 1 else 'entries'}: {listed}"
