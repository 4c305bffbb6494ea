"""A copy of the project's tree in a temporary folder, in which its code may run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from consolidator.workspace.changes import FileChange

_LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".consolidate", "__pycache__", "node_modules", ".tox", ".nox"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache"}
)


@dataclass
class TreeCopy:
    """A copy of a tree: made at once or when it is first needed."""

    root: Path
    path: Path
    is_filled: bool = False

    def fill(self) -> None:
        """Copy the tree, unless that is done already."""
        if not self.is_filled:
            shutil.copytree(self.root, self.path, symlinks=True, ignore=_left_out)
            _turn_links(self.root, self.path)
            self.is_filled = True

    def make(self, changes: Sequence[FileChange]) -> None:
        """Write changes into the copy."""
        for change in changes:
            path = self.path / change.path
            if change.after is None:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_bytes(change.after)
            _keep_mode(self.root / change.path, path)


@contextmanager
def tree_copy(root: Path, *, lazy: bool = False) -> Iterator[TreeCopy]:
    """A copy of the tree at `root`, removed at the end; with `lazy` it is made on `fill`.

    Version control, caches and virtual environments stay out. What is ignored by git is copied:
    tests often need it. A symlink that leads into the tree leads into the copy.
    """
    with tempfile.TemporaryDirectory(
        prefix="consolidate-verify-", ignore_cleanup_errors=True
    ) as folder:
        # Tools name a project by its folder, so the copy keeps the name.
        copy = TreeCopy(root, Path(folder).resolve() / (root.name or "project"))
        if not lazy:
            copy.fill()
        yield copy


def _left_out(directory: str, names: list[str]) -> set[str]:
    base = Path(directory)
    return {
        name
        for name in names
        if name in _LEFT_OUT
        or (base / name / "pyvenv.cfg").is_file()
        or not ((base / name).is_symlink() or (base / name).is_file() or (base / name).is_dir())
    }


def _turn_links(root: Path, copy: Path) -> None:
    """Absolute links into the original would let a test write to it."""
    for directory, folders, files in os.walk(copy):
        for name in (*folders, *files):
            link = Path(directory) / name
            if not link.is_symlink():
                continue
            leads_to = Path(os.readlink(link))  # noqa: PTH115 - readlink() would lose the slash
            if leads_to.is_absolute() and leads_to.is_relative_to(root):
                link.unlink()
                link.symlink_to(copy / leads_to.relative_to(root))


def _keep_mode(original: Path, path: Path) -> None:
    if original.is_file():
        shutil.copymode(original, path)
