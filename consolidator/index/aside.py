"""Work done in a process of its own, beside what this one does meanwhile."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from consolidator.index.extraction import available_cores, can_fork
from consolidator.index.index import Index

Result = TypeVar("Result")


def aside(index: Index, work: Callable[[], Result]) -> Callable[[], Result]:
    """Start some work on an index; what is returned waits for it and gives its result.

    The result must survive pickling. What the work finds out about files, which it keeps in the
    cache or cannot read, is known here afterwards. Where no process can be forked, or when it comes
    to grief, the work is done here when its result is asked for.
    """
    if not can_fork() or available_cores() < 2:
        return work
    index.cache.save()  # so that the other process finds it
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_work, args=(index, work, sender))
    try:
        process.start()
    except OSError:
        return work
    sender.close()

    def result() -> Result:
        try:
            found, kept, unreadable = pickle.loads(receiver.recv_bytes())
        except (EOFError, OSError):
            return work()  # a defect shows here
        finally:
            receiver.close()
            process.join()
        index.cache.keep(kept)
        index.unreadable.update(unreadable)
        return found  # type: ignore[no-any-return]

    return result


def _work(index: Index, work: Callable[[], Any], sender: Connection) -> None:
    index.cache.reopen()
    try:
        found = work()
    except Exception:
        return  # the other process tries again, and shows why
    sender.send_bytes(pickle.dumps((found, index.cache.unsaved, index.unreadable)))
