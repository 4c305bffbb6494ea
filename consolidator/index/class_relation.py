"""What two classes are to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.class_identity.facts import ClassFacts, class_facts
from consolidator.index.class_identity.meanings import Meanings
from consolidator.index.class_identity.sameness import Sameness
from consolidator.index.class_kinds import ClassKinds, SchemaKind
from consolidator.index.index import Index
from consolidator.names import QualifiedName

ClassRelation = Literal["identical", "same code", "superset", "subset", "union", "conflict"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A member, or `bases`, `decorators`, `order`, `what X means`, in which two classes differ."""

    member: str
    here: str
    """In one line; empty where the first class has nothing of the kind."""
    there: str
    contradicts: bool
    """Whether one class cannot have both; a member that only one has contradicts nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a first class is to a second one, and why.

    `superset`: the first has every member of the second, equal in code and in what its names mean,
    and more; `subset` the other way round. `union`: they share members, each has others that the
    other lacks, and nothing contradicts. `identical` and `same code` classes mean the same wherever they stand.
    """

    relation: ClassRelation
    differences: tuple[Difference, ...] = ()
    along: tuple[tuple[QualifiedName, QualifiedName], ...] = ()
    """Definitions that the classes use, equal and yet two: to make the classes one, let one of
    each pair stand for both."""


@dataclass(frozen=True)
class Comparer:
    """Compares classes of one project; what was found out is kept."""

    meanings: Meanings
    sameness: Sameness = field(repr=False)
    kinds: ClassKinds = field(repr=False)

    @classmethod
    def of(cls, meanings: Meanings) -> Comparer:
        return cls(meanings, Sameness(meanings), ClassKinds(meanings))

    def compare(self, one: ClassFacts, other: ClassFacts) -> Comparison:
        """What `one` is to `other`; the name of the class itself counts for nothing."""
        kind = self.kinds.schema_kind(one)
        differences = [*_of_header(one, other), *_of_members(one, other)]
        if not any(difference.contradicts for difference in differences):
            differences += _of_order(one, other, bool(kind or self.kinds.schema_kind(other)))
        if not any(difference.contradicts for difference in differences):
            differences += self._of_meanings(one, other, kind)
        if any(difference.contradicts for difference in differences):
            return Comparison("conflict", tuple(differences))
        if not one.members.keys() & other.members.keys():
            return Comparison("conflict", (_nothing_in_common(one, other),))
        return Comparison(_relation(one, other), tuple(differences), tuple(self._along(one, other)))

    def names_used(self, facts: ClassFacts, members: Iterable[str]) -> set[str]:
        """The names of its module that the header of a class and some of its members use."""
        needs = self.sameness.needs([facts.text]).get(facts.text)
        if needs is None:
            return set()
        wanted = {"", *members}
        return {name for member in wanted for name in needs["uses"].get(member, [])}

    def _of_meanings(
        self, one: ClassFacts, other: ClassFacts, kind: SchemaKind
    ) -> Iterator[Difference]:
        """What the parts that both have mean in each module."""
        names = self.names_used(one, one.members.keys() & other.members.keys())
        own = {one.qualified.name, other.qualified.name}
        for found in self.sameness.ambiguities(one.path, other.path, names - own):
            yield Difference(
                f"what {found.name} means", _told(found.here, found.why), str(found.there), True
            )
        if kind and one.postpones_annotations != other.postpones_annotations:
            words = ("evaluated", "postponed")
            yield Difference(
                "annotations",
                words[one.postpones_annotations],
                words[other.postpones_annotations],
                True,
            )

    def _along(
        self, one: ClassFacts, other: ClassFacts
    ) -> Iterator[tuple[QualifiedName, QualifiedName]]:
        names = self.names_used(one, one.members.keys() & other.members.keys())
        for pair in self.sameness.along(one.path, other.path, names):
            here, there = (self.meanings.qualified(*place) for place in pair)
            if (here, there) != (one.qualified, other.qualified):
                yield here, there


def relation(index: Index, one: QualifiedName, other: QualifiedName) -> Comparison | None:
    """What one class of the project is to another; None when one of them cannot be read."""
    facts = [class_facts(index, name.module, name.name) for name in (one, other)]
    if facts[0] is None or facts[1] is None:
        return None
    return Comparer.of(Meanings(index)).compare(facts[0], facts[1])


def _nothing_in_common(one: ClassFacts, other: ClassFacts) -> Difference:
    return Difference("members", ", ".join(one.members), ", ".join(other.members), True)


def _told(meaning: object, why: str) -> str:
    return f"{meaning} ({why})" if why else str(meaning)


def _relation(one: ClassFacts, other: ClassFacts) -> ClassRelation:
    here, there = (
        one.members.keys() - other.members.keys(),
        other.members.keys() - one.members.keys(),
    )
    if here and there:
        return "union"
    if here or there:
        return "superset" if here else "subset"
    return "identical" if one.bytes_digest == other.bytes_digest else "same code"


def _of_header(one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
    for part in ("decorators", "bases", "keywords", "type parameters"):
        here, there = (
            [item for item in facts.header if item.part == part] for facts in (one, other)
        )
        if [item.code for item in here] != [item.code for item in there]:
            yield Difference(
                part,
                ", ".join(item.source for item in here),
                ", ".join(item.source for item in there),
                True,
            )


def _of_members(one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
    for name, member in one.members.items():
        match = other.members.get(name)
        if match is None:
            yield Difference(name, member.head, "", False)
        elif match.code != member.code:
            yield Difference(name, member.head, match.head, True)
    for name, member in other.members.items():
        if name not in one.members:
            yield Difference(name, "", member.head, False)


def _of_order(one: ClassFacts, other: ClassFacts, is_schema: bool) -> Iterator[Difference]:
    """The members that both have must come in the same order where order can matter."""
    here, there = (_ordered(facts, is_schema) for facts in (one, other))
    here = [name for name in here if name in other.members]
    there = [name for name in there if name in one.members]
    if here != there:
        yield Difference("order", ", ".join(here), ", ".join(there), True)


def _ordered(facts: ClassFacts, is_schema: bool) -> list[str]:
    eager = set(facts.eager)
    return [
        name
        for name, member in facts.members.items()
        if name in eager or (is_schema and member.kind != "method")
    ]
