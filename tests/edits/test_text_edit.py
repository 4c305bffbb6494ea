"""Splices."""

from __future__ import annotations

import pytest

from consolidator.edits.text_edit import TextEdit, apply_edits, disjoint
from consolidator.names import Span


def edit(start: int, end: int, replaced: str, replacement: str) -> TextEdit:
    return TextEdit(Span(start, end), replaced, replacement)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], "abcdef"),
        ([edit(0, 1, "a", "X")], "Xbcdef"),
        ([edit(4, 6, "ef", ""), edit(0, 2, "ab", "XYZ")], "XYZcd"),
        ([edit(2, 2, "", "1"), edit(2, 2, "", "2")], "ab12cdef"),
        ([edit(2, 2, "", "2"), edit(2, 2, "", "1")], "ab21cdef"),
        ([edit(0, 2, "ab", "-"), edit(2, 4, "cd", "+")], "-+ef"),
        ([edit(6, 6, "", "!")], "abcdef!"),
    ],
)
def test_apply(edits: list[TextEdit], expected: str) -> None:
    assert apply_edits("abcdef", edits) == expected


@pytest.mark.parametrize(
    "edits",
    [
        [edit(0, 2, "ab", ""), edit(1, 3, "bc", "")],
        [edit(0, 1, "b", "")],
        [edit(0, 4, "abcd", ""), edit(2, 2, "", "x")],
    ],
)
def test_what_cannot_be_applied(edits: list[TextEdit]) -> None:
    with pytest.raises(ValueError, match="offset"):
        apply_edits("abcdef", edits)


def test_disjoint() -> None:
    overlapping = [edit(1, 4, "bcd", "Y"), edit(0, 2, "ab", "X"), edit(1, 2, "b", "")]
    assert apply_edits("abcdef", disjoint(overlapping)) == "XYef"
