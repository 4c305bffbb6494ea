"""Work done in a process of its own, beside what this one does meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from consolidator.index.index import Index
from consolidator.index.processes import available_cores, can_fork, fork

Result = TypeVar("Result")


def aside(index: Index, work: Callable[[], Result]) -> Callable[[], Result]:
    """Start some work on an index; what is returned waits for it and gives its result.

    The result must survive pickling. What the work finds out about files, which it keeps in the
    cache or cannot read, is known here afterwards. Where no process can be forked, or when it comes
    to grief, the work is done here when its result is asked for.
    """
    if not can_fork() or available_cores() < 2:
        return work

    def answers() -> Iterator[Any]:
        index.cache.reopen()
        yield work(), index.cache.unsaved, index.unreadable

    index.cache.save()  # so that the other process finds it
    try:
        child = fork(answers)
    except OSError:
        return work

    def result() -> Result:
        try:
            found, kept, unreadable = child.answer()
        except (EOFError, OSError):
            return work()  # a defect shows here
        finally:
            child.leave()
        index.cache.keep(kept)
        index.unreadable.update(unreadable)
        return found  # type: ignore[no-any-return]

    return result
