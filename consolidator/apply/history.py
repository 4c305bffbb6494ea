"""What the journal can tell: the transactions so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from consolidator.apply.disk import Disk
from consolidator.apply.journal import Journal, folders, locate, manifest_in
from consolidator.apply.manifest import Manifest, State
from consolidator.errors import Refusal

Outcome = Literal["done", "rolled-back", "interrupted", "damaged"]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One change as the journal has it.

    `date` is in ISO 8601. `undoes` and `undone_by` are ids of other transactions; `paths` are the
    files it changed, relative to the root; `folder` holds their contents. Interrupted means that it
    stopped in the middle, or is being written right now; of a damaged one only the id is known.
    """

    id: str
    title: str
    date: str
    state: Outcome
    paths: tuple[str, ...]
    folder: Path
    undoes: str | None = None
    undone_by: str | None = None


def log(root: Path, disk: Disk | None = None) -> list[Transaction]:
    """The transactions of the project at `root`, the oldest first; reads only, takes no lock."""
    root = root.resolve()
    journal = locate(root, disk or Disk())
    read = {folder: _read(journal, folder) for folder in folders(journal)}
    manifests = {folder: found for folder, found in read.items() if isinstance(found, Manifest)}
    undone = undone_by(manifests.values())
    transactions = []
    for folder, found in read.items():
        if isinstance(found, Refusal):
            transactions.append(Transaction(folder.name, str(found), "", "damaged", (), folder))
        elif found is not None and journal.tree / found.root == root:
            transactions.append(transaction_of(folder, found, undone.get(found.id)))
    return transactions


def _read(journal: Journal, folder: Path) -> Manifest | Refusal | None:
    """The manifest of a transaction that has begun to change files, or why it cannot be read."""
    try:
        manifest = manifest_in(journal, folder)
    except Refusal as damaged:
        return damaged
    return None if manifest is None or manifest.state is State.PREPARED else manifest


def undone_by(manifests: Iterable[Manifest]) -> dict[str, str]:
    """For each transaction that is undone, by which; an undo that is undone itself is none."""
    undone: dict[str, str] = {}
    for manifest in sorted(manifests, key=lambda manifest: manifest.id, reverse=True):
        if manifest.state is State.DONE and manifest.undoes and manifest.id not in undone:
            undone[manifest.undoes] = manifest.id
    return undone


def transaction_of(folder: Path, manifest: Manifest, undone: str | None = None) -> Transaction:
    """What the journal has on one transaction."""
    return Transaction(
        manifest.id,
        manifest.title,
        manifest.date,
        _OUTCOMES[manifest.state],
        tuple(sorted(entry.path for entry in manifest.files)),
        folder,
        manifest.undoes,
        undone,
    )


_OUTCOMES: dict[State, Outcome] = {
    State.PREPARED: "rolled-back",  # no file was touched yet
    State.APPLYING: "interrupted",
    State.DONE: "done",
    State.ROLLED_BACK: "rolled-back",
}
