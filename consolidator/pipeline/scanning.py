"""From a project to what is scattered in it."""

from __future__ import annotations

from collections.abc import Collection

from consolidator.finders.finders import find_all
from consolidator.finders.findings import Findings
from consolidator.finders.scene import Scene
from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index, Progress, no_progress
from consolidator.index.outlining import outline_all
from consolidator.index.simulation import deep_recursion
from consolidator.workspace import Workspace


def scan(
    workspace: Workspace,
    paths: Collection[str] = (),
    *,
    use_cache: bool = True,
    progress: Progress = no_progress,
) -> Findings:
    """Look through the whole project for what is scattered; nothing of it is run or written.

    `paths` (relative to the root) restricts what is reported, not what is looked at.
    """
    with deep_recursion():
        scene = survey_scene(workspace, use_cache=use_cache, progress=progress)
        findings = find_all(scene, paths)
        scene.index.cache.save()
    return findings


def survey_scene(
    workspace: Workspace, *, use_cache: bool = True, progress: Progress = no_progress
) -> Scene:
    """What finders start from: the index and the outline of every file."""
    cache = FactsCache(default_path() if use_cache else None)
    index = Index(workspace, cache, progress=progress)
    return Scene(index, outline_all(index))
