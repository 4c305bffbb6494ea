"""The attributes of a class, on itself and on its instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consolidator.index.offer.offers import Entry, Offer, Unseen

Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """One attribute: the `def`s of a method, or none for anything else."""

    owner: Entry | type
    defs: tuple[Fact, ...] = ()
    on_class: bool = True
    """Whether the class itself surely has it, not only its instances."""


def members_of(offer: Offer) -> frozenset[str]:
    """The names of all members that the classes of the project in the lineage bring."""
    found: set[str] = set()
    for entry in offer.entries:
        found |= names_in(entry.fact) | set(entry.set_later)
    return frozenset(found - {"*"})


def member(offer: Offer, name: str) -> Member | None:
    """The member that an attribute access finds."""
    is_sure = True
    for item in offer.lineage:
        if isinstance(item, Unseen):
            is_sure = False
            continue
        found = _in(item, name)
        if found is not None:
            # A base that is not seen may bring another one first.
            return found if is_sure else Member(found.owner)
    return None


def metaclass_member(offer: Offer, name: str) -> Member | None:
    """What the metaclass brings to the class: `C.mro`, `C.__members__`."""
    for item in offer.metaclass:
        found = None if isinstance(item, Unseen) else _in(item, name)
        if found is not None:
            return found
    types = (type(item) for item in offer.lineage if isinstance(item, type))
    return next((Member(item) for item in types if hasattr(item, name)), None)


def _in(item: Entry | type, name: str) -> Member | None:
    if isinstance(item, Entry):
        return _in_entry(item, name)
    return Member(item) if name in vars(item) else None


def names_in(fact: Fact) -> set[str]:
    """The names that a class statement and its methods bring."""
    fields = {name for name, *_ in fact["fields"]}
    return {*fact["methods"], *fields, *fact["plain"], *fact["own"]}


def _in_entry(entry: Entry, name: str) -> Member | None:
    fact = entry.fact
    if name in entry.set_later:
        return Member(entry)
    defs = fact["methods"].get(name)
    is_rebound = name in fact["plain"] or name in fact["own"]
    if defs is not None:
        return Member(entry, () if is_rebound else tuple(defs))
    if name in fact["plain"]:
        return Member(entry)
    for field, _, default, _ in fact["fields"]:
        if field == name:
            return Member(entry, on_class=bool(default))
    return Member(entry, on_class=False) if name in fact["own"] else None
