"""From a class along the steps that its users take: made, entered, awaited, a method called."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

from consolidator.index.index import Index
from consolidator.index.offer.calls import defs_answer
from consolidator.index.offer.members import Member, member, metaclass_member
from consolidator.index.offer.offers import Answer, Entry, Offer, offer_of_expression
from consolidator.index.offer.signatures import Arguments

Mode = Literal["class", "instance", "awaitable", "managed"]


@dataclass(frozen=True, slots=True)
class Held:
    """What a user has in hand: the class, an instance, or what gives one."""

    offer: Offer
    mode: Mode


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
    if held.mode == "class" and step in {"()", ":", "sub"}:
        if offer.kind == "function":
            return _given(index, offer.defs, offer) if step == "()" else None
        if offer.kind != "class" or (step == "()" and not _gives_instances(offer)):
            return None
        return Held(offer, "instance")
    if step == "await" and held.mode == "awaitable":
        return Held(offer, "instance")
    if step in {"with", "awith"}:
        return _entered(index, held, step)
    if step == "iter" and held.mode == "class" and offer.inherits(enum.Enum):
        return Held(offer, "instance")
    if step.startswith(".") and held.mode in {"class", "instance"} and offer.kind == "class":
        found = member(offer, step[1:-2])
        return _given(index, found.defs, offer) if found is not None and found.defs else None
    return None


def _gives_instances(offer: Offer) -> bool:
    """Whether a call of the class gives an instance of it and nothing else."""
    for entry in offer.metaclass:
        if isinstance(entry, Entry) and "__call__" in entry.fact["methods"]:
            return False
    new = member(offer, "__new__")
    if new is None or isinstance(new.owner, type):
        return not offer.gap.startswith(f"{offer.name} is decorated")
    return bool(new.defs) and all(item["gives"][1] == "made" for item in new.defs)


def _given(index: Index, defs: tuple[dict[str, object], ...], offer: Offer) -> Held | None:
    """What a function or method of the project gives."""
    if len(defs) != 1 or defs[0]["kind"] in {"unknown", "property"}:
        return None
    annotation, returned = defs[0]["gives"]  # type: ignore[misc]
    target: Offer | None = None
    if returned in {"self", "made"} and offer.kind == "class":
        target = offer
    elif annotation:
        target = _annotated(index, offer, str(annotation))
    if target is None or target.kind != "class":
        return None
    return Held(target, "awaitable" if defs[0]["async"] else "instance")


def _annotated(index: Index, offer: Offer, annotation: str) -> Offer | None:
    if annotation.rpartition(".")[2] == "Self":
        return offer if offer.kind == "class" else None
    return offer_of_expression(index, offer.module, annotation)


def _entered(index: Index, held: Held, step: str) -> Held | None:
    if held.mode != "instance":
        return None
    found = member(held.offer, "__enter__" if step == "with" else "__aenter__")
    if found is None or not found.defs:
        return None
    given = _given(index, found.defs, held.offer)
    return Held(given.offer, "instance") if given is not None else None


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
    if offer.gap:
        return Answer(None, offer.gap)
    is_dunder = name.startswith("__") and name.endswith("__")
    if is_dunder or name.startswith(f"_{offer.name.lstrip('_')}__"):
        return Answer(None, "names with two underscores are looked up elsewhere too")
    if held.mode == "instance":
        for hook in ("__getattr__", "__getattribute__"):
            found = member(offer, hook)
            if found is not None and found.owner is not object:
                if isinstance(found.owner, Entry):
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
