"""From the names that a person gives to a proved move."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from consolidator.apply.guards import path_problems
from consolidator.edits.object_references import object_references
from consolidator.edits.remarks import remarks
from consolidator.edits.search import Outcome, find_draft
from consolidator.edits.survey import survey
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.index.definitions import definition
from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index, Progress, no_progress
from consolidator.index.nesting import without_too_deep
from consolidator.names import ModuleName, QualifiedName
from consolidator.pipeline.hints import about_module, about_name, about_text
from consolidator.pipeline.preview import Preview, changes_between, unread
from consolidator.plan import Move, MoveOptions
from consolidator.plan.order import Job, in_order
from consolidator.proof.obligations import prove
from consolidator.workspace import Workspace


def preview_move(
    workspace: Workspace,
    names: Sequence[str],
    target: str,
    source: str | None,
    options: MoveOptions,
    *,
    use_cache: bool = True,
    progress: Progress = no_progress,
) -> Preview:
    """Work out a move of some names to one module, and prove it, without writing anything.

    A name is `Class` or `module:Class`. `progress` is told of each way that is tried. Raises
    `UsageError` when the command is wrong and `Refusal` when it cannot be done.
    """
    cache = FactsCache(default_path() if use_cache else None)
    index = Index(workspace, cache, progress=progress)
    return without_too_deep(
        index, lambda index: _preview_move(index, names, target, source, options)
    )


def _preview_move(
    index: Index, names: Sequence[str], target: str, source: str | None, options: MoveOptions
) -> Preview:
    started, workspace = time.perf_counter(), index.workspace
    moves = moves_for(index, names, ModuleName(target), source)
    located = time.perf_counter()
    outcomes: list[Outcome] = []
    warnings: list[Problem] = []
    for move in moves:
        outcome, said = carry_out(index, move, options)
        warnings += said
        outcomes.append(outcome)
        index = index.after(outcome.draft.after())
    index.cache.save()
    warnings += unread(index, [name for move in moves for name in move.names])
    paths = {path for outcome in outcomes for path in outcome.draft.texts}
    changes = changes_between(workspace, index.workspace, paths)
    problems = path_problems(workspace.root, [change.path for change in changes])
    if problems:
        raise Refusal(problems)
    finished = time.perf_counter()
    return Preview(
        workspace,
        index.workspace,
        changes,
        tuple(outcomes),
        tuple(warnings),
        index.read_as_code() | {change.path for change in changes},
        {"locate": located - started, "move": finished - located},
    )


def carry_out(
    index: Index, move: Move, options: MoveOptions
) -> tuple[Outcome, tuple[Problem, ...]]:
    """One move on one state of the tree, proved, with what to know about it.

    Raises `UsageError` when a name is not there and `Refusal` when it cannot be moved.
    """
    checked = survey(index, move, options)
    outcome = proved(find_draft(checked))
    draft = outcome.draft
    return outcome, (*checked.warnings, *draft.accepted, *remarks(draft))


def proved(outcome: Outcome) -> Outcome:
    """An outcome whose every obligation holds, with the references through objects listed."""
    prove(outcome.draft)
    draft = outcome.draft
    references = (*draft.references, *object_references(draft))
    return replace(outcome, draft=replace(draft, references=references))


def moves_for(
    index: Index, names: Sequence[str], target: ModuleName, source: str | None
) -> list[Move]:
    """One move for each source module, what others need first, otherwise as they are named.

    They are folded one over the other, so the second sees what the first has done. Names that
    stand in the target already are done and left out.
    """
    by_source: dict[ModuleName, list[str]] = {}
    for text in names:
        module, name = locate(index, text, target, source)
        if module != target:
            by_source.setdefault(module, []).append(name)
    moves = [Move(tuple(found), module, target) for module, found in by_source.items()]
    return [step.job.item for step in in_order(index, [job_of(move) for move in moves])]


def job_of(move: Move) -> Job[Move]:
    """A move as something that others may rest on."""
    return Job(
        move,
        takes=tuple(QualifiedName(move.source, name) for name in move.names),
        gives=tuple(QualifiedName(move.target, name) for name in move.names),
    )


def locate(
    index: Index, text: str, target: ModuleName, source: str | None
) -> tuple[ModuleName, str]:
    """The module that defines what a person named.

    Raises `UsageError` when nothing or more than one module does.
    """
    module, _, name = text.rpartition(":")
    module = module or source or ""
    if not name.isidentifier():
        raise UsageError(f"{text!r} is not a name" + about_text(index, text))
    if module:
        return _stated(index, ModuleName(module), name, target)
    found = [m for m in definers(index, name) if m != target]
    if len(found) == 1:
        return found[0], name
    facts = index.module(target)
    if not found and facts is not None and definition(facts, name) is not None:
        return target, name
    if not found:
        raise UsageError(f"no module of this project defines {name!r}" + _unreadable(index, name))
    raise UsageError(
        f"{name!r} is defined in {len(found)} modules; say which with --from or MODULE:{name}: "
        + ", ".join(sorted(found))
    )


def _stated(
    index: Index, module: ModuleName, name: str, target: ModuleName
) -> tuple[ModuleName, str]:
    facts = index.module(module)
    if facts is None:
        raise UsageError(
            f"there is no module {module} in this project" + about_module(index, module)
        )
    if index.readable(facts.path) is None:
        return module, name  # the survey says why
    if definition(facts, name) is not None:
        return module, name
    there = index.module(target)
    moved = there is not None and definition(there, name) is not None
    if moved and index.resolve(module, name).module == target:
        return target, name
    if moved:
        return target, name
    raise UsageError(f"{module} does not define {name!r}" + about_name(index, module, name))


def definers(index: Index, name: str) -> list[ModuleName]:
    """The modules that define a top-level name."""
    return [
        module.name
        for module in index.mentioning({name})
        if module.path.endswith(".py") and definition(module, name) is not None
    ]


def _unreadable(index: Index, name: str) -> str:
    if not index.unreadable:
        return ""
    listed = "; ".join(f"{path} ({reason})" for path, reason in sorted(index.unreadable.items()))
    return f" (could not read, though {name!r} stands in it: {listed})"
