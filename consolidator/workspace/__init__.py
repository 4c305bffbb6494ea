"""The project on disk as immutable values: configuration, source roots, files, module names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidator.workspace.roots import find_root
from consolidator.workspace.snapshot import Workspace
from consolidator.workspace.source_file import SourceFile
from consolidator.workspace.source_root import SourceRoot

if TYPE_CHECKING:
    from consolidator.workspace.config import Config

__all__ = ["Config", "SourceFile", "SourceRoot", "Workspace", "find_root"]


def __getattr__(name: str) -> object:
    # `Config` costs the import of pydantic, which `consolidate --version` need not pay.
    if name == "Config":
        from consolidator.workspace.config import Config

        return Config
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
