"""How a transaction runs, and how it is taken back.

1. *Prepared*: the contents of all files, before and after, are in the journal.
2. The new contents are written to temporary files beside their targets. Most of what can fail,
   fails here, where no file of the project has been touched.
3. *Applying*: the targets are checked a last time, then only renames and removals are left.
4. *Done*, or, after an error, *rolled back* from the saved contents.

Every step is on disk before the next one relies on it, so a run that is killed at any moment leaves
a state from which `settle` or `discard` reaches all-before or all-after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from consolidator.apply.guards import current_digest, mismatches
from consolidator.apply.job import (
    Job,
    Step,
    advance,
    contents,
    make_directories,
    prepare,
    remove_empty,
    remove_temporaries,
    sync_directories,
)
from consolidator.apply.journal import Journal, remove_folder
from consolidator.apply.manifest import Manifest, State
from consolidator.apply.problems import about_file, reason, refusal
from consolidator.errors import Problem, Refusal
from consolidator.workspace.changes import FileChange

_HANDLED = (Exception, KeyboardInterrupt)
"""What is taken back at once; after anything harder, as after a kill, `recover` does it."""


def execute(
    journal: Journal,
    root: Path,
    changes: Sequence[FileChange],
    title: str,
    undone: Manifest | None = None,
) -> Job:
    """Make the changes, all or none. The caller holds the lock and has checked the guards.

    Raises `Refusal`: `journal-unwritable`, `changed-meanwhile` (`undo-conflict` for an undo) or
    `write-failed`, with the tree as before; `interrupted` when even taking back failed.
    """
    job = prepare(journal, root, changes, title, undone)
    try:
        _stage(job, changes)
        job = advance(job, State.APPLYING)
        _check(job)
    except _HANDLED as error:
        _take_back(discard, job, error)
    try:
        _replace(job)
        return _complete(job)
    except _HANDLED as error:
        _take_back(_roll_back, job, error)


def settle(job: Job) -> Job:
    """Finish an interrupted transaction if only the record of it is missing, else roll it back.

    Raises `Refusal` `recover-conflict`, having touched nothing, when a file is neither as before
    nor as after; `OSError` when the file system fails, and then it can be tried again.
    """
    is_all_after = all(_digest(job, step) == step.entry.after for step in job.steps)
    return _complete(job) if is_all_after else _roll_back(job)


def discard(job: Job) -> None:
    """Forget a transaction that has replaced no file of the project."""
    if job.manifest.state is State.APPLYING:  # a kill from here on must not look like one midway
        job = advance(job, State.PREPARED)
    remove_temporaries(job)
    remove_empty(job, job.manifest.made)
    remove_folder(job.disk, job.folder)


def _stage(job: Job, changes: Sequence[FileChange]) -> None:
    """Write the new contents beside their targets."""
    wanted = {change.path: change.after for change in changes}
    for step in job.steps:
        data = wanted[step.entry.path]
        if data is not None:
            _write_temporary(job, step, data)


def _write_temporary(job: Job, step: Step, data: bytes) -> None:
    make_directories(job, step.target)
    is_new = not step.target.exists()
    job.disk.create(step.temporary, data, step.entry.mode if is_new else 0o600)
    if not is_new:
        job.disk.copy_attributes(step.target, step.temporary)
    job.disk.sync_file(step.temporary)


def _check(job: Job) -> None:
    """Refuse if a file was changed since the guards were checked."""
    wanted = {step.entry.path: step.entry.before for step in job.steps}
    code = "undo-conflict" if job.manifest.undoes else "changed-meanwhile"
    problems = mismatches(wanted, lambda path: current_digest(job.disk, job.root, path), code)
    if problems:
        raise Refusal(problems)


def _replace(job: Job) -> None:
    for step in job.steps:
        if step.entry.after is None:
            job.disk.unlink(step.target)
        else:
            job.disk.replace(step.temporary, step.target)


def _complete(job: Job) -> Job:
    remove_temporaries(job)
    remove_empty(job, job.manifest.left)
    sync_directories(job)
    return advance(job, State.DONE)


def _roll_back(job: Job) -> Job:
    """Put back every file that was replaced, the last one first."""
    found = [(step, _digest(job, step)) for step in job.steps]
    strange = [step for step, now in found if now not in (step.entry.before, step.entry.after)]
    if strange:
        raise Refusal([_conflict(step) for step in strange])
    remove_temporaries(job)
    for step, now in reversed(found):
        if now != step.entry.before:
            _restore(job, step)
    remove_empty(job, job.manifest.made)
    sync_directories(job)
    return advance(job, State.ROLLED_BACK)


def _restore(job: Job, step: Step) -> None:
    data = contents(job, step.blob_before, step.entry.before)
    if data is None:
        job.disk.unlink(step.target)
    else:
        _write_temporary(job, step, data)
        job.disk.replace(step.temporary, step.target)


def _digest(job: Job, step: Step) -> str | None:
    return current_digest(job.disk, job.root, step.entry.path)


def _conflict(step: Step) -> Problem:
    sides = ((step.entry.before, step.blob_before), (step.entry.after, step.blob_after))
    before, after = (str(blob) if hashed else "no file" for hashed, blob in sides)
    return about_file(
        "recover-conflict",
        step.entry.path,
        f"{step.entry.path} was edited after a change was interrupted "
        f"(before the change: {before}; after it: {after})",
        "make it one of these two, then run `consolidate recover` again",
    )


def _take_back(how: Callable[[Job], object], job: Job, error: BaseException) -> NoReturn:
    """Undo what was done so far, then say why."""
    try:
        how(job)
    except (OSError, Refusal) as second:
        raise refusal(
            "interrupted",
            f"could not write ({reason(error)}), nor put everything back ({reason(second)})",
            "mend the cause, then run `consolidate recover`",
        ) from error
    if not isinstance(error, OSError):
        raise error
    raise refusal(
        "write-failed",
        f"could not write ({reason(error)}); every file is as before",
        "mend the cause, then try again",
    ) from error
