"""A scan: the same whether it is worked out or comes from the cache, and told as it goes."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from small_tree import plant

from consolidator.finders.findings import Findings
from consolidator.pipeline import scanning
from consolidator.pipeline.scanning import scan
from consolidator.workspace import Workspace

TREE = {
    "pyproject.toml": "[project]\nname = 'p'\n",
    "p/__init__.py": "",
    "p/a.py": "class Same:\n    def one(self): return 1\n\n    def two(self): return 2\n",
    "p/b.py": "from p.a import Gone\n",
    "p/broken.py": "a = (\n",
}
TREE["p/c.py"] = TREE["p/a.py"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = plant(tmp_path / "p", TREE)
    settled(root)
    return root


def settled(root: Path) -> None:
    """As if everything had been written a while ago."""
    then = time.time() - 100
    for path in [root, *root.rglob("*")]:
        os.utime(path, (then, then))


def again(root: Path, monkeypatch: pytest.MonkeyPatch) -> Findings:
    """A scan that must not have to look."""

    def forbidden(*arguments: object) -> Findings:
        raise AssertionError("it is in the cache")

    with monkeypatch.context() as patch:
        patch.setattr(scanning, "find_all", forbidden)
        return scan(Workspace.open(root))


def test_what_is_found_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scan(Workspace.open(root))
    assert first.found
    assert dict(first.unreadable) == {"p/broken.py": "line 1: '(' was never closed"}
    assert again(root, monkeypatch) == first


def test_each_set_of_paths_is_kept_apart(root: Path) -> None:
    everything = scan(Workspace.open(root))
    some = scan(Workspace.open(root), ["p/b.py"])
    assert len(some.found) < len(everything.found)
    assert scan(Workspace.open(root)) == everything
    assert scan(Workspace.open(root), ["p/b.py"]) == some


def test_a_change_is_seen(root: Path) -> None:
    first = scan(Workspace.open(root))
    (root / "p/c.py").write_text("c = 1\n")
    second = scan(Workspace.open(root))
    assert len(second.found) < len(first.found)


def test_without_the_cache_nothing_is_kept(root: Path) -> None:
    first = scan(Workspace.open(root), use_cache=False)
    assert not (root.parent / "cache").exists()
    assert scan(Workspace.open(root)) == first


def test_progress_is_told(root: Path) -> None:
    told: list[str] = []
    scan(Workspace.open(root), progress=lambda what, done, total: told.append(what))
    assert "outline" in told
