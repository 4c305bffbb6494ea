"""From the leave-behinds that nobody needs any more to one proved change."""

from __future__ import annotations

from collections.abc import Collection

from consolidator.edits.mending.sweeping import makes_what_registers
from consolidator.finders.leave_behinds import find_expired_leave_behinds
from consolidator.finders.places import lies_below
from consolidator.index.simulation import deep_recursion
from consolidator.pipeline.batch import BatchPreview, preview_plan
from consolidator.pipeline.scanning import survey_scene
from consolidator.plan import MoveOptions
from consolidator.plan.plan import Plan, SweepEntry
from consolidator.workspace import Workspace


def preview_sweep(
    workspace: Workspace,
    options: MoveOptions,
    paths: Collection[str] = (),
    *,
    use_cache: bool = True,
) -> BatchPreview:
    """Work out the removal of every leave-behind that nobody takes, and prove it.

    `paths` (relative to the root) restricts what is removed, not who is asked.
    """
    with deep_recursion():
        scene = survey_scene(workspace, use_cache=use_cache)
        expired = (
            found.qualified
            for found in find_expired_leave_behinds(scene)
            if found.suppression is None and (not paths or lies_below(found, paths))
        )
        entries = tuple(
            SweepEntry(module=each.module, name=each.name)
            for each in expired
            if not makes_what_registers(scene.index, each.module, each.name, options)
        )
    return preview_plan(workspace, Plan(sweep=entries), options, index=scene.index)
