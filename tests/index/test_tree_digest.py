"""The digest of a tree changes with what a scan looks at, and with nothing else."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import pytest
from small_tree import plant

from consolidator.index.index import Index
from consolidator.index.tree_digest import tree_digest
from consolidator.workspace import Workspace

TREE = {"pkg/__init__.py": "", "pkg/a.py": "a = 1\n", "notes.md": "x\n", "setup.cfg": "[a]\n"}


def digest(root: Path) -> str | None:
    """The digest once a while has passed: to the files that were just written, at least."""
    now = time.time()
    for path in [root, *sorted(root.rglob("*"))]:
        if now - path.stat().st_mtime < 50:
            os.utime(path, (now - 100, now - 100 - next(AGES)))
    return tree_digest(Index(Workspace.open(root)))


AGES = itertools.count()


def test_nothing_has_changed(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    assert digest(root) == digest(root)
    assert digest(root) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"pkg/a.py": "a = 2\n"},
        {"pkg/b.py": ""},
        {"pkg/a.pyi": ""},
        {"pkg/_native.so": ""},
        {"setup.cfg": "[b]\n"},
        {"notes.md": "y\n"},
        {"pyproject.toml": "[tool.consolidate]\nroots = ['pkg']\n"},
        {"pkg/.gitignore": "c.py\n"},
        {"CMakeLists.txt": "b\n"},
        {"meson.build": "b\n"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_is_another_digest(tmp_path: Path, change: dict[str, str]) -> None:
    before = digest(plant(tmp_path, TREE))
    assert digest(plant(tmp_path, change)) not in (before, None)


def test_python_files_count_by_their_content(tmp_path: Path) -> None:
    before = digest(plant(tmp_path, TREE))
    os.utime(tmp_path / "pkg/a.py", (1, 1))
    assert digest(tmp_path) == before
    plant(tmp_path, {"pkg/a.py": "a = 2\n"})
    os.utime(tmp_path / "pkg/a.py", (1, 1))
    assert digest(tmp_path) != before


def test_a_file_that_moves_is_a_change(tmp_path: Path) -> None:
    before = digest(plant(tmp_path, TREE))
    (tmp_path / "pkg/a.py").rename(tmp_path / "pkg/c.py")
    assert digest(tmp_path) != before


def test_what_has_just_changed_has_no_digest_yet(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    assert digest(root) is not None
    plant(root, {"notes.md": "z\n"})
    assert tree_digest(Index(Workspace.open(root))) is None


def test_what_is_not_on_disk_has_no_digest(tmp_path: Path) -> None:
    digest(plant(tmp_path, TREE))
    index = Index(Workspace.open(tmp_path))
    changed = index.after(index.workspace.with_changes({"pkg/a.py": b"a = 3\n"}))
    assert tree_digest(index) is not None
    assert tree_digest(changed) is None
