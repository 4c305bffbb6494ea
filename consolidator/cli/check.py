"""`consolidate check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consolidator.cli.common import DONE, FINDINGS, NoCache, Root, console, open_project, print_text
from consolidator.cli.findings import (
    FindingsFormat,
    FindingsOutput,
    Paths,
    print_lines,
    relative_paths,
)
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.finders.baseline import Baseline
    from consolidator.pipeline.checking import Verdict
    from consolidator.workspace import Workspace


def check(
    paths: Paths = None,
    root: Root = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What is known already; without one, all is new."),
    ] = None,
    baseline_from_ref: Annotated[
        str | None, typer.Option(metavar="REF", help="Take as known what this commit has.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Take out of FILE what is gone.")
    ] = False,
    allow_growth: Annotated[
        bool, typer.Option("--allow-growth", help="And put in what is new.")
    ] = False,
    output: FindingsOutput = "text",
    no_cache: NoCache = False,
) -> int:
    """Fail on new duplicates, new broken imports, and classes that stray from their home."""
    from consolidator.pipeline.checking import check as check_project

    if baseline is not None and baseline_from_ref is not None:
        raise UsageError("give --baseline or --baseline-from-ref, not both")
    if update_baseline and (baseline is None or paths):
        raise UsageError("--update-baseline goes with --baseline FILE, and with no PATH")
    if allow_growth and not update_baseline:
        raise UsageError("--allow-growth goes with --update-baseline")
    workspace = open_project(root)
    below = relative_paths(paths, workspace.root)
    is_first = update_baseline and baseline is not None and not baseline.exists()
    known = _known(workspace, None if is_first else baseline, baseline_from_ref, not no_cache)
    verdict = check_project(workspace, known, below, use_cache=not no_cache)
    if baseline is not None and update_baseline:
        verdict = _update(baseline, known, verdict, allow_growth or is_first)
    _report(verdict, output, lists_stale=baseline is not None)
    return FINDINGS if verdict.comparison.new else DONE


def _known(
    workspace: Workspace, baseline: Path | None, ref: str | None, use_cache: bool
) -> Baseline:
    from consolidator.finders.baseline import Baseline
    from consolidator.pipeline.checking import baseline_of_ref, read_baseline

    if baseline is not None:
        return read_baseline(baseline)
    if ref is not None:
        return baseline_of_ref(workspace.root, ref, use_cache=use_cache)
    return Baseline()


def _update(path: Path, before: Baseline, verdict: Verdict, allow_growth: bool) -> Verdict:
    """Write the baseline, say by how much it changed, and hold the findings against it."""
    from dataclasses import replace

    from consolidator.finders.baseline import compare, updated
    from consolidator.pipeline.checking import write_baseline
    from consolidator.report.lines import counted

    after = updated(before, verdict.minded, allow_growth)
    write_baseline(path, after)
    added, removed = len(after.known - before.known), len(before.known - after.known)
    kept = len(after.known & before.known)
    screen = console()
    screen.print(
        f"{path}: {counted(added, 'place')} added, {removed} removed, {kept} kept", soft_wrap=True
    )
    return replace(verdict, comparison=compare(verdict.minded, after))


def _report(verdict: Verdict, output: FindingsFormat, lists_stale: bool) -> None:
    if output == "json":
        from consolidator.report.gate import verdict_json

        print_text(verdict_json(verdict.findings, verdict.comparison))
    elif output == "sarif":
        from consolidator.report.sarif import sarif_report

        new = [(news.finding, news.places) for news in verdict.comparison.new]
        print_text(sarif_report(new, (), verdict.findings.unreadable))
    elif output == "github":
        from consolidator.report.gate import github_lines

        print_text("\n".join(github_lines(verdict.comparison, lists_stale)))
    else:
        from consolidator.report.gate import verdict_lines

        print_lines(verdict_lines(verdict.findings, verdict.comparison, lists_stale))
