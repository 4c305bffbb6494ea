"""Every case under fixtures/, and that there is one for every line of the list of edge cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_format import Case, every_case
from case_runner import check_case

CASES = every_case()
EDGE_CASES = [
    *(("Moving", number) for number in range(1, 34)),
    *(("Finding", number) for number in range(1, 11)),
]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep caches of the machine and colours of the terminal out of the cases."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, tmp_path: Path, update: bool) -> None:
    check_case(case, tmp_path, update)


@pytest.mark.parametrize("edge_case", EDGE_CASES, ids=str)
def test_every_edge_case_has_a_case(edge_case: tuple[str, int]) -> None:
    assert any(edge_case in case.edge_cases for case in CASES), f"no case says {edge_case}"


def test_no_case_names_an_unknown_edge_case() -> None:
    assert {n for case in CASES for n in case.edge_cases} <= set(EDGE_CASES)
