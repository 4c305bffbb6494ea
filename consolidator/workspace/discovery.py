"""Which files the project has: as git lists them, or by a walk that honours .gitignore."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PYTHON_SUFFIXES = (".py", ".pyi")
TEXT_SUFFIXES = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".md", ".rst", ".txt")

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".bzr", "__pycache__", "node_modules", ".tox", ".nox", ".eggs"}
    | {"site-packages", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
# What would point git at another repository than the one that the root is in.
_GIT_LOCATION = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}
    | {"GIT_NAMESPACE", "GIT_PREFIX", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF"}
)


@dataclass(frozen=True)
class Listing:
    """The files of the project, as paths relative to the root; symlinks apart."""

    python: tuple[str, ...]
    symlinks: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = field(default=(), repr=False)
    by_git: bool = False

    @cached_property
    def text(self) -> tuple[str, ...]:
        """The files other than Python's in which dotted paths may stand, sorted."""
        return tuple(sorted(path for path in self.others if path.endswith(TEXT_SUFFIXES)))


def discover(root: Path, exclude: Iterable[str] = ()) -> Listing:
    """List the files under `root`, without those that match the `exclude` patterns."""
    base = os.fspath(root)
    listed = _git_files(base)
    if listed is None:
        listing = _listing_by_walk(base)
    else:
        listing = _listing_by_git(base, listed)
    patterns = tuple(exclude)
    return _excluding(listing, patterns) if patterns else listing


def _listing_by_walk(base: str) -> Listing:
    from consolidator.workspace.walk import walk

    python: list[str] = []
    others: list[str] = []
    symlinks: dict[str, str] = {}
    for path, target in walk(base, _SKIPPED):
        if target is not None:
            symlinks[path] = target
        else:
            (python if path.endswith(PYTHON_SUFFIXES) else others).append(path)
    return Listing(tuple(sorted(python)), symlinks, tuple(others))


def _listing_by_git(base: str, listed: Iterable[str]) -> Listing:
    python: list[str] = []
    others: list[str] = []
    symlinks: dict[str, str] = {}
    in_tree = _real_directories(base)
    for path in listed:
        if not path.endswith(PYTHON_SUFFIXES):
            others.append(path)
            continue
        try:
            mode = os.lstat(f"{base}/{path}").st_mode
        except OSError:
            continue  # tracked, but deleted from disk
        if stat.S_ISLNK(mode):
            symlinks[path] = os.readlink(f"{base}/{path}")
        elif stat.S_ISREG(mode) and in_tree(path.rpartition("/")[0]):
            python.append(path)
    return Listing(tuple(sorted(python)), symlinks, tuple(others), by_git=True)


def _real_directories(base: str) -> Callable[[str], bool]:
    """Tell whether a directory is reached without a symlink (a tracked one may be one by now)."""
    known: dict[str, bool] = {"": True}

    def is_real(directory: str) -> bool:
        if directory not in known:
            above = is_real(directory.rpartition("/")[0])
            known[directory] = above and not os.path.islink(f"{base}/{directory}")
        return known[directory]

    return is_real


def _git_files(base: str) -> Iterable[str] | None:
    """What git tracks or would track under `base`; None when git is not in charge there."""
    top = _git_top(base)
    git = None if top is None else _trusted_git(base)
    if git is None:
        return None
    import subprocess

    command = [git, "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"]
    command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(
            command, cwd=base, env=_git_environment(), capture_output=True, check=False
        )
    except OSError:
        return None
    if done.returncode != 0 or (not done.stdout and top != base):
        # Nothing is listed below an ignored folder of a bigger repository; it is still a project.
        return None
    return dict.fromkeys(os.fsdecode(done.stdout).rstrip("\0").split("\0")) if done.stdout else ()


def _git_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _GIT_LOCATION}
    safe = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    return kept | safe | {"LC_ALL": "C"}


def _git_top(base: str) -> str | None:
    directory = base
    while True:
        if os.path.lexists(f"{directory}/.git"):
            return directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent


def _trusted_git(base: str) -> str | None:
    """The git on PATH, passing over relative entries and whatever lies inside the tree."""
    import shutil

    real_base = os.path.realpath(base)
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which("git", path=entry) if os.path.isabs(entry) else None
        if found and not any(_is_inside(path, real_base) for path in (entry, found)):
            return found
    return None


def _is_inside(path: str, real_base: str) -> bool:
    real = os.path.realpath(path)
    return real == real_base or real.startswith(real_base.rstrip(os.sep) + os.sep)


def _excluding(listing: Listing, patterns: tuple[str, ...]) -> Listing:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(patterns)

    def kept(paths: Iterable[str]) -> Iterator[str]:
        return (path for path in paths if not spec.match_file(path))

    symlinks = {path: listing.symlinks[path] for path in kept(listing.symlinks)}
    return Listing(
        tuple(kept(listing.python)), symlinks, tuple(kept(listing.others)), listing.by_git
    )
