"""`__all__` stays true."""

from __future__ import annotations

import pytest
from small_tree import module_of

from consolidator.edits.exports import arriving_exports, departing_exports
from consolidator.edits.text_edit import apply_edits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("__all__ = ['A', 'Z']\n", "__all__ = ['A', 'M', 'Z']\n"),
        ('__all__ = ["Z", "A"]\n', '__all__ = ["Z", "A", "M"]\n'),
        ("__all__ = ['A']\n", "__all__ = ['A', 'M']\n"),
        ("__all__ = [\n    'A',\n    'Z',\n]\n", "__all__ = [\n    'A',\n    'M',\n    'Z',\n]\n"),
        ("__all__ = [\n    'A',\n]\n", "__all__ = [\n    'A',\n    'M',\n]\n"),
        ("__all__ = ['M']\n", "__all__ = ['M']\n"),
        ("__all__ = ('A',)\n", "__all__ = ('A', 'M')\n"),
        ("x = 1\n", "x = 1\n"),
    ],
)
def test_arriving(text: str, expected: str) -> None:
    edits = arriving_exports(module_of("class M: pass"), module_of(text), ["M"])
    assert apply_edits(text, edits) == expected


@pytest.mark.parametrize("source", ["class _M: pass", "__all__ = ['x']\nclass _M: pass"])
def test_what_was_private_stays_private(source: str) -> None:
    assert arriving_exports(module_of(source), module_of("__all__ = ['A']"), ["_M"]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("__all__ = ['A', 'M', 'Z']\n", "__all__ = ['A', 'Z']\n"),
        ("__all__ = ['A', 'M']\n", "__all__ = ['A']\n"),
        ("__all__ = ['M']\n", "__all__ = []\n"),
        ("__all__ = [\n    'A',\n    'M',  # why\n]\n", "__all__ = [\n    'A',\n]\n"),
        ("__all__ = [\n    'A',\n    'M'\n]\n", "__all__ = [\n    'A'\n]\n"),
    ],
)
def test_departing(text: str, expected: str) -> None:
    after = apply_edits(text, departing_exports(module_of(text), ["M"]))
    assert after == expected
    compile(after, "x", "exec")


def test_departing_from_a_pair() -> None:
    text = "__all__ = ('A', 'M')\n"
    after = apply_edits(text, departing_exports(module_of(text), ["M"]))
    assert after == "__all__ = ('A',)\n"
