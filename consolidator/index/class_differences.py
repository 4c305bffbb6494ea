"""In what two classes differ, as far as their own code tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.index.class_identity import ClassFacts
from consolidator.index.class_identity.heads import heads_apart

_HARMLESS = frozenset({"__repr__", "__doc__", "__module__"})
HEADER = ("decorators", "bases", "keywords", "type parameters")


@dataclass(frozen=True, slots=True)
class Difference:
    """A member, or `bases`, `decorators`, `order`, `what X means`, in which two classes differ."""

    member: str
    here: str
    """In one line; empty where the first class has nothing of the kind."""
    there: str
    contradicts: bool
    """Whether one class cannot have both; a member that only one has contradicts nothing, unless
    it changes what the class does without it, as `__init__` or `__slots__` do."""


def of_header(one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
    """The parts of the header that do not say the same."""
    for part in HEADER if one.header_code != other.header_code else ():
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


def of_members(one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
    """The members that only one has, or that do not say the same."""
    for name, member in one.members.items():
        match = other.members.get(name)
        if match is None:
            yield Difference(name, one.head(name), "", decides(one, name))
        elif match.code != member.code:
            yield Difference(name, *_apart(one, other, name), True)
    for name in other.members:
        if name not in one.members:
            yield Difference(name, "", other.head(name), decides(other, name))


def contradictions(one: ClassFacts, other: ClassFacts) -> Iterator[Difference]:
    """What the headers and members that both have say differently."""
    yield from of_header(one, other)
    for name, member in one.members.items():
        match = other.members.get(name)
        if match is not None and match.code != member.code:
            yield Difference(name, *_apart(one, other, name), True)


def _apart(one: ClassFacts, other: ClassFacts, name: str) -> tuple[str, str]:
    here, there = one.head(name), other.head(name)
    if here != there:
        return here, there
    return heads_apart(one.source(name), other.source(name))


def of_order(one: ClassFacts, other: ClassFacts, is_schema: bool) -> Iterator[Difference]:
    """The members that both have must come in the same order where order can matter.

    That is the fields of a schema; in any class what runs when the class statement does.
    """
    here, there = (_ordered(facts, is_schema) for facts in (one, other))
    here = [name for name in here if name in other.members]
    there = [name for name in there if name in one.members]
    if here != there:
        yield Difference("order", ", ".join(here), ", ".join(there), True)


def decides(facts: ClassFacts, member: str) -> bool:
    """Whether a member that another class lacks makes the two behave differently without it.

    `__init__`, `__eq__`, `__slots__` and their like do; so do abstract methods, whatever a
    protocol asks for, and statements that bind no name.
    """
    if facts.members[member].kind == "statement" or _is_protocol(facts):
        return True
    if member.startswith("__") and member.endswith("__"):
        return member not in _HARMLESS
    if "abstractmethod" not in facts.text:
        return False
    return "abstractmethod" in facts.source(member).partition("def ")[0]


def _is_protocol(facts: ClassFacts) -> bool:
    return any(
        part.part == "bases" and re.match(r"(?:\w+\.)*Protocol\b", part.source)
        for part in facts.header
    )


def may_agree(one: ClassFacts, other: ClassFacts) -> bool:
    """Whether two classes could be more than namesakes: a quick look before a close one."""
    if one.header_code != other.header_code or not have_much_in_common(one, other):
        return False
    if len(one.members) > len(other.members):
        one, other = other, one
    for name, member in one.members.items():
        match = other.members.get(name)
        if match is not None and match.code != member.code:
            return False
    return True


def have_much_in_common(one: ClassFacts, other: ClassFacts) -> bool:
    """Whether two classes share at least half of the members of the smaller one."""
    shared = len(one.members.keys() & other.members.keys())
    return shared * 2 >= min(len(one.members), len(other.members))


def nothing_in_common(one: ClassFacts, other: ClassFacts) -> Difference:
    """Two classes that share a name and little else."""
    return Difference("members", ", ".join(one.members), ", ".join(other.members), True)


def _ordered(facts: ClassFacts, is_schema: bool) -> list[str]:
    eager = set(facts.eager)
    return [
        name
        for name, member in facts.members.items()
        if name in eager or (is_schema and member.kind != "method")
    ]
