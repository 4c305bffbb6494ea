"""Where a finding stands: the places that it names, and whether files or folders hold one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from consolidator.errors import Location
from consolidator.finders.findings import (
    BrokenImport,
    Concern,
    Definer,
    Duplicate,
    ExpiredLeaveBehind,
    Misplaced,
    MissingModule,
    SecondDefinition,
    Site,
    ThroughLeaveBehind,
)


def places(finding: Concern) -> tuple[Location, ...]:
    """Every place that a finding is about, the one to look at first at the front.

    The imports of a broken import, the copies of a duplicate, the misplaced definition and then
    its users. Candidates for an answer are no places of the finding.
    """
    return tuple(location for _, location in named_places(finding))


def named_places(finding: Concern) -> tuple[tuple[str, Location], ...]:
    """The places with the names by which they are known from one run to the next.

    An importer is known by its module, a definition by `module:Class`, so code that moves within
    a file changes nothing.
    """
    match finding:
        case BrokenImport() | MissingModule() | ThroughLeaveBehind():
            return _importers(finding.sites)
        case Duplicate():
            return tuple((spelled(copy), copy.location) for copy in finding.copies)
        case Misplaced():
            defined = spelled(finding.definer), finding.definer.location
            return (defined, *_importers(finding.sites))
        case ExpiredLeaveBehind():
            return ((finding.qualified.module, finding.location),)
        case SecondDefinition():
            return ((spelled(finding.definer), finding.definer.location),)


def spelled(definer: Definer) -> str:
    """A definition as the command line takes it: `module:Class`."""
    return f"{definer.qualified.module}:{definer.qualified.name}"


def is_below(path: str, directories: Collection[str]) -> bool:
    """Whether a file is one of these files or lies in one of these directories."""
    return any(
        directory in ("", ".") or path == directory or path.startswith(directory + "/")
        for directory in directories
    )


def lies_below(finding: Concern, directories: Collection[str]) -> bool:
    """Whether any place of a finding is one of these files or lies in these directories."""
    return any(is_below(place.path, directories) for place in places(finding))


def is_left_without(finding: Concern, excluded: Callable[[str], bool]) -> bool:
    """Whether a finding would be none if the files that `excluded` says were not there."""
    match finding:
        case Duplicate():
            return sum(not excluded(copy.path) for copy in finding.copies) < 2
        case Misplaced():
            users = [site for site in finding.sites if not excluded(site.location.path)]
            return excluded(finding.definer.path) or not users
        case _:
            return all(excluded(place.path) for place in places(finding))


def _importers(sites: tuple[Site, ...]) -> tuple[tuple[str, Location], ...]:
    return tuple((str(site.importer), site.location) for site in sites)
