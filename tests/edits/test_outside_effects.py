"""Which modules change what others hold when they are imported."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.edits.outside_effects import acts_elsewhere

VECTOR = """
class Vector:
    @classmethod
    def add_operators(cls):
        cls.__add__ = lambda self, other: other

    @classmethod
    def described(cls, text):
        return f"{cls.__name__} {text}"
"""

HEAD = """
from vectors import Vector

def compare(limit, kind):
    kind.__eq__ = lambda self, other: limit

def attach(kind):
    def attached(function):
        setattr(kind, function.__name__, function)
    return attached

def shown(kind, table):
    table["kind"] = kind.__name__
"""


@pytest.mark.parametrize(
    "text",
    [
        "compare(3, Vector)",
        "Vector.add_operators()",
        "@attach(Vector)\ndef doubled(self): pass",
        "class Point(Vector):\n    Vector.kinds['point'] = 0",
        "if compare:\n    compare(3, Vector)",
    ],
)
def test_changes_an_imported_class(tmp_path: Path, text: str) -> None:
    assert _acts(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "TABLE = {}\nshown(Vector, TABLE)",
        "Vector.described('long')",
        "class Own: pass\ncompare(Vector, Own)",
        "class Point(Vector):\n    kinds = Vector.kinds",
        "def later(): compare(3, Vector)",
    ],
)
def test_changes_nothing_imported(tmp_path: Path, text: str) -> None:
    assert not _acts(tmp_path, text)


def _acts(tmp_path: Path, text: str) -> bool:
    files = {"vectors.py": VECTOR, "points.py": f"{HEAD}\n{text}\n"}
    index = opened(tmp_path, files)
    module = index.readable("points.py")
    assert module is not None
    return acts_elsewhere(index, module)
