"""The worth of an expression: something of an import, something of the file, nothing, unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from consolidator.index.usage.frames import Frame

Wrap = Literal["", "items", "awaitable", "managed"]

MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Value:
    """Something that comes from an imported name by a few steps."""

    group: int
    """The import group of the name."""
    path: str = ""
    """The steps, as in `Use.path`."""
    wrap: Wrap = ""
    """What still has to be done to get it: iterate, await, enter."""

    def then(self, step: str) -> Value | None:
        """One step further; None when that leads too far to be worth following."""
        if self.wrap or self.path.count(" ") + 1 >= MOST_STEPS:
            return None
        return replace(self, path=f"{self.path} {step}".strip())


@dataclass(frozen=True, slots=True)
class Local:
    """A class or function of the file itself, or an instance of such a class."""

    kind: Literal["class", "instance", "function"]
    frame: Frame


class Nothing:
    """`None`, which is neutral: `self.client = None` says that a real value comes later."""


NOTHING = Nothing()
Known = Value | Local | Nothing | None


def one_of(parts: Iterable[Known]) -> Known:
    """What several possibilities have in common; None is nothing but a beginning."""
    found: Known = NOTHING
    for part in parts:
        if part is None:
            return None
        if part is NOTHING or part == found:
            continue
        if found is NOTHING or (
            isinstance(found, Value) and isinstance(part, Value) and fits(found, part)
        ):
            found = part
        elif isinstance(found, Value) and isinstance(part, Value) and fits(part, found):
            continue
        else:
            return None
    return found


def fits(made: Value, declared: Known) -> bool:
    """Whether `made` is one way to be `declared`: C() where `: C` was declared."""
    return (
        isinstance(declared, Value)
        and (made.group, made.wrap) == (declared.group, declared.wrap)
        and (made.path, declared.path) in {("()", ":"), (":", ":")}
    )


def instance_of(known: Known) -> Known:
    """What a value declared as a class is."""
    if isinstance(known, Value):
        return replace(known, path=":") if not known.path and not known.wrap else None
    if isinstance(known, Local) and known.kind == "class":
        return Local("instance", known.frame)
    return None


def wrapped(known: Known, wrap: Wrap) -> Known:
    """What gives a value when it is iterated, awaited or entered."""
    return replace(known, wrap=wrap) if isinstance(known, Value) and not known.wrap else None


def items(known: Known) -> Known:
    """A container of such values."""
    return wrapped(known, "items")
