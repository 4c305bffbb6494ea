"""Finds classes that are one class written several times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from consolidator.finders.borders import Borders
from consolidator.finders.class_groups import Copy, same_members, same_name
from consolidator.finders.clusters import duplicate, duplicates, equal_sets
from consolidator.finders.findings import Definer, Duplicate
from consolidator.finders.scene import Scene
from consolidator.finders.suppressions import is_exception, of_class, suppression
from consolidator.index.class_identity import ClassFacts, Meanings, read_classes
from consolidator.index.class_identity.facts import Place, class_texts, without_indentation
from consolidator.index.class_relation import Comparer
from consolidator.names import QualifiedName


@dataclass(frozen=True)
class Survey:
    """What is known of the classes that share a name or what they have."""

    scene: Scene
    comparer: Comparer
    borders: Borders
    facts: Mapping[Place, ClassFacts]
    """Of the classes that may be duplicates as far as their outlines tell."""


def find_duplicates(scene: Scene) -> Iterator[Duplicate]:
    """The classes of the same name, and those of the same body, that could be one class.

    For each name: what `clusters.duplicates` says of the classes that may be made one, and a
    suppressed finding for each reason why some of them may not.
    """
    by_name, by_members = same_name(scene), same_members(scene)
    known = _survey(scene, [*by_name.values(), *by_members])
    for name, copies in by_name.items():
        yield from _of_one_name(known, name, [_judged(known, copy) for copy in copies])
    for copies in by_members:
        classes = [known.facts[copy.place] for copy in copies if copy.place in known.facts]
        yield from _renamed(known, classes)


def _survey(scene: Scene, groups: Iterable[Sequence[Copy]]) -> Survey:
    comparer = Comparer.of(Meanings(scene.index, scene.outlines))
    open_groups = [[copy.place for copy in group if copy.suppression is None] for group in groups]
    places = {place: None for group in open_groups if len(group) > 1 for place in group}
    facts = read_classes(scene.index, scene.outlines, places)
    by_code: dict[str, list[ClassFacts]] = {}
    for item in facts.values():
        by_code.setdefault(item.code, []).append(item)
    comparer.prepare(item for items in by_code.values() if len(items) > 1 for item in items)
    return Survey(scene, comparer, Borders(scene, comparer.kinds), facts)


def _judged(known: Survey, copy: Copy) -> Copy:
    """A class with the reason to leave it alone that its own code gives, if there is one."""
    facts = known.facts.get(copy.place)
    if copy.suppression is not None or facts is None:
        return copy
    return replace(copy, suppression=of_class(known.comparer, facts))


def _of_one_name(known: Survey, name: str, copies: Sequence[Copy]) -> Iterator[Duplicate]:
    live = [
        known.facts[copy.place]
        for copy in copies
        if copy.suppression is None and copy.place in known.facts
    ]
    yield from duplicates(known.comparer, known.borders, name, live)
    yield from _left_alone(known, name, copies)


def _left_alone(known: Survey, name: str, copies: Sequence[Copy]) -> Iterator[Duplicate]:
    """For each reason the classes that are left alone for it, with all others if it is but one.

    Nobody looked closely at them: those that are not identical count as conflicting.
    """
    reasons: dict[str, list[Copy]] = {}
    for copy in copies:
        if copy.suppression is not None:
            reasons.setdefault(copy.suppression.name, []).append(copy)
    for alike in reasons.values():
        shown = alike if len(alike) > 1 else [*alike, *(c for c in copies if c is not alike[0])]
        texts = class_texts(known.scene.index, [copy.place for copy in shown])
        bodies = {without_indentation(text) for text in texts.values()}
        yield Duplicate(
            name,
            "identical" if len(bodies) == 1 else "conflict",
            tuple(_definer(known.scene, copy) for copy in shown),
            suppression=alike[0].suppression,
        )


def _definer(scene: Scene, copy: Copy) -> Definer:
    qualified = QualifiedName(scene.module_of(copy.path), copy.item.name)
    return Definer(qualified, copy.path, copy.item.first_line, copy.item.last_line)


# -- other names -----------------------------------------------------------------------------


def _renamed(known: Survey, classes: Sequence[ClassFacts]) -> Iterator[Duplicate]:
    """Classes of one body under several names, one class for each name."""
    comparer = known.comparer
    for alike in equal_sets(comparer, classes):
        by_name: dict[str, ClassFacts] = {}
        for facts in alike:
            by_name.setdefault(facts.qualified.name, facts)
        copies = [facts for facts in by_name.values() if of_class(comparer, facts) is None]
        if len(copies) < 2:
            continue
        found = duplicate(comparer, copies[0].qualified.name, "renamed", copies)
        if _is_known_by_name(comparer, copies):
            found = replace(found, suppression=suppression("name-matters"))
        elif len(known.borders.parts(copies)) == len(copies):
            found = replace(found, suppression=suppression("services"))
        yield found


def _is_known_by_name(comparer: Comparer, classes: Sequence[ClassFacts]) -> bool:
    """Whether classes of one body need their names: models, exceptions, two in one module."""
    first = classes[0]
    if comparer.kinds.schema_kind(first) or is_exception(comparer, first):
        return True
    return len({facts.path for facts in classes}) == 1
