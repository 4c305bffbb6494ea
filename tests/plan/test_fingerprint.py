"""A fingerprint changes with the code that an entry rests on, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.plan.fingerprint import fingerprint_of
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    RewriteEntry,
    SweepEntry,
)

TREE = {
    "pkg/__init__.py": "",
    "src.py": "import os\n\n\n@final\nclass C:\n    x = 1\n",
    "dst.py": "y = 1\n",
    "user.py": "def f():\n    from dst import C\n    from pkg.mod import D\n",
    "copy.py": "if True:\n    class C:\n        x = 1\n",
    "left.py": "from src import C\n",
}
MOVE = MoveEntry(names=("C",), source="src", to="dst")
MERGE = MergeEntry(name="C", home="src", drop=("copy:C",))
REWRITE = RewriteEntry(source="pkg.mod", to="dst")
REWRITE_NAME = RewriteEntry(source="dst", to="src", names=("C",))
DELETE = DeleteEntry(module="dst", name="C", paths=("user.py",))
SWEEP = SweepEntry(module="left", name="C")

CHANGES = {
    "the decorator": ("src.py", "import os\n\n\n@last\nclass C:\n    x = 1\n"),
    "the body": ("src.py", "import os\n\n\n@final\nclass C:\n    x = 2\n"),
    "other code": ("src.py", "import sys\n\n\n@final\nclass C:\n    x = 1\n\nz = 3\n"),
    "the target": ("dst.py", "y = 1\nclass C: pass\n"),
    "the target's other code": ("dst.py", "y = 2\n"),
    "the copy": ("copy.py", "if True:\n    class C:\n        x = 3\n"),
    "who asks": ("user.py", "def f():\n    from dst import B\n    from pkg.mod import D\n"),
    "who asks for the missing": ("user.py", "def f():\n    from dst import C\n    import pkg\n"),
    "the leave-behind": ("left.py", "from copy import C\n"),
    "syntax": ("src.py", "class C(:\n"),
}


@pytest.mark.parametrize(
    ("entry", "changing"),
    [
        (MOVE, {"the decorator", "the body", "the target", "who asks", "syntax"}),
        (MERGE, {"the decorator", "the body", "the copy", "syntax"}),
        (REWRITE, {"who asks for the missing"}),
        (REWRITE_NAME, {"the decorator", "the body", "the target", "who asks", "syntax"}),
        (DELETE, {"the target", "who asks"}),
        (SWEEP, {"the leave-behind"}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
@pytest.mark.parametrize("change", CHANGES)
def test_changes_with(tmp_path: Path, entry: Entry, changing: set[str], change: str) -> None:
    before = fingerprint_of(opened(tmp_path / "a", TREE), entry)
    path, text = CHANGES[change]
    after = fingerprint_of(opened(tmp_path / "b", {**TREE, path: text}), entry)
    assert (before != after) == (change in changing)


def test_what_is_not_there(tmp_path: Path) -> None:
    index = opened(tmp_path, TREE)
    entry = MergeEntry(name="N", home="nowhere", drop=("src:N",))
    assert len(fingerprint_of(index, entry)) == 12
