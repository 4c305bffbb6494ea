"""From a class along the steps that its users take: made, entered, awaited, a method called."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Literal

from consolidator.index.index import Index
from consolidator.index.offer.calls import defs_answer
from consolidator.index.offer.lineage import offer_of_expression
from consolidator.index.offer.members import Member, member, metaclass_member
from consolidator.index.offer.offers import Answer, Entry, Offer
from consolidator.index.offer.signatures import Arguments

Mode = Literal["class", "instance", "awaitable", "managed"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a user has in hand: the class, an instance, or what gives one."""

    offer: Offer
    mode: Mode
    extended: str | None = None
    """Not None where it may be of a subclass: `sub` of one in the user's file, or else empty."""


def follow(index: Index, offer: Offer, path: str) -> Held | None:
    """What the steps of a use lead to; None when that is not known."""
    held: Held | None = Held(offer, "class")
    for step in path.split():
        if held is None:
            return None
        held = _step(index, held, step)
    return held


def _step(index: Index, held: Held, step: str) -> Held | None:
    offer = held.offer
    if held.mode == "class":
        if step == "()":
            return _called(index, held)
        if step in _INSTANCES:
            return Held(offer, "instance", _INSTANCES[step]) if offer.kind == "class" else None
        if step in _CLASSES:
            return Held(offer, "class", _CLASSES[step]) if offer.kind == "class" else None
        if step == "iter":
            return Held(offer, "instance") if offer.inherits(enum.Enum) else None
    if step == "await":
        return Held(offer, "instance", "") if held.mode == "awaitable" else None
    if step == "get":
        return held if _is_no_descriptor(held) else None
    if step in {"with", "awith"}:
        return _entered(index, held, step)
    if step.startswith(".") and held.mode in {"class", "instance"} and offer.kind == "class":
        found = member(offer, step[1:-2]) if step != ".__new__()" else None
        return _given(index, found.defs, held) if found is not None and found.defs else None
    return None


_INSTANCES = {":": "", "sub": "sub", "super": None}
_CLASSES = {"type": "", "sub-type": "sub"}
"""Steps to an instance and to a class, with what `Held.extended` is then."""


def _called(index: Index, held: Held) -> Held | None:
    offer = held.offer
    if offer.kind == "function":
        return _given(index, offer.defs, held)
    if offer.kind != "class" or offer.metaclass_gap or offer.entries[0].is_remade:
        return None
    new = member(offer, "__new__")
    if new is None or isinstance(new.owner, type):
        return Held(offer, "instance", held.extended)
    gives_its_own = bool(new.defs) and all(item["gives"][1] == "made" for item in new.defs)
    return Held(offer, "instance", held.extended) if gives_its_own else None


def _is_no_descriptor(held: Held) -> bool:
    return held.mode == "instance" and not held.offer.gap and member(held.offer, "__get__") is None


def _given(index: Index, defs: tuple[dict[str, Any], ...], held: Held) -> Held | None:
    """What a function or method of the project gives."""
    if len(defs) != 1 or defs[0]["kind"] in {"unknown", "property"} or defs[0]["managed"]:
        return None
    offer = held.offer
    annotation, returned = defs[0]["gives"]
    extended: str | None = ""
    target: Offer | None = None
    if offer.kind == "class" and (returned or annotation.rpartition(".")[2] == "Self"):
        target, extended = offer, held.extended
    elif annotation:
        target = offer_of_expression(index, offer.module, annotation)
    if target is None or target.kind != "class":
        return None
    return Held(target, "awaitable" if defs[0]["async"] else "instance", extended)


def _entered(index: Index, held: Held, step: str) -> Held | None:
    if held.mode != "instance":
        return None
    found = member(held.offer, "__enter__" if step == "with" else "__aenter__")
    given = _given(index, found.defs, held) if found is not None and found.defs else None
    return Held(given.offer, "instance", given.extended) if given is not None else None


def attribute_answer(held: Held, name: str) -> Answer:
    """Whether what a user holds has an attribute of that name."""
    if held.offer.kind == "function" and held.mode == "class":
        known = hasattr(attribute_answer, name)
        return Answer(True) if known else Answer(None, "it is a function")
    if held.offer.kind != "class" or held.mode not in {"class", "instance"}:
        return Answer(None, held.offer.gap)
    found = _found(held, name)
    if found is not None:
        sure = held.mode == "instance" or found.on_class
        return Answer(True) if sure else Answer(None, f"only instances are seen to have {name}")
    return _absent(held, name)


def _found(held: Held, name: str) -> Member | None:
    found = member(held.offer, name)
    if found is None and held.mode == "class":
        return metaclass_member(held.offer, name)
    return found


def _absent(held: Held, name: str) -> Answer:
    offer = held.offer
    if offer.gap or held.extended == "sub":
        return Answer(None, offer.gap or f"other subclasses may bring {name}")
    is_dunder = name.startswith("__") and name.endswith("__")
    if is_dunder or name.startswith(f"_{offer.name.lstrip('_')}__"):
        return Answer(None, "names with two underscores are looked up elsewhere too")
    if held.mode == "instance":
        for hook in ("__getattr__", "__getattribute__"):
            found = member(offer, hook)
            if found is not None and isinstance(found.owner, Entry):
                return Answer(None, f"its {hook} may give any attribute")
    return Answer(False, f"{offer.name} has no {name}")


def method_answer(held: Held, name: str, arguments: Arguments) -> Answer:
    """Whether what a user holds has such a method, and it can be called like that."""
    present = attribute_answer(held, name)
    if present.holds is not True or held.offer.kind != "class":
        return present
    found = _found(held, name)
    if found is None or not found.defs or not isinstance(found.owner, Entry):
        return present
    kinds = {item["kind"] for item in found.defs}
    if len(kinds) != 1 or kinds & {"unknown", "property"}:
        return present
    bound = kinds == {"class"} or (kinds == {"plain"} and held.mode == "instance")
    if name == "__new__":
        bound = False
    if kinds == {"plain"} and held.mode == "class" and found.owner in held.offer.metaclass:
        bound = True
    return defs_answer(found.defs, arguments, name, bound=bound)
