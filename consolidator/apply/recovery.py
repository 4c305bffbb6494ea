"""After an interruption: bring the tree to all-before or all-after."""

from __future__ import annotations

from pathlib import Path

from consolidator.apply.disk import Disk
from consolidator.apply.engine import discard, settle
from consolidator.apply.history import Transaction, transaction_of
from consolidator.apply.job import job_of
from consolidator.apply.journal import (
    Journal,
    folders,
    locate,
    manifest_in,
    manifests,
    remove_folder,
    unwritable,
)
from consolidator.apply.locking import locked
from consolidator.apply.manifest import Manifest, State
from consolidator.apply.problems import reason, refusal


def recover(root: Path, disk: Disk | None = None) -> list[Transaction]:
    """Settle what was interrupted in the journal of `root`; what became of each, oldest first.

    It can be interrupted and run again at will. Raises `Refusal`: `recover-conflict`, having
    touched nothing, when a file was edited since; `interrupted` when the file system fails;
    `locked`, `journal-unwritable`, `journal-damaged`.
    """
    journal = locate(root.resolve(), disk or Disk())
    if not folders(journal):
        return []
    with locked(journal):
        try:
            found = [_recovered(journal, folder) for folder in folders(journal)]
        except OSError as error:
            raise refusal(
                "interrupted",
                f"an interrupted change cannot be recovered ({reason(error)})",
                "mend the cause, then run `consolidate recover` again",
            ) from error
    return [transaction for transaction in found if transaction is not None]


def _recovered(journal: Journal, folder: Path) -> Transaction | None:
    manifest = manifest_in(journal, folder)
    if manifest is None:
        remove_folder(journal.disk, folder)
        return None
    job = job_of(journal, folder, manifest)
    if manifest.state is State.APPLYING:
        return transaction_of(folder, settle(job).manifest)
    if manifest.state is State.PREPARED:
        discard(job)
        return transaction_of(folder, manifest)
    return None


def require_settled(root: Path, disk: Disk | None = None) -> None:
    """Raise `Refusal` if the tree may be half changed: `interrupted`, or `locked` by a writer.

    Only reads, unless it finds something unfinished.
    """
    refuse_unsettled(locate(root.resolve(), disk or Disk()))


def refuse_unsettled(journal: Journal) -> None:
    """The same for a journal that is at hand; the caller does not hold the lock."""
    try:
        unsettled = any(manifest.state is State.APPLYING for _, manifest in manifests(journal))
    except OSError as error:
        raise unwritable(journal, error) from error
    if unsettled:
        with locked(journal):
            tidy(journal)


def tidy(journal: Journal) -> None:
    """Clear away what never touched a file of the project; the caller holds the lock.

    Raises `Refusal` `interrupted` when there is more than that.
    """
    try:
        for folder in folders(journal):
            manifest = manifest_in(journal, folder)
            if manifest is None:
                remove_folder(journal.disk, folder)
            elif manifest.state is State.PREPARED:
                discard(job_of(journal, folder, manifest))
            elif manifest.state is State.APPLYING:
                raise _interrupted(manifest)
    except OSError as error:
        raise unwritable(journal, error) from error


def _interrupted(manifest: Manifest) -> Exception:
    return refusal(
        "interrupted",
        f"{manifest.title!r} of {manifest.date} was interrupted while it wrote",
        "run `consolidate recover`",
    )
