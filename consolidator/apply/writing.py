"""Making a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from consolidator.apply.disk import Disk
from consolidator.apply.engine import execute
from consolidator.apply.guards import content_problems, path_problems
from consolidator.apply.history import Transaction, transaction_of
from consolidator.apply.journal import locate
from consolidator.apply.locking import locked
from consolidator.apply.recovery import refuse_unsettled, tidy
from consolidator.errors import Problem, Refusal
from consolidator.workspace.changes import FileChange


def write(
    root: Path,
    changes: Sequence[FileChange],
    title: str,
    expected: Mapping[str, str],
    disk: Disk | None = None,
) -> Transaction:
    """Make all changes to the project at `root`, or none, and record them in the journal.

    `expected` has the SHA-256 of every file that the plan rests on. Raises `ValueError` when there
    is nothing to change or a path comes twice, and `Refusal` with the tree untouched:
    `outside-root`, `path-not-utf8`, `symlink`, `hard-link`, `read-only` for files that are not
    written, `changed-meanwhile`, `locked`, `interrupted`, `journal-unwritable`, `journal-damaged`,
    `write-failed`.
    """
    root = root.resolve()
    disk = disk or Disk()
    changes = [change for change in changes if change.before != change.after]
    if not changes or len({change.path for change in changes}) < len(changes):
        raise ValueError("changes must be some, and one for each path")
    journal = locate(root, disk)
    _refuse(path_problems(root, [change.path for change in changes]))
    refuse_unsettled(journal)
    _refuse(content_problems(disk, root, changes, expected))  # before a journal is made in vain
    with locked(journal):
        tidy(journal)
        _refuse(content_problems(disk, root, changes, expected))
        job = execute(journal, root, changes, title)
    return transaction_of(job.folder, job.manifest)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Refusal(problems)
