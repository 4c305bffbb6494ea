"""`consolidate move`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from consolidator.cli.common import (
    DONE,
    FINDINGS,
    Accept,
    DryRun,
    Format,
    IsCheck,
    NoCache,
    Output,
    Root,
    console,
    open_to_change,
    print_text,
    refused,
    write_out,
)
from consolidator.cli.progress import progress_on_terminal
from consolidator.cli.reporting import Report, check_report, write_report_of
from consolidator.cli.verifying import Python, Verify, VerifyTimeout, run_checks
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.edits.no_way import NoWay
    from consolidator.pipeline import Preview
    from consolidator.plan import MoveOptions
    from consolidator.workspace import Workspace

LeaveBehind = Literal["import", "lazy", "none"]
Helpers = Literal["auto", "travel", "lazy"]
Strings = Literal["list", "rewrite"]


def move(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Class or module:Class.")],
    to: Annotated[str, typer.Option("--to", metavar="MODULE", help="The home; made if missing.")],
    source: Annotated[
        str | None, typer.Option("--from", metavar="MODULE", help="Where the names stand now.")
    ] = None,
    root: Root = None,
    dry_run: DryRun = False,
    check: IsCheck = False,
    output: Output = "text",
    leave_behind: Annotated[
        LeaveBehind | None,
        typer.Option(help="What stays; by default what keeps imports working."),
    ] = None,
    leave_behind_place: Annotated[
        Literal["class", "imports"] | None, typer.Option(help="Where the leave-behind stands.")
    ] = None,
    comment: Annotated[
        str | None, typer.Option(help="Template of the comment: {name} {kind} {source} {target}.")
    ] = None,
    helpers: Annotated[
        Helpers | None, typer.Option(help="What becomes of helpers that both sides use.")
    ] = None,
    strings: Annotated[
        Strings | None, typer.Option(help="What becomes of dotted paths in strings.")
    ] = None,
    accept: Accept = None,
    no_cache: NoCache = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell why, for each decision.")
    ] = False,
    verify: Verify = None,
    python: Python = None,
    verify_timeout: VerifyTimeout = None,
    report: Report = None,
) -> int:
    """Move classes (or functions, constants) into one module, with everything that needs it."""
    from consolidator import pipeline
    from consolidator.edits.no_way import NoWay

    check_report(report)
    workspace = open_to_change(root, dry_run, check)
    options = move_options(
        workspace,
        leave_behind=leave_behind,
        leave_behind_place=leave_behind_place,
        comment=comment,
        helpers=helpers,
        strings=strings,
        accept=accept,
    )
    try:
        with progress_on_terminal() as progress:
            preview = pipeline.preview_move(
                workspace, names, to, source, options, use_cache=not no_cache, progress=progress
            )
    except NoWay as refusal:
        return _refused(refusal, output, explain)
    verified = run_checks(
        preview.before, preview.after, preview.changes, verify, python, verify_timeout
    )
    title = " ".join(["move", *names, "--to", to])
    transaction = None if dry_run else pipeline.execute(preview, title)
    _report(preview, output, dry_run, explain, transaction)
    write_report_of(report, preview, title, transaction, verified, use_cache=not no_cache)
    return FINDINGS if check and preview.changes else DONE


_OPTIONS = ("leave_behind", "leave_behind_place", "comment", "helpers", "strings")


def move_options(workspace: Workspace, **given: object) -> MoveOptions:
    """The options of the command line over those of the configuration."""
    from consolidator.errors import ACCEPTABLE
    from consolidator.plan import MoveOptions

    config = workspace.config
    values: dict[str, object] = {
        name: getattr(config, name) for name in _OPTIONS if name in config.model_fields_set
    }
    values |= {name: value for name, value in given.items() if value is not None}
    accepted = frozenset([*config.accept, *(given.get("accept") or [])])  # type: ignore[misc]
    unknown = accepted - ACCEPTABLE
    if unknown:
        raise UsageError(
            f"{', '.join(sorted(unknown))} cannot be accepted; what can is "
            + ", ".join(sorted(ACCEPTABLE))
        )
    return MoveOptions(**{**values, "accept": accepted})  # type: ignore[arg-type]


def _refused(refusal: NoWay, output: Format, explain: bool) -> int:
    from consolidator.report import text

    code = refused(refusal, output)
    if explain and output == "text":
        text.print_attempts(console(), refusal.attempts)
    return code


def _report(
    preview: Preview, output: Format, dry_run: bool, explain: bool, transaction: str | None
) -> None:
    from consolidator.report import text
    from consolidator.report.diff import unified_diff
    from consolidator.report.json import move_report

    if output == "json":
        status = "planned" if dry_run else "done"
        report = move_report(
            status if preview.changes else "nothing to do",
            preview.drafts,
            preview.changes,
            preview.warnings,
            preview.timings,
            transaction,
        )
        print_text(report)
        return
    if dry_run:
        write_out(unified_diff(preview.changes))
    screen = console()
    if not preview.changes:
        screen.print("nothing to do")
    else:
        text.print_summary(screen, preview.outcomes, preview.changes, dry_run)
    text.print_problems(screen, preview.warnings)
    if explain:
        text.print_explanation(screen, preview.outcomes)
