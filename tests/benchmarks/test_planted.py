"""Planted duplicates are all found, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.planted import score
from benchmarks.planted_trees import planted_tree


@pytest.mark.parametrize("seed", [1, 2])
def test_recall_and_precision(tmp_path: Path, seed: int) -> None:
    found = score(planted_tree(seed, 2), tmp_path)
    assert {row.label: row.wrong for row in found.rows if row.wrong} == {}
    assert found.unasked == ()


def test_a_seed_makes_one_tree() -> None:
    assert planted_tree(3, 1).files == planted_tree(3, 1).files
    assert planted_tree(3, 1).files != planted_tree(4, 1).files
