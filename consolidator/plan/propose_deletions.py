"""Imports that fail and that nobody uses: they can go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from consolidator.finders.findings import Site
from consolidator.names import ModuleName
from consolidator.plan.ground import Ground, counted
from consolidator.plan.plan import DeleteEntry
from consolidator.plan.proposal import Proposal, sites_said


def unused_paths(sites: Iterable[Site]) -> tuple[str, ...]:
    """The files in which no site is used, or guarded against its failure.

    A guarded import that nobody uses may ask whether the name is there.
    """
    every = list(sites)
    kept = {site.location.path for site in every if site.is_used or site.is_guarded}
    return tuple(sorted({site.location.path for site in every} - kept))


def deletion(
    ground: Ground,
    module: ModuleName,
    name: str,
    sites: Sequence[Site],
    paths: tuple[str, ...],
    lacking: str,
) -> Proposal:
    """Delete the imports of `name` from `module` in some files; `lacking` says why they fail."""
    gone = [site for site in sites if site.location.path in paths]
    evidence = (
        f"{counted(len({s.location for s in gone}), 'import')} of {name} from {module}, {lacking};"
        " nothing uses what they bind:",
        *sites_said(gone),
    )
    entry = DeleteEntry(module=module, name=name, paths=paths)
    shims = [path for path in paths if _passes_on(ground, path)]
    doubt = f"{shims[0]} does nothing but pass names on, and lacks one of them" if shims else ""
    title = f"{name} is imported from {module} and never used"
    return Proposal(title, evidence, (entry,), doubt)


def _passes_on(ground: Ground, path: str) -> bool:
    """Whether a file holds imports and nothing else: what it imports is what it is for."""
    outline = ground.scene.outlines[path]
    imported = {item.bound for item in outline.imports if not item.column}
    own = {name for name in outline.bound - imported if not name.startswith("__")}
    return bool(imported) and not own and not outline.classes
