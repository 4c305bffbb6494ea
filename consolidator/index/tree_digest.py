"""One digest for all that a scan looks at, to tell whether anything has changed."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator

from consolidator.errors import Refusal
from consolidator.index.index import Index
from consolidator.workspace import Workspace

_BUILD_FILES = ("meson.build", ".gitmodules")  # those that are no text files of the workspace
_RECENT = 2_000_000_000  # nanoseconds in which a file may change twice and keep its time


def tree_digest(index: Index) -> str | None:
    """A digest over the Python files, what stands beside them, and where modules come from.

    Two states of a project with the same digest have the same findings, with one version of this
    tool. Python files count by their content, other text files and directories by size and time.
    None when these times do not tell: for a state that is not (or
    only just) on disk.
    """
    workspace = index.workspace
    if not workspace.is_as_on_disk:
        return None
    digest = hashlib.sha256()
    for path in workspace.paths():
        digest.update(f"{path}\0{_content(index, path)}\0".encode("utf-8", "surrogateescape"))
    latest = time.time_ns() - _RECENT
    for path in _beside(workspace):
        try:
            found = os.lstat(f"{workspace.root}/{path}")
        except OSError:
            continue
        if found.st_mtime_ns > latest:
            return None
        state = f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0"
        digest.update(state.encode("utf-8", "surrogateescape"))
    rest = (workspace.config, workspace.roots, sorted(workspace.symlinks().items()))
    digest.update(repr(rest).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _content(index: Index, path: str) -> str:
    try:
        return index.workspace.file(path).sha256
    except Refusal:
        return "unreadable"


def _beside(workspace: Workspace) -> Iterator[str]:
    """What else can matter: text files, what builds modules, and what a directory holds."""
    yield from workspace.text_paths()
    yield from _BUILD_FILES
    directories = {""}
    for path in workspace.paths():
        while (path := path.rpartition("/")[0]) not in directories:
            directories.add(path)
    for directory in sorted(directories):
        yield directory
        yield f"{directory}/.gitignore"
