"""What `scan` and `check` share: the paths that a person gives, and how findings are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from consolidator.cli.common import write_out
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.report.lines import Line

FindingsFormat = Literal["text", "json", "github", "sarif"]

FindingsOutput = Annotated[FindingsFormat, typer.Option("--format", help="How to report.")]
Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", help="Report what touches these files and folders only."),
]


def relative_paths(paths: Iterable[Path] | None, root: Path) -> tuple[str, ...]:
    """Paths as a person gives them, made relative to the root.

    They start from the working directory, or from the root where nothing is found there. Raises
    `UsageError` when there is no such file or folder, or when it lies outside the project.
    """
    return tuple(_relative(path, root) for path in paths or ())


def _relative(path: Path, root: Path) -> str:
    top = Path(os.path.normpath(root.absolute()))
    for start in (Path.cwd(), top):
        full = Path(os.path.normpath(start / path))
        if os.path.lexists(full) and full.is_relative_to(top):
            return full.relative_to(top).as_posix()
    if path.exists():
        raise UsageError(f"{path} lies outside the project at {root}")
    raise UsageError(f"{path}: no such file or directory")


def print_lines(lines: Iterable[Line]) -> None:
    """Lines of a report, to standard output: with their style on a terminal, else without."""
    from consolidator.report.lines import plain, show

    if not sys.stdout.isatty():
        write_out(plain(lines))
        return
    from rich.console import Console

    show(Console(highlight=False, markup=False), lines)
