"""`consolidate sweep`."""

from __future__ import annotations

from consolidator.cli.common import DryRun, IsCheck, NoCache, Output, Root, open_to_change
from consolidator.cli.findings import Paths, relative_paths
from consolidator.cli.move import move_options
from consolidator.cli.planned import finish
from consolidator.cli.verifying import Python, Verify, VerifyTimeout, run_checks


def sweep(
    paths: Paths = None,
    root: Root = None,
    dry_run: DryRun = False,
    check: IsCheck = False,
    output: Output = "text",
    no_cache: NoCache = False,
    verify: Verify = None,
    python: Python = None,
    verify_timeout: VerifyTimeout = None,
) -> int:
    """Remove the leave-behinds that nobody in the project takes any more."""
    from consolidator.pipeline.sweeping import preview_sweep

    workspace = open_to_change(root, dry_run, check)
    preview = preview_sweep(
        workspace,
        move_options(workspace),
        relative_paths(paths, workspace.root),
        use_cache=not no_cache,
    )
    run_checks(preview.before, preview.after, preview.changes, verify, python, verify_timeout)
    code, _ = finish(preview, "sweep", output, dry_run, check)
    return code
