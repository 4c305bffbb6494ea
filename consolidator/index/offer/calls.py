"""How a class is made and a function called."""

from __future__ import annotations

import abc
import enum
import typing
from typing import Any

from consolidator.index.offer.fields import (
    dataclass_signature,
    is_model,
    model_signature,
    named_tuple_signature,
)
from consolidator.index.offer.foreign import MODEL, NAMED_TUPLE
from consolidator.index.offer.members import member
from consolidator.index.offer.offers import Answer, Entry, Offer, Unseen
from consolidator.index.offer.signatures import Arguments, Signature, signature_of

Fact = dict[str, Any]
_ANYTHING = Signature(takes_more=True, takes_any_keyword=True)
_NO_KEYWORDS = Signature(takes_more=True)


def call_answer(offer: Offer, arguments: Arguments, *, extended: bool = False) -> Answer:
    """Whether the class or function can be called like that.

    `extended` asks for a subclass that keeps the constructor and may implement what is abstract.
    """
    if offer.kind == "function":
        return defs_answer(offer.defs, arguments, offer.name, bound=False)
    if offer.kind != "class" or offer.metaclass_gap or offer.entries[0].is_remade:
        return Answer(None, offer.gap)
    if offer.inherits(enum.Enum):
        count, stars, keywords, double = arguments
        is_given = count or stars or keywords or double
        return Answer(True) if is_given else Answer(False, "an enum is called with a value")
    abstract = "" if extended else _abstract(offer)
    if abstract:
        return Answer(False, abstract)
    return _constructor_answer(offer, arguments)


def defs_answer(defs: tuple[Fact, ...], arguments: Arguments, name: str, *, bound: bool) -> Answer:
    """Whether one of the `def`s of a function or method can be called like that."""
    real = [item for item in defs if not item["overload"]] or list(defs)
    if not real or any(item["kind"] in {"unknown", "property"} for item in real):
        return Answer(None, f"what {name} takes is decided by a decorator")
    objection = ""
    for item in real:
        signature = signature_of(item["takes"])
        objection = _objection(signature, arguments, bound)
        if not objection:
            return Answer(True)
    return Answer(False, f"{name} {objection}")


def _objection(signature: Signature, arguments: Arguments, bound: bool) -> str:
    if not bound:
        return signature.objection(arguments)
    is_named = not signature.positional or signature.positional[0] in _INSTANCES
    if not is_named and not signature.objection(arguments):
        return ""  # an interface describes its methods as they are called: def write(data)
    inner = signature.bound()
    return inner.objection(arguments) if inner is not None else signature.objection(arguments)


_INSTANCES = frozenset({"self", "cls", "mcs", "klass", "this", "_self", "_cls"})


def _constructor_answer(offer: Offer, arguments: Arguments) -> Answer:
    init = _maker(offer, "__init__")
    new = _maker(offer, "__new__")
    if init is None or new is None:
        return Answer(None, offer.gap or "its constructor is not part of the project")
    init_why, new_why = init.objection(arguments), new.objection(arguments)
    if init is _ANYTHING or new is _ANYTHING:
        # One is object's own, which leaves the decision to the other.
        why, name = (new_why, "__new__") if init is _ANYTHING else (init_why, "__init__")
        return Answer(False, f"{name} {why}") if why else Answer(True)
    if init_why and new_why:
        return Answer(False, f"__init__ {init_why}")
    if init_why and _makes_instances(offer):
        return Answer(False, f"__init__ {init_why}")
    return Answer(True) if not init_why and not new_why else Answer(None, "__new__ decides")


def _maker(offer: Offer, name: str) -> Signature | None:
    """What `__init__` or `__new__` takes besides the instance; None when that is not known."""
    for item in offer.lineage:
        if isinstance(item, Unseen):
            return None
        if isinstance(item, type):
            if name in vars(item):
                return _foreign_maker(offer, item, name)
            continue
        signature = _own_maker(offer, item, name)
        if signature is not None:
            return signature.bound()
        if item.is_remade or _is_hidden(item, name):
            return None
    return None


def _own_maker(offer: Offer, entry: Entry, name: str) -> Signature | None:
    defs = [item for item in entry.fact["methods"].get(name, []) if not item["overload"]]
    if len(defs) == 1 and defs[0]["kind"] in {"plain", "static"}:
        return signature_of(defs[0]["takes"])
    if name == "__init__" and entry.maker and not defs:
        options = entry.options or {}
        if options.get("init") is not False:
            return dataclass_signature(offer, entry)
    bases = {(base or "").rpartition(".")[2] for base, _ in entry.fact["bases"]}
    if name == "__new__" and "NamedTuple" in bases and offer.inherits(NAMED_TUPLE):
        return named_tuple_signature(entry)
    return None


def _is_hidden(entry: Entry, name: str) -> bool:
    """It has one, but what that takes is not clear."""
    is_made = name == "__init__" and bool(entry.maker)
    is_made = is_made and (entry.options or {}).get("init") is not False
    return (
        is_made
        or name in entry.fact["methods"]
        or name in entry.fact["plain"]
        or name in entry.set_later
    )


def _foreign_maker(offer: Offer, item: type, name: str) -> Signature | None:
    if item is MODEL or (is_model(offer) and item is object):
        return model_signature(offer).bound() if name == "__init__" else _ANYTHING
    if item is object or item is typing.Generic or item is typing.Protocol:
        other = "__new__" if name == "__init__" else "__init__"
        return _ANYTHING if _defines(offer, other) else Signature()
    if issubclass(item, BaseException):
        return _NO_KEYWORDS if item in _PLAIN_EXCEPTIONS and name == "__init__" else _ANYTHING
    return None


_PLAIN_EXCEPTIONS = frozenset({BaseException, Exception, RuntimeError, ValueError, TypeError})


def _defines(offer: Offer, name: str) -> bool:
    """Whether something before `object` in the lineage brings a method of that name."""
    for item in offer.lineage:
        if isinstance(item, Entry):
            if name in item.fact["methods"] or (name == "__init__" and item.maker):
                return True
            if name == "__new__" and offer.inherits(NAMED_TUPLE):
                return True
        elif isinstance(item, type) and item is not object and name in vars(item):
            return True
    return False


def _makes_instances(offer: Offer) -> bool:
    """Whether `__new__` surely gives an instance, so that `__init__` is called too."""
    found = member(offer, "__new__")
    return found is not None and bool(found.defs) and found.defs[0]["gives"][1] == "made"


def _abstract(offer: Offer) -> str:
    """Why it cannot be made at all: a protocol, or abstract methods that nothing implements."""
    first = offer.entries[0]
    bases = {(base or "").rpartition(".")[2] for base, _ in first.fact["bases"]}
    if "Protocol" in bases and offer.inherits(typing.cast(type, typing.Protocol)):
        return f"{offer.name} is a protocol"
    if offer.gap or not _is_abc(offer):
        return ""
    names = {name for entry in offer.entries for name in entry.fact["methods"]}
    for name in sorted(names):
        found = member(offer, name)
        if found is not None and found.defs and all(item["abstract"] for item in found.defs):
            return f"{name} is abstract"
    return ""


def _is_abc(offer: Offer) -> bool:
    if offer.metaclass:
        return False
    return any(
        "ABCMeta" in str(item.fact["keywords"].get("metaclass", ""))
        if isinstance(item, Entry)
        else item is abc.ABC
        for item in offer.lineage
    )
