"""Finds the lineage of a class: its bases across modules, in the order of resolution."""

from __future__ import annotations

from typing import Any, Literal

from consolidator.index.index import Index
from consolidator.index.offer.foreign import builtin_class, foreign_class, shows_all
from consolidator.index.offer.names import Meaning, dotted_meaning, meaning
from consolidator.index.offer.offers import Ancestor, Entry, Lineage, Offer, Unseen
from consolidator.names import ModuleName, QualifiedName

Fact = dict[str, Any]

_HARMLESS_DECORATORS = frozenset(
    {"final", "runtime_checkable", "total_ordering", "unique", "verify", "skip", "skipIf",
     "skipUnless", "deprecated", "no_type_check", "implementer", "dataclass_json"}
)  # fmt: skip
_MAKERS: dict[str, Literal["dataclass", "attrs"]] = {
    **dict.fromkeys(("dataclasses.dataclass", "pydantic.dataclasses.dataclass"), "dataclass"),
    **dict.fromkeys(
        ("attr.s", "attr.attrs", "attr.define", "attr.frozen", "attr.mutable", "attr.dataclass",
         "attr.attributes", "attrs.define", "attrs.frozen", "attrs.mutable"),
        "attrs",
    ),
}  # fmt: skip
_PLAIN_METACLASSES = frozenset({"type", "ABCMeta", "EnumMeta", "EnumType"})


def offer_of(index: Index, name: QualifiedName) -> Offer:
    """What a definition of the project offers."""
    return _offer(index, meaning(index, name.module, name.name))


def offer_of_expression(index: Index, module: ModuleName, dotted: str) -> Offer:
    """What `a.b.C`, written in a module of the project, offers."""
    return _offer(index, dotted_meaning(index, module, dotted))


def _offer(index: Index, found: Meaning) -> Offer:
    key = f"{found.module}:{found.name}"
    known: Offer | None = index.offered.get(key)
    if known is None:
        known = index.offered[key] = _new_offer(index, found)
    return known


def _new_offer(index: Index, found: Meaning) -> Offer:
    if found.kind == "class":
        lineage, metaclass = _lineage(index, found, ())
        return Offer("class", found.module, found.name, lineage, metaclass)
    if found.kind == "function":
        return Offer("function", found.module, found.name, defs=found.facts)
    why = found.why or f"{found.name} is not defined in the project"
    kind = "value" if found.kind == "value" else "unknown"
    return Offer(kind, found.module, found.name, why_unknown=why)  # type: ignore[arg-type]


def _lineage(index: Index, found: Meaning, seen: tuple[str, ...]) -> tuple[Lineage, Lineage]:
    """The lineage of a class and of its metaclass."""
    key = f"{found.module}:{found.name}"
    fact = found.facts[0]
    if key in seen:
        return (Unseen(f"{found.name} inherits from itself"), object), ()
    parts = [_base(index, found.module, name, (*seen, key)) for name, _ in fact["bases"]]
    merged = _merge([list(lineage) for lineage, _ in parts] or [[object]])
    own = _metaclass(index, found.module, fact)
    metaclass = own or next((metaclass for _, metaclass in parts if metaclass), ())
    return (_entry(index, found, fact), *merged), metaclass


def _base(
    index: Index, module: ModuleName, dotted: str | None, seen: tuple[str, ...]
) -> tuple[Lineage, Lineage]:
    if dotted is None:
        return (Unseen("one of its bases is computed"), object), ()
    found = dotted_meaning(index, module, dotted)
    if found.kind == "class":
        return _lineage(index, found, seen)
    foreign = _foreign(found, dotted)
    unseen = Unseen(f"its base {dotted} is not a class of the project")
    if foreign is None:
        return (unseen, object), ()
    if shows_all(foreign):
        return foreign.__mro__, ()
    return (*foreign.__mro__[:-1], unseen, object), ()


def _foreign(found: Meaning, dotted: str) -> type | None:
    if found.kind == "foreign":
        return foreign_class(f"{found.module}.{found.name}")
    return builtin_class(dotted) if found.kind == "unknown" and "." not in dotted else None


def _metaclass(index: Index, module: ModuleName, fact: Fact) -> Lineage:
    """The lineage of the metaclass that a class statement names; empty for the plain ones."""
    if "**" in fact["keywords"]:
        return (Unseen("its keywords are computed"), object)
    if "metaclass" not in fact["keywords"]:
        return ()
    dotted = fact["keywords"]["metaclass"][0]
    if dotted and dotted.rpartition(".")[2] in _PLAIN_METACLASSES:
        return ()
    return _base(index, module, dotted, ())[0]


def _entry(index: Index, found: Meaning, fact: Fact) -> Entry:
    gap = fact["open"]
    if "*" in found.set_later:
        gap = gap or "attributes are set on it by computed names"
    maker: Literal["", "dataclass", "attrs"] = ""
    options, is_remade = None, False
    for name, given in fact["decorators"]:
        full = _full_name(index, found.module, name)
        if full in _MAKERS:
            maker, options = _MAKERS[full], given
        elif not _is_harmless(index, found.module, name):
            is_remade = True
            gap = gap or f"{found.name} is decorated with {name or 'something computed'}"
    return Entry(
        found.module,
        found.name,
        fact,
        found.set_later,
        maker,
        options,
        gap,
        is_remade,
    )


def _full_name(index: Index, module: ModuleName, dotted: str | None) -> str:
    """`dataclasses.dataclass` of a decorator written as `dataclass`."""
    if dotted is None:
        return ""
    found = dotted_meaning(index, module, dotted)
    return f"{found.module}.{found.name}" if found.kind == "foreign" else ""


def _is_harmless(index: Index, module: ModuleName, dotted: str | None) -> bool:
    """Whether a decorator gives the class back as it was."""
    if dotted is None:
        return False
    if dotted.rpartition(".")[2] in _HARMLESS_DECORATORS or dotted.startswith("pytest.mark."):
        return True
    found = dotted_meaning(index, module, dotted)
    return found.kind == "function" and all(
        item["gives"][1] == "self" and not item["decorated"] and not item["marks"]
        for item in found.facts
    )


def _merge(sequences: list[list[Ancestor]]) -> Lineage:
    """The order of resolution (C3) of several lineages; as written where there is none."""
    rest = [*sequences, [sequence[0] for sequence in sequences]]
    merged: list[Ancestor] = []
    while rest := [sequence for sequence in rest if sequence]:
        tails = {_identity(item) for sequence in rest for item in sequence[1:]}
        head = next((s[0] for s in rest if _identity(s[0]) not in tails), rest[0][0])
        merged.append(head)
        rest = [[item for item in s if _identity(item) != _identity(head)] for s in rest]
    return tuple(merged)


def _identity(item: Ancestor) -> object:
    return (item.module, item.name) if isinstance(item, Entry) else item
