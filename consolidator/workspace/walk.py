"""The walk over a tree that git does not manage, with .gitignore files honoured all the same."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from consolidator.workspace.ignore import IgnoreRules

_SKIPPED = frozenset(
    {".git", ".hg", ".svn", ".bzr", "__pycache__", "node_modules", ".tox", ".nox", ".eggs"}
    | {"site-packages", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)


def walk(base: str, suffixes: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Yield the files below `base` that have one of the suffixes, and whether each is a symlink.

    Caches, virtual environments and what a .gitignore excludes are not entered; neither are
    symlinked directories. What cannot be read is passed over.
    """
    pending: list[tuple[str, tuple[_Rules, ...]]] = [("", ())]
    while pending:
        prefix, rules = pending.pop()
        found = _read_directory(f"{base}/{prefix}", suffixes)
        if prefix and (found.is_virtual_environment or found.is_repository):
            continue
        if found.has_gitignore:
            rules = (*rules, _Rules(prefix, _read_rules(f"{base}/{prefix}.gitignore")))
        for name in _kept(found.directories, prefix, rules, True):
            pending.append((f"{prefix}{name}/", rules))
        for name in _kept(found.files, prefix, rules, False):
            yield prefix + name, False
        for name in _kept(found.links, prefix, rules, False):
            yield prefix + name, True


@dataclass(frozen=True, slots=True)
class _Rules:
    """A .gitignore, and the directory that it stands in (with a slash at the end)."""

    prefix: str
    ignore: IgnoreRules


@dataclass(frozen=True, slots=True)
class _Found:
    """What a directory holds that matters here, by name."""

    files: list[str]
    links: list[str]
    directories: list[str]
    has_gitignore: bool = False
    is_virtual_environment: bool = False
    is_repository: bool = False


def _read_directory(path: str, suffixes: tuple[str, ...]) -> _Found:
    files: list[str] = []
    links: list[str] = []
    directories: list[str] = []
    has_gitignore = is_virtual_environment = is_repository = False
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                is_repository = is_repository or name == ".git"
                if name.endswith(suffixes):
                    if entry.is_file(follow_symlinks=False):
                        files.append(name)
                    elif entry.is_symlink():
                        links.append(name)
                if entry.is_dir(follow_symlinks=False):
                    if name not in _SKIPPED:
                        directories.append(name)
                elif name == ".gitignore":
                    has_gitignore = True
                elif name == "pyvenv.cfg":
                    is_virtual_environment = True
    except OSError:
        pass
    return _Found(files, links, directories, has_gitignore, is_virtual_environment, is_repository)


def _kept(
    names: list[str], prefix: str, rules: tuple[_Rules, ...], are_directories: bool
) -> Iterable[str]:
    if not rules:
        return names
    return [name for name in names if not _is_ignored(prefix + name, rules, are_directories)]


def _is_ignored(path: str, rules: tuple[_Rules, ...], is_directory: bool) -> bool:
    for one in reversed(rules):  # the .gitignore nearest to the file decides
        verdict = one.ignore.verdict(path[len(one.prefix) :], is_directory)
        if verdict is not None:
            return verdict
    return False


def _read_rules(path: str) -> IgnoreRules:
    try:
        text = Path(path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        text = ""
    return IgnoreRules(tuple(line.rstrip("\r") for line in text.split("\n")))
