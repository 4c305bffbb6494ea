"""`--report FILE.md`: a report to keep, written only because it was asked for by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consolidator.cli.common import console
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.pipeline import Preview
    from consolidator.verify import CheckResult

Report = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write a report in Markdown.")
]


def check_report(path: Path | None) -> None:
    """Raise `UsageError` when no report can be written there, before anything else is done."""
    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"{path} is a directory, not a file for a report")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no such directory for the report")


def write_report(path: Path | None, text: str) -> None:
    """Write a report; that it cannot be written is said, but undoes nothing."""
    if path is None:
        return
    screen = console()
    try:
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        screen.print(f"consolidate: the report cannot be written: {error}", soft_wrap=True)
    else:
        screen.print(f"report: {path}", soft_wrap=True)


def write_report_of(
    path: Path | None,
    preview: Preview,
    title: str,
    transaction: str | None,
    verified: Sequence[CheckResult],
    *,
    use_cache: bool,
) -> None:
    """Write the report of a change, if one was asked for."""
    if path is None:
        return
    from consolidator.pipeline.recording import record_of
    from consolidator.report.markdown import change_markdown

    record = record_of(preview, title, transaction, verified, use_cache=use_cache)
    write_report(path, change_markdown(record))
