"""From a plan to one proved change: entries in order, each on what those before it made."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from consolidator.apply.guards import path_problems
from consolidator.edits.search import Outcome
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.finders.scene import Scene
from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index, Progress, no_progress
from consolidator.index.outlining import outline_all
from consolidator.index.simulation import deep_recursion
from consolidator.pipeline.entries import Choices, carry_out_entry, homes, job_of_entry
from consolidator.pipeline.preview import Preview, changes_between, unread
from consolidator.plan import MoveOptions
from consolidator.plan.fingerprint import Fingerprints
from consolidator.plan.order import Step, in_order
from consolidator.plan.plan import Entry, MergeEntry, MoveEntry, Plan
from consolidator.proof.tree_edits import prove_whole
from consolidator.workspace import Workspace

Status = Literal["done", "done already", "refused", "outdated", "left out"]
_MAY_COME = frozenset({"refused", "left out"})


@dataclass(frozen=True)
class EntryResult:
    """What became of one entry of a plan."""

    entry: Entry
    label: str
    """Its id, or its kind and number: `move-3`."""
    status: Status
    changes: tuple[Outcome | TreeEdit, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Why it was refused, or what to know about it."""

    @property
    def is_refused(self) -> bool:
        """Whether the plan asked for something that is not done."""
        return self.status in {"refused", "outdated", "left out"}


@dataclass(frozen=True)
class BatchPreview(Preview):
    """What a plan would do as a whole, and what would become of each entry."""

    results: tuple[EntryResult, ...] = field(default=())
    """In the order in which they were carried out."""

    @property
    def refused(self) -> tuple[EntryResult, ...]:
        """The entries that are not carried out, though the plan asks for them."""
        return tuple(result for result in self.results if result.is_refused)


def preview_plan(
    workspace: Workspace,
    plan: Plan,
    options: MoveOptions,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    all_or_nothing: bool = False,
    allow_schema: bool = False,
    use_cache: bool = True,
    progress: Progress = no_progress,
    index: Index | None = None,
) -> BatchPreview:
    """Work out a plan as one change, and prove it, without writing anything.

    Entries that refuse, or that no longer fit the code, are left out together with what rests on
    them, and told in `results`. Raises `UsageError` when `only` or `skip` name no entry, and
    `Refusal` when a file could not be written, or, with `all_or_nothing`, when any entry is left
    out. `progress` is told of each way that is tried. `index` is that of the workspace, if there
    is one already.
    """
    with deep_recursion():
        started = time.perf_counter()
        if index is None:
            cache = FactsCache(default_path() if use_cache else None)
            index = Index(workspace, cache, progress=progress)
        labelled = chosen(plan, only, skip)
        batch = _Batch(index, Choices(options, allow_schema), labelled)
        batch.run()
        batch.after.cache.save()
        preview = _preview(workspace, batch, started)
    if all_or_nothing and preview.refused:
        raise Refusal([problem for result in preview.refused for problem in result.problems])
    return preview


def chosen(plan: Plan, only: Collection[str], skip: Collection[str]) -> dict[str, Entry]:
    """The entries by label, in the order of the plan; those without an id are numbered."""
    labelled: dict[str, Entry] = {}
    counts: dict[str, int] = {}
    for entry in plan.entries:
        counts[entry.kind] = counts.get(entry.kind, 0) + 1
        labelled[entry.id or f"{entry.kind}-{counts[entry.kind]}"] = entry
    unknown = sorted({*only, *skip} - labelled.keys())
    if unknown:
        raise UsageError(f"the plan has no entry {', '.join(map(repr, unknown))}")
    return {
        label: entry
        for label, entry in labelled.items()
        if label not in skip and (not only or label in only)
    }


class _Batch:
    """The fold: each entry is carried out on the tree that those before it left."""

    def __init__(self, index: Index, choices: Choices, entries: dict[str, Entry]) -> None:
        self.before = self.after = index
        self.choices, self.entries = choices, entries
        self.results: dict[int, EntryResult] = {}

    def run(self) -> None:
        jobs = [job_of_entry(self.before, entry) for entry in self.entries.values()]
        labels = {id(entry): label for label, entry in self.entries.items()}
        self.choices = replace(self.choices, homes=homes(jobs))
        steps = dict(enumerate(in_order(self.before, jobs)))
        while steps:
            tree = self.after
            for number, step in steps.items():
                self.results[number] = self._result(step, labels[id(step.job.item)])
            if self.after is tree:
                break
            # What was in the way of an entry may have gone with one that came after it.
            steps = {n: s for n, s in steps.items() if self.results[n].status in _MAY_COME}

    def _result(self, step: Step[Entry], label: str) -> EntryResult:
        entry = step.job.item
        self.after.relieve()
        result = EntryResult(entry, label, "refused")
        missing = [self.results[n] for n in sorted(step.rests_on) if self.results[n].is_refused]
        if missing:
            problem = _rests_on(label, missing)
            return replace(result, status="left out", problems=(problem,))
        try:
            carried = carry_out_entry(self.after, entry, self.choices)
        except Refusal as refusal:
            carried, problems = None, refusal.problems
        except UsageError as error:
            carried, problems = None, (_does_not_fit(label, str(error)),)
        if carried is not None and not carried.changes:
            return replace(result, status="done already")
        if self._is_outdated(entry):
            return replace(result, status="outdated", problems=(_outdated(label),))
        if carried is None:
            return replace(result, problems=problems)
        self.after = carried.after
        return replace(result, status="done", changes=carried.changes, problems=carried.warnings)

    def _is_outdated(self, entry: Entry) -> bool:
        return bool(entry.fingerprint) and entry.fingerprint != self.fingerprints.of(entry)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """Of the code as it is before anything is carried out."""
        return Fingerprints(Scene(self.before, outline_all(self.before)))


def _does_not_fit(label: str, reason: str) -> Problem:
    return Problem(
        "plan-outdated",
        f"{label} does not fit the code: {reason}",
        remedy="correct the entry, or make a new plan",
    )


def _outdated(label: str) -> Problem:
    return Problem(
        "plan-outdated",
        f"{label} was written for other code than there is now: its fingerprint does not fit",
        remedy="make a new plan, or look at the code and take the fingerprint out of the entry",
    )


def _rests_on(label: str, missing: Sequence[EntryResult]) -> Problem:
    names = ", ".join(result.label for result in missing)
    return Problem(
        "plan-rests-on",
        f"{label} rests on {names}, which is not carried out",
        remedy=f"see why {names} is not, or make {label} independent of it",
    )


def _preview(workspace: Workspace, batch: _Batch, started: float) -> BatchPreview:
    results = tuple(batch.results.values())
    changes = [change for result in results for change in result.changes]
    outcomes = tuple(change for change in changes if isinstance(change, Outcome))
    paths = {path for change in changes for path in _texts(change)}
    written = changes_between(workspace, batch.after.workspace, paths)
    folded = time.perf_counter()
    if len(changes) > 1:
        prove_whole(batch.before, batch.after, [change.path for change in written])
    problems = path_problems(workspace.root, [change.path for change in written])
    if problems:
        raise Refusal(problems)
    warnings = [p for result in results if result.status == "done" for p in result.problems]
    warnings += unread(batch.after, sorted(_names(result.entry for result in results)))
    return BatchPreview(
        workspace,
        batch.after.workspace,
        written,
        outcomes,
        tuple(dict.fromkeys(warnings)),
        batch.after.read_as_code() | {change.path for change in written},
        {"entries": folded - started, "proof": time.perf_counter() - folded},
        results,
    )


def _texts(change: Outcome | TreeEdit) -> Iterable[str]:
    return change.draft.texts if isinstance(change, Outcome) else change.texts


def _names(entries: Iterable[Entry]) -> set[str]:
    """The names of definitions that entries are about."""
    found: set[str] = set()
    for entry in entries:
        if isinstance(entry, MoveEntry):
            found |= {place.rpartition(":")[2] for place in entry.names}
        elif isinstance(entry, MergeEntry):
            found |= {entry.name, *(place.rpartition(":")[2] for place in entry.drop)}
    return found
