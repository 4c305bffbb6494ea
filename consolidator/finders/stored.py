"""Findings as JSON and back, for keeping them between runs; not for others to read."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

from consolidator.errors import Location
from consolidator.finders import findings as values
from consolidator.finders.findings import Findings
from consolidator.names import ModuleName, QualifiedName

_TYPES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (*vars(values).values(), Location, QualifiedName)
    if isinstance(kind, type) and is_dataclass(kind)
}
_FIELDS = {name: [field.name for field in fields(kind)] for name, kind in _TYPES.items()}


def dumped(findings: Findings) -> str:
    """Findings as one line of JSON."""
    return json.dumps(_plain(findings), separators=(",", ":"))


def loaded(plain: Any) -> Findings | None:
    """The findings in decoded JSON that `dumped` has written; None when they are not."""
    try:
        found = _value(plain)
    except (KeyError, TypeError, ValueError):
        return None
    return found if isinstance(found, Findings) else None


def _plain(value: Any) -> Any:
    if isinstance(value, ModuleName):
        return {"": str(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    name = type(value).__name__
    if name in _FIELDS:
        return {name: [_plain(getattr(value, field)) for field in _FIELDS[name]]}
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(map(_value, plain))
    if isinstance(plain, dict):
        ((name, held),) = plain.items()
        return _TYPES[name](*map(_value, held)) if name else ModuleName(held)
    return plain
