"""Forked processes draw their work until there is none, and none of them outlives its use."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from consolidator.index.processes import MOST, can_fork, forked

pytestmark = pytest.mark.skipif(not can_fork(), reason="nothing is forked here")


def test_each_number_is_done_once() -> None:
    found = list(forked(lambda number: number * 2, 100, 3))
    assert sorted(found) == [(number, number * 2) for number in range(100)]
    assert multiprocessing.active_children() == []


def test_there_may_be_many() -> None:
    assert len(list(forked(lambda number: None, MOST, 2))) == MOST


def test_nothing_to_do() -> None:
    assert list(forked(lambda number: number, 0, 2)) == []


def test_what_a_process_dies_of_is_missing() -> None:
    def work(number: int) -> int:
        if number == 3:
            os._exit(1)
        return number

    found = dict(forked(work, 10, 2))
    assert 3 not in found
    assert len(found) >= 5  # the other process goes on


def test_large_answers() -> None:
    assert [len(text) for _, text in forked(lambda number: "x" * 1_000_000, 8, 2)] == [10**6] * 8


def test_all_end_when_nobody_wants_more() -> None:
    answers = forked(lambda number: "x" * 1_000_000, 100, 3)
    next(answers)
    answers.close()
    assert multiprocessing.active_children() == []
