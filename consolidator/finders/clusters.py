"""Classes of one name, sorted into those that are one class and what these are to each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from consolidator.finders.borders import Borders
from consolidator.finders.findings import Definer, Duplicate, MemberDifference, Relation
from consolidator.finders.roles import is_test
from consolidator.index.class_differences import contradictions as contradictory
from consolidator.index.class_identity import ClassFacts
from consolidator.index.class_relation import Comparer

_EQUAL = frozenset({"identical", "same code"})
_MOST_COMPARED = 6  # so many copies of a conflict are compared each with each


def duplicates(
    comparer: Comparer, borders: Borders, name: str, classes: Sequence[ClassFacts]
) -> Iterator[Duplicate]:
    """What there is to say of classes of one name; see `Duplicate`."""
    sets: list[list[ClassFacts]] = []
    for copies in equal_sets(comparer, classes):
        parts = borders.parts(copies)
        for part in parts:
            if len(part) > 1:
                yield duplicate(comparer, name, _of_equals(part), part)
        if len(parts) > 1:
            found = duplicate(comparer, name, _of_equals(copies), copies)
            yield replace(found, suppression=borders.between_parts(parts))
        sets.extend(parts)
    yield from _of_unequals(comparer, borders, name, [copies[0] for copies in sets])


def _of_unequals(
    comparer: Comparer, borders: Borders, name: str, classes: Sequence[ClassFacts]
) -> Iterator[Duplicate]:
    holders = _holders(comparer, borders, classes)
    for holder, contained in holders:
        if contained:
            yield duplicate(comparer, name, "superset", (holder, *contained))
    unions = _unions(comparer, borders, [holder for holder, _ in holders])
    for union in unions:
        if len(union) > 1:
            yield duplicate(comparer, name, "union", union)
    parts = borders.parts(union[0] for union in unions)
    for part in parts:
        if len(part) > 1:
            yield duplicate(comparer, name, "conflict", part)
    if len(parts) > 1:
        relation, ordered = overall(comparer, [part[0] for part in parts])
        if relation not in _EQUAL:  # those that are equal have their finding
            found = duplicate(comparer, name, relation, ordered)
            yield replace(found, suppression=borders.between_parts(parts))


def equal_sets(comparer: Comparer, classes: Sequence[ClassFacts]) -> list[list[ClassFacts]]:
    """The classes, those together that are one class; classes outside of tests first."""
    found: dict[str, list[list[ClassFacts]]] = {}
    for facts in sorted(classes, key=_rank):
        alike = found.setdefault(facts.code, [])
        for copies in alike:
            if comparer.relation(copies[0], facts) in _EQUAL:
                copies.append(facts)
                break
        else:
            alike.append([facts])
    every = [copies for alike in found.values() for copies in alike]
    return sorted(every, key=lambda copies: _rank(copies[0]))


def overall(
    comparer: Comparer, classes: Sequence[ClassFacts]
) -> tuple[Relation, Sequence[ClassFacts]]:
    """The one word for what several classes are to each other; of two, the larger one first."""
    found = equal_sets(comparer, classes)
    if len(found) == 1:
        return _of_equals(classes), classes
    if len(found) > 2 or len(classes) > 2:
        return "conflict", classes
    relation = comparer.relation(classes[0], classes[1])
    if relation == "subset":
        return "superset", (classes[1], classes[0])
    return relation, classes


def _of_equals(classes: Sequence[ClassFacts]) -> Relation:
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
        state=comparer.state(classes[0]) if relation != "conflict" else "",
    )


def definer(facts: ClassFacts) -> Definer:
    """Where a class stands."""
    return Definer(facts.qualified, facts.path, facts.first_line, facts.last_line)


def _rank(facts: ClassFacts) -> tuple[bool, str, int]:
    return is_test(facts.path), facts.path, facts.first_line


def _holders(
    comparer: Comparer, borders: Borders, classes: Sequence[ClassFacts]
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
            if comparer.relation(classes[large], classes[small]) != "superset":
                continue
            if borders.between(classes[large], classes[small]) is None:
                contained[small] = large
    return [
        (facts, [classes[small] for small, large in sorted(contained.items()) if large == at])
        for at, facts in enumerate(classes)
        if at not in contained
    ]


def _unions(
    comparer: Comparer, borders: Borders, classes: Sequence[ClassFacts]
) -> list[list[ClassFacts]]:
    """The classes, those together that contradict each other nowhere."""
    found: list[list[ClassFacts]] = []
    for facts in classes:
        for union in found:
            if all(
                comparer.relation(other, facts) == "union" and not borders.between(other, facts)
                for other in union
            ):
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
    for one, other in _pairs(classes):
        differences = [*contradictory(one, other)] if contradictions else []
        for difference in differences or comparer.compare(one, other).differences:
            if difference.contradicts or not contradictions:
                values = found.setdefault(difference.member, {})
                values[one], values[other] = difference.here, difference.there
    for member, by_class in found.items():
        values = {facts: by_class.get(facts, _value(facts, member)) for facts in classes}
        yield MemberDifference(
            member, tuple((facts.qualified, text) for facts, text in values.items())
        )


def _pairs(classes: Sequence[ClassFacts]) -> Iterator[tuple[ClassFacts, ClassFacts]]:
    for position, one in enumerate(classes):
        for other in classes[position + 1 :]:
            yield one, other
        if len(classes) > _MOST_COMPARED:
            return


def _value(facts: ClassFacts, member: str) -> str:
    return facts.head(member) if member in facts.members else ""
