"""What an expression holds is told in the end, even where modules go round in circles."""

from __future__ import annotations

import ast
from pathlib import Path

from small_tree import opened

from consolidator.index.held_modules import HeldModules
from consolidator.names import ModuleName

OURS = "try:\n    from theirs import kit\nexcept ImportError:\n    def kit(): ...\n\n{}\n"
THEIRS = "try:\n    from ours import kit\nexcept ImportError:\n    def kit(): ...\n"


def test_two_modules_that_take_a_name_from_each_other(tmp_path: Path) -> None:
    index = opened(tmp_path, {"ours.py": OURS.format("kit"), "theirs.py": THEIRS})
    module = index.module(ModuleName("ours"))
    assert module is not None
    statement = module.body[-1]
    assert isinstance(statement, ast.Expr)

    assert HeldModules(index).value(module, statement.value).kind == "unknown"
