"""`consolidate scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from consolidator.cli.common import DONE, FINDINGS, NoCache, Root, open_project, print_text
from consolidator.cli.findings import (
    FindingsFormat,
    FindingsOutput,
    Paths,
    print_lines,
    relative_paths,
)
from consolidator.cli.progress import progress_on_terminal
from consolidator.cli.reporting import Report, check_report, write_report

if TYPE_CHECKING:
    from consolidator.finders.findings import Findings


def scan(
    paths: Paths = None,
    root: Root = None,
    output: FindingsOutput = "text",
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="List also what is not counted, and why.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when something is found.")
    ] = False,
    no_cache: NoCache = False,
    report: Report = None,
) -> int:
    """Find broken imports, duplicates, misplaced classes and leave-behinds nobody uses."""
    from consolidator.finders.findings import is_namesake
    from consolidator.pipeline.scanning import scan as scan_project

    check_report(report)
    workspace = open_project(root)
    below = relative_paths(paths, workspace.root)
    with progress_on_terminal() as progress:
        findings = scan_project(workspace, below, use_cache=not no_cache, progress=progress)
    _report(findings, output, show_suppressed)
    if report is not None:
        from consolidator.report.markdown import findings_markdown

        write_report(report, findings_markdown(findings))
    is_amiss = any(not is_namesake(finding) for finding in findings.found)
    return FINDINGS if exit_code and is_amiss else DONE


def _report(findings: Findings, output: FindingsFormat, show_suppressed: bool) -> None:
    from consolidator.finders.places import places

    shown = [(finding, places(finding)) for finding in findings.found]
    if output == "json":
        from consolidator.report.findings_json import findings_report

        print_text(findings_report(findings))
    elif output == "sarif":
        from consolidator.report.sarif import sarif_report

        print_text(sarif_report(shown, findings.suppressed, findings.unreadable))
    elif output == "github":
        from consolidator.report.github import github_commands

        print_text("\n".join(github_commands(shown, "warning")))
    else:
        from consolidator.report.findings_text import findings_lines

        print_lines(findings_lines(findings, show_suppressed))
