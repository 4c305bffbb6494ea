"""Finds classes that are one class written several times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from consolidator.finders.class_groups import Copy, same_members, same_name
from consolidator.finders.clusters import clusters, duplicate, duplicates, overall
from consolidator.finders.findings import Duplicate, Suppression
from consolidator.finders.scene import Scene
from consolidator.finders.services import Services, services
from consolidator.finders.suppressions import is_exception, of_class, suppression
from consolidator.index.class_identity import ClassFacts, Meanings, read_classes
from consolidator.index.class_identity.facts import Place
from consolidator.index.class_relation import Comparer

Known = dict[Place, ClassFacts]


@dataclass(frozen=True, slots=True)
class Judged:
    """A class with the reason why it is left alone, if there is one."""

    facts: ClassFacts
    suppression: Suppression | None


def find_duplicates(scene: Scene) -> Iterator[Duplicate]:
    """The classes of the same name, and those of the same body, that could be one class.

    For each name: what `clusters.duplicates` says of the classes that may be made one, and a
    suppressed finding for each reason why some of them may not.
    """
    comparer = Comparer.of(Meanings(scene.index, scene.outlines))
    by_name, by_members = same_name(scene), same_members(scene)
    groups = [*by_name.values(), *by_members]
    places = {copy.place: None for group in groups for copy in group}
    known = read_classes(scene.index, scene.outlines, places)
    for name, copies in by_name.items():
        judged = [
            _judge(comparer, copy, known[copy.place]) for copy in copies if copy.place in known
        ]
        yield from _of_one_name(scene, comparer, name, judged)
    for copies in by_members:
        yield from _renamed(scene, comparer, [known[c.place] for c in copies if c.place in known])


def _judge(comparer: Comparer, copy: Copy, facts: ClassFacts) -> Judged:
    return Judged(facts, copy.suppression or of_class(comparer, facts))


def _of_one_name(
    scene: Scene, comparer: Comparer, name: str, judged: Sequence[Judged]
) -> Iterator[Duplicate]:
    live = [item.facts for item in judged if item.suppression is None]
    parts = list(_parts(scene, comparer, live))
    for part, _ in parts:
        if len(part) > 1:
            yield from duplicates(comparer, name, part)
    for why, classes in _left_alone(judged):
        yield _suppressed(comparer, name, why, classes)
    if len(parts) > 1:
        firsts = [clusters(comparer, part)[0].first for part, _ in parts]
        yield _suppressed(comparer, name, parts[1][1] or suppression("services"), firsts)


def _left_alone(judged: Sequence[Judged]) -> Iterator[tuple[Suppression, list[ClassFacts]]]:
    """For each reason the classes that are left alone for it, and all if that is only one."""
    reasons: dict[str, list[Judged]] = {}
    for item in judged:
        if item.suppression is not None:
            reasons.setdefault(item.suppression.name, []).append(item)
    for items in reasons.values():
        why = items[0].suppression
        classes = [item.facts for item in items]
        if len(classes) == 1:
            classes += [item.facts for item in judged if item is not items[0]]
        if why is not None and len(classes) > 1:
            yield why, classes


def _suppressed(
    comparer: Comparer, name: str, why: Suppression, classes: Sequence[ClassFacts]
) -> Duplicate:
    found = duplicate(comparer, name, overall(comparer, classes), classes)
    return replace(found, suppression=why)


# -- what may become one ---------------------------------------------------------------------


def _parts(
    scene: Scene, comparer: Comparer, classes: Iterable[ClassFacts]
) -> Iterator[tuple[list[ClassFacts], Suppression | None]]:
    """The classes in parts between which there is a border, with what the border is."""
    parts: list[list[ClassFacts]] = []
    borders: list[Suppression | None] = []
    for facts in classes:
        found = [
            (part, {_border(scene, comparer, facts, other) for other in part}) for part in parts
        ]
        open_to = [part for part, border in found if None in border]
        joined = [facts, *(other for part in open_to for other in part)]
        border = next((why for _, whys in found for why in whys if why is not None), None)
        kept = [
            (part, why) for part, why in zip(parts, borders, strict=True) if part not in open_to
        ]
        parts = [*(part for part, _ in kept), joined]
        borders = [*(why for _, why in kept), border]
    yield from zip(parts, borders, strict=True)


def _border(
    scene: Scene, comparer: Comparer, one: ClassFacts, other: ClassFacts
) -> Suppression | None:
    """Why two classes must not become one whatever they say; None if nothing forbids it."""
    kinds = {comparer.kinds.schema_kind(one), comparer.kinds.schema_kind(other)}
    if len(kinds) == 2 and "orm" in kinds and "" not in kinds:
        return suppression("orm-beside-schema")
    known: Services = scene.once(services)
    if not known.may_share(one.path, other.path):
        return suppression("services")
    return None


# -- other names -----------------------------------------------------------------------------


def _renamed(
    scene: Scene, comparer: Comparer, classes: Sequence[ClassFacts]
) -> Iterator[Duplicate]:
    """Classes of one body under several names, one class for each name."""
    for cluster in clusters(comparer, classes):
        by_name: dict[str, ClassFacts] = {}
        for facts in cluster.copies:
            by_name.setdefault(facts.qualified.name, facts)
        copies = [facts for facts in by_name.values() if of_class(comparer, facts) is None]
        if len(copies) < 2:
            continue
        found = duplicate(comparer, copies[0].qualified.name, "renamed", copies)
        first = copies[0]
        if comparer.kinds.schema_kind(first) or is_exception(comparer, first):
            found = replace(found, suppression=suppression("name-matters"))
        elif len(list(_parts(scene, comparer, copies))) == len(copies):
            found = replace(found, suppression=suppression("services"))
        yield found
