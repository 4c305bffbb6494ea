"""Packages that other distributions put modules into: `google`, or one that extends its path."""

from __future__ import annotations

import re

from consolidator.index.index import Index
from consolidator.names import ModuleName

_EXTENDED = re.compile(rb"\b(?:extend_path|declare_namespace)\(")


def absent_from_shared(index: Index, name: ModuleName) -> ModuleName | None:
    """The module that an import needs and the project lacks, in a package that others share.

    from google.rpc import code_pb2     # google.rpc, where the project has google.api alone
    """
    chain = (*name.ancestors(), name)
    absent = next((each for each in chain if not index.workspace.is_first_party(each)), None)
    if absent is None or not absent.parent or not _is_shared(index, absent.parent):
        return None
    return None if _is_compiled(index, absent) or _is_bound(index, absent) else absent


def _is_shared(index: Index, package: ModuleName) -> bool:
    """Whether a package is a directory without `__init__`, not inside another, or says so."""
    path = index.workspace.path_of(package)
    if path is None:
        return all(index.workspace.path_of(each) is None for each in package.ancestors())
    initial = path.rpartition("/")[2] == "__init__.py"
    return initial and _EXTENDED.search(index.workspace.file(path).data) is not None


def _is_compiled(index: Index, module: ModuleName) -> bool:
    """Whether it lies there as a library: `google/_fast.abi3.so`."""
    workspace = index.workspace
    folders = [
        workspace.root.joinpath(root.directory, *module.parent.split("."))
        for root in workspace.roots
    ]
    return any(any(folder.glob(f"{module.tail}.*")) for folder in folders if folder.is_dir())


def _is_bound(index: Index, name: ModuleName) -> bool:
    """Whether a package has the name from its own statements."""
    return index.binds(name.parent, name.tail) is True
