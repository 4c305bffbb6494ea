"""Classes of one name, sorted into those that are one class and what these are to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consolidator.finders.findings import Definer, Duplicate, MemberDifference, Relation
from consolidator.finders.roles import is_test
from consolidator.index.class_identity import ClassFacts
from consolidator.index.class_relation import Comparer, Comparison

_EQUAL = frozenset({"identical", "same code"})
_MOST_COMPARED = 6  # so many copies of a conflict are compared each with each


@dataclass(frozen=True, slots=True)
class Cluster:
    """Classes that are one class; the first stands for all."""

    copies: tuple[ClassFacts, ...]

    @property
    def first(self) -> ClassFacts:
        return self.copies[0]


def duplicates(comparer: Comparer, name: str, classes: Sequence[ClassFacts]) -> Iterator[Duplicate]:
    """What there is to say of classes of one name that could be made one; see `Duplicate`."""
    found = clusters(comparer, classes)
    for cluster in found:
        if len(cluster.copies) > 1:
            texts = {copy.bytes_digest for copy in cluster.copies}
            relation: Relation = "identical" if len(texts) == 1 else "same code"
            yield duplicate(comparer, name, relation, cluster.copies)
    firsts = [cluster.first for cluster in found]
    holders = _holders(comparer, firsts)
    for holder, contained in holders:
        if contained:
            yield duplicate(comparer, name, "superset", (holder, *contained))
    unions = _unions(comparer, [holder for holder, _ in holders])
    for union in unions:
        if len(union) > 1:
            yield duplicate(comparer, name, "union", union)
    if len(unions) > 1:
        yield duplicate(comparer, name, "conflict", [union[0] for union in unions])


def clusters(comparer: Comparer, classes: Sequence[ClassFacts]) -> list[Cluster]:
    """The classes, those together that are one class; classes outside of tests first."""
    found: dict[str, list[list[ClassFacts]]] = {}
    for facts in sorted(classes, key=_rank):
        alike = found.setdefault(facts.code, [])
        for cluster in alike:
            if comparer.compare(cluster[0], facts).relation in _EQUAL:
                cluster.append(facts)
                break
        else:
            alike.append([facts])
    every = [Cluster(tuple(cluster)) for alike in found.values() for cluster in alike]
    return sorted(every, key=lambda cluster: _rank(cluster.first))


def overall(comparer: Comparer, classes: Sequence[ClassFacts]) -> Relation:
    """The one word for what several classes are to each other."""
    found = clusters(comparer, classes)
    if len(found) > 2:
        return "conflict"
    if len(found) == 2:
        relation = comparer.compare(found[0].first, found[1].first).relation
        return "superset" if relation == "subset" else relation
    return "identical" if len({facts.bytes_digest for facts in classes}) == 1 else "same code"


def duplicate(
    comparer: Comparer, name: str, relation: Relation, classes: Sequence[ClassFacts]
) -> Duplicate:
    """The finding for some classes."""
    differences: tuple[MemberDifference, ...] = ()
    if relation in ("superset", "union", "conflict"):
        differences = tuple(_differences(comparer, classes, relation == "conflict"))
    return Duplicate(
        name,
        relation,
        tuple(map(definer, classes)),
        differences,
        any(comparer.kinds.schema_kind(facts) for facts in classes),
    )


def definer(facts: ClassFacts) -> Definer:
    """Where a class stands."""
    return Definer(facts.qualified, facts.path, facts.first_line, facts.last_line)


def _rank(facts: ClassFacts) -> tuple[bool, str, int]:
    return is_test(facts.path), facts.path, facts.first_line


def _holders(
    comparer: Comparer, classes: Sequence[ClassFacts]
) -> list[tuple[ClassFacts, list[ClassFacts]]]:
    """The classes that no other contains, each with those that it contains.

    What several contain goes to the one that comes first.
    """
    contained: dict[int, int] = {}
    largest = sorted(range(len(classes)), key=lambda at: -len(classes[at].members))
    for position, large in enumerate(largest):
        for small in largest[position + 1 :]:
            if large in contained or small in contained:
                continue
            if comparer.compare(classes[large], classes[small]).relation == "superset":
                contained[small] = large
    return [
        (facts, [classes[small] for small, large in sorted(contained.items()) if large == at])
        for at, facts in enumerate(classes)
        if at not in contained
    ]


def _unions(comparer: Comparer, classes: Sequence[ClassFacts]) -> list[list[ClassFacts]]:
    """The classes, those together that contradict each other nowhere."""
    found: list[list[ClassFacts]] = []
    for facts in classes:
        for union in found:
            if all(comparer.compare(other, facts).relation == "union" for other in union):
                union.append(facts)
                break
        else:
            found.append([facts])
    return found


def _differences(
    comparer: Comparer, classes: Sequence[ClassFacts], contradictions: bool
) -> Iterator[MemberDifference]:
    """In what classes differ; with `contradictions` only what one class cannot have both of."""
    found: dict[str, dict[ClassFacts, str]] = {}
    for one, other, comparison in _pairs(comparer, classes):
        for difference in comparison.differences:
            if difference.contradicts or not contradictions:
                values = found.setdefault(difference.member, {})
                values[one], values[other] = difference.here, difference.there
    for member, by_class in found.items():
        values = {facts: by_class.get(facts, _value(facts, member)) for facts in classes}
        yield MemberDifference(
            member, tuple((facts.qualified, text) for facts, text in values.items())
        )


def _pairs(
    comparer: Comparer, classes: Sequence[ClassFacts]
) -> Iterator[tuple[ClassFacts, ClassFacts, Comparison]]:
    for position, one in enumerate(classes):
        for other in classes[position + 1 :]:
            yield one, other, comparer.compare(one, other)
        if len(classes) > _MOST_COMPARED:
            return


def _value(facts: ClassFacts, member: str) -> str:
    return facts.members[member].head if member in facts.members else ""
