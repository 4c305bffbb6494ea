"""Progress on a terminal, for what takes more than a second."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from consolidator.cli.common import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

    from consolidator.index.index import Progress

_PATIENCE = 1.0  # seconds without a word
_BETWEEN = 0.1  # seconds from one drawing to the next


@contextmanager
def progress_on_terminal() -> Iterator[Progress]:
    """What to tell of progress; it is shown on standard error if that is a terminal.

    What is shown goes away in the end.
    """
    shown = _Shown(console())
    try:
        yield shown.tell
    finally:
        shown.close()


class _Shown:
    def __init__(self, screen: Console) -> None:
        self.screen = screen
        self.process = os.getpid()
        self.started = self.drawn = time.monotonic()
        self.bars: Bars | None = None

    def tell(self, what: str, done: int, total: int) -> None:
        if os.getpid() != self.process:
            return  # what a forked process does is part of it
        now = time.monotonic()
        if self.bars is None:
            if not self.screen.file.isatty() or now - self.started < _PATIENCE:
                return
            self.bars = _bars(self.screen)
            self.bars.start()
            self.bars.add_task(what)
        task = self.bars.tasks[0].id
        self.bars.update(task, description=what, completed=done, total=total)
        if now - self.drawn > _BETWEEN:
            self.drawn = now
            self.bars.refresh()

    def close(self) -> None:
        if self.bars is not None:
            self.bars.stop()


def _bars(screen: Console) -> Bars:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    # No thread draws: processes are forked meanwhile.
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=screen,
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
