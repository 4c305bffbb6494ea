"""The digest of a tree changes with what a scan looks at, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import plant

from consolidator.index.index import Index
from consolidator.index.tree_digest import tree_digest
from consolidator.workspace import Workspace

TREE = {"pkg/__init__.py": "", "pkg/a.py": "a = 1\n", "notes.md": "x\n", "setup.cfg": "[a]\n"}


def digest(root: Path) -> str:
    return tree_digest(Index(Workspace.open(root)))


def test_the_same_files_anywhere_have_the_same_digest(tmp_path: Path) -> None:
    one, two = plant(tmp_path / "1" / "p", TREE), plant(tmp_path / "2" / "p", TREE)
    assert digest(one) == digest(two)


@pytest.mark.parametrize(
    "change",
    [
        {"pkg/a.py": "a = 2\n"},
        {"pkg/b.py": ""},
        {"pkg/a.pyi": ""},
        {"setup.cfg": "[b]\n"},
        {"pyproject.toml": "[tool.consolidate]\nroots = ['pkg']\n"},
        {"tach.toml": "exact = true\n"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_is_another_digest(tmp_path: Path, change: dict[str, str]) -> None:
    before = digest(plant(tmp_path, TREE))
    assert digest(plant(tmp_path, change)) != before


def test_other_files_do_not_matter(tmp_path: Path) -> None:
    before = digest(plant(tmp_path, TREE))
    assert digest(plant(tmp_path, {"notes.md": "y\n", "data.bin": "z"})) == before


def test_a_file_that_moves_is_a_change(tmp_path: Path) -> None:
    before = digest(plant(tmp_path, TREE))
    (tmp_path / "pkg/a.py").rename(tmp_path / "pkg/c.py")
    assert digest(tmp_path) != before


def test_a_change_in_memory_counts(tmp_path: Path) -> None:
    index = Index(Workspace.open(plant(tmp_path, TREE)))
    changed = index.after(index.workspace.with_changes({"pkg/a.py": b"a = 3\n"}))
    assert tree_digest(changed) != tree_digest(index)
