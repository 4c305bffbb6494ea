"""From a project to a plan: what is found, what to do about it, and a trial of all that is sure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from consolidator.errors import Refusal
from consolidator.finders.finders import find_all
from consolidator.finders.findings import ExpiredLeaveBehind
from consolidator.finders.places import lies_below
from consolidator.finders.scene import Scene
from consolidator.index.index import Index
from consolidator.index.simulation import deep_recursion
from consolidator.pipeline.batch import EntryResult, preview_plan
from consolidator.pipeline.scanning import survey_scene
from consolidator.plan import MoveOptions
from consolidator.plan.fingerprint import Fingerprints
from consolidator.plan.ground import Ground
from consolidator.plan.plan import Plan, plan_of
from consolidator.plan.proposal import Proposal
from consolidator.plan.propose import plan_from, proposals_for
from consolidator.workspace import Workspace


@dataclass(frozen=True)
class Proposed:
    """A plan, and what a person should know about how it came about."""

    plan: Plan
    notes: tuple[str, ...] = ()


def propose(
    workspace: Workspace,
    paths: Collection[str] = (),
    options: MoveOptions | None = None,
    *,
    allow_schema: bool = False,
    sweep: bool = False,
    use_cache: bool = True,
) -> Proposed:
    """Turn what a scan finds into a plan; nothing is written.

    What the plan holds as entries was carried out in memory and proved; what refused there, or is
    not sure, stands in the plan as undecided, with the reason. `paths` (relative to the root)
    restricts what is proposed, not what is looked at. `options` are how the plan would be applied.
    `sweep` adds the leave-behinds that nobody uses any more.
    """
    with deep_recursion():
        scene = survey_scene(workspace, use_cache=use_cache)
        findings = find_all(scene)
        ground = Ground(scene)
        found = [item for item in findings.found if not paths or lies_below(item, paths)]
        proposals = proposals_for(
            ground, found, findings.found, allow_schema=allow_schema, sweep=sweep
        )
        notes = [f"not read: {reason}" for reason in ground.rules.unreadable]
        expired = sum(isinstance(item, ExpiredLeaveBehind) for item in found)
        if expired and not sweep:
            notes.append(f"leave-behinds that nobody uses any more: {expired}; see --sweep")
        try:
            tried = _tried(scene.index, proposals, options or MoveOptions(), allow_schema)
        except Refusal as refusal:  # of the whole, not of an entry: a file that is read-only
            tried = list(proposals)
            notes += [f"to apply it all would be refused: {p.message}" for p in refusal.problems]
        plan = plan_from(_with_fingerprints(scene, tried))
        scene.index.cache.save()
    return Proposed(plan, tuple(notes))


def _tried(
    index: Index, proposals: Sequence[Proposal], options: MoveOptions, allow_schema: bool
) -> list[Proposal]:
    """The proposals, those that are sure carried out in memory: what refuses is undecided."""
    sure = {item.choices[0].id: item for item in proposals if item.is_automatic}
    plan = plan_of(tuple(item.choices[0] for item in sure.values()), ())
    preview = preview_plan(
        index.workspace,
        plan,
        options,
        allow_schema=allow_schema,
        index=index,
    )
    refused = {result.entry.id: result for result in preview.results if result.is_refused}
    return [
        _demoted(item, refused[item.choices[0].id])
        if item.is_automatic and item.choices[0].id in refused
        else item
        for item in proposals
    ]


def _demoted(item: Proposal, result: EntryResult) -> Proposal:
    """A proposal whose first choice was tried and refused: that one comes last now."""
    problem = result.problems[0]
    message = problem.message.partition("\n")[0]
    said = f"tried, and refused ({problem.code}): {message}"
    first, *others = item.choices
    first = first.model_copy(update={"evidence": (*first.evidence, said)})
    return item.with_choices((*others, first)).undecided(said)


def _with_fingerprints(scene: Scene, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    fingerprints = Fingerprints(scene)
    for item in proposals:
        stamped = [e.model_copy(update={"fingerprint": fingerprints.of(e)}) for e in item.choices]
        yield item.with_choices(tuple(stamped))
