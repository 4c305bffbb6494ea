"""Run the package's own test files before and after a move."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.judge import Finding
from benchmarks.probe import Baseline, Environment
from benchmarks.sample import Move
from benchmarks.texts import Texts

LIMIT_SECONDS = 120
MOST_FILES = 12


def select_tests(move: Move, tree: Path, texts: Texts, most: int = MOST_FILES) -> list[str]:
    """Test files of the class's subpackage, those that name the class or its module first.

    Where tests stand beside the subpackage, all of them count; where one folder serves a
    whole package, only those that mention the class or the module do.
    """
    folder, beside = _test_folder(tree, move.source_path)
    if folder is None:
        return []
    everything = [
        file.relative_to(tree).as_posix()
        for file in sorted(folder.rglob("test_*.py"))
        if file.is_file()
    ]
    stem = move.source.rpartition(".")[2]
    by_class = set(texts.mentions(move.class_name))
    by_module = set(texts.mentions(stem))

    def distance(path: str) -> int:
        if path in by_class:
            return 0
        if path.endswith(f"/test_{stem}.py"):
            return 1
        return 2 if path in by_module else 3

    near = [path for path in everything if beside or distance(path) < 3]
    return sorted(near, key=distance)[:most]


def _test_folder(tree: Path, source_path: str) -> tuple[Path | None, bool]:
    """The nearest folder of tests going up, and whether it stands beside the module."""
    start = (tree / source_path).parent
    for folder in (start, *start.parents):
        for name in ("tests", "test"):
            if (folder / name).is_dir():
                return folder / name, folder == start and folder.parent != tree
        if folder == tree:
            break
    return None, False


def run_test_file(environment: Environment, file: str) -> dict[str, Any]:
    """The tests of one file that fail; `skipped` says why it could not be judged."""
    command = [*environment.python, "-m", "pytest", "-q", "--tb=line", "-rfE",
               "-p", "no:cacheprovider", file]  # fmt: skip
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=environment.tree, env=environment.variables(), text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {"skipped": f"over {LIMIT_SECONDS} s", "failed": [], "status": None, "seconds": 0}
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
    return {
        "status": process.returncode,
        "failed": sorted(set(failed)),
        "summary": output.strip().rpartition("\n")[2][:200],
        "seconds": time.monotonic() - start,
    }


def baseline_tests(
    baseline: Baseline, environment: Environment, files: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What each file gives on the untouched tree, from memory where known."""
    found = {}
    for file in files:
        known = baseline.tests(file)
        if known is None:
            known = run_test_file(environment, file)
            baseline.remember_tests(file, known)
        found[file] = known
    return found


def new_failures(before: Mapping[str, Any], after: Mapping[str, Any], file: str) -> list[Finding]:
    """Failures of one file that were not there before the move."""
    if before.get("skipped"):
        return []
    if after.get("skipped"):
        if before.get("seconds", 0) > LIMIT_SECONDS / 3:
            return []  # slow before, and a busy machine now
        return [Finding("tests", file, f"now {after['skipped']}; before: {before['summary']}")]
    fresh = sorted(set(after["failed"]) - set(before["failed"]))
    if not fresh and after["status"] not in (before["status"], 0, 1):
        fresh = [f"exit {after['status']}: {after['summary']}"]
    return [Finding("tests", file, ", ".join(fresh[:8]))] if fresh else []
