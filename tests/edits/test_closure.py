"""Which helpers travel."""

from __future__ import annotations

import pytest
from small_tree import module_of

from consolidator.edits.closure import Closure, close
from consolidator.edits.strategy import SharedHelpers, Strategy
from consolidator.index.definitions import definition

TEXT = """\
import os
LIMIT = 3
logger = logging.getLogger(__name__)
def only(): return deeper()
def deeper(): return 1
def shared(): return 2
class Base: pass
class C(Base):
    def f(self): return only(), shared(), LIMIT, os, logger, self_made()
class Stays(Base):
    def f(self): return shared()
def self_made(): return only
"""


def closed(
    shared: SharedHelpers = "stay",
    text: str = TEXT,
    pinned: frozenset[str] = frozenset(),
    taken: frozenset[str] = frozenset(),
) -> Closure:
    module = module_of(text)
    root = definition(module, "C")
    assert root is not None
    return close(module, (root,), Strategy(shared), pinned, taken)


ONLY = {"LIMIT", "only", "deeper", "self_made"}


@pytest.mark.parametrize(
    ("shared", "helpers"),
    [
        ("stay", ONLY | {"Base"}),
        ("travel", ONLY | {"Base", "shared"}),
        ("import back", ONLY),
        ("all stay", {"Base"}),
    ],
)
def test_strategies(shared: SharedHelpers, helpers: set[str]) -> None:
    found = closed(shared)
    assert {item.name for item in found.helpers} == helpers
    assert list(found.statements) == sorted(found.statements)
    assert not found.names & {"os", "logger"}


def test_pinned_and_taken_names_stay() -> None:
    found = closed(pinned=frozenset({"deeper"}), taken=frozenset({"LIMIT"}))
    assert {item.name for item in found.helpers} == {"only", "self_made", "Base"}
    assert "cannot travel" in found.reasons["deeper"]
    assert "LIMIT" in found.uses


def test_a_shared_public_class_that_must_come_is_heavy() -> None:
    assert closed().heavy == {"Base"}
    assert closed(text=TEXT.replace("Stays(Base)", "Stays")).heavy == frozenset()


@pytest.mark.parametrize(
    ("text", "helpers"),
    [
        ("def a(): return b()\ndef b(): return a()\nclass C:\n    f = a", {"a", "b"}),
        ("def d(c): return h\nh = 1\n@d\nclass C: pass\nprint(h, d)", {"d", "h"}),
        ("x = 1\nclass C:\n    f = lambda: x\nprint(x)", set()),
        ("x = 1\nclass C:\n    f = x\nprint(x)", {"x"}),
        ("n = 0\nclass C:\n    def f(self): return n\ndef g():\n    global n\n    n += 1", set()),
        ("import x\nclass C:\n    f = x", set()),
        ("class C:\n    f: 'D'\nclass D: pass", {"D"}),
        ("try:\n    import j\nexcept ImportError:\n    j = None\nclass C:\n    f = j", set()),
    ],
)
def test_helpers(text: str, helpers: set[str]) -> None:
    assert {item.name for item in closed(text=text).helpers} == helpers
