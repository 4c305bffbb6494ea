"""From one entry of a plan to a proved change of one state of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from consolidator.edits.import_trouble import refuse_trouble
from consolidator.edits.mending.deleting import delete_imports
from consolidator.edits.mending.rewriting import rewrite_imports
from consolidator.edits.mending.sweeping import sweep
from consolidator.edits.merge.merging import merge_copy
from consolidator.edits.remarks import remarks
from consolidator.edits.search import Outcome
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.index.definitions import definition
from consolidator.index.index import Index
from consolidator.names import ModuleName, QualifiedName
from consolidator.pipeline.hints import about_module
from consolidator.pipeline.moving import carry_out, moves_for, proved
from consolidator.plan import Move, MoveOptions
from consolidator.plan.order import Job
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    RewriteEntry,
    SweepEntry,
)
from consolidator.proof.tree_edits import prove_edit

Change = Outcome | TreeEdit


@dataclass(frozen=True)
class Carried:
    """What an entry came to: the changes one after another, and the tree after them."""

    after: Index = field(repr=False)
    changes: tuple[Change, ...] = ()
    warnings: tuple[Problem, ...] = ()

    def then(self, change: Change, warnings: tuple[Problem, ...] = ()) -> Carried:
        """With one more change."""
        workspace = change.draft.after() if isinstance(change, Outcome) else change.after()
        return Carried(
            self.after.after(workspace), (*self.changes, change), (*self.warnings, *warnings)
        )


@dataclass(frozen=True)
class Choices:
    """How entries are carried out."""

    options: MoveOptions
    allow_schema: bool = False
    homes: Mapping[QualifiedName, ModuleName] = field(default_factory=dict)
    """Where the plan wants definitions, by where they may stand while it is carried out."""

    def placed(self, move: Move) -> Move:
        """The move, which takes nothing along that the plan wants elsewhere."""
        return replace(
            move,
            staying=frozenset(
                place.name
                for place, home in self.homes.items()
                if place.module == move.source and home != move.target
            )
            - set(move.names),
        )


def carry_out_entry(index: Index, entry: Entry, choices: Choices) -> Carried:
    """Carry out one entry and prove it; no change when it is done already.

    Raises `Refusal` when it cannot be done, `UsageError` when it does not fit the code.
    """
    if isinstance(entry, MoveEntry):
        return _move(index, entry, choices)
    if isinstance(entry, MergeEntry):
        return _merge(index, entry, choices)
    edit = _edit(index, entry, choices.options)
    if edit is None:
        return Carried(index)
    refuse_trouble(edit)
    return _proved(Carried(index), edit)


def _edit(index: Index, entry: Entry, options: MoveOptions) -> TreeEdit | None:
    """What mends imports; None when nothing is left to do."""
    if isinstance(entry, RewriteEntry):
        return rewrite_imports(index, entry)
    if isinstance(entry, DeleteEntry):
        return delete_imports(index, entry)
    assert isinstance(entry, SweepEntry)
    return sweep(index, entry, options)


def _proved(carried: Carried, edit: TreeEdit) -> Carried:
    prove_edit(edit)
    return carried.then(edit, edit.warnings)


# -- moves ---------------------------------------------------------------------------------------


def _move(index: Index, entry: MoveEntry, choices: Choices) -> Carried:
    carried = Carried(index)
    for move in moves_for(index, entry.names, ModuleName(entry.to), entry.source):
        carried = carried.then(*carry_out(carried.after, choices.placed(move), choices.options))
    return carried


# -- merges --------------------------------------------------------------------------------------


def _merge(index: Index, entry: MergeEntry, choices: Choices) -> Carried:
    home = QualifiedName(ModuleName(entry.home), entry.name)
    carried = Carried(index)
    left = [copy for copy in _copies(entry) if not _is_merged(index, copy, home)]
    if not left:
        return carried
    if not _defines(index, home):
        first = left.pop(0)
        if first.name != home.name:
            raise UsageError(
                f"{home.module} does not define {home.name!r}, and {first.module} calls it "
                f"{first.name!r}: move it first"
            )
        move = choices.placed(Move((first.name,), first.module, home.module))
        carried = carried.then(*carry_out(carried.after, move, choices.options))
    for copy in left:
        merged = merge_copy(
            carried.after, copy, home, entry.policy, choices.options, choices.allow_schema
        )
        if merged.growth is not None:
            carried = _proved(carried, merged.growth)
        said = (*merged.warnings, *remarks(merged.outcome.draft))
        carried = carried.then(proved(merged.outcome), said)
    return carried


def _copies(entry: MergeEntry) -> list[QualifiedName]:
    """The copies to drop, that of the base first: it has what the others have."""
    copies = [_qualified(place) for place in entry.drop]
    return sorted(copies, key=lambda copy: copy.module != entry.base)


def _qualified(place: str, source: str | None = None) -> QualifiedName:
    module, _, name = place.rpartition(":")
    return QualifiedName(ModuleName(module or source or ""), name)


def _is_merged(index: Index, copy: QualifiedName, home: QualifiedName) -> bool:
    """Whether the copy is gone: its module takes the name from the home, or has it no longer.

    Raises `UsageError` where there is no such module.
    """
    if index.module(copy.module) is None:
        raise UsageError(
            f"there is no module {copy.module} in this project" + about_module(index, copy.module)
        )
    return not _defines(index, copy) and _defines(index, home)


def _defines(index: Index, name: QualifiedName) -> bool:
    module = index.module(name.module)
    if module is None:
        return False
    if index.readable(module.path) is None:
        raise Refusal(
            Problem(
                "does-not-parse",
                f"{module.path} does not parse: {index.unreadable[module.path]}",
                remedy="mend the file first",
            )
        )
    return definition(module, name.name) is not None


# -- what entries have to do with each other -----------------------------------------------------


def homes(jobs: Iterable[Job[Entry]]) -> dict[QualifiedName, ModuleName]:
    """Where entries want the definitions that they take, wherever they stand at the moment."""
    found: dict[QualifiedName, ModuleName] = {}
    for job in jobs:
        given = job.gives if len(job.gives) == len(job.takes) else job.gives * len(job.takes)
        for taken, home in zip(job.takes, given, strict=False):
            found[taken] = found[home] = home.module
    return found


def job_of_entry(index: Index, entry: Entry) -> Job[Entry]:
    """An entry with the definitions that it takes, gives and asks for."""
    if isinstance(entry, MoveEntry):
        taken = tuple(_taken(index, entry))
        given = tuple(QualifiedName(ModuleName(entry.to), name.name) for name in taken)
        return Job(entry, taken, given)
    if isinstance(entry, MergeEntry):
        home = QualifiedName(ModuleName(entry.home), entry.name)
        return Job(entry, (home, *_copies(entry)), (home,), asks=(home,))
    if isinstance(entry, RewriteEntry):
        asked = tuple(QualifiedName(ModuleName(entry.to), name) for name in entry.names)
        return Job(entry, asks=asked)
    if isinstance(entry, SweepEntry):
        return Job(entry, asks=(QualifiedName(ModuleName(entry.module), entry.name),))
    return Job(entry)


def _taken(index: Index, entry: MoveEntry) -> Iterator[QualifiedName]:
    """The definitions that a move takes, as far as that can be told beforehand."""
    for place in entry.names:
        name = _qualified(place, entry.source)
        if name.module:
            yield name
            continue
        try:
            for move in moves_for(index, [place], ModuleName(entry.to), entry.source):
                yield QualifiedName(move.source, name.name)
        except (UsageError, Refusal):
            continue  # it is said when the entry's turn comes
