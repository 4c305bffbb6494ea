"""Where in the target the definitions land."""

from __future__ import annotations

import pytest
from small_tree import module_of

from consolidator.edits.placement import Placement, find_placement, insertion
from consolidator.edits.text_edit import apply_edits
from consolidator.errors import Refusal


@pytest.mark.parametrize(
    ("text", "needed", "early", "before"),
    [
        ("", (), False, 0),
        ("'doc'\nx = 1", (), False, 2),
        ("x = 1\nif __name__ == '__main__':\n    pass", (), False, 1),
        ("x = 1\ny = C()\nz = 2", (), False, 1),
        ("x = 1\ndef f(): return C()", (), False, 2),
        ("'doc'\nfrom __future__ import annotations\nx = 1\ny = 2", (), True, 2),
        ("x = 1\ny = 2", ("x",), True, 1),
        ("x = 1\nx = 2\ny = 3", ("x",), True, 2),
    ],
)
def test_place(text: str, needed: tuple[str, ...], early: bool, before: int) -> None:
    found = find_placement(module_of(text), needed, frozenset({"C"}), frozenset(), early)
    assert found.before == before


def test_no_place() -> None:
    with pytest.raises(Refusal, match="no-place"):
        find_placement(module_of("y = C\nx = 1"), ["x"], frozenset({"C"}), frozenset(), False)


def test_statements_that_go_away_do_not_count() -> None:
    module = module_of("y = C\nx = 1")
    assert find_placement(module, ["x"], frozenset({"C"}), frozenset({0}), False).before == 2


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("", 0, "C\n"),
        ("x = 1\n", 1, "x = 1\n\n\nC\n"),
        ("x = 1", 1, "x = 1\n\n\nC"),
        ("x = 1\n\n\n\n", 1, "x = 1\n\n\nC\n"),
        ("x = 1\ny = 2\n", 1, "x = 1\n\n\nC\n\n\ny = 2\n"),
        ("x = 1\n\n\n# y\ny = 2\n", 1, "x = 1\n\n\nC\n\n\n# y\ny = 2\n"),
    ],
)
def test_insertion(text: str, before: int, expected: str) -> None:
    module = module_of(text)
    assert apply_edits(text, [insertion(module, Placement(before, ""), "C\n")]) == expected
