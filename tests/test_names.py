"""Names, spans, and problems as values."""

from __future__ import annotations

import pytest

from consolidator.errors import CODES, Location, Problem, Refusal
from consolidator.names import ModuleName, QualifiedName, Span


class TestModuleName:
    @pytest.mark.parametrize(
        ("name", "parent", "tail", "top", "ancestors"),
        [
            ("a.b.c", "a.b", "c", "a", ("a", "a.b")),
            ("a", "", "a", "a", ()),
            ("", "", "", "", ()),
        ],
    )
    def test_parts(
        self, name: str, parent: str, tail: str, top: str, ancestors: tuple[str, ...]
    ) -> None:
        module = ModuleName(name)
        assert (module.parent, module.tail, module.top) == (parent, tail, top)
        assert module.ancestors() == ancestors

    def test_child(self) -> None:
        assert ModuleName("a.b").child("c") == "a.b.c"
        assert ModuleName("").child("c") == "c"
        assert isinstance(ModuleName("a").child("b"), ModuleName)

    @pytest.mark.parametrize(
        ("name", "package", "expected"),
        [("a.b", "a", True), ("a", "a", True), ("ab", "a", False), ("a", "a.b", False)],
    )
    def test_is_within(self, name: str, package: str, expected: bool) -> None:
        assert ModuleName(name).is_within(package) is expected

    def test_it_is_the_string(self) -> None:
        assert {ModuleName("a"): 1}["a"] == 1
        assert str(QualifiedName(ModuleName("a.b"), "C")) == "a.b.C"


class TestSpan:
    @pytest.mark.parametrize(
        ("one", "other", "overlap"),
        [
            ((0, 2), (1, 3), True),
            ((0, 2), (2, 3), False),
            ((0, 9), (3, 4), True),
            ((2, 2), (1, 3), True),
            ((2, 2), (2, 3), False),
        ],
    )
    def test_overlaps(self, one: tuple[int, int], other: tuple[int, int], overlap: bool) -> None:
        assert Span(*one).overlaps(Span(*other)) is overlap
        assert Span(*other).overlaps(Span(*one)) is overlap

    def test_contains(self) -> None:
        assert 2 in Span(2, 4)
        assert 4 not in Span(2, 4)
        assert Span(2, 3) in Span(2, 4)
        assert Span(1, 3) not in Span(2, 4)
        assert "x" not in Span(2, 4)

    def test_of(self) -> None:
        assert Span(1, 3).of("abcd") == "bc"


class TestProblems:
    def test_an_unlisted_code_is_a_defect(self) -> None:
        with pytest.raises(KeyError):
            Problem("nonsense", "")

    def test_a_refusal_holds_one_or_many(self) -> None:
        one, two = Problem("locked", "a"), Problem("symlink", "b")
        assert Refusal(one).problems == (one,)
        assert Refusal([one, two]).problems == (one, two)
        assert str(Refusal([one, two])) == "locked: a; symlink: b"

    def test_codes_are_sorted_sentences(self) -> None:
        assert list(CODES) == sorted(CODES)
        assert all(text.endswith(".") and text[0].isupper() for text in CODES.values())

    def test_a_location(self) -> None:
        assert str(Location("a.py", 3, "x = 1")) == "a.py:3"
