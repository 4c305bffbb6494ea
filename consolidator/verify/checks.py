"""The checks: run on a copy of the tree after the change and, where they fail, before it.

What fails only after the change is new and speaks against it; what failed before is told apart.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from consolidator.verify.command import run_command
from consolidator.verify.environment import Environment
from consolidator.verify.failure import Failure
from consolidator.verify.imports import run_imports
from consolidator.verify.tree_copy import tree_copy
from consolidator.verify.type_checkers import find_checker, run_checker
from consolidator.workspace.changes import FileChange

__all__ = ["Check", "CheckResult", "Failure", "verify"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check that a person asked for: `imports`, `types`, or a command of theirs."""

    kind: Literal["imports", "types", "command"]
    command: str = ""

    @classmethod
    def named(cls, text: str) -> Check:
        """`imports` and `types` are checks of ours; anything else is a command for the shell."""
        if text == "imports":
            return cls("imports")
        if text == "types":
            return cls("types")
        return cls("command", text)

    def __str__(self) -> str:
        return self.command or self.kind


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check said: what fails since the change, and what failed before it already."""

    check: Check
    title: str
    """What was run, for a person: `import of 4 modules`, `mypy`, or the command."""
    new: tuple[Failure, ...]
    old: tuple[Failure, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing fails that did not fail before."""
        return not self.new


@dataclass(frozen=True, slots=True)
class _Job:
    """A check made ready: its title, and how to run it on a tree."""

    title: str
    run: Callable[[Environment], tuple[Failure, ...]]


def verify(
    root: Path,
    directories: Sequence[str],
    modules: Mapping[str, str],
    changes: Sequence[FileChange],
    checks: Sequence[Check],
    *,
    python: Path | None = None,
    seconds: float = 600,
) -> tuple[CheckResult, ...]:
    """Run checks on a copy of the tree at `root` with `changes` made, never on the tree itself.

    `directories` are the source roots, relative to `root`; `modules` gives the name of the module
    in each Python file of `changes`, by path. `python` is the interpreter of the project; without
    it the active or the project's own virtual environment is used. `seconds` limits each run of a
    command or type checker, and each import. Raises `UsageError` when a check cannot be run at all.
    """
    jobs = [_prepare(root, check, modules, changes, python) for check in checks]
    results = []
    with tree_copy(root) as after, tree_copy(root, lazy=True) as before:
        after.make(changes)
        there = Environment.of(root, after.path, directories, python, seconds)
        for check, job in zip(checks, jobs, strict=True):
            started = time.perf_counter()
            failures = job.run(there)
            known: tuple[Failure, ...] = ()
            if failures:
                before.fill()
                here = Environment.of(root, before.path, directories, python, seconds)
                known = job.run(here)
            new, old = _told_apart(failures, known)
            results.append(CheckResult(check, job.title, new, old, time.perf_counter() - started))
    return tuple(results)


def _prepare(
    root: Path,
    check: Check,
    modules: Mapping[str, str],
    changes: Sequence[FileChange],
    python: Path | None,
) -> _Job:
    if check.kind == "imports":
        names = [modules[c.path] for c in changes if c.path in modules and c.after is not None]
        return _Job(f"import of {len(names)} modules", lambda there: run_imports(there, names))
    if check.kind == "types":
        checker = find_checker(root, python)
        paths = [c.path for c in changes if c.path.endswith((".py", ".pyi"))]
        return _Job(checker.name, lambda there: run_checker(checker, there, paths))
    return _Job(check.command, lambda there: run_command(there, check.command))


def _told_apart(
    after: Sequence[Failure], before: Sequence[Failure]
) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """The failures that are new and those that are not, as often as each was seen before."""
    known = Counter(failure.key for failure in before)
    new, old = [], []
    for failure in after:
        if known[failure.key] > 0:
            known[failure.key] -= 1
            old.append(failure)
        else:
            new.append(failure)
    return tuple(new), tuple(old)
