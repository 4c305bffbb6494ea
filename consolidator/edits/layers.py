"""Layer inversions: a new import between top-level packages against one that exists already."""

from __future__ import annotations

from consolidator.index.import_graph import eager_imports
from consolidator.index.index import Index
from consolidator.names import ModuleName


def inverts_layers(index: Index, importer: ModuleName, imported: ModuleName) -> bool:
    """Whether `importer` importing `imported` at import time would turn a dependency around.

    That is so when some module of the imported top-level package imports the importer's, and none
    goes the other way yet.
    """
    if importer.top == imported.top or not index.workspace.is_first_party(imported.top):
        return False
    return _depends(index, imported.top, importer.top) and not _depends(
        index, importer.top, imported.top
    )


def _depends(index: Index, package: str, other: str) -> bool:
    """Whether a module of `package` imports something of `other` when it is imported."""
    for file in index.workspace.mentioning({other}):
        name = index.workspace.module_of(file.path)
        if name is None or name.top != package:
            continue
        is_package = file.path.rpartition("/")[2].startswith("__init__.")
        imports = eager_imports(file.data, name, is_package)
        if any(target.top == other for target in imports):
            return True
    return False
