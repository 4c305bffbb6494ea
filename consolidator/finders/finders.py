"""All finders, and running them over a project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from consolidator.finders.broken_imports import find_broken_imports
from consolidator.finders.duplicates import find_duplicates
from consolidator.finders.findings import (
    BrokenImport,
    Concern,
    Duplicate,
    ExpiredLeaveBehind,
    Finding,
    Findings,
    SecondDefinition,
    Suppression,
    is_namesake,
)
from consolidator.finders.fingerprint import KINDS, name_of
from consolidator.finders.leave_behinds import find_expired_leave_behinds
from consolidator.finders.misplaced import find_misplaced
from consolidator.finders.missing_modules import find_missing_modules
from consolidator.finders.places import is_left_without, lies_below, places
from consolidator.finders.scene import Scene
from consolidator.index.aside import aside
from consolidator.workspace.config import Config
from consolidator.workspace.ignore import IgnoreRules

Finder = Callable[[Scene], Iterator[Finding]]

FINDERS: tuple[Finder, ...] = (
    find_broken_imports,
    find_missing_modules,
    find_duplicates,
    find_misplaced,
    find_expired_leave_behinds,
)
"""Each yields its findings, suppressed ones with the reason."""

_MANY_FILES = 300  # in which looking for duplicates takes longer than starting a process
_RELATIONS = ("identical", "same code", "superset", "union", "renamed", "conflict")
_ANSWERS = ("defined once", "defined in several places", "another kind", "nowhere")


def find_all(scene: Scene, paths: Collection[str] = ()) -> Findings:
    """Run every finder over the whole project.

    With `paths` (files and directories, relative to the root) only findings that have a place in
    one of them are returned; what they rest on is still looked for everywhere.
    """
    everything = _everything(scene)
    everything = list(_suppressed_by_path(everything, scene.index.workspace.config))
    if paths:
        everything = [finding for finding in everything if lies_below(finding, paths)]
    everything.sort(key=order)
    return Findings(
        tuple(finding for finding in everything if finding.suppression is None),
        tuple(finding for finding in everything if finding.suppression is not None),
        tuple(sorted(scene.index.unreadable.items())),
        _counts(scene),
    )


def _everything(scene: Scene) -> list[Finding]:
    if len(scene.outlines) < _MANY_FILES:
        return [finding for find in FINDERS for finding in find(scene)]
    # Duplicates share next to nothing with what the others look at.
    duplicates = aside(scene.index, lambda: list(find_duplicates(scene)))
    others = [find for find in FINDERS if find is not find_duplicates]
    found = [finding for find in others for finding in find(scene)]
    return [*found, *duplicates()]


def _suppressed_by_path(findings: Iterable[Finding], config: Config) -> Iterator[Finding]:
    """The findings, suppressed where nothing of them stands outside the configured paths."""
    if not config.suppress:
        yield from findings
        return
    rules = IgnoreRules(config.suppress)
    why = Suppression("configured-path", "`suppress` in [tool.consolidate] names it")
    for finding in findings:
        if finding.suppression is None and is_left_without(finding, rules.excludes):
            yield replace(finding, suppression=why)
        else:
            yield finding


def order(finding: Concern) -> tuple[object, ...]:
    """By kind, the most valuable first; the same whatever order files are read in.

    Classes that have no more than their name in common come last of all.
    """
    stands = tuple((place.path, place.line) for place in places(finding))
    kind = list(KINDS).index(type(finding))
    return is_namesake(finding), kind, _value(finding), name_of(finding), stands


def _value(finding: Concern) -> tuple[int, int]:
    """The smaller, the more there is to gain."""
    match finding:
        case Duplicate():
            longest = max(copy.last_line - copy.first_line + 1 for copy in finding.copies)
            return _RELATIONS.index(finding.relation), -longest * (len(finding.copies) - 1)
        case BrokenImport():
            return _ANSWERS.index(finding.answer), -len(finding.sites)
        case SecondDefinition() | ExpiredLeaveBehind():
            return 0, 0
        case _:
            return -len(finding.sites), 0


def _counts(scene: Scene) -> tuple[tuple[str, int], ...]:
    outlines = scene.outlines.values()
    return (
        ("files", len(scene.outlines)),
        ("classes", sum(len(outline.classes) for outline in outlines)),
        ("imports", sum(len(outline.imports) for outline in outlines)),
    )
