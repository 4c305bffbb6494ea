"""`consolidate sweep`."""

from __future__ import annotations

from typing import Annotated

import typer

from consolidator.cli.common import Output, Root, open_project
from consolidator.cli.findings import Paths, relative_paths
from consolidator.cli.move import move_options
from consolidator.cli.planned import finish
from consolidator.cli.verifying import Python, Verify, VerifyTimeout, run_checks
from consolidator.errors import UsageError


def sweep(
    paths: Paths = None,
    root: Root = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff, write nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="With --dry-run: exit 1 when something would change.")
    ] = False,
    output: Output = "text",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file anew, keep nothing.")
    ] = False,
    verify: Verify = None,
    python: Python = None,
    verify_timeout: VerifyTimeout = None,
) -> int:
    """Remove the leave-behinds that nobody in the project takes any more."""
    from consolidator import apply as journal
    from consolidator.pipeline.sweeping import preview_sweep

    if check and not dry_run:
        raise UsageError("--check goes with --dry-run")
    workspace = open_project(root)
    journal.require_settled(workspace.root)
    preview = preview_sweep(
        workspace,
        move_options(workspace),
        relative_paths(paths, workspace.root),
        use_cache=not no_cache,
    )
    run_checks(preview.before, preview.after, preview.changes, verify, python, verify_timeout)
    code, _ = finish(preview, "sweep", output, dry_run, check)
    return code
