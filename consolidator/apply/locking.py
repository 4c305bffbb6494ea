"""One writer at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from consolidator.apply.journal import Journal, put, remove_file, unwritable
from consolidator.apply.problems import refusal
from consolidator.errors import Refusal

_PATIENCE = 1.0
"""Seconds to wait for a run that is about to finish."""


@contextmanager
def locked(journal: Journal) -> Iterator[None]:
    """Hold the journal, which is made if missing.

    Raises `Refusal`: `locked` with the process that holds it, `journal-unwritable`.
    The operating system gives the lock back when the process dies.
    """
    lock = FileLock(journal.directory / "lock")
    try:
        _make_directory(journal)
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        raise _locked(journal) from None
    except (OSError, NotImplementedError) as error:
        raise unwritable(journal, error) from error
    try:
        _take_over(journal)
        yield
    finally:
        try:
            with suppress(OSError):
                remove_file(journal.disk, _holder(journal))
        finally:
            lock.release()


def _make_directory(journal: Journal) -> None:
    if journal.directory.is_symlink():
        raise OSError(f"{journal.directory} is a symbolic link")
    if not journal.directory.is_dir():
        with suppress(FileExistsError):  # another run was quicker
            journal.disk.make_directory(journal.directory)
        journal.disk.sync_directory(journal.directory.parent)


def _take_over(journal: Journal) -> None:
    """Say who holds the lock, beside the lock file: taking a lock may empty that."""
    started = datetime.now().astimezone().isoformat(" ", "seconds")
    ignore = journal.directory / ".gitignore"
    try:
        remove_file(journal.disk, _holder(journal))
        journal.disk.create(_holder(journal), f"process {os.getpid()} since {started}".encode())
        if journal.is_in_tree and not ignore.exists():
            put(journal.disk, ignore, b"*\n")
    except OSError as error:
        raise unwritable(journal, error) from error


def _holder(journal: Journal) -> Path:
    return journal.directory / "holder"


def _locked(journal: Journal) -> Refusal:
    who = "a process that did not say who it is"
    with suppress(OSError):
        who = journal.disk.read(_holder(journal)).decode(errors="replace") or who
    return refusal(
        "locked",
        f"another run is writing to this project: {who}",
        "wait until it has finished, then try again",
    )
