"""The constructors that fields make: dataclass, attrs, NamedTuple, pydantic."""

from __future__ import annotations

from typing import Any

from consolidator.index.offer.foreign import MODEL
from consolidator.index.offer.offers import Entry, Offer
from consolidator.index.offer.signatures import Signature

Fact = dict[str, Any]

_DEFAULTS = frozenset({"default", "default_factory", "factory", "*"})


def dataclass_signature(offer: Offer, entry: Entry) -> Signature | None:
    """What the `__init__` takes that the decorator of `entry` writes; None when unclear."""
    positional: dict[str, bool] = {}
    keywords: dict[str, bool] = {}
    lineage = offer.entries[offer.entries.index(entry) :]
    for item in reversed(lineage):
        if item.maker != entry.maker:
            continue
        if item.maker == "attrs" and not _is_declared(item):
            return None
        options = item.options or {}
        if "**" in options or "these" in options:
            return None
        _collect(item, bool(options.get("kw_only")), positional, keywords)
    optional = {name for name, has in {**positional, **keywords}.items() if has}
    return Signature(("self", *positional), optional=frozenset(optional), keywords=tuple(keywords))


def _is_declared(entry: Entry) -> bool:
    """Whether attrs finds fields in annotations alone, not in `x = attr.ib()`."""
    return not entry.fact["plain"] and bool(entry.fact["fields"])


def _collect(
    entry: Entry, only_keywords: bool, positional: dict[str, bool], keywords: dict[str, bool]
) -> None:
    for name, marks, default, options in entry.fact["fields"]:
        if "KW_ONLY" in marks:
            only_keywords = True
            continue
        if "ClassVar" in marks:
            continue
        is_call = _is_field_call(default)
        if is_call and options.get("init") is False:
            positional.pop(name, None)
            keywords.pop(name, None)
            continue
        has_default = bool(default) and (not is_call or bool(_DEFAULTS & options.keys()))
        keyword = options.get("kw_only", only_keywords) if is_call else only_keywords
        shown = name.lstrip("_") if entry.maker == "attrs" else name
        shown = options.get("alias") or shown if is_call else shown
        (keywords if keyword else positional)[shown] = has_default


def _is_field_call(default: str) -> bool:
    return default.rpartition(".")[2] in {"field", "ib", "attrib", "Field", "Factory"}


def named_tuple_signature(entry: Entry) -> Signature:
    """What a class that names `NamedTuple` as its base takes."""
    fields = [(name, bool(default)) for name, _, default, _ in entry.fact["fields"]]
    return Signature(
        ("cls", *(name for name, _ in fields)),
        optional=frozenset(name for name, has in fields if has),
    )


def model_signature(offer: Offer) -> Signature:
    """What a pydantic model takes: keywords; those of fields that nothing else can fill."""
    required: dict[str, bool] = {}
    can_be_filled = False
    for entry in reversed(offer.entries):
        fact = entry.fact
        can_be_filled |= bool({"model_config", "Config"} & _bound(fact)) or _has_hooks(fact)
        for name, marks, default, options in fact["fields"]:
            if name.startswith("_") or name == "model_config":
                continue
            is_field = _is_field_call(default)
            needs = not default or (is_field and _needs_value(options))
            soft = {"ClassVar", "Optional", "None", "Any", "Annotated"} & set(marks)
            required[name] = needs and not soft and "alias" not in str(sorted(options))
        for name in fact["plain"]:
            required.pop(name, None)
    names = () if can_be_filled else tuple(name for name, needs in required.items() if needs)
    return Signature(("self",), keywords=names, takes_any_keyword=True)


def _bound(fact: Fact) -> set[str]:
    return {*fact["plain"], *(name for name, *_ in fact["fields"])}


def _has_hooks(fact: Fact) -> bool:
    """Validators see the data before the fields do, and may fill in what is missing."""
    return any(item["kind"] == "unknown" for defs in fact["methods"].values() for item in defs)


def _needs_value(options: Fact) -> bool:
    if "**" in options:
        return False
    given = options.get("*")
    return given == "..." or not (_DEFAULTS & options.keys())


def is_model(offer: Offer) -> bool:
    """Whether it is a pydantic model."""
    return offer.inherits(MODEL)
