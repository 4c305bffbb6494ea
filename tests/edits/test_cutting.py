"""Which lines belong to a statement."""

from __future__ import annotations

import pytest
from small_tree import module_of

from consolidator.edits.cutting import blank_lines_before, shares_a_line, statement_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1\n# mine\nC = 2\nd = 3\n", "# mine\nC = 2\n"),
        ("a = 1\n# not mine\n\nC = 2\n", "C = 2\n"),
        ("a = 1\n# ---- part ----\n# mine\nC = 2\n", "# mine\nC = 2\n"),
        ("a = 1\n# fmt: off\nC = 2\n", "C = 2\n"),
        ("#!/bin/python\n# licence\nC = 2\n", "C = 2\n"),
        ("a = 1\n@d\nclass C: pass\n", "@d\nclass C: pass\n"),
        (
            "a = 1\nclass C:\n    x = 1\n    # tail\n\n# other\n",
            "class C:\n    x = 1\n    # tail\n",
        ),
        ("a = 1\nC = 2  # same line", "C = 2  # same line"),
        ("a = 1\r\n# mine\r\nC = 2\r\n", "# mine\r\nC = 2\r\n"),
        ("a = 1\nC = '''\n\x0c\n'''\n", "C = '''\n\x0c\n'''\n"),
    ],
)
def test_statement_lines(text: str, lines: str) -> None:
    module = module_of(text)
    (binding,) = module.bindings("C")
    assert statement_lines(module, binding.statement).of(module.text) == lines


def test_shared_lines() -> None:
    module = module_of("a = 1; b = 2\nc = 3\n")
    assert [shares_a_line(module, index) for index in range(3)] == [True, True, False]


@pytest.mark.parametrize(("text", "count"), [("a\n\n\nb\n", 2), ("a\nb\n", 0), ("a\n \t\nb\n", 1)])
def test_blank_lines(text: str, count: int) -> None:
    assert blank_lines_before(module_of(text), text.count("\n")) == count
