"""What a change came to, as plain values: what was asked for, done, checked, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from consolidator.errors import Location, Problem
from consolidator.finders.findings import Fit, Site


@dataclass(frozen=True, slots=True)
class Stand:
    """Where something stands: module, file and 1-based lines; no lines where it is not found."""

    module: str
    path: str
    lines: tuple[int, int] | None = None

    def __str__(self) -> str:
        return self.path if self.lines is None else f"{self.path}:{self.lines[0]}-{self.lines[1]}"


@dataclass(frozen=True, slots=True)
class MovedDefinition:
    """One definition that moved: from where to where, and why."""

    name: str
    kind: str
    source: Stand
    target: Stand
    is_asked: bool
    """Whether a person (or the plan) named it; else it travelled with what was named."""
    reason: str
    is_merged: bool
    """Whether the target had the same already."""
    leave_behind: Location | None
    """The import that stands where it was, with its text."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Who asked for a name where it was not: why it could not be imported, and whether it fits."""

    name: str
    target: str
    target_existed: bool
    sites: tuple[Site, ...]
    """The imports from the home that failed before."""
    importers: int
    """How many imports there are of it after the change, from its home."""
    fit: Fit | None
    """How it fits those who import it; None when nobody does."""
    still_broken: tuple[tuple[str, Site], ...] = ()
    """Imports of that name that fail after the change as well, each with the module it asks."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of the change."""

    path: str
    is_new: bool
    is_deleted: bool
    added: int
    """Lines."""
    removed: int
    imports_added: tuple[str, ...]
    imports_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was verified, with its result."""

    what: str
    result: str


@dataclass(frozen=True)
class Record:
    """Everything that a report of a change tells."""

    title: str
    """The command: `move WebSocketAuthTester --to helpers.auth`."""
    is_planned: bool
    """Whether nothing was written (a dry run)."""
    transaction: str | None
    moved: tuple[MovedDefinition, ...]
    demands: tuple[Demand, ...]
    files: tuple[ChangedFile, ...]
    rewritten: Mapping[str, int]
    """How many references of each kind were rewritten."""
    left: tuple[tuple[str, Location, str], ...]
    """References that were left as they are: kind, place, why."""
    checks: tuple[Check, ...]
    was_run: bool
    """Whether checks ran the project's code."""
    warnings: tuple[Problem, ...]
    entries: tuple[tuple[str, str, tuple[Problem, ...]], ...] = field(default=())
    """Of a plan: each entry's label, what became of it, and why."""
