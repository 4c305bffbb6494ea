"""Where and how the project's code runs: a copy of its tree, its interpreter, a time limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from consolidator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended, and what it printed on both of its outputs."""

    code: int | None
    """None when it did not end in time and was killed."""
    output: str


@dataclass(frozen=True, slots=True)
class Environment:
    """A copy of the tree with the interpreter to run in it."""

    tree: Path
    directories: tuple[str, ...]
    """The source roots, relative to the tree; they come before what is installed."""
    python: Path
    seconds: float
    """The limit of each run."""

    @classmethod
    def of(
        cls,
        root: Path,
        tree: Path,
        directories: Sequence[str],
        python: Path | None,
        seconds: float,
    ) -> Environment:
        """The environment for a copy `tree` of the project at `root`."""
        return cls(tree, tuple(directories), project_python(root, python), seconds)

    def variables(self) -> dict[str, str]:
        """The variables of the user, with the copy first on the import path."""
        roots = [str(self.tree / directory) for directory in self.directories]
        known = os.environ.get("PYTHONPATH")
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*roots, *([known] if known else [])]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": os.pathsep.join([str(self.python.parent), os.environ.get("PATH", os.defpath)]),
            "PWD": str(self.tree),
        }

    def run(self, command: Sequence[str]) -> Outcome:
        """Run a program in the copy, without input; it and its children end at the limit."""
        with subprocess.Popen(
            command,
            cwd=self.tree,
            env=self.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                _kill(process)
                output, _ = process.communicate()
                return Outcome(None, output)
            return Outcome(process.returncode, output)


def project_python(root: Path, chosen: Path | None) -> Path:
    """The interpreter of the project: the chosen one, the active or the project's environment.

    Raises `UsageError` when the chosen one cannot be run.
    """
    if chosen is not None:
        found = shutil.which(str(chosen.expanduser()))
        if found is None:
            raise UsageError(f"{chosen} is not an interpreter that can be run")
        return Path(found).absolute()
    active = os.environ.get("VIRTUAL_ENV")
    folder = "Scripts" if os.name == "nt" else "bin"
    for directory in [*([Path(active)] if active else []), root / ".venv", root / "venv"]:
        found = shutil.which("python", path=str(directory / folder))
        if found is not None:
            return Path(found).absolute()
    return Path(sys.executable)


def _kill(process: subprocess.Popen[str]) -> None:
    """End a program with everything that it has started."""
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
