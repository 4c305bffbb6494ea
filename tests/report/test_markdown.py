"""The Markdown reports of scans and changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_findings import FINDINGS, MISFIT, imported

from consolidator.errors import Location, Problem
from consolidator.finders.findings import Fit
from consolidator.report.markdown import (
    change_markdown,
    code,
    escaped,
    fenced,
    findings_markdown,
)
from consolidator.report.record import (
    ChangedFile,
    Check,
    Demand,
    MovedDefinition,
    Record,
    Stand,
)

DEMAND = Demand(
    "Tester",
    "helpers.auth",
    True,
    (
        imported("tests/a.py", 3, "from helpers.auth import Tester"),
        imported("tests/b.py", 9, "from helpers.auth import Tester"),
    ),
    2,
    Fit("contradicts", 4, (MISFIT,)),
    (("helpers.gone", imported("tests/c.py", 1)),),
)
MOVED = MovedDefinition(
    "Tester",
    "class",
    Stand("tests.old", "tests/old.py", (10, 20)),
    Stand("helpers.auth", "helpers/auth.py", (30, 40)),
    True,
    "asked for",
    False,
    Location("tests/old.py", 11, "from helpers.auth import Tester"),
)
RECORD = Record(
    "move Tester --to helpers.auth",
    False,
    "2026-1",
    (MOVED,),
    (DEMAND,),
    (
        ChangedFile("helpers/auth.py", False, False, 12, 1, ("import asyncio",), ()),
        ChangedFile("helpers/__init__.py", True, False, 0, 0, (), ()),
    ),
    {"import": 2},
    (("string", Location("docs/a.md", 4), "it still works"),),
    (Check("Every changed file parses.", "holds"),),
    False,
    (Problem("imports-back", "it imports `x` back", severity="warning"),),
)


def test_the_chain_of_evidence() -> None:
    text = change_markdown(RECORD)
    assert (
        "1. `tests/a.py:3` asks `helpers.auth` for `Tester`, as do 1 import more in 2 files: "
        "`from helpers.auth import Tester`\n"
        "2. `helpers.auth` did not define, import or otherwise bind it.\n"
        "3. It was defined in `tests/old.py:10-20`.\n"
    ) in text


def test_a_home_that_was_made_did_not_exist() -> None:
    made = replace(RECORD, demands=(replace(DEMAND, target_existed=False),))
    assert "2. The module `helpers.auth` did not exist.\n" in change_markdown(made)


def test_what_nobody_asked_for_has_no_chain() -> None:
    plain = replace(RECORD, demands=(replace(DEMAND, sites=()),))
    assert "Why it could not be imported" not in change_markdown(plain)


def test_what_moved_with_its_lines_and_what_was_left() -> None:
    text = change_markdown(RECORD)
    row = "| `Tester` | class | `tests/old.py:10-20` | `helpers/auth.py:30-40` | asked for |"
    assert row in text
    assert "- `tests/old.py:11`: `from helpers.auth import Tester`\n" in text
    assert "| `helpers/__init__.py` (new) | 0 | 0 |" in text
    assert "```diff\n+ import asyncio\n```" in text


def test_misfits_and_what_is_still_broken_are_told() -> None:
    text = change_markdown(RECORD)
    assert "its users contradict it in 1 of 4 uses that could be judged" in text
    assert "- `tests/e2e/a.py:7`: `Tester(config)`: " in text
    assert "- `tests/c.py:1` asks `helpers.gone`\n" in text


def test_only_what_was_checked_is_claimed() -> None:
    text = change_markdown(RECORD)
    assert "- **holds**: Every changed file parses.\n" in text
    assert "**fits**" not in text
    assert "Nothing of the project was run" in text
    run = replace(RECORD, was_run=True, checks=(Check("mypy", "nothing new fails (2.0 s)"),))
    assert "- **nothing new fails (2.0 s)**: mypy.\n" in change_markdown(run)
    assert "Nothing of the project was run" not in change_markdown(run)


def test_a_dry_run_is_not_done_and_cannot_be_undone() -> None:
    text = change_markdown(replace(RECORD, is_planned=True, transaction=None))
    assert "**Status:** planned; nothing was written." in text
    assert "How to undo" not in text
    assert "consolidate undo 2026-1" in change_markdown(RECORD)


def test_the_entries_of_a_plan_with_what_became_of_them() -> None:
    refused = ("move-3", "refused", (Problem("import-cycle", "a cycle"),))
    text = change_markdown(replace(RECORD, entries=(refused,)))
    assert "- `move-3`: refused\n  - `import-cycle`: a cycle\n" in text


def test_a_scan_lists_every_finding_below_its_kind() -> None:
    text = findings_markdown(FINDINGS)
    assert "## Broken imports\n" in text
    assert "### Tester is asked for from helpers.auth, which does not have it\n" in text
    assert "contradicts its users in 1 of 5 uses" in text
    assert "odd/file.py: line 3: invalid syntax" in text


@pytest.mark.parametrize(
    ("text", "span"),
    [("x", "`x`"), ("a `b` c", "``a `b` c``"), ("`b`", "`` `b` ``")],
)
def test_code_spans_hold_any_code(text: str, span: str) -> None:
    assert code(text) == span


def test_blocks_hold_any_code() -> None:
    assert fenced(["```", "x"]) == "````\n```\nx\n````\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("__init__ of <T> | *x*", r"\_\_init\_\_ of \<T\> \| \*x\*"),
        ("auth_helpers", "auth_helpers"),
        ("it calls `a_b(*c)` and *d", r"it calls `a_b(*c)` and \*d"),
        ("a ` alone", r"a \` alone"),
    ],
)
def test_special_characters_are_escaped_outside_of_code(text: str, written: str) -> None:
    assert escaped(text) == written
