"""One move: some names of one module to another, with the person's choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from consolidator.names import ModuleName

LeaveBehind = Literal["import", "lazy", "none"]
LeaveBehindPlace = Literal["class", "imports"]
Helpers = Literal["auto", "travel", "lazy"]
Strings = Literal["list", "rewrite"]

DEFAULT_COMMENT = "# {name} {kind} moved to {target} to maintain SSOT"


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """How to move: the choices that a person makes on the command line or in the configuration."""

    leave_behind: LeaveBehind | None = None
    """None: an import, or a lazy one where only that keeps every import working."""
    leave_behind_place: LeaveBehindPlace = "class"
    comment: str = DEFAULT_COMMENT
    helpers: Helpers = "auto"
    strings: Strings = "list"
    accept: frozenset[str] = frozenset()
    """Codes of refusals to go on in spite of."""


@dataclass(frozen=True, slots=True)
class Move:
    """Move these top-level names of one module to another."""

    names: tuple[str, ...]
    source: ModuleName
    target: ModuleName
    staying: frozenset[str] = frozenset()
    """Names of the source that must not go along: the plan says elsewhere where they go."""
