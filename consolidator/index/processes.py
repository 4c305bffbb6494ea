"""Forked processes: they inherit what they work on, and send back what they find."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

_TICKET = 4  # bytes
MOST = 10_000  # so many tickets a pipe holds, and some more


def can_fork() -> bool:
    """Whether processes can be forked: where that is safe, and beside no thread."""
    return sys.platform == "linux" and threading.active_count() == 1


def available_cores() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, eq=False)
class Child:
    """A forked process and where its answers come from; nothing comes any more once it has ended.

    When nobody waits for its answers, it ends at the next.
    """

    process: Any
    receiver: Connection

    def answer(self) -> Any:
        """Its next answer; `EOFError` when there is none."""
        return pickle.loads(self.receiver.recv_bytes())

    def leave(self) -> None:
        """Wait for no more answers."""
        self.receiver.close()
        self.process.join()


def fork(work: Callable[[], Iterator[Any]], others: Sequence[Child] = ()) -> Child:
    """Start a process that sends what `work` yields; raises `OSError` when there can be none.

    An exception ends it without a word: do the work again to see. `others` are its siblings.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    theirs = [receiver, *(child.receiver for child in others)]
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_serve, args=(work, sender, theirs))
    try:
        process.start()
    finally:
        sender.close()
    return Child(process, receiver)


def _serve(work: Callable[[], Iterator[Any]], sender: Connection, theirs: list[Connection]) -> None:
    gc.disable()  # as in the process that the command started
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    for receiver in theirs:
        receiver.close()
    with suppress(Exception):
        for answer in work():
            sender.send_bytes(pickle.dumps(answer))


def forked(work: Callable[[int], Any], count: int, processes: int) -> Iterator[tuple[int, Any]]:
    """What `work` makes of each number below `count`, as it is done by so many processes.

    There can be `MOST` numbers. One is missing when its process came to grief. Raises `OSError`
    when there can be no processes.
    """
    tickets = _tickets(count)

    def draw() -> Iterator[tuple[int, Any]]:
        while ticket := os.read(tickets, _TICKET):
            number = int.from_bytes(ticket)
            yield number, work(number)

    children: list[Child] = []
    try:
        for _ in range(processes):
            children.append(fork(draw, children))
        yield from _answers(children)
    finally:
        os.close(tickets)
        for child in children:
            child.leave()


def _tickets(count: int) -> int:
    """A pipe to draw each number from once, whoever draws."""
    tickets, sender = os.pipe()
    os.write(sender, b"".join(number.to_bytes(_TICKET) for number in range(count)))
    os.close(sender)
    return tickets


def _answers(children: Sequence[Child]) -> Iterator[Any]:
    working = {child.receiver: child for child in children}
    while working:
        for receiver in wait(list(working)):
            try:
                yield working[receiver].answer()  # type: ignore[index]
            except (EOFError, OSError):
                del working[receiver]  # type: ignore[arg-type]
