"""Runs the command line in a tree, as a terminal would see it."""

from __future__ import annotations

import io
import json
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from consolidator.cli import run_cli

Problem = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What one run of the command line came to."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def problems(self) -> list[Problem]:
        """The problems of a run with `--format json`."""
        return json.loads(self.stdout)["problems"] if self.stdout.strip() else []


def consolidate(arguments: tuple[str, ...], root: Path) -> Result:
    """Run the command line in the tree, in this process, as a terminal would see it."""
    argv = [*arguments, "--root", str(root)]
    out, err = io.BytesIO(), io.BytesIO()
    streams = {
        "stdout": io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", newline="", write_through=True),
    }
    with mock.patch.multiple(sys, **streams), chdir(root):
        try:
            code = run_cli(argv)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return Result(code, out.getvalue(), err.getvalue().decode())
