"""Accidents at every file-system step: all before or all after, and work goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

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


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory in memory where there is one: thousands of small files come and go."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as directory:
        yield Path(directory) / "project"


def recoveries(root: Path) -> list[str]:
    """Recovering after a death with none, some and all files replaced, and nearly done."""
    disk = FaultyDisk()
    trial("apply", root).run(disk)
    shutil.rmtree(root)
    records = [n for n, step in enumerate(disk.steps) if (step[0], step[1].name) == DONE]
    touching = [
        number
        for number, (name, path) in enumerate(disk.steps)
        if name in ("replace", "unlink") and ".git" not in path.parts
    ]
    assert records[1] < touching[0] < touching[-1] < records[2]
    return [f"recover {step}" for step in (*touching, touching[-1] + 1, records[2])]


DONE = ("replace", "manifest.json")


RecordProperty = Callable[[str, object], None]


def test_a_death_at_any_step_is_survived(place: Path, record_property: RecordProperty) -> None:
    points, said = 0, set()
    for operation in ("apply", "undo", *recoveries(place)):
        for step in range(count_steps(operation, place)):
            attempt = trial(operation, place)
            with pytest.raises(Kill):
                attempt.run(dies_at(step))
            said.add(check_survival(attempt.root, (attempt.refused, attempt.done)))
            shutil.rmtree(attempt.root)
            points += 1
    assert said == {"fine", "interrupted"}
    assert points > 250
    record_property("simulated deaths", points)


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_error_at_any_step_leaves_the_tree_as_it_was(
    place: Path, lasting: bool, record_property: RecordProperty
) -> None:
    points = 0
    for operation in ("apply", "undo"):
        for step in range(count_steps(operation, place)):
            attempt = trial(operation, place)
            try:
                attempt.run(fails_at(step, ERRORS[step % 3], lasting))
            except Refusal as refusal:
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
    record_property("injected errors in apply and undo", points)


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_an_error_at_any_step_of_recovering_only_delays_it(
    place: Path, lasting: bool, record_property: RecordProperty
) -> None:
    points = 0
    for operation in recoveries(place):
        for step in range(count_steps(operation, place)):
            attempt = trial(operation, place)
            try:
                attempt.run(fails_at(step, ERRORS[step % 3], lasting))
            except Refusal as refusal:
                codes = {problem.code for problem in refusal.problems}
                assert codes <= {"interrupted", "journal-unwritable", "journal-damaged"}
            check_survival(attempt.root, (attempt.refused, attempt.done))
            shutil.rmtree(attempt.root)
            points += 1
    record_property("injected errors in recover", points)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_real_kill_at_any_step_is_survived(place: Path, record_property: RecordProperty) -> None:
    operations = ["apply", "undo", *recoveries(place)[1:4]]
    driver = Path(__file__).with_name("kill_driver.py")
    command = [sys.executable, str(driver), str(place.parent), *operations]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    points = [int(line.split(": ")[1]) for line in done.stdout.splitlines()]
    assert len(points) == len(operations)
    assert sum(points) > 150
    record_property("real SIGKILLs", sum(points))
