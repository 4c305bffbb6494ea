"""One digest for all that a scan looks at, to tell whether anything has changed."""

from __future__ import annotations

import hashlib

from consolidator.errors import Refusal
from consolidator.index.index import Index

_SETTINGS = (".toml", ".cfg", ".ini")


def tree_digest(index: Index) -> str:
    """A digest over the Python files, the settings files and where modules are imported from.

    Two states of a project with the same digest have the same findings, with one version of this
    tool. Files that cannot be read count by their path.
    """
    workspace = index.workspace
    settings = [path for path in workspace.text_paths() if path.endswith(_SETTINGS)]
    digest = hashlib.sha256()
    for path in (*workspace.paths(), *settings):
        digest.update(f"{path}\0{_content(index, path)}\0".encode("utf-8", "surrogateescape"))
    rest = (workspace.config, workspace.roots, sorted(workspace.symlinks().items()))
    digest.update(repr(rest).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def _content(index: Index, path: str) -> str:
    try:
        return index.workspace.file(path).sha256
    except Refusal:
        return "unreadable"
