"""`consolidate apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consolidator.cli.common import Accept, DryRun, IsCheck, NoCache, Output, Root, open_to_change
from consolidator.cli.move import move_options
from consolidator.cli.planned import finish
from consolidator.cli.progress import progress_on_terminal
from consolidator.cli.reporting import Report, check_report, write_report_of
from consolidator.cli.verifying import Python, Verify, VerifyTimeout, run_checks


def apply(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan; see `consolidate plan`.")],
    root: Root = None,
    dry_run: DryRun = False,
    check: IsCheck = False,
    output: Output = "text",
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Carry out this entry alone.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Leave this entry out.")
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Do nothing when an entry is refused.")
    ] = False,
    allow_schema: Annotated[
        bool,
        typer.Option("--allow-schema", help="Merge also classes whose fields differ in number."),
    ] = False,
    accept: Accept = None,
    no_cache: NoCache = False,
    verify: Verify = None,
    python: Python = None,
    verify_timeout: VerifyTimeout = None,
    report: Report = None,
) -> int:
    """Carry out a plan as one change: moves, merges, rewritten and deleted imports."""
    from consolidator.pipeline.batch import preview_plan
    from consolidator.plan.document import load_plan

    check_report(report)
    workspace = open_to_change(root, dry_run, check)
    with progress_on_terminal() as progress:
        preview = preview_plan(
            workspace,
            load_plan(plan if plan.exists() else workspace.root / plan),
            move_options(workspace, accept=accept),
            only=only or (),
            skip=skip or (),
            all_or_nothing=all_or_nothing,
            allow_schema=allow_schema,
            use_cache=not no_cache,
            progress=progress,
        )
    verified = run_checks(
        preview.before, preview.after, preview.changes, verify, python, verify_timeout
    )
    title = f"apply {plan.name}"
    code, transaction = finish(preview, title, output, dry_run, check)
    write_report_of(report, preview, title, transaction, verified, use_cache=not no_cache)
    return code
