"""What to do about imports from a module that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.finders.findings import MissingModule, Site
from consolidator.finders.roles import is_test
from consolidator.names import ModuleName
from consolidator.plan.ground import Ground, counted
from consolidator.plan.plan import RewriteEntry
from consolidator.plan.proposal import Proposal, sites_said
from consolidator.plan.propose_broken import rewrites
from consolidator.plan.propose_deletions import deletion, unused_paths

MOST_CHOICES = 4
MOST_NAMES = 8


def propose_for_missing(ground: Ground, found: MissingModule) -> Iterator[Proposal]:
    """Answers to imports from a module that does not exist; none when nobody has the names."""
    if found.names and not any(site.is_used for site in found.sites):
        yield from _deletions(ground, found)
        return
    title = f"module {found.module} does not exist"
    places = len({site.location for site in found.sites})
    evidence = (f"{counted(places, 'import')} of it, all failing:", *sites_said(found.sites))
    namesakes = (found.namesake,) if found.namesake else found.namesakes
    if namesakes:
        yield _namesake(ground, found, tuple(namesakes), title, evidence)
        return
    for name, candidates in found.candidates:
        choices = rewrites(ground, found.module, name, candidates)
        if choices:
            yield Proposal(
                f"{title}; it is asked for {name}",
                evidence,
                choices,
                "the module is missing, and only the name speaks for this answer",
            )


def _deletions(ground: Ground, found: MissingModule) -> Iterator[Proposal]:
    """One for each name, in the files that ask for it."""
    paths = unused_paths(found.sites)
    for name in found.names:
        sites = [site for site in found.sites if _asks(ground, site, name)]
        asking = tuple(path for path in paths if any(s.location.path == path for s in sites))
        if asking:
            lacking = "which does not exist"
            yield deletion(ground, found.module, name, sites, asking, lacking)


def _asks(ground: Ground, site: Site, name: str) -> bool:
    imports = ground.scene.outlines[site.location.path].imports
    return any(item.name == name and item.line == site.location.line for item in imports)


def _namesake(
    ground: Ground,
    found: MissingModule,
    namesakes: tuple[ModuleName, ...],
    title: str,
    evidence: tuple[str, ...],
) -> Proposal:
    choices = tuple(
        RewriteEntry(
            source=found.module,
            to=namesake,
            evidence=(f"{namesake} has the same last name and offers {_offered(found)}",),
        )
        for namesake in namesakes[:MOST_CHOICES]
    )
    if len(namesakes) > 1:
        doubt = f"{len(namesakes)} modules of that name offer it"
        return Proposal(title, evidence, choices, doubt)
    doubt = next(_doubts(ground, found, namesakes[0]), "")
    return Proposal(title, evidence, choices, doubt)


def _offered(found: MissingModule) -> str:
    if not found.names:
        return "the module itself, which is all that is asked for"
    more = len(found.names) - MOST_NAMES
    shown = [*found.names[:MOST_NAMES], *([f"and {more} more"] if more > 0 else [])]
    return "all that is asked for: " + ", ".join(shown)


def _doubts(ground: Ground, found: MissingModule, namesake: ModuleName) -> Iterator[str]:
    """Why those who ask may not mean the namesake, or must not import it."""
    path = ground.path_of(namesake)
    if path is None:
        yield f"{namesake} is a folder, or stands in several places"
        return
    if found.sites and all(site.is_guarded for site in found.sites):
        yield "every import of it is guarded: what they guard would come to life"
    if namesake.top != found.module.top:
        yield f"{namesake.top} is another package, and nothing but the last name speaks for it"
    outline = ground.scene.outlines.get(path)
    below = [n for n in found.names if outline is not None and n not in outline.bound]
    submodules = [name for name in below if ground.path_of(namesake.child(name))]
    if submodules:
        yield f"what it has by the name of {submodules[0]} is a module"
    for site in found.sites:
        asker = site.location.path
        if is_test(path) and not is_test(asker):
            yield f"{path} is test code, and {asker} is not"
        contract = ground.rules.broken_by(site.importer, namesake)
        if contract:
            yield f"the layer rule {contract!r} forbids {site.importer} to import {namesake}"
        against = "" if is_test(asker) else ground.against(site.importer, namesake)
        if against:
            yield f"{asker} would import it, and {against}"
