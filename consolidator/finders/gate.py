"""What a gate minds: of the findings of a scan those that break or scatter, and relapses."""

from __future__ import annotations

from collections.abc import Iterator

from consolidator.finders.findings import (
    BrokenImport,
    Concern,
    Definer,
    Duplicate,
    Finding,
    Findings,
    MissingModule,
    SecondDefinition,
    Suppression,
)
from consolidator.finders.places import spelled
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName, QualifiedName


def minded(finding: Finding) -> bool:
    """Whether a gate minds a finding of a scan.

    Classes of one name that contradict each other are two things until somebody says otherwise.
    """
    match finding:
        case BrokenImport() | MissingModule():
            return True
        case Duplicate():
            return finding.relation != "conflict"
        case _:
            return False


def relapses(scene: Scene, findings: Findings) -> Iterator[Concern]:
    """Classes that have a home and are defined again elsewhere."""
    excused = _excused(findings)
    for qualified, home, why in _homes(scene):
        for definer in _definitions(scene, qualified, home):
            suppression = excused.get(spelled(definer))
            if suppression is None:
                yield SecondDefinition(qualified.name, home, definer, why)


def _homes(scene: Scene) -> Iterator[tuple[QualifiedName, ModuleName, str]]:
    """Each class that has a home, where from (no module: from anywhere), and what says so."""
    for key, home in sorted(scene.index.workspace.config.homes.items()):
        module, _, name = key.rpartition(":")
        why = "`homes` in [tool.consolidate] says where it lives"
        yield QualifiedName(ModuleName(module), name), ModuleName(home), why


def _definitions(scene: Scene, qualified: QualifiedName, home: ModuleName) -> Iterator[Definer]:
    """The top-level classes of a name outside its home, if the home defines it."""
    at_home = scene.outline_of(home)
    if at_home is None or not any(
        item.name == qualified.name and not item.column for item in at_home.classes
    ):
        return
    for path, outline in sorted(scene.outlines.items()):
        module = scene.module_of(path)
        if module == home or qualified.module not in ("", module):
            continue
        for item in outline.classes:
            if item.name == qualified.name and not item.column:
                place = QualifiedName(module, item.name)
                yield Definer(place, path, item.first_line, item.last_line)


def _excused(findings: Findings) -> dict[str, Suppression]:
    """The definitions that are namesakes for a reason, as `module:Class`."""
    return {
        spelled(copy): finding.suppression
        for finding in findings.suppressed
        if isinstance(finding, Duplicate) and finding.suppression is not None
        for copy in finding.copies
    }
