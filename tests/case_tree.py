"""Trees of files as values: planted from a case, taken from a disk, and put back on one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from case_format import Case, Entry

JOURNAL = (".consolidate", ".git")
"""Where the tool may keep its own records; everything else in a tree is the project's."""

MODES = {"executable": 0o755, "read-only": 0o444, "file": 0o644}

Tree = dict[str, tuple[str, bytes]]
"""Each path with its kind (`file 644`, `directory`, `link`) and bytes (of a link: its aim)."""


def plant(case: Case, scratch: Path) -> Path:
    """Write the case's tree to `scratch/tree`, what counts as installed beside it."""
    for directory, entries in (("tree", case.tree), ("installed", case.installed)):
        shutil.rmtree(scratch / directory, ignore_errors=True)
        (scratch / directory).mkdir(parents=True)
        for path, entry in sorted(entries.items(), key=lambda item: item[1].kind == "hard-link"):
            _place(scratch / directory / path, entry)
    return scratch / "tree"


def snapshot(root: Path, without: tuple[str, ...] = JOURNAL) -> Tree:
    """Every file, directory and link below `root`, but for the tool's own records."""
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")))
    return {
        relative.as_posix(): _taken(root / relative)
        for relative in paths
        if relative.parts[0] not in without
    }


def write_tree(root: Path, tree: Tree) -> None:
    """The inverse of `snapshot`."""
    root.mkdir(parents=True, exist_ok=True)
    for name, (kind, data) in tree.items():
        path = root / name
        if kind == "directory":
            path.mkdir(parents=True, exist_ok=True)
        elif kind == "link":
            path.symlink_to(os.fsdecode(data))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(int(kind.split()[1], 8))


def files_of(tree: Tree) -> dict[str, bytes]:
    """Only the bytes of the files: what a checkout of the fixtures keeps."""
    return {path: data for path, (kind, data) in tree.items() if kind.startswith("file")}


def _place(path: Path, entry: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if entry.kind == "symlink":
        path.symlink_to(entry.data.decode())
    elif entry.kind == "hard-link":
        path.hardlink_to(path.parent / entry.data.decode())
    else:
        path.write_bytes(entry.data)
        path.chmod(MODES[entry.kind])


def _taken(path: Path) -> tuple[str, bytes]:
    if path.is_symlink():
        return "link", os.fsencode(path.readlink())
    if path.is_dir():
        return "directory", b""
    return f"file {path.stat().st_mode & 0o777:o}", path.read_bytes()
