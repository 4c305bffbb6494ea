"""Taking a change back, as a change of its own: undone again, it is made again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from consolidator.apply.disk import Disk
from consolidator.apply.engine import execute
from consolidator.apply.guards import current_digest, mismatches, path_problems
from consolidator.apply.history import Transaction, transaction_of, undone_by
from consolidator.apply.job import Job, contents, job_of
from consolidator.apply.journal import Journal, locate, manifests
from consolidator.apply.locking import locked
from consolidator.apply.manifest import State
from consolidator.apply.problems import refusal
from consolidator.apply.recovery import refuse_unsettled, tidy
from consolidator.errors import Refusal, UsageError
from consolidator.workspace.changes import FileChange


def undo(root: Path, transaction_id: str | None = None, disk: Disk | None = None) -> Transaction:
    """Restore every byte, mode and directory as before a transaction; the record of doing so.

    Without an id (or the unique beginning of one) it takes the latest change that is neither undone
    nor itself an undo; undoing an undo by its id makes the change again. Raises `UsageError` for an
    unknown id, and `Refusal` with the tree untouched: `nothing-to-undo`, `undo-conflict` when a
    file is not as the transaction left it, and those of `write`.
    """
    root = root.resolve()
    journal = locate(root, disk or Disk())
    refuse_unsettled(journal)
    _choose(journal, root, transaction_id)  # refuses before a journal is made in vain
    with locked(journal):
        tidy(journal)
        chosen = _choose(journal, root, transaction_id)
        changes = _inverse(chosen)
        job = execute(journal, root, changes, f"undo: {chosen.manifest.title}", chosen.manifest)
    return transaction_of(job.folder, job.manifest)


def _choose(journal: Journal, root: Path, wanted: str | None) -> Job:
    """The transaction to undo."""
    found = list(manifests(journal))
    undone = undone_by(manifest for _, manifest in found)
    jobs = [
        job_of(journal, folder, manifest)
        for folder, manifest in found
        if journal.tree / manifest.root == root and manifest.state is State.DONE
    ]
    if wanted is not None:
        return _named(jobs, wanted, undone.keys())
    for job in reversed(jobs):
        if not job.manifest.undoes and job.manifest.id not in undone:
            return job
    raise refusal("nothing-to-undo", "there is no change to undo", "see `consolidate log`")


def _named(jobs: list[Job], wanted: str, undone: Iterable[str]) -> Job:
    fitting = [job for job in jobs if job.manifest.id.startswith(wanted)]
    if len(fitting) != 1:
        raise UsageError(
            f"{len(fitting) or 'no'} changes begin with {wanted!r}; see `consolidate log`"
        )
    if fitting[0].manifest.id in undone:
        message = f"{wanted} is undone already"
        raise refusal("nothing-to-undo", message, "to make it again, undo its undo")
    return fitting[0]


def _inverse(job: Job) -> list[FileChange]:
    """The changes that take a transaction back; `Refusal` unless all is as it left it."""
    wanted = {step.entry.path: step.entry.after for step in job.steps}
    problems = path_problems(job.root, wanted) or mismatches(
        wanted, lambda path: current_digest(job.disk, job.root, path), "undo-conflict"
    )
    if problems:
        raise Refusal(problems)
    return [  # from the saved bytes, so that a last check can hold the files against them
        FileChange(
            step.entry.path,
            contents(job, step.blob_after, step.entry.after),
            contents(job, step.blob_before, step.entry.before),
            step.entry.mode,
        )
        for step in job.steps
    ]
