"""Imports that are rewritten, deleted or swept away, and those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import opened

from consolidator.edits.mending.deleting import delete_imports
from consolidator.edits.mending.rewriting import rewrite_imports
from consolidator.edits.mending.sweeping import sweep
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Refusal, UsageError
from consolidator.plan import MoveOptions
from consolidator.plan.plan import DeleteEntry, RewriteEntry, SweepEntry
from consolidator.proof.tree_edits import prove_edit

NEW = {"app/__init__.py": "", "app/new.py": "A = 1\nB = 2\n", "app/core/__init__.py": ""}


def rewritten(root: Path, text: str, *names: str) -> str:
    index = opened(root, NEW | {"app/use.py": text})
    edit = rewrite_imports(index, RewriteEntry(source="app.old", to="app.new", names=names))
    return proved_text(edit, "app/use.py")


def proved_text(edit: TreeEdit | None, path: str) -> str:
    assert edit is not None
    prove_edit(edit)
    return edit.texts[path]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from app.old import A as X, B\n", "from app.new import A as X, B\n"),
        ("from .old import A\n", "from .new import A\n"),
        ("from app import old\nold.A\n", "from app import new as old\nold.A\n"),
        ("import app.old as o\no.A\n", "import app.new as o\no.A\n"),
        ("import app.old\nprint(app.old.A, app.old.B)\n",
         "import app.new\nprint(app.new.A, app.new.B)\n"),
        ("from app.old import *\n", "from app.new import *\n"),
        ("def f():\n    from app.old import A\n    return A\n",
         "def f():\n    from app.new import A\n    return A\n"),
    ],
)  # fmt: skip
def test_rewritten(tmp_path: Path, before: str, after: str) -> None:
    assert rewritten(tmp_path, before) == after


def test_only_the_names_of_the_entry(tmp_path: Path) -> None:
    text = rewritten(tmp_path, "from app.old import A, C\n", "A")
    assert text == "from app.new import A\nfrom app.old import C\n"


def test_what_the_new_module_lacks_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        rewritten(tmp_path, "import app.old as o\n\no.Missing\n")
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.location)) == ("not-offered", "app/use.py:3")


def test_nothing_to_rewrite_is_no_change(tmp_path: Path) -> None:
    index = opened(tmp_path, NEW | {"app/use.py": "from app.new import A\n"})
    assert rewrite_imports(index, RewriteEntry(source="app.old", to="app.new")) is None


def test_a_quiet_failure_that_ends_is_told(tmp_path: Path) -> None:
    text = "try:\n    from app.old import A\nexcept ImportError:\n    A = None\n"
    index = opened(tmp_path, NEW | {"app/use.py": text})
    edit = rewrite_imports(index, RewriteEntry(source="app.old", to="app.new"))
    assert edit is not None
    assert [problem.code for problem in edit.warnings] == ["import-wakes"]


def deletion(root: Path, text: str, **files: str) -> TreeEdit | None:
    index = opened(root, NEW | {"app/use.py": text} | files)
    return delete_imports(index, DeleteEntry(module="app.new", name="Gone", paths=("app/use.py",)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from app.new import A, Gone\nprint(A)\n", "from app.new import A\nprint(A)\n"),
        ("def f():\n    from app.new import Gone\n", "def f():\n    pass\n"),
        ("def f():\n    try:\n        from app.new import Gone\n    except ImportError:\n"
         "        pass\n    return 1\n", "def f():\n    return 1\n"),
    ],
)  # fmt: skip
def test_deleted(tmp_path: Path, before: str, after: str) -> None:
    assert proved_text(deletion(tmp_path, before), "app/use.py") == after


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("from app.new import Gone\nprint(Gone)\n", "still-used"),
        ("from app.new import Gone\n__all__ = ['Gone']\n", "still-used"),
        ("try:\n    from app.new import Gone\n    OK = 1\nexcept ImportError:\n    OK = 0\n",
         "guarded-import"),
    ],
)  # fmt: skip
def test_not_deleted(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        deletion(tmp_path, text)
    assert refused.value.problems[0].code == code


def test_what_another_module_takes_is_not_deleted(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        deletion(
            tmp_path, "from app.new import Gone\n", **{"app/b.py": "from app.use import Gone\n"}
        )


def test_an_import_that_works_is_not_deleted(tmp_path: Path) -> None:
    index = opened(tmp_path, NEW | {"app/use.py": "from app.new import A\n"})
    with pytest.raises(UsageError):
        delete_imports(index, DeleteEntry(module="app.new", name="A", paths=("app/use.py",)))


LEFT = "# A constant moved to app.new to maintain SSOT\nfrom app.new import A\n"


def swept(root: Path, text: str, **files: str) -> TreeEdit | None:
    index = opened(root, NEW | {"app/use.py": text} | files)
    return sweep(index, SweepEntry(module="app.use", name="A"), MoveOptions())


def test_swept_with_its_comment(tmp_path: Path) -> None:
    text = f"import json\n\n\n{LEFT}\n\ndef f():\n    return json\n"
    after = "import json\n\n\ndef f():\n    return json\n"
    assert proved_text(swept(tmp_path, text), "app/use.py") == after


def test_swept_already(tmp_path: Path) -> None:
    assert swept(tmp_path, "import json\n") is None


@pytest.mark.parametrize(
    "files",
    [
        {"app/b.py": "from app.use import A\n"},
        {"app/b.py": "from app.use import *\n"},
        {"app/b.py": "import app.use\nprint(app.use.A)\n"},
        {"app/b.py": "NAME = 'app.use.A'\n"},
        {"settings.toml": "name = 'app.use.A'\n"},
    ],
)
def test_not_swept_while_somebody_takes_it(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        swept(tmp_path, LEFT, **files)
    assert refused.value.problems[0].code == "still-used"


def test_an_ordinary_import_is_not_swept(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        swept(tmp_path, "from app.new import A\n")
