"""What stands on the disk beside the listed files: compiled and generated modules."""

from __future__ import annotations

import re
from pathlib import Path

from consolidator.workspace.ignore import IgnoreRules

_COMPILED = (".so", ".pyd", ".pyx", ".dll", ".dylib", ".c", ".cpp", ".pyc", ".rs")

EXTENSION = re.compile(r"\.(?:[\w-]+\.)?(?:so|pyd)")
"""What follows the name of a module in the name of its compiled file."""


def compiled_twin(root: Path, path: str) -> str:
    """The compiled file that Python imports in place of the one at `path`, or ""."""
    directory, _, name = path.rpartition("/")
    stem = name.removesuffix(".py")
    try:
        entries = sorted(entry.name for entry in (root / directory).iterdir())
    except OSError:
        return ""
    for entry in entries:
        if entry.startswith(stem) and EXTENSION.fullmatch(entry, len(stem)):
            return f"{directory}/{entry}" if directory else entry
    return ""


def unlisted_module(root: Path, stem: str) -> str:
    """The file below `root` that provides the module at `stem` though it is not listed, or "".

    `stem` is the path of the module without its suffix. An ignored `_version.py`, an extension
    module and the source of one count.
    """
    directory, _, name = stem.rpartition("/")
    try:
        entries = sorted(entry.name for entry in (root / directory).iterdir())
    except OSError:
        return ""
    for entry in entries:
        first, _, _ = entry.partition(".")
        if first == name and (entry == f"{name}.py" or entry.endswith(_COMPILED)):
            return f"{directory}/{entry}" if directory else entry
    return _unlisted_in(root, stem)


def _unlisted_in(root: Path, folder: str) -> str:
    """A module in a folder that has no listed one: then the folder is a package all the same."""
    try:
        names = sorted(entry.name for entry in (root / folder).iterdir())
    except OSError:
        return ""
    return next((f"{folder}/{name}" for name in names if name.endswith((".py", *_COMPILED))), "")


class IgnoreFiles:
    """The .gitignore files of a tree, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[str, IgnoreRules | None] = {}

    def exclude(self, path: str) -> bool:
        """Whether they exclude `path`, relative to the root, or a directory above it."""
        parts = path.split("/")
        return any(
            self._verdict("/".join(parts[:count]), is_directory=count < len(parts))
            for count in range(1, len(parts) + 1)
        )

    def _verdict(self, path: str, is_directory: bool) -> bool:
        folder = path
        while folder:  # the .gitignore nearest to the file decides
            folder = folder.rpartition("/")[0]
            rules = self._rules(folder)
            below = path[len(folder) + bool(folder) :]
            verdict = rules.verdict(below, is_directory) if rules else None
            if verdict is not None:
                return verdict
        return False

    def _rules(self, folder: str) -> IgnoreRules | None:
        if folder not in self._known:
            self._known[folder] = _read(self.root / folder / ".gitignore")
        return self._known[folder]


def _read(path: Path) -> IgnoreRules | None:
    try:
        text = path.read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return None
    return IgnoreRules(tuple(line.rstrip("\r") for line in text.split("\n")))
