"""What the commands share: exit codes, common options, the project, and how to print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from consolidator.errors import Refusal, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from consolidator.workspace import Workspace

DONE, FINDINGS, USAGE, REFUSED = 0, 1, 2, 3
CRASHED, INTERRUPTED = 70, 130

Format = Literal["text", "json"]

Root = Annotated[
    Path | None, typer.Option(help="The project; by default the nearest one upward.", metavar="DIR")
]
Output = Annotated[Format, typer.Option("--format", help="How to report.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the diff, write nothing.")]
IsCheck = Annotated[
    bool,
    typer.Option("--check", help="With --dry-run: exit 1 when something would change."),
]
Accept = Annotated[
    list[str] | None, typer.Option(metavar="CODE", help="Go on in spite of this refusal.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every file anew, keep nothing.")]


def open_to_change(root: Path | None, dry_run: bool, check: bool) -> Workspace:
    """The project to change; `Refusal` when an earlier change of it was interrupted.

    Raises `UsageError` for `--check` alone: it asks what a dry run would do.
    """
    from consolidator import apply

    if check and not dry_run:
        raise UsageError("--check goes with --dry-run")
    workspace = open_project(root)
    apply.require_settled(workspace.root)
    return workspace


def open_project(root: Path | None) -> Workspace:
    """The project to work on; `UsageError` when there is none."""
    from consolidator.workspace import Workspace, find_root

    return Workspace.open(root if root is not None else find_root(Path.cwd()))


def project_root(root: Path | None) -> Path:
    """The directory of the project, without reading it."""
    from consolidator.workspace import find_root

    if root is not None and not root.is_dir():
        raise UsageError(f"{root} is not a directory")
    return root if root is not None else find_root(Path.cwd())


def refused(refusal: Refusal, output: Format) -> int:
    """Report a refusal; the exit code."""
    from consolidator.report import text
    from consolidator.report.json import move_report

    if output == "json":
        print_text(move_report("refused", (), (), refusal.problems, {}))
    else:
        text.print_problems(console(), refusal.problems)
    return REFUSED


def write_out(data: bytes) -> None:
    """Bytes to standard output as they are, whatever its encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_text(text: str) -> None:
    """Lines for another program, to standard output in UTF-8, whatever its encoding."""
    if text:
        write_out(f"{text}\n".encode("utf-8", "backslashreplace"))


def console() -> Console:
    """For what is no data: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False)
