"""Where the journal lies, and what is in it: a folder for each transaction.

A folder holds `manifest.json` and the contents of every file before and after, as `0000.before`
and so on in the order of the manifest. The manifest comes last and goes first, so a folder without
one is the rest of something that never began or is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from consolidator.apply.disk import Disk
from consolidator.apply.manifest import Manifest, dump, load
from consolidator.apply.problems import reason, refusal
from consolidator.errors import Refusal

_FOLDER = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")
_CLOCK = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a work tree: its directory, and the tree that manifests' roots start from."""

    directory: Path
    tree: Path
    disk: Disk

    @property
    def is_in_tree(self) -> bool:
        """Whether it lies among the project's own files, for want of a git directory."""
        return self.directory.parent == self.tree


def locate(root: Path, disk: Disk) -> Journal:
    """The journal of the project at `root`, an absolute path without links; it need not exist.

    It is in the git directory, outside of what git tracks, or else in `.consolidate` below `root`.
    """
    for tree in (root, *root.parents):
        git = _git_directory(tree)
        if git is not None:
            return Journal(git / "consolidate", tree, disk)
    return Journal(root / ".consolidate", root, disk)


def _git_directory(tree: Path) -> Path | None:
    """The git directory of a work tree; a worktree or submodule has a file that names it."""
    found = tree / ".git"
    if found.is_file():
        with suppress(OSError, ValueError):
            word, _, place = found.read_text(encoding="utf-8").strip().partition(": ")
            found = tree / place if word == "gitdir" else found
    shared = (found / "objects").is_dir() or (found / "commondir").is_file()
    return found.resolve() if shared and (found / "HEAD").exists() else None


def folders(journal: Journal) -> list[Path]:
    """The folders of all transactions, the oldest first."""
    try:
        found = sorted(journal.directory.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise unwritable(journal, error) from error
    return [path for path in found if _FOLDER.fullmatch(path.name) and not path.is_symlink()]


def manifest_in(journal: Journal, folder: Path) -> Manifest | None:
    """The manifest in a folder, `None` if there is none; `Refusal` when it cannot be read."""
    path = folder / "manifest.json"
    try:
        manifest = load(journal.disk.read(path))
        if manifest.id != folder.name:
            raise ValueError(f"it is the record of {manifest.id}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise damaged(path, reason(error)) from error
    return manifest


def unwritable(journal: Journal, error: BaseException) -> Refusal:
    """The refusal for a journal that cannot be written."""
    return refusal(
        "journal-unwritable",
        f"cannot write the journal in {journal.directory} ({reason(error)})",
        "make it writable: nothing is changed that could not be undone",
    )


def damaged(path: Path, message: str) -> Refusal:
    """The refusal for a part of the journal that cannot be relied upon."""
    return refusal(
        "journal-damaged",
        f"{path} cannot be relied upon: {message}",
        f"if the project is as you want it, move {path.parent} away",
    )


def manifests(journal: Journal) -> Iterator[tuple[Path, Manifest]]:
    """Every folder that has a manifest, the oldest first."""
    for folder in folders(journal):
        manifest = manifest_in(journal, folder)
        if manifest is not None:
            yield folder, manifest


def new_folder(journal: Journal) -> Path:
    """The name of the next folder: after all others, also when the clock was set back."""
    now = datetime.now(UTC)
    latest = folders(journal)[-1:]
    if latest:
        last = datetime.strptime(latest[0].name[:21], _CLOCK).replace(tzinfo=UTC)
        now = max(now, last + timedelta(microseconds=1))
    return journal.directory / f"{now.strftime(_CLOCK)}-{uuid4().hex[:8]}"


def save(disk: Disk, folder: Path, manifest: Manifest) -> None:
    """Store the manifest, at once and for good."""
    put(disk, folder / "manifest.json", dump(manifest))


def put(disk: Disk, path: Path, data: bytes) -> None:
    """Write a file so that it is there in full, surviving a power cut, or as it was."""
    temporary = path.with_name(path.name + ".tmp")
    remove_file(disk, temporary)
    disk.create(temporary, data)
    disk.sync_file(temporary)
    disk.replace(temporary, path)
    disk.sync_directory(path.parent)


def remove_file(disk: Disk, path: Path) -> None:
    """Remove a file if it is there."""
    if path.exists() or path.is_symlink():
        disk.unlink(path)


def remove_folder(disk: Disk, folder: Path) -> None:
    """Remove a folder, its manifest first: from then on it counts for nothing."""
    remove_file(disk, folder / "manifest.json")
    if folder.is_dir():
        disk.sync_directory(folder)
        for path in sorted(folder.iterdir()):
            disk.unlink(path)
        disk.remove_directory(folder)
