"""Results on disk: facts about moves as lines of JSON, and the files that the tools wrote."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import trees
from benchmarks.sample import Move
from benchmarks.slots import Slot
from benchmarks.tables import state


class Results:
    """The results file: one line a finding step, the last of a kind counts."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.folder = file.with_suffix("")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self.records: dict[str, dict[str, Any]] = {}
        for line in file.read_text().splitlines() if file.is_file() else ():
            self._merge(json.loads(line))

    def _merge(self, record: dict[str, Any]) -> None:
        if "attempt" in record:  # what was found about an earlier attempt counts no more
            self.records[record["key"]] = {}
        self.records.setdefault(record["key"], {}).update(record)

    def add(self, move: Move, **facts: Any) -> None:
        """Remember facts about a move, at once on disk."""
        record = {**move.record(), **facts}
        with self._lock:
            self._merge(record)
            with self.file.open("a") as lines:
                lines.write(json.dumps(record) + "\n")

    def forget(self, states: Sequence[str], verdicts: bool) -> None:
        """Drop moves that ended in one of these states, and all verdicts if so told."""
        for key, record in list(self.records.items()):
            if "attempt" in record and state(record) in states:
                del self.records[key]
            elif verdicts:
                record.pop("verdict", None)

    def has(self, move: Move, fact: str) -> bool:
        return fact in self.records.get(move.key, {})

    def outcome(self, move: Move) -> str:
        return str(self.records.get(move.key, {}).get("attempt", {}).get("outcome", ""))


def keep(results: Results, move: Move, slot: Slot, changed: list[str]) -> None:
    """Save what a tool wrote, to be judged, and its diff, to be read."""
    files = trees.contents(slot.tree, changed)
    (results.folder / f"{move.slug}.diff").write_text(trees.diff(slot.pristine, files))
    with zipfile.ZipFile(results.folder / f"{move.slug}.zip", "w") as archive:
        for path, data in files.items():
            archive.writestr(path if data is not None else f"{path} (removed)", data or b"")


def kept(results: Results, move: Move) -> dict[str, bytes | None]:
    """The files that a tool wrote; None for those it removed."""
    with zipfile.ZipFile(results.folder / f"{move.slug}.zip") as archive:
        return {
            name.removesuffix(" (removed)"): None
            if name.endswith(" (removed)")
            else archive.read(name)
            for name in archive.namelist()
        }
