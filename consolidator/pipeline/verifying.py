"""Running the checks that a person asked for, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from consolidator.errors import Problem, Refusal
from consolidator.verify import Check, CheckResult, verify
from consolidator.workspace import Workspace
from consolidator.workspace.changes import FileChange

_MOST = 20
"""New failures to show; a broken tree has thousands of them."""


def verify_changes(
    before: Workspace,
    after: Workspace,
    changes: Sequence[FileChange],
    checks: Sequence[str],
    python: Path | None = None,
    seconds: float = 600,
) -> tuple[CheckResult, ...]:
    """Run checks on a copy of the tree with the changes made; the real tree is not touched.

    A check is `imports`, `types` or a command line. Raises `Refusal` (`verify-failed`) when
    something fails that did not fail before, and `UsageError` when a check cannot be run.
    """
    if not changes:
        return ()
    modules = {
        change.path: str(name)
        for change in changes
        if change.path.endswith(".py") and (name := after.module_of(change.path)) is not None
    }
    directories = [root.directory for root in after.roots if not root.package]
    results = verify(
        before.root,
        directories or [""],
        modules,
        changes,
        [Check.named(text) for text in checks],
        python=python,
        seconds=seconds,
    )
    problems = [problem for result in results for problem in _problems(result)]
    if problems:
        raise Refusal(problems)
    return results


def _problems(result: CheckResult) -> list[Problem]:
    shown = [
        Problem(
            "verify-failed",
            f"{result.title}: {failure.what}: {failure.message}, and did not before"
            + (f" ({failure.place})" if failure.place else ""),
            remedy="nothing was written; look at the diff with --dry-run, without --verify",
        )
        for failure in result.new[:_MOST]
    ]
    if len(result.new) > _MOST:
        rest = len(result.new) - _MOST
        shown.append(Problem("verify-failed", f"{result.title}: {rest} more new failures"))
    return shown
