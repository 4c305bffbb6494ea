"""The plan: what a person decides on. Decisions and evidence, never whole files."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PLAN_VERSION: Literal[1] = 1

Policy = Literal["identical", "same code", "superset", "union", "renamed"]


class _Entry(BaseModel):
    """What every entry has. Keys are written with hyphens in the file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    id: str = ""
    """By which `--only` and `--skip` know it; a plan written by hand may do without."""
    fingerprint: str = ""
    """Of what was seen when the entry was written; empty in a plan written by hand."""
    evidence: tuple[str, ...] = Field(default=(), exclude=True)
    """Comment lines above the entry in the file; not read back."""


class MoveEntry(_Entry):
    """Move names to a home: `names = ["Class"]` or `["module:Class"]`, `from`, `to`."""

    names: tuple[str, ...]
    source: str | None = Field(default=None, alias="from")
    to: str


class MergeEntry(_Entry):
    """Make one class of several copies: keep that of `home`, drop the others."""

    name: str
    """The name in the home."""
    home: str
    drop: tuple[str, ...]
    """The copies that go, as `module:Class`."""
    policy: Policy = "same code"
    base: str | None = None
    """The module whose text the home gets, when it is not the home's own (a superset elsewhere)."""


class RewriteEntry(_Entry):
    """Imports of a module that does not exist come from another one."""

    source: str = Field(alias="from")
    to: str
    names: tuple[str, ...] = ()
    """Only these; all when empty."""


class DeleteEntry(_Entry):
    """Delete imports that fail and that nobody uses."""

    module: str
    name: str
    paths: tuple[str, ...]
    """The files in which the import stands."""


class SweepEntry(_Entry):
    """Remove a leave-behind that nobody needs any more."""

    module: str
    name: str


Entry = MoveEntry | MergeEntry | RewriteEntry | DeleteEntry | SweepEntry


class Undecided(BaseModel):
    """A finding that needs a decision: written as a comment, with the choices."""

    model_config = ConfigDict(frozen=True)

    title: str
    evidence: tuple[str, ...]
    choices: tuple[Entry, ...]


class Plan(BaseModel):
    """Everything that is to be done, in the order in which it was proposed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    version: Literal[1] = PLAN_VERSION
    move: tuple[MoveEntry, ...] = ()
    merge: tuple[MergeEntry, ...] = ()
    rewrite_import: tuple[RewriteEntry, ...] = ()
    delete_import: tuple[DeleteEntry, ...] = ()
    sweep: tuple[SweepEntry, ...] = ()
    undecided: tuple[Undecided, ...] = Field(default=(), exclude=True)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they are carried out if nothing else orders them."""
        return (*self.rewrite_import, *self.merge, *self.move, *self.delete_import, *self.sweep)
