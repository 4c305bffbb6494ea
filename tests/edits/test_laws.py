"""Laws of moving, over small generated packages: there and back, twice, in either order, bytes.

`CONSOLIDATE_EXAMPLES=500 pytest tests/edits/test_laws.py` tries that many, and others each time.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from law_packages import APART, MOVE, few, opened, packages

from benchmarks import fidelity, metamorphic

Files = dict[str, str]


def holds(outcome: metamorphic.Outcome, *verdicts: str) -> None:
    """Fail unless the law held; a refused move says nothing, and too many are a failure too."""
    assume(outcome.verdict != "refused")
    assert outcome.verdict in verdicts, outcome.detail


@few()
@given(files=packages())
def test_there_and_back_differs_in_imports_at_most(tmp_path: Path, files: Files) -> None:
    holds(metamorphic.there_and_back(opened(tmp_path, files), MOVE), "held", "imports only")


@few()
@given(files=packages())
def test_the_same_move_again_has_nothing_to_do(tmp_path: Path, files: Files) -> None:
    holds(metamorphic.twice(opened(tmp_path, files), MOVE), "held")


@few()
@given(files=packages())
def test_moves_with_nothing_in_common_commute(tmp_path: Path, files: Files) -> None:
    holds(metamorphic.commute(opened(tmp_path, files), MOVE, APART), "held")


@few()
@given(files=packages())
def test_the_names_of_locals_decide_nothing(tmp_path: Path, files: Files) -> None:
    workspace = opened(tmp_path, files)

    found = metamorphic.same_decisions(workspace, MOVE, "renamed", metamorphic.with_other_locals)

    assert found.verdict in {"held", "refused"}, found.detail


@few(6)
@given(files=packages())
def test_another_layout_decides_nothing(tmp_path: Path, files: Files) -> None:
    workspace = opened(tmp_path, files)
    rewrite = metamorphic.reformatted(workspace, MOVE)

    found = metamorphic.same_decisions(workspace, MOVE, "reformatted", rewrite)

    assert found.verdict in {"held", "refused"}, found.detail


@pytest.mark.parametrize("writing", fidelity.WRITINGS)
@few()
@given(files=packages(), seed=st.integers(0, 9))
def test_untouched_lines_keep_their_bytes(
    tmp_path: Path, writing: str, files: Files, seed: int
) -> None:
    holds(fidelity.check(opened(tmp_path, files), MOVE, writing, seed), "held", "not so written")
