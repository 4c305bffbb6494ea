"""What a gate minds: of the findings of a scan those that break or scatter, and relapses."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.errors import Location
from consolidator.finders.asks import all_asks
from consolidator.finders.findings import (
    BrokenImport,
    Definer,
    Duplicate,
    Finding,
    Findings,
    MissingModule,
    SecondDefinition,
    ThroughLeaveBehind,
    is_namesake,
)
from consolidator.finders.import_sites import sites_of
from consolidator.finders.leave_behinds import leave_behinds
from consolidator.finders.places import is_left_without, spelled
from consolidator.finders.scene import Scene
from consolidator.finders.suppressions import of_file, of_outline
from consolidator.index.outline import OutlinedClass
from consolidator.names import ModuleName, QualifiedName
from consolidator.workspace.ignore import IgnoreRules


def minded(finding: Finding) -> bool:
    """Whether a gate minds a finding of a scan.

    Classes of one name that contradict each other are two things until somebody says otherwise.
    """
    is_of_kind = isinstance(finding, BrokenImport | MissingModule | Duplicate)
    return is_of_kind and not is_namesake(finding)


def relapses(scene: Scene, findings: Findings) -> Iterator[SecondDefinition | ThroughLeaveBehind]:
    """Classes that have a home but are defined again elsewhere, or imported from elsewhere.

    A class has a home where the configuration or the comment of a leave-behind says so.
    """
    rules = IgnoreRules(scene.index.workspace.config.suppress)
    found: list[SecondDefinition | ThroughLeaveBehind] = []
    found += _again(scene, _excused(findings))
    found += _through(scene)
    yield from (relapse for relapse in found if not is_left_without(relapse, rules.excludes))


def _again(scene: Scene, excused: set[str]) -> Iterator[SecondDefinition]:
    told: set[str] = set()
    for qualified, home, why in _homes(scene):
        for definer in _definitions(scene, qualified, home):
            place = spelled(definer)
            if place not in excused and place not in told:
                told.add(place)
                yield SecondDefinition(qualified.name, home, definer, why)


def _through(scene: Scene) -> Iterator[ThroughLeaveBehind]:
    asks = scene.once(all_asks)
    for one in scene.once(leave_behinds):
        taken = asks.of_files.get(one.path, {}).get(one.qualified.name, [])
        sites = sites_of(scene, [ask for ask in taken if ask[0] != one.path])
        if sites:
            place = Location(one.path, one.comment_line)
            yield ThroughLeaveBehind(one.qualified, one.target, place, sites)


def _homes(scene: Scene) -> Iterator[tuple[QualifiedName, ModuleName, str]]:
    """Each class that has a home, where from (no module: from anywhere), and what says so."""
    for key, home in sorted(scene.index.workspace.config.homes.items()):
        module, _, name = key.rpartition(":")
        why = "`homes` in [tool.consolidate] says where it lives"
        yield QualifiedName(ModuleName(module), name), ModuleName(home), why
    for one in scene.once(leave_behinds):
        if one.item.name == one.item.bound:
            why = f"the leave-behind at {one.path}:{one.comment_line} says where it lives"
            yield QualifiedName(ModuleName(""), one.qualified.name), one.target, why


def _definitions(scene: Scene, qualified: QualifiedName, home: ModuleName) -> Iterator[Definer]:
    """The top-level classes of a name outside its home, if the home defines it.

    Not those without a body of their own, and not those that nobody is to report.
    """
    at_home = scene.outline_of(home)
    if at_home is None or not any(
        item.name == qualified.name and not item.column for item in at_home.classes
    ):
        return
    for path, item in scene.once(_top_level).get(qualified.name, ()):
        module = scene.module_of(path)
        if module == home or qualified.module not in ("", module) or not item.members:
            continue
        if not (of_outline(scene, path, item) or of_file(scene, path)):
            place = QualifiedName(module, item.name)
            yield Definer(place, path, item.first_line, item.last_line)


def _top_level(scene: Scene) -> dict[str, list[tuple[str, OutlinedClass]]]:
    """The top-level classes by name, with the files in which they stand."""
    found: dict[str, list[tuple[str, OutlinedClass]]] = {}
    for path, outline in sorted(scene.outlines.items()):
        for item in outline.classes:
            if not item.column:
                found.setdefault(item.name, []).append((path, item))
    return found


def _excused(findings: Findings) -> set[str]:
    """The definitions, as `module:Class`, that are apart from their namesakes for a reason."""
    return {
        spelled(copy)
        for finding in findings.suppressed
        if isinstance(finding, Duplicate) and finding.suppression is not None
        if finding.suppression.name in _BETWEEN
        for copy in finding.copies
    }


_BETWEEN = frozenset({"configured-path", "orm-beside-schema", "services"})
"""The suppressions that are about what is between classes, rather than about one of them."""
