"""One transaction at work: its manifest, where it is recorded, and the tree it changes."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from stat import S_IMODE

from consolidator.apply.disk import Disk
from consolidator.apply.journal import (
    Journal,
    damaged,
    new_folder,
    remove_file,
    remove_folder,
    save,
    unwritable,
)
from consolidator.apply.manifest import Entry, Manifest, State, digest
from consolidator.apply.problems import reason
from consolidator.workspace.changes import FileChange

_PRIVATE = 0o600
"""The mode of saved contents: they may come from files that only their owner may read."""
_NOT_EMPTY = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT)


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a transaction: where it is, where its next contents wait, where all are saved."""

    entry: Entry
    target: Path
    temporary: Path
    blob_before: Path
    blob_after: Path


@dataclass(frozen=True, slots=True)
class Job:
    """A recorded transaction, with the tree that it changes."""

    manifest: Manifest
    folder: Path
    root: Path
    disk: Disk

    @property
    def steps(self) -> list[Step]:
        """Its files, in the order in which they are replaced."""
        return [self._step(*numbered) for numbered in enumerate(self.manifest.files)]

    def _step(self, number: int, entry: Entry) -> Step:
        target = self.root / entry.path
        temporary = target.with_name(f".consolidate-{self.manifest.id}-{number:04}.tmp")
        blob = self.folder / f"{number:04}"
        return Step(
            entry, target, temporary, blob.with_suffix(".before"), blob.with_suffix(".after")
        )


def job_of(journal: Journal, folder: Path, manifest: Manifest) -> Job:
    """The job of a transaction that is in the journal."""
    return Job(manifest, folder, journal.tree / manifest.root, journal.disk)


def advance(job: Job, state: State) -> Job:
    """Record how far the transaction has come."""
    manifest = job.manifest.at(state)
    save(job.disk, job.folder, manifest)
    return replace(job, manifest=manifest)


def prepare(
    journal: Journal,
    root: Path,
    changes: Sequence[FileChange],
    title: str,
    undone: Manifest | None = None,
) -> Job:
    """Record a transaction with all contents, so that it can be finished or taken back.

    `undone` is the transaction that this one undoes. Raises `Refusal` `journal-unwritable`.
    """
    ordered = sorted(changes, key=_rank)
    folder = new_folder(journal)
    try:
        manifest = Manifest(
            id=folder.name,
            title=title.encode(errors="replace").decode(),
            date=datetime.now().astimezone().isoformat(timespec="seconds"),
            root=root.relative_to(journal.tree).as_posix(),
            state=State.PREPARED,
            undoes=undone.id if undone else None,
            files=tuple(_entry(root, change) for change in ordered),
            made=tuple(_missing_directories(root, ordered)),
            left=undone.made if undone else (),
        )
        return _record(Job(manifest, folder, root, journal.disk), ordered)
    except OSError as error:
        with suppress(OSError):
            remove_folder(journal.disk, folder)
        raise unwritable(journal, error) from error


def _rank(change: FileChange) -> tuple[int, str]:
    """New files first and deletions last, so that no reader misses what has only moved."""
    return 0 if change.before is None else 2 if change.after is None else 1, change.path


def _entry(root: Path, change: FileChange) -> Entry:
    mode = change.mode
    if change.before is not None:
        mode = S_IMODE((root / change.path).stat().st_mode)
    before, after = digest(change.before), digest(change.after)
    return Entry(path=change.path, before=before, after=after, mode=mode)


def _missing_directories(root: Path, changes: Iterable[FileChange]) -> list[str]:
    """The directories to make, parents first."""
    parents = {
        parent
        for change in changes
        if change.after is not None
        for parent in PurePosixPath(change.path).parents
    }
    return sorted(str(parent) for parent in parents if not (root / parent).exists())


def _record(job: Job, changes: Iterable[FileChange]) -> Job:
    job.disk.make_directory(job.folder)
    for step, change in zip(job.steps, changes, strict=True):
        for blob, data in ((step.blob_before, change.before), (step.blob_after, change.after)):
            if data is not None:
                job.disk.create(blob, data, _PRIVATE)
                job.disk.sync_file(blob)
    save(job.disk, job.folder, job.manifest)  # which syncs the folder
    job.disk.sync_directory(job.folder.parent)
    return job


def contents(job: Job, blob: Path, hashed: str | None) -> bytes | None:
    """Saved bytes, held against their hash; `Refusal` `journal-damaged` when they are not those."""
    if hashed is None:
        return None
    try:
        data = job.disk.read(blob)
    except OSError as error:
        raise damaged(blob, reason(error)) from error
    if digest(data) != hashed:
        raise damaged(blob, "its bytes are not those that were saved")
    return data


def remove_temporaries(job: Job) -> None:
    """Remove the files that wait to be renamed."""
    for step in job.steps:
        remove_file(job.disk, step.temporary)


def remove_empty(job: Job, directories: Sequence[str]) -> None:
    """Remove those of the directories, children first, that are there and empty."""
    for directory in reversed(directories):
        path = job.root / directory
        if path.is_symlink() or not path.is_dir():
            continue
        try:
            job.disk.remove_directory(path)
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise


def make_directories(job: Job, path: Path) -> None:
    """Make the directories that are missing above a file of the project."""
    for parent in reversed(path.parents):
        if not parent.is_dir():
            job.disk.make_directory(parent)


def sync_directories(job: Job) -> None:
    """Make every rename, removal and new directory of the transaction survive a power cut."""
    for directory in sorted(set(_touched_directories(job))):
        if directory.is_dir():
            job.disk.sync_directory(directory)


def _touched_directories(job: Job) -> Iterator[Path]:
    for step in job.steps:
        yield step.target.parent
    for directory in (*job.manifest.made, *job.manifest.left):
        yield (job.root / directory).parent
