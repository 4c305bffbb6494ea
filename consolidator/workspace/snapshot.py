"""The workspace: one immutable snapshot of the project, and the next one with changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from consolidator.errors import Refusal, UsageError
from consolidator.names import ModuleName
from consolidator.workspace.discovery import PYTHON_SUFFIXES, TEXT_SUFFIXES, Listing, discover
from consolidator.workspace.modules import Modules
from consolidator.workspace.new_module import new_module_files, new_module_path
from consolidator.workspace.reading import Reader
from consolidator.workspace.roots import find_roots
from consolidator.workspace.search import files_mentioning
from consolidator.workspace.source_file import SourceFile
from consolidator.workspace.source_root import SourceRoot, Tree

if TYPE_CHECKING:
    from consolidator.workspace.config import Config


_MOST_KEPT = 4
"""Words in one question whose answers are kept; more are looked for in one pass."""


@dataclass(frozen=True, eq=False)
class Workspace:
    """One state of the project: what is on disk, with the changes planned so far on top.

    Files are read when they are asked for, once, and kept for all later states.
    """

    root: Path
    config: Config
    _paths: tuple[str, ...] = field(repr=False)
    _modules: Modules = field(repr=False)
    _listing: Listing = field(repr=False)
    _reader: Reader = field(repr=False)
    _changed: Mapping[str, SourceFile | None] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, root: Path, listed: Collection[str] | None = None) -> Workspace:
        """Read the settings, list the files and find the source roots of the project at `root`.

        `listed` are the paths of its files, where git need not be asked. Raises `UsageError` when
        `root` is no directory or its settings are wrong.
        """
        from consolidator.workspace.config import load_config

        root = root.absolute()
        if not root.is_dir():
            raise UsageError(f"{root} is not a directory")
        config = load_config(root)
        listing = discover(root, config.exclude, listed)
        reader = Reader(root)
        tree = Tree(listing.python, listing.others, reader.bytes_of)
        roots = find_roots(tree, config.roots, root.name)
        modules = Modules(roots, tree.files)
        return cls(root, config, listing.python, modules, listing, reader)

    @property
    def roots(self) -> tuple[SourceRoot, ...]:
        """The source roots, each with the reason why it is one."""
        return self._modules.roots

    @property
    def is_as_on_disk(self) -> bool:
        """Whether no change has been made to what was on disk when it was opened."""
        return not self._changed

    def paths(self) -> tuple[str, ...]:
        """Every Python file (.py, .pyi), sorted; symlinks are left out."""
        return self._paths

    def text_paths(self) -> tuple[str, ...]:
        """The other files in which dotted paths may stand (settings, documentation), sorted."""
        return self._texts

    def other_paths(self) -> tuple[str, ...]:
        """The files other than Python's that were listed; some may not be on disk."""
        return self._listing.others

    def cython_paths(self) -> tuple[str, ...]:
        """The Cython files (.pyx), sorted."""
        return self._listing.cython

    def symlinks(self) -> Mapping[str, str]:
        """The symlinked Python files that `paths` leaves out, each with what it points to."""
        return self._listing.symlinks

    def unreadable(self) -> Mapping[str, str]:
        """The files that could not be read when they were needed, each with the reason."""
        return self._reader.unreadable

    def has(self, path: str) -> bool:
        """Whether `path` is a file of the workspace."""
        return path in (self._modules.files if path.endswith(PYTHON_SUFFIXES) else self._text_set)

    def file(self, path: str) -> SourceFile:
        """The file at `path`, read once and kept.

        Raises `KeyError` when it is not in the workspace, and `Refusal` (`unreadable`) when the
        disk does not give it.
        """
        if not self.has(path):
            raise KeyError(path)
        changed = self._changed.get(path)
        return changed if changed is not None else self._reader.file(path)

    def module_of(self, path: str) -> ModuleName | None:
        """The module name of a file; None when no source root makes it importable."""
        return self._modules.name_of(path)

    def path_of(self, module: str, near: str | None = None) -> str | None:
        """The .py file that the import system loads for `module`; None when there is none.

        `near` is the importing file: its own root decides between equals, and a script's own
        directory serves when no root does. A file that two roots reach is found by both names;
        `module_of` tells its own. Raises `Refusal` (`ambiguous-module`) when several roots hold
        the module and nothing decides.
        """
        return self._modules.path_of(module, near)

    def stub_of(self, module: str, near: str | None = None) -> str | None:
        """The .pyi file beside the file of `module`, or the only one that it has."""
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
        """The path that the file of `module`, which does not exist yet, would have.

        `near` is a file (what moves there) whose root decides between roots. Raises `Refusal`
        when the name is no module's, is taken or hides something, or when the root is unclear.
        """
        deleted = {path for path, file in self._changed.items() if file is None}
        return new_module_path(self._modules, self.root, module, near, deleted)

    def new_module_files(self, module: str, near: str | None = None) -> tuple[str, ...]:
        """The files to make so that `module` can be imported: `__init__.py` files, then its own.

        Raises as `new_module_path` does.
        """
        return new_module_files(self._modules, self.new_module_path(module, near), module)

    def mentioning(self, words: Collection[str]) -> tuple[SourceFile, ...]:
        """The Python files that hold at least one of the words as a whole identifier, sorted.

        A file that cannot be read is passed over, and listed by `unreadable`.
        """
        if len(words) > _MOST_KEPT:
            return files_mentioning(words, self._readable(self._paths))
        found = {path for word in words for path in self._on_disk_mentioning(word)}
        kept = self._readable(sorted(path for path in found if path not in self._changed))
        fresh = files_mentioning(words, self._readable(self._changed_python))
        return tuple(sorted((*kept, *fresh), key=lambda file: file.path))

    def _on_disk_mentioning(self, word: str) -> frozenset[str]:
        """The files that hold a word as they are on disk; kept for all later states."""
        known = self._reader.mentioning
        if word not in known:
            files = self._readable_on_disk(self._listing.python)
            known[word] = frozenset(file.path for file in files_mentioning({word}, files))
        return known[word]

    @cached_property
    def _changed_python(self) -> tuple[str, ...]:
        changed = (path for path, file in self._changed.items() if file is not None)
        return tuple(sorted(path for path in changed if path.endswith(PYTHON_SUFFIXES)))

    def _readable_on_disk(self, paths: Collection[str]) -> list[SourceFile]:
        found = []
        for path in paths:
            try:
                found.append(self._reader.file(path))
            except Refusal:
                continue  # the reader remembers it
        return found

    def with_changes(self, changes: Mapping[str, bytes | None]) -> Workspace:
        """The workspace after writing these bytes to these paths; None deletes a file."""
        changed = dict(self._changed)
        for path, data in changes.items():
            changed[path] = None if data is None else SourceFile(path, data)
        python = {path: data for path, data in changes.items() if path.endswith(PYTHON_SUFFIXES)}
        came = {path for path, data in python.items() if data is not None}
        files = (self._modules.files - (python.keys() - came)) | came
        if files == self._modules.files:
            return replace(self, _changed=changed)
        return replace(
            self,
            _changed=changed,
            _paths=tuple(sorted(files)),
            _modules=self._modules.with_files(files),
        )

    def changed_since(self, earlier: Workspace) -> frozenset[str]:
        """The paths whose files are others than in an earlier state of the same project."""
        mine, theirs = self._changed, earlier._changed
        return frozenset(
            path for path in {*mine, *theirs} if mine.get(path) is not theirs.get(path)
        )

    def _readable(self, paths: Collection[str]) -> list[SourceFile]:
        found = []
        for path in paths:
            file = self._changed.get(path)
            if file is None:
                try:
                    file = self._reader.file(path)
                except Refusal:
                    continue  # the reader remembers it
            found.append(file)
        return found

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        changed = {path for path in self._changed if path.endswith(TEXT_SUFFIXES)}
        if not changed:
            return self._listing.text
        came = {path for path in changed if self._changed[path] is not None}
        return tuple(sorted(set(self._listing.text) - changed | came))

    @cached_property
    def _text_set(self) -> frozenset[str]:
        return frozenset(self._texts)
