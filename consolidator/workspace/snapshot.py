"""The workspace: one immutable snapshot of the project, and the next one with changes."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from consolidator.errors import UsageError
from consolidator.names import ModuleName
from consolidator.workspace.discovery import PYTHON_SUFFIXES, TEXT_SUFFIXES, Listing, discover
from consolidator.workspace.modules import Modules
from consolidator.workspace.new_module import new_module_files, new_module_path
from consolidator.workspace.roots import SourceRoot, Tree, find_roots
from consolidator.workspace.source_file import SourceFile

if TYPE_CHECKING:
    from consolidator.workspace.config import Config


@dataclass(frozen=True, eq=False)
class Workspace:
    """One state of the project: what is on disk, with the changes planned so far on top."""

    root: Path
    config: Config
    _listing: Listing = field(repr=False)
    _modules: Modules = field(repr=False)
    _read: dict[str, SourceFile] = field(repr=False)
    _changed: Mapping[str, SourceFile | None] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Read the settings and list the files of the project at `root`.

        Raises `UsageError` when `root` is no directory or its settings are wrong.
        """
        from consolidator.workspace.config import load_config

        root = root.absolute()
        if not root.is_dir():
            raise UsageError(f"{root} is not a directory")
        config = load_config(root)
        listing = discover(root, config.exclude)
        read: dict[str, SourceFile] = {}
        files = frozenset(listing.python)
        tree = Tree(
            root, listing.python, files.__contains__, lambda path: _load(root, path, read).data
        )
        return cls(root, config, listing, Modules(find_roots(tree, config.roots), files), read)

    @property
    def roots(self) -> tuple[SourceRoot, ...]:
        """The source roots, each with the reason why it is one."""
        return self._modules.roots

    def paths(self) -> tuple[str, ...]:
        """Every Python file (.py, .pyi), sorted; symlinks are left out."""
        return self._listing.python

    def text_paths(self) -> tuple[str, ...]:
        """The other files in which dotted paths may stand (settings, documentation), sorted."""
        return self._listing.text

    def symlinks(self) -> Mapping[str, str]:
        """The symlinked files that `paths` leaves out, each with what it points to."""
        return self._listing.symlinks

    def has(self, path: str) -> bool:
        """Whether `path` is a file of the workspace."""
        return path in (self._modules.files if path.endswith(PYTHON_SUFFIXES) else self._texts)

    def file(self, path: str) -> SourceFile:
        """The file at `path`, read once and kept; `KeyError` when it is not in the workspace."""
        if not self.has(path):
            raise KeyError(path)
        changed = self._changed.get(path)
        return changed if changed is not None else _load(self.root, path, self._read)

    def module_of(self, path: str) -> ModuleName | None:
        """The module name of a file; None when no source root makes it importable."""
        return self._modules.name_of(path)

    def path_of(self, module: str, near: str | None = None) -> str | None:
        """The .py file that the import system loads for `module`; None when there is none.

        `near` is the path of the importing file: its own root decides between equals. Raises
        `Refusal` (`ambiguous-module`) when several roots hold the module and nothing decides.
        """
        return self._modules.path_of(module, near)

    def stub_of(self, module: str, near: str | None = None) -> str | None:
        """The .pyi file of `module`, if it has one."""
        return self._modules.stub_of(module, near)

    def is_package(self, module: str) -> bool:
        """Whether `module` has an `__init__.py` or is a namespace directory with modules below."""
        return self._modules.is_package(module)

    def is_first_party(self, module: str) -> bool:
        """Whether `module` is a module or a namespace package of this workspace."""
        return self._modules.is_known(module)

    def modules(self) -> Collection[ModuleName]:
        """Every module that has a .py file."""
        return self._modules.names()

    def new_module_path(self, module: str, near: str | None = None) -> str:
        """The path that the file of `module`, which does not exist yet, would have."""
        return new_module_path(self._modules, self.root, module, near)

    def new_module_files(self, module: str, near: str | None = None) -> tuple[str, ...]:
        """The files to make so that `module` can be imported, its own file last."""
        return new_module_files(self._modules, self.new_module_path(module, near), module)

    def mentioning(self, words: Collection[str]) -> tuple[SourceFile, ...]:
        """The Python files that hold at least one of the words as a whole identifier."""
        wanted = [word.encode() for word in sorted(set(words)) if word]
        if not wanted:
            return ()
        whole = re.compile(rb"\b(?:%s)\b" % b"|".join(map(re.escape, wanted)))
        found = []
        for path in self.paths():
            file = self.file(path)
            data = file.data
            if any(word in data for word in wanted) and whole.search(data):
                found.append(file)
        return tuple(found)

    def with_changes(self, changes: Mapping[str, bytes | None]) -> Workspace:
        """The workspace after writing these bytes to these paths; None deletes a file."""
        changed: dict[str, SourceFile | None] = dict(self._changed)
        for path, data in changes.items():
            changed[path] = None if data is None else SourceFile(path, data)
        files = set(self._modules.files)
        others = set(self._listing.others)
        for path, data in changes.items():
            group = files if path.endswith(PYTHON_SUFFIXES) else others
            (group.discard if data is None else group.add)(path)
        listing = Listing(
            tuple(sorted(files)), self._listing.symlinks, tuple(others), self._listing.by_git
        )
        modules = Modules(self.roots, frozenset(files))
        return Workspace(self.root, self.config, listing, modules, self._read, changed)

    @cached_property
    def _texts(self) -> frozenset[str]:
        return frozenset(p for p in self._listing.others if p.endswith(TEXT_SUFFIXES))


def _load(root: Path, path: str, read: dict[str, SourceFile]) -> SourceFile:
    file = read.get(path)
    if file is None:
        file = read[path] = SourceFile(path, _read_bytes(f"{root}/{path}"))
    return file


def _read_bytes(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.read(descriptor, os.fstat(descriptor).st_size + 1)
        if not data:
            return data
        parts = [data]
        while more := os.read(descriptor, 1 << 20):
            parts.append(more)
        return b"".join(parts)
    finally:
        os.close(descriptor)
