"""The JSON report: versioned and stable."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
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
    drafts = list(drafts)
    report: dict[str, Any] = {
        "version": VERSION,
        "status": status,
        "moves": [move for draft in drafts for move in _moves(draft)],
        "edits": [_edit(change) for change in changes],
        "references": [_reference(r) for draft in drafts for r in draft.references],
        "problems": [_problem(problem) for problem in problems],
        "timings": {name: round(seconds, 4) for name, seconds in timings.items()},
        "transaction": transaction,
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _moves(draft: Draft) -> list[dict[str, Any]]:
    moves = []
    for item in draft.closure.definitions:
        moves.append(
            {
                "name": item.name,
                "kind": item.kind,
                "from": draft.closure.source.name,
                "to": draft.survey.move.target,
                "asked": item in draft.closure.roots,
                "reason": draft.closure.reasons.get(item.name, "asked for"),
                "leave_behind": draft.strategy.leave_behind if item.name in draft.left else "none",
            }
        )
    return moves


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


def _problem(problem: Problem) -> dict[str, Any]:
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


def reference_counts(drafts: Iterable[Draft]) -> Counter[tuple[str, bool]]:
    """How many references of each kind were rewritten (True) and left (False)."""
    return Counter((r.kind, r.rewritten) for draft in drafts for r in draft.references)
