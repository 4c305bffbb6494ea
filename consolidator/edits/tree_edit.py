"""A change of some files for another reason than a move: not yet proved, not yet written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from consolidator.edits.references import Reference
from consolidator.errors import Problem
from consolidator.index.index import Index
from consolidator.names import QualifiedName
from consolidator.workspace import SourceFile, Workspace


@dataclass(frozen=True)
class TreeEdit:
    """New texts by path, and what they are for."""

    index: Index = field(repr=False)
    summary: str
    """`merged AsyncCache: members retry, close`, for a person."""
    texts: Mapping[str, str] = field(repr=False)
    references: tuple[Reference, ...] = ()
    warnings: tuple[Problem, ...] = ()
    grown: QualifiedName | None = None
    """The class that gains members; nothing else but imports and helpers may change."""
    arrived: frozenset[str] = frozenset()
    """The helpers that stand in its module from now on."""
    unbound: frozenset[str] = frozenset()
    """The names that files are to bind no longer."""

    modules: Mapping[str, str] = field(default_factory=dict)
    """What stands for a module from now on, by the name that it was asked for."""

    def changes(self) -> dict[str, bytes]:
        """The bytes to write, by path; only of files that differ."""
        return changed_bytes(self.index.workspace, self.texts)

    def after(self) -> Workspace:
        """The workspace as it would be."""
        return self.index.workspace.with_changes(self.changes())


def changed_bytes(workspace: Workspace, texts: Mapping[str, str]) -> dict[str, bytes]:
    """The bytes of the texts in the encoding of each file; only where they differ."""
    found: dict[str, bytes] = {}
    for path, text in texts.items():
        file = workspace.file(path) if workspace.has(path) else SourceFile(path, b"")
        data = file.encode(text)
        if not workspace.has(path) or data != file.data:
            found[path] = data
    return found
