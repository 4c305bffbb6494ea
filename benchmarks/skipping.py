"""Switch preconditions of consolidate off, in a process that runs one command and ends.

A refusal is needless if what comes out without the precondition works all the same. What
`--accept` helps with needs nothing of this; the import simulation and the proof can only be
switched off from within.
"""

from __future__ import annotations

import json
import os
import signal
import zipfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from consolidator.edits.draft import Draft
    from consolidator.index.import_order import NewTrouble
    from consolidator.pipeline import Preview

MOST_TROUBLES = 200
"""Failures of a draft to note: each names modules that the judge has to import."""


def skip_preconditions(*, folder: str, drafts: int, proof: bool) -> None:
    """Carry out also the first drafts that add import failures; with `proof` False prove nothing.

    What comes of draft 3 stands in the folder: `3.json` says how it was made and what was held
    against it, `3.zip` holds the files that would be written, if it came that far.
    """
    from consolidator.edits import search
    from consolidator.pipeline import moving

    search.import_trouble = _Taking(Path(folder), drafts)  # type: ignore[assignment]
    if not proof:
        moving.prove = lambda draft: None


class _Taking:
    """Stands in for the import simulation: in a child, it finds nothing wrong with a draft."""

    def __init__(self, folder: Path, most: int) -> None:
        from consolidator.edits.import_trouble import import_trouble

        self._folder, self._most = folder, most
        self._simulated = import_trouble
        self._seen: list[object] = []
        self._is_child = False

    def __call__(self, draft: Draft) -> list[NewTrouble]:
        trouble = self._simulated(draft)
        written = draft.changes()
        known = written in self._seen  # strategies may differ and write the same
        if not trouble or known or self._is_child or len(self._seen) == self._most:
            return trouble
        number = len(self._seen)
        self._seen.append(written)
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            return trouble
        self._is_child = True
        signal.setitimer(signal.ITIMER_REAL, left)
        self._become(draft, trouble, number)
        return []

    def _become(self, draft: Draft, trouble: list[NewTrouble], number: int) -> None:
        """From here on the process writes no tree: what it would write is kept."""
        from consolidator import pipeline

        def keep(preview: Preview, title: str) -> None:
            with zipfile.ZipFile(self._folder / f"{number}.zip", "w") as archive:
                for change in preview.changes:
                    assert change.after is not None, "a move removes no file"
                    archive.writestr(change.path, change.after)

        pipeline.execute = keep  # type: ignore[assignment]
        (self._folder / f"{number}.json").write_text(json.dumps(_noted(draft, trouble)))
        os.dup2(os.open(self._folder / f"{number}.out", os.O_WRONLY | os.O_CREAT), 1)


def _noted(draft: Draft, trouble: list[NewTrouble]) -> dict[str, Any]:
    """The way that is taken by force, and everything that the simulation holds against it.

    It is late if only a function that is called would fail: no import can show that.
    """
    from consolidator.edits.import_trouble import described, renaming, troubles

    every = troubles(draft.index, draft.changes(), renaming(draft))
    found = list(islice(every, MOST_TROUBLES))
    everything = found or trouble
    return {
        "strategy": str(draft.strategy),
        "reason": described(draft, trouble[0]).message,
        "first": _modules(everything[:1]),
        "modules": _modules(everything),
        "late": not found,
        "swallowed": all(item.swallowed for item in everything),
    }


def _modules(troubles: list[NewTrouble]) -> list[str]:
    """What failures concern: what is imported first, what fails, and what is between."""
    found = {name for item in troubles for name in (item.first, item.failure.module)}
    return sorted(found | {step.module for item in troubles for step in item.failure.chain})
