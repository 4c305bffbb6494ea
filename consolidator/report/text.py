"""What a person reads on the terminal: a short summary, and problems like a good compiler's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from consolidator.edits.draft import Draft
from consolidator.edits.no_way import Attempt
from consolidator.edits.references import Reference
from consolidator.edits.search import Outcome
from consolidator.errors import Problem
from consolidator.report.json import reference_counts
from consolidator.report.lines import counted
from consolidator.workspace.changes import FileChange

_STYLES = {"refusal": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_WORDS = {"refusal": "refused", "warning": "warning", "note": "note"}


def print_problems(console: Console, problems: Iterable[Problem]) -> None:
    """Code, place, the line, the reason and the remedy of each problem."""
    for problem in problems:
        head = Text(f"{_WORDS[problem.severity]}[{problem.code}]", _STYLES[problem.severity])
        console.print(head.append(f": {problem.message}", "default"), soft_wrap=True)
        if problem.location is not None:
            console.print(Text(f"  --> {problem.location}", "blue"), soft_wrap=True)
            if problem.location.text.strip():
                console.print(Text(f"   |  {problem.location.text.strip()}"), soft_wrap=True)
        if problem.remedy:
            console.print(Text(f"   = {problem.remedy}", "green"), soft_wrap=True)


def print_summary(
    console: Console,
    outcomes: Iterable[Outcome],
    changes: tuple[FileChange, ...],
    dry_run: bool,
) -> None:
    """What moved and what travelled along, files changed, references by kind, what was left."""
    drafts = [outcome.draft for outcome in outcomes]
    verb = "would move" if dry_run else "moved"
    for draft in drafts:
        for line in moved_lines(draft, verb):
            console.print(Text(line), soft_wrap=True)
    files = counted(len(changes), "file")
    console.print(Text(f"{files} {'would change' if dry_run else 'changed'}"))
    print_references(console, [r for draft in drafts for r in draft.references])


def print_references(console: Console, references: Sequence[Reference]) -> None:
    """How many references of each kind were rewritten, and every one that was left."""
    counts = reference_counts(references)
    rewritten = [counted(n, kind) for (kind, done), n in sorted(counts.items()) if done]
    if rewritten:
        console.print(Text("references rewritten: " + ", ".join(rewritten)), soft_wrap=True)
    for reference in references:
        if not reference.rewritten:
            text = f"left: {reference.kind} at {reference.location} ({reference.note})"
            console.print(Text(text), soft_wrap=True)


def moved_lines(draft: Draft, verb: str) -> Iterator[str]:
    """What a draft moves, and what travels with it, as lines for people."""
    source, target = draft.closure.source.name, draft.survey.move.target
    for item in draft.closure.roots:
        yield f"{verb} {item.kind} {item.name}: {source} -> {target}"
    for name in sorted(draft.survey.merged):
        called = draft.survey.renamed.get(name, name)
        there = f"as {called}" if called != name else "already"
        yield f"{verb} {name}: {source} -> {target}, which had the same {there}"
    for item in draft.gone.helpers if draft.survey.twin else ():
        yield f"  with it {item.kind} {item.name}, of which the same holds"
    for item in draft.closure.helpers:
        reason = draft.closure.reasons.get(item.name, "")
        yield f"  with it {item.kind} {item.name}: {reason}"


def print_explanation(console: Console, outcomes: Iterable[Outcome]) -> None:
    """Why each helper travelled or stayed, where the definitions landed, what was tried."""
    for outcome in outcomes:
        draft = outcome.draft
        needed = {need.name for need in draft.needs}
        for name, reason in sorted(draft.closure.reasons.items()):
            travels = name in draft.closure.names
            if not travels and name not in needed:
                continue  # what stays needs it, and nothing that moves
            console.print(
                Text(f"{name} {'travels' if travels else 'stays'}: {reason}"), soft_wrap=True
            )
        for need in draft.needs:
            console.print(Text(f"{need.name}: {need.how}; {need.reason}"), soft_wrap=True)
        if draft.placement is not None:
            console.print(Text(f"placed {draft.placement.reason}"), soft_wrap=True)
        console.print(Text(f"strategy: {draft.strategy}"), soft_wrap=True)
        print_attempts(console, outcome.attempts)


def print_attempts(console: Console, attempts: Iterable[Attempt]) -> None:
    """The ways that were given up, in the order in which they were tried."""
    for attempt in attempts:
        text = f"given up: {attempt.strategy}: {attempt.problem.message}"
        console.print(Text(text), soft_wrap=True)
