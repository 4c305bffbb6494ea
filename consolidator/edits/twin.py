"""The definition of the target that one of the source is merged into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Twin:
    """A merge was judged right: the source's definition goes, the target's stands for it."""

    name: str
    """In the source."""
    called: str
    """In the target."""
    helpers: frozenset[str] = frozenset()
    """What the source's definition uses of its module and the target has in the same way."""
