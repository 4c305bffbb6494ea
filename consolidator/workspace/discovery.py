"""Which files the project has: as git lists them, or by a walk that honours .gitignore."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PYTHON_SUFFIXES = (".py", ".pyi")
TEXT_SUFFIXES = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".md", ".rst", ".txt")
CYTHON_SUFFIX = ".pyx"
_LISTED_SUFFIXES = (*PYTHON_SUFFIXES, *TEXT_SUFFIXES, CYTHON_SUFFIX, "Dockerfile", "manifest.json")


@dataclass(frozen=True)
class Listing:
    """The files of the project, as paths relative to the root; symlinked Python files apart."""

    python: tuple[str, ...]
    others: tuple[str, ...] = field(default=(), repr=False)
    symlinks: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None  # set when `others` may name what is not (or no file) on disk

    @cached_property
    def text(self) -> tuple[str, ...]:
        """The files other than Python's in which dotted paths may stand, sorted."""
        return self._others_with(TEXT_SUFFIXES)

    @cached_property
    def cython(self) -> tuple[str, ...]:
        """The Cython files, sorted."""
        return self._others_with((CYTHON_SUFFIX,))

    def _others_with(self, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        paths = sorted(path for path in self.others if path.endswith(suffixes))
        if self.root is None:
            return tuple(paths)
        is_file = _regular_files(os.fspath(self.root))
        return tuple(path for path in paths if is_file(path))


def discover(
    root: Path, exclude: Iterable[str] = (), listed: Iterable[str] | None = None
) -> Listing:
    """List the files under `root`, without those that match the `exclude` patterns.

    With git: what it tracks, or would track, and what is still on disk. Without: all that no
    .gitignore excludes. `listed` are the paths that git tracks, where that is known already.
    """
    from consolidator.workspace.git import git_files

    listed = git_files(root) if listed is None else listed
    listing = _by_walk(root) if listed is None else _by_git(root, listed)
    patterns = tuple(exclude)
    return _excluding(listing, patterns) if patterns else listing


def _by_walk(root: Path) -> Listing:
    from consolidator.workspace.walk import walk

    python: list[str] = []
    others: list[str] = []
    symlinks: dict[str, str] = {}
    for path, is_link in walk(os.fspath(root), _LISTED_SUFFIXES):
        if not path.endswith(PYTHON_SUFFIXES):
            if not is_link:
                others.append(path)
        elif is_link:
            symlinks[path] = os.fspath((root / path).readlink())
        else:
            python.append(path)
    return Listing(tuple(sorted(python)), tuple(others), symlinks)


def _by_git(root: Path, listed: Iterable[str]) -> Listing:
    python: list[str] = []
    others: list[str] = []
    symlinks: dict[str, str] = {}
    is_file = _regular_files(os.fspath(root))
    for path in listed:
        if not path.endswith(PYTHON_SUFFIXES):
            others.append(path)
        elif is_file(path):
            python.append(path)
        elif (root / path).is_symlink():
            symlinks[path] = os.fspath((root / path).readlink())
    return Listing(tuple(sorted(python)), tuple(others), symlinks, root)


def _regular_files(base: str) -> Callable[[str], bool]:
    """Tell whether a path that git remembers is a file by now, reached without a symlink."""
    real_directories: dict[str, bool] = {"": True}

    def is_real(directory: str) -> bool:
        if directory not in real_directories:
            above = is_real(directory.rpartition("/")[0])
            real_directories[directory] = above and stat.S_ISDIR(_mode(f"{base}/{directory}"))
        return real_directories[directory]

    def is_file(path: str) -> bool:
        return is_real(path.rpartition("/")[0]) and stat.S_ISREG(_mode(f"{base}/{path}"))

    return is_file


def _mode(path: str) -> int:
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def _excluding(listing: Listing, patterns: tuple[str, ...]) -> Listing:
    from consolidator.workspace.ignore import IgnoreRules

    rules = IgnoreRules(patterns)

    def kept(paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(path for path in paths if not rules.excludes(path))

    symlinks = {path: listing.symlinks[path] for path in kept(listing.symlinks)}
    return Listing(kept(listing.python), kept(listing.others), symlinks, listing.root)
