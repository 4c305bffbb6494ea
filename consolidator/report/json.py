"""The JSON report: versioned and stable."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consolidator.edits.draft import Draft
from consolidator.edits.references import Reference
from consolidator.errors import Location, Problem
from consolidator.workspace.changes import FileChange

VERSION = 1


def move_report(
    status: str,
    drafts: Iterable[Draft],
    changes: Iterable[FileChange],
    problems: Iterable[Problem],
    timings: Mapping[str, float],
    transaction: str | None = None,
) -> str:
    """The report of a move: what moved, which files change, what to know, how long it took.

    Times are in seconds; hashes are SHA-256 of the bytes, null where there is no file.
    """
    report = report_data(status, list(drafts), changes, problems, timings, transaction)
    return json.dumps(report, indent=2, ensure_ascii=False)


def report_data(
    status: str,
    drafts: Sequence[Draft],
    changes: Iterable[FileChange],
    problems: Iterable[Problem],
    timings: Mapping[str, float],
    transaction: str | None,
    references: Iterable[Reference] = (),
) -> dict[str, Any]:
    """The same as data, with references that belong to no move."""
    own = (r for draft in drafts for r in draft.references)
    return {
        "version": VERSION,
        "status": status,
        "moves": [move for draft in drafts for move in _moves(draft)],
        "edits": [_edit(change) for change in changes],
        "references": [_reference(r) for r in (*own, *references)],
        "problems": [problem_data(problem) for problem in problems],
        "timings": {name: round(seconds, 4) for name, seconds in timings.items()},
        "transaction": transaction,
    }


def _moves(draft: Draft) -> list[dict[str, Any]]:
    moves = []
    for item in draft.gone.definitions:
        moves.append(
            {
                "name": item.name,
                "kind": item.kind,
                "from": draft.closure.source.name,
                "to": draft.survey.move.target,
                "asked": item in draft.gone.roots,
                "reason": draft.gone.reasons.get(item.name, "asked for"),
                "merged_into": _merged_into(draft, item.name),
                "leave_behind": draft.strategy.leave_behind if item.name in draft.left else "none",
            }
        )
    return moves


def _merged_into(draft: Draft, name: str) -> str | None:
    """What the target calls what it had already; None when the definition moved there."""
    is_there = item_is_there(draft, name)
    return draft.survey.renamed.get(name, name) if is_there else None


def item_is_there(draft: Draft, name: str) -> bool:
    """Whether the target had a definition already, so that it only left the source."""
    return name not in draft.closure.names


def _edit(change: FileChange) -> dict[str, Any]:
    return {"file": change.path, "before": _hash(change.before), "after": _hash(change.after)}


def _hash(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "kind": reference.kind,
        "file": reference.location.path,
        "line": reference.location.line,
        "rewritten": reference.rewritten,
        "note": reference.note,
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """One problem as the reports have it."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "location": _location(problem.location),
        "remedy": problem.remedy,
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {"file": location.path, "line": location.line, "text": location.text}


def reference_counts(references: Iterable[Reference]) -> Counter[tuple[str, bool]]:
    """How many references of each kind were rewritten (True) and left (False)."""
    return Counter((r.kind, r.rewritten) for r in references)
