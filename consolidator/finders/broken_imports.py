"""Finds imports of names that the module they are asked of does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consolidator.finders.asks import Ask
from consolidator.finders.candidates import Demand, candidates, demand
from consolidator.finders.findings import BrokenImport, Site, Suppression
from consolidator.finders.import_sites import SiteReader, sites_of
from consolidator.finders.missing import why_generated
from consolidator.finders.scene import Scene
from consolidator.finders.unmet import unmet

_GUARDED = Suppression("guarded-import", "every import of it is ready for its failure")
_EXPECTED = Suppression("expected-failure", "tests that it cannot be imported")


def find_broken_imports(scene: Scene) -> Iterator[BrokenImport]:
    """Every `from M import N` where M exists and does not bind N, one finding for each M and N.

    Only what is certain: nothing is said of modules that can bind names unseen, or of names that
    others set on a module.
    """
    yield from scene.once(_broken_imports)


def _broken_imports(scene: Scene) -> tuple[BrokenImport, ...]:
    missing = sorted(scene.once(unmet).names.items())
    demands = [demand(scene, asked, sites_of(scene, asks)) for asked, asks in missing]
    return tuple(
        BrokenImport(asked, one.sites, one.answer, found, _suppression(scene, one, asks))
        for (asked, asks), one, found in zip(
            missing, demands, candidates(scene, demands), strict=True
        )
    )


def _suppression(scene: Scene, one: Demand, asks: Sequence[Ask]) -> Suppression | None:
    module = one.asked.module.child(one.asked.name)  # from package import _version
    return why_generated(scene, module) or why_harmless(scene, asks, one.sites)


def why_harmless(scene: Scene, asks: Sequence[Ask], sites: Sequence[Site]) -> Suppression | None:
    """Why failing imports do no harm, if they do none."""
    reader = scene.once(SiteReader)
    if all(reader.surroundings(*ask).is_expected for ask in asks):
        return _EXPECTED
    return _GUARDED if all(site.is_guarded for site in sites) else None
