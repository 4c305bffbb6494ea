"""Source roots: the directories whose content is imported by top-level names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceRoot:
    """A directory that stands on the import path, and why it is taken for one.

    `directory` is relative to the project root, "" for the project root itself. `package` is the
    dotted name that the directory itself bears; empty for an ordinary entry of the import path.
    `takes_new` says whether a new top-level module may be made here without being told so.
    """

    directory: str
    origin: str
    package: str = ""
    takes_new: bool = True


@dataclass(frozen=True)
class Tree:
    """What the search for roots may look at: the Python files, all project files, and a reader."""

    root: Path
    python: tuple[str, ...]
    has: Callable[[str], bool]
    read: Callable[[str], bytes]
    settings_files: tuple[str, ...] = ()


def find_root(start: Path) -> Path:
    """The nearest directory upward with a pyproject.toml or .git; `start` when there is none."""
    start = start.absolute()
    if not start.is_dir():
        start = start.parent
    for directory in (start, *start.parents):
        if (directory / "pyproject.toml").exists() or (directory / ".git").exists():
            return directory
    return start


def find_roots(tree: Tree, configured: Collection[str]) -> tuple[SourceRoot, ...]:
    """The source roots of the project, in the order in which they were found."""
    found: dict[str, SourceRoot] = {}
    for directory in configured:
        clean = "/".join(part for part in directory.split("/") if part not in ("", "."))
        found.setdefault(clean, SourceRoot(clean, "roots in [tool.consolidate]"))
    if found:
        return tuple(found.values())
    if any(path.startswith("src/") for path in tree.python) and not tree.has("src/__init__.py"):
        found["src"] = SourceRoot("src", "src layout")
    found[""] = SourceRoot("", "the project root", takes_new=not found)
    return tuple(found.values())
