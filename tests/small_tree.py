"""Little projects as values: files by path, written below a directory and opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from consolidator.edits.draft import Draft, draft_move
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import survey
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.plan import Move, MoveOptions
from consolidator.workspace import SourceFile, Workspace


def plant(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files (texts are dedented) and return the root."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        data = content if isinstance(content, bytes) else dedent(content).encode()
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def opened(root: Path, files: Mapping[str, str | bytes]) -> Index:
    """The index of a project that holds exactly these files."""
    return Index(Workspace.open(plant(root / "project", files)))


def module_of(text: str, name: str = "mod", *, is_package: bool = False) -> Module:
    """A module that stands in no project."""
    path = f"{name}/__init__.py" if is_package else f"{name}.py"
    return Module(ModuleName(name), is_package, SourceFile(path, dedent(text).encode()))


def drafted(
    root: Path,
    files: Mapping[str, str | bytes],
    *names: str,
    source: str = "src",
    target: str = "dst",
    strategy: Strategy | None = None,
    options: MoveOptions | None = None,
) -> Draft:
    """The draft of one move in one strategy, by default the plainest."""
    move = Move(names, ModuleName(source), ModuleName(target))
    checked = survey(opened(root, files), move, options or MoveOptions())
    return draft_move(checked, strategy or Strategy())
