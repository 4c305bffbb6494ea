"""What two classes are to each other."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.class_differences import (
    Difference,
    have_much_in_common,
    may_agree,
    nothing_in_common,
    of_header,
    of_members,
    of_order,
)
from consolidator.index.class_identity import ClassFacts, class_facts
from consolidator.index.class_identity.meanings import Meanings
from consolidator.index.class_identity.sameness import Sameness
from consolidator.index.class_kinds import ClassKinds
from consolidator.index.index import Index
from consolidator.names import QualifiedName

__all__ = ["ClassRelation", "Comparer", "Comparison", "Difference", "relation"]

ClassRelation = Literal["identical", "same code", "superset", "subset", "union", "conflict"]

_EMPTY_BASES = ("abc.ABC", "typing.Generic", "typing.Protocol", "object")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a first class is to a second one, and why.

    `superset`: the first has every member of the second, equal in code and in what its names mean,
    and more; `subset` the other way round. `union`: they share at least half of the smaller one's
    members, each has others that the other lacks, and nothing contradicts. `identical` and `same
    code` classes mean the same wherever they stand.
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
    _compared: dict[tuple[ClassFacts, ClassFacts], Comparison] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def of(cls, meanings: Meanings) -> Comparer:
        return cls(meanings, Sameness(meanings), ClassKinds.of(meanings))

    def prepare(self, classes: Iterable[ClassFacts]) -> None:
        """Read what comparing these classes will need, together, which is faster."""
        wanted = tuple(classes)
        self.sameness.needs(facts.text for facts in wanted)
        meanings = {
            self.meanings.meaning(facts.path, name)
            for facts in wanted
            for name in self.names_used(facts, facts.members)
        }
        self.meanings.prepare(sorted({item.place[0] for item in meanings if item.place}))

    def state(self, facts: ClassFacts) -> str:
        """What the class changes at run time and has for itself: `known = []`, its subclasses.

        One line of code; empty if there is nothing of the kind, and for schemas, whose fields
        only look like it.
        """
        return "" if self.kinds.schema_kind(facts) else self.sameness.state(facts.text)

    def relation(self, one: ClassFacts, other: ClassFacts) -> ClassRelation:
        """What `one` is to `other`: the word alone, which is often quickly told."""
        return self.compare(one, other).relation if may_agree(one, other) else "conflict"

    def compare(self, one: ClassFacts, other: ClassFacts) -> Comparison:
        """What `one` is to `other`; the name of the class itself counts for nothing."""
        key = (one, other)
        if key not in self._compared:
            self._compared[key] = self._compare(one, other)
        return self._compared[key]

    def _compare(self, one: ClassFacts, other: ClassFacts) -> Comparison:
        found = [*of_header(one, other), *of_members(one, other)]
        if not _contradict(found) and not have_much_in_common(one, other):
            found = [nothing_in_common(one, other)]
        if not _contradict(found):
            kinds = {self.kinds.schema_kind(one), self.kinds.schema_kind(other)}
            found += of_order(one, other, kinds != {""})
            found += self._of_inherited(one, other)
        if not _contradict(found):
            found += self._of_meanings(one, other)
        if _contradict(found):
            return Comparison("conflict", tuple(found))
        return Comparison(_relation(one, other), tuple(found), tuple(self._along(one, other)))

    def names_used(self, facts: ClassFacts, members: Iterable[str]) -> set[str]:
        """The names of its module that the header of a class and some of its members use."""
        needs = self.sameness.needs([facts.text]).get(facts.text)
        if needs is None:
            return set()
        wanted = {"", *members}
        return {name for member in wanted for name in needs["uses"].get(member, [])}

    def _shared_names(self, one: ClassFacts, other: ClassFacts) -> set[str]:
        names = self.names_used(one, one.members.keys() & other.members.keys())
        return names - {one.qualified.name, other.qualified.name}

    def _of_meanings(self, one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
        """What the parts that both have mean in each module."""
        names = self._shared_names(one, other)
        for found in self.sameness.ambiguities(one.path, other.path, names):
            here = f"{found.here} ({found.why})" if found.why else str(found.here)
            yield Difference(f"what {found.name} means", here, str(found.there), True)
        if self.kinds.schema_kind(one) and one.postpones_annotations != other.postpones_annotations:
            words = ("evaluated", "postponed")
            here, there = (words[facts.postpones_annotations] for facts in (one, other))
            yield Difference("annotations", here, there, True)

    def _of_inherited(self, one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
        """What only one has and what would change what the other inherits."""
        for more, less, is_here in ((one, other, True), (other, one, False)):
            extra = [name for name in more.members if name not in less.members]
            inherited = self._inherited(less, extra)
            for name in inherited:
                mine, theirs = f"`{name}` of its own", "inherits it, or may"
                yield Difference(name, *((mine, theirs) if is_here else (theirs, mine)), True)

    def _inherited(self, facts: ClassFacts, names: list[str]) -> list[str]:
        """Those of the names that the class inherits, or may inherit, from its bases."""
        found: set[str] = set()
        todo = list(self.kinds.bases(facts)) if names else []
        seen = set()
        while todo:
            base = todo.pop()
            if base in seen:
                continue
            seen.add(base)
            if isinstance(base, str):
                found.update(name for name in names if self._may_offer(facts, base, name))
            else:
                found.update(set(names) & set(base[1].members))
                todo.extend(self.kinds.bases_at(base))
        return [name for name in names if name in found]

    def _may_offer(self, facts: ClassFacts, base: str, name: str) -> bool:
        """Whether a class outside of the project has an attribute, as far as can be told."""
        if base in _EMPTY_BASES or self.kinds.schema_kind(facts):
            return False
        known = getattr(builtins, base, None)
        return hasattr(known, name) if isinstance(known, type) else not name.startswith("_")

    def _along(
        self, one: ClassFacts, other: ClassFacts
    ) -> Iterator[tuple[QualifiedName, QualifiedName]]:
        for pair in self.sameness.along(one.path, other.path, self._shared_names(one, other)):
            here, there = (self.meanings.qualified(*place) for place in pair)
            if (here, there) != (one.qualified, other.qualified):
                yield here, there


def relation(index: Index, one: QualifiedName, other: QualifiedName) -> Comparison | None:
    """What one class of the project is to another; None when one of them cannot be read."""
    facts = [class_facts(index, name.module, name.name) for name in (one, other)]
    if facts[0] is None or facts[1] is None:
        return None
    return Comparer.of(Meanings(index)).compare(facts[0], facts[1])


def _contradict(differences: Iterable[Difference]) -> bool:
    return any(difference.contradicts for difference in differences)


def _relation(one: ClassFacts, other: ClassFacts) -> ClassRelation:
    shared = one.members.keys() & other.members.keys()
    here, there = len(one.members) - len(shared), len(other.members) - len(shared)
    if here and there:
        return "union"
    if here or there:
        return "superset" if here else "subset"
    return "identical" if one.bytes_digest == other.bytes_digest else "same code"
