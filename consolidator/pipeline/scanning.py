"""From a project to what is scattered in it."""

from __future__ import annotations

from collections.abc import Collection

from consolidator.finders import stored
from consolidator.finders.finders import find_all
from consolidator.finders.findings import Findings
from consolidator.finders.scene import Scene
from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index, Progress, no_progress
from consolidator.index.outlining import outline_all
from consolidator.index.simulation import deep_recursion
from consolidator.index.tree_digest import tree_digest
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
        index = _index(workspace, use_cache, progress)
        digest = tree_digest(index) if use_cache else None
        key = f"findings:{digest}:{sorted(paths)}"
        findings = stored.loaded(index.cache.find([key]).get(key))
        if findings is None:
            findings = find_all(Scene(index, outline_all(index)), paths)
            if digest is not None:
                index.cache.keep({key: stored.dumped(findings)})
            index.cache.save()
    return findings


def survey_scene(
    workspace: Workspace, *, use_cache: bool = True, progress: Progress = no_progress
) -> Scene:
    """What finders start from: the index and the outline of every file."""
    index = _index(workspace, use_cache, progress)
    return Scene(index, outline_all(index))


def _index(workspace: Workspace, use_cache: bool, progress: Progress) -> Index:
    cache = FactsCache(default_path() if use_cache else None)
    return Index(workspace, cache, progress=progress)
