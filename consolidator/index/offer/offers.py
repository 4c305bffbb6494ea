"""A definition with all that it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from consolidator.index.index import Index
from consolidator.index.offer.foreign import builtin_class, foreign_class, shows_all
from consolidator.index.offer.names import Meaning, dotted_meaning, meaning
from consolidator.names import ModuleName, QualifiedName

Fact = dict[str, Any]

_HARMLESS_DECORATORS = frozenset(
    {"final", "runtime_checkable", "total_ordering", "unique", "verify", "skip", "skipIf",
     "skipUnless", "deprecated", "no_type_check"}
)  # fmt: skip
_DATACLASS_DECORATORS = frozenset(
    {"dataclasses.dataclass", "pydantic.dataclasses.dataclass", "attr.s", "attr.attrs",
     "attr.define", "attr.frozen", "attr.mutable", "attr.dataclass", "attr.attributes",
     "attrs.define", "attrs.frozen", "attrs.mutable"}
)  # fmt: skip
_PLAIN_METACLASSES = frozenset({"type", "ABCMeta", "EnumMeta", "EnumType"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether something that a user does is offered; None when that cannot be told."""

    holds: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One class of the project in the order of resolution."""

    module: ModuleName
    name: str
    fact: Fact
    set_later: tuple[str, ...]
    maker: str = ""
    """`dataclass` or `attrs` where a decorator writes the constructor."""
    options: Fact | None = None
    """What that decorator was given."""


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """A class with what it inherits, a function, or something that nothing is known about."""

    kind: Literal["class", "function", "value", "unknown"]
    module: ModuleName
    name: str
    lineage: tuple[Entry | type, ...] = ()
    """The class and its bases in the order in which attributes are looked up."""
    gap: str = ""
    """Why it may offer more than is seen; empty when all is seen."""
    metaclass: tuple[Entry | type, ...] = ()
    defs: tuple[Fact, ...] = ()
    """For a function: its `def`s."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The classes of the project in the lineage."""
        return tuple(item for item in self.lineage if isinstance(item, Entry))

    def inherits(self, foreign: type) -> bool:
        """Whether a class from outside the project is among the bases."""
        return any(isinstance(i, type) and issubclass(i, foreign) for i in self.lineage)


def offer_of(index: Index, name: QualifiedName) -> Offer:
    """What a definition of the project offers."""
    found = meaning(index, name.module, name.name)
    return _offer(index, found)


def offer_of_expression(index: Index, module: ModuleName, dotted: str) -> Offer:
    """What `a.b.C`, written in a module of the project, offers."""
    return _offer(index, dotted_meaning(index, module, dotted))


def _offer(index: Index, found: Meaning) -> Offer:
    key = f"{found.module}:{found.name}"
    known = index.offered.get(key)
    if known is None:
        known = index.offered[key] = _new_offer(index, found)
    return known


def _new_offer(index: Index, found: Meaning) -> Offer:
    if found.kind == "class":
        return _class_offer(index, found)
    if found.kind == "function":
        return Offer("function", found.module, found.name, defs=found.facts)
    kind: Literal["value", "unknown"] = "value" if found.kind == "value" else "unknown"
    return Offer(kind, found.module, found.name, gap=found.why or f"{found.name} is not a class")


@dataclass(slots=True)
class _Lineage:
    """What is known of the bases of one class while they are followed."""

    classes: list[Entry | type]
    gap: str = ""
    metaclass: tuple[Entry | type, ...] = ()


def _class_offer(index: Index, found: Meaning) -> Offer:
    lineage = _lineage(index, found, ())
    gap = lineage.gap
    return Offer("class", found.module, found.name, tuple(lineage.classes), gap, lineage.metaclass)


def _lineage(index: Index, found: Meaning, seen: tuple[str, ...]) -> _Lineage:
    key = f"{found.module}:{found.name}"
    fact = found.facts[0]
    if key in seen:
        return _Lineage([object], f"{found.name} inherits from itself")
    entry, gap = _entry(index, found, fact)
    bases = [_base(index, found.module, name, (*seen, key)) for name, _ in fact["bases"]]
    gaps = [gap, *(base.gap for base in bases)]
    merged = _merge([base.classes for base in bases] or [[object]])
    metaclass, meta_gap = _metaclass(index, found.module, fact)
    metaclass = metaclass or next((base.metaclass for base in bases if base.metaclass), ())
    return _Lineage([entry, *merged], next(filter(None, [*gaps, meta_gap]), ""), metaclass)


def _entry(index: Index, found: Meaning, fact: Fact) -> tuple[Entry, str]:
    maker, options, gap = "", None, fact["open"]
    for name, given in fact["decorators"]:
        tail = (name or "").rpartition(".")[2]
        full = _full_name(index, found.module, name)
        if full in _DATACLASS_DECORATORS:
            maker, options = ("dataclass" if "dataclass" in tail else "attrs"), given
        elif tail not in _HARMLESS_DECORATORS and not (name or "").startswith("pytest.mark."):
            gap = gap or f"{found.name} is decorated with {name or 'something computed'}"
    if "*" in found.set_later:
        gap = gap or "attributes are set on it by computed names"
    entry = Entry(found.module, found.name, fact, found.set_later, maker, options)
    return entry, gap


def _full_name(index: Index, module: ModuleName, dotted: str | None) -> str:
    """`dataclasses.dataclass` of a decorator written as `dataclass`."""
    if dotted is None:
        return ""
    found = dotted_meaning(index, module, dotted)
    return f"{found.module}.{found.name}" if found.kind == "foreign" else ""


def _base(index: Index, module: ModuleName, dotted: str | None, seen: tuple[str, ...]) -> _Lineage:
    if dotted is None:
        return _Lineage([object], "one of its bases is computed")
    found = dotted_meaning(index, module, dotted)
    if found.kind == "class":
        return _lineage(index, found, seen)
    foreign = _foreign(found, dotted)
    if foreign is None:
        return _Lineage([object], f"its base {dotted} is not part of the project")
    gap = "" if shows_all(foreign) else f"its base {dotted} is not part of the project"
    return _Lineage(list(foreign.__mro__), gap)


def _foreign(found: Meaning, dotted: str) -> type | None:
    if found.kind == "foreign":
        return foreign_class(f"{found.module}.{found.name}")
    return builtin_class(dotted) if found.kind == "unknown" and "." not in dotted else None


def _metaclass(
    index: Index, module: ModuleName, fact: Fact
) -> tuple[tuple[Entry | type, ...], str]:
    """The metaclass of a class statement, if it names one, and what that leaves open."""
    if "metaclass" not in fact["keywords"]:
        return (), ""
    dotted = fact["keywords"]["metaclass"][0]
    if dotted and dotted.rpartition(".")[2] in _PLAIN_METACLASSES:
        return (), ""
    lineage = _base(index, module, dotted, ())
    gap = f"its metaclass {dotted or ''} is not understood" if lineage.gap else ""
    makers = {"__new__", "__init__", "__prepare__", "__getattr__", "__getattribute__"}
    for entry in lineage.classes:
        if isinstance(entry, Entry) and makers & entry.fact["methods"].keys():
            gap = gap or f"its metaclass {dotted} may add attributes"
    return tuple(lineage.classes), gap


def _merge(sequences: list[list[Entry | type]]) -> list[Entry | type]:
    """The order of resolution (C3) of several lineages; as written where there is none."""
    rest = [list(sequence) for sequence in sequences]
    rest.append([sequence[0] for sequence in sequences if sequence])
    merged: list[Entry | type] = []
    while rest := [sequence for sequence in rest if sequence]:
        tails = {_identity(item) for sequence in rest for item in sequence[1:]}
        head = next((s[0] for s in rest if _identity(s[0]) not in tails), rest[0][0])
        merged.append(head)
        rest = [[item for item in s if _identity(item) != _identity(head)] for s in rest]
    return merged


def _identity(item: Entry | type) -> object:
    return (item.module, item.name) if isinstance(item, Entry) else item
