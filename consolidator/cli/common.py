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
        print(move_report("refused", (), (), refusal.problems, {}))
    else:
        text.print_problems(console(), refusal.problems)
    return REFUSED


def write_out(data: bytes) -> None:
    """Bytes to standard output as they are, whatever its encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def console() -> Console:
    """For what is no data: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False)
