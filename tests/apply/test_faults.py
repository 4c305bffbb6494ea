"""Accidents at every file-system step: all before or all after, and work goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults import (
    FaultyDisk,
    Kill,
    check_survival,
    count_steps,
    dies_at,
    fails_at,
    snapshot,
    trial,
)

from consolidator.errors import Refusal

ERRORS = (errno.ENOSPC, errno.EACCES, errno.EIO)


def midway_steps(root: Path) -> range:
    """The steps of applying at which files of the project may be half replaced."""
    disk = FaultyDisk()
    trial("apply", root).run(disk)
    shutil.rmtree(root)
    records = [n for n, (name, path) in enumerate(disk.steps) if path.name == "manifest.json"]
    replaced = [n for n in records if disk.steps[n][0] == "replace"]
    return range(replaced[1] + 1, replaced[2] + 1)


def operations(root: Path) -> list[str]:
    return ["apply", "undo", *(f"recover {step}" for step in midway_steps(root))]


def test_a_death_at_any_step_is_survived(tmp_path: Path) -> None:
    points, said = 0, set()
    for operation in operations(tmp_path / "project"):
        for step in range(count_steps(operation, tmp_path / "project")):
            attempt = trial(operation, tmp_path / "project")
            with pytest.raises(Kill):
                attempt.run(dies_at(step))
            said.add(check_survival(attempt.root, (attempt.refused, attempt.done)))
            shutil.rmtree(attempt.root)
            points += 1
    assert said == {"fine", "interrupted"}
    assert points > 300


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_error_at_any_step_leaves_the_tree_as_it_was(tmp_path: Path, lasting: bool) -> None:
    points = 0
    for operation in ("apply", "undo"):
        for step in range(count_steps(operation, tmp_path / "project")):
            attempt = trial(operation, tmp_path / "project")
            try:
                attempt.run(fails_at(step, ERRORS[step % 3], lasting))
            except Refusal as refusal:
                assert not isinstance(refusal.__cause__, Refusal)
                may_be_midway = lasting and refusal.problems[0].code == "interrupted"
                expected = () if may_be_midway else (attempt.refused,)
            else:  # what failed was of no importance
                expected = (attempt.done,)
            if expected:
                assert snapshot(attempt.root) in expected, (operation, step)
            check_survival(attempt.root, expected or (attempt.refused, attempt.done))
            shutil.rmtree(attempt.root)
            points += 1
    assert points > 100


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_error_at_any_step_of_recovering_only_delays_it(tmp_path: Path, lasting: bool) -> None:
    for operation in operations(tmp_path / "project")[2:]:
        for step in range(count_steps(operation, tmp_path / "project")):
            attempt = trial(operation, tmp_path / "project")
            try:
                attempt.run(fails_at(step, ERRORS[step % 3], lasting))
            except Refusal as refusal:
                codes = {problem.code for problem in refusal.problems}
                assert codes <= {"interrupted", "journal-unwritable", "journal-damaged"}
            check_survival(attempt.root, (attempt.refused, attempt.done))
            shutil.rmtree(attempt.root)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_real_kill_at_any_step_is_survived(tmp_path: Path) -> None:
    midway = midway_steps(tmp_path / "project")
    spread = [f"recover {step}" for step in midway[:: max(1, len(midway) // 4)]]
    driver = Path(__file__).with_name("kill_driver.py")
    command = [sys.executable, str(driver), str(tmp_path), "apply", "undo", *spread]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    points = [int(line.split(": ")[1]) for line in done.stdout.splitlines()]
    assert len(points) == 2 + len(spread)
    assert sum(points) > 150
