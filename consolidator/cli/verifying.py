"""The options of checks that run the project's code, for the commands that write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consolidator.cli.common import console
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.verify import CheckResult
    from consolidator.workspace import Workspace
    from consolidator.workspace.changes import FileChange

Verify = Annotated[
    list[str] | None,
    typer.Option(
        "--verify",
        metavar="CHECK",
        help="Run `imports`, `types` or 'COMMAND' on a copy first; may be given more than once.",
    ),
]
Python = Annotated[
    Path | None,
    typer.Option("--python", metavar="FILE", help="With --verify: the project's interpreter."),
]
VerifyTimeout = Annotated[
    float | None,
    typer.Option(
        "--verify-timeout",
        metavar="SECONDS",
        min=0.1,
        help="With --verify: the limit of each run; 600 by default.",
    ),
]


def run_checks(
    before: Workspace,
    after: Workspace,
    changes: Sequence[FileChange],
    checks: list[str] | None,
    python: Path | None,
    timeout: float | None,
) -> tuple[CheckResult, ...]:
    """Run the checks that were asked for, and say on standard error how they went.

    Raises `Refusal` when something fails that did not fail before.
    """
    if not checks:
        if python is not None or timeout is not None:
            raise UsageError("--python and --verify-timeout go with --verify")
        return ()
    from consolidator.pipeline.verifying import verify_changes

    results = verify_changes(before, after, changes, checks, python, timeout or 600)
    for result in results:
        _print(result)
    return results


def _print(result: CheckResult) -> None:
    verdict = f"no new failure, {len(result.old)} as before" if result.old else "passed"
    screen = console()
    screen.print(f"verified: {result.title}: {verdict} ({result.seconds:.1f} s)", soft_wrap=True)
    for failure in result.old[:5]:
        text = f"  failed before too: {failure.what}: {failure.message}"
        screen.print(text, soft_wrap=True)
