"""The plan: what a person decides on. Decisions and evidence, never whole files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

PLAN_VERSION: Literal[1] = 1

Policy = Literal["identical", "same code", "superset", "union", "renamed"]


def _key(field: str) -> str:
    """How a field is written in the file; `from` is no name in Python."""
    return "from" if field == "source" else field.replace("_", "-")


def _checked_module(value: str) -> str:
    if not value or not all(part.isidentifier() for part in value.split(".")):
        raise ValueError(f"{value!r} is not the name of a module")
    return value


def _checked_name(value: str) -> str:
    if not value.isidentifier():
        raise ValueError(f"{value!r} is not a name")
    return value


def _checked_place(value: str) -> str:
    module, _, name = value.rpartition(":")
    if module:
        _checked_module(module)
    elif ":" in value:
        raise ValueError(f"{value!r} is not `Class` or `module:Class`")
    _checked_name(name)
    return value


def _checked_copy(value: str) -> str:
    if ":" not in value:
        raise ValueError(f"{value!r} must say where it stands: `module:Class`")
    return _checked_place(value)


def _checked_path(value: str) -> str:
    """A path below the root; never one that leads out of it, by whatever system's rules."""
    parts = re.split(r"[\\/]", value)
    inside = value and not value.startswith(("/", "\\")) and not re.match(r"[A-Za-z]:", value)
    if not inside or ".." in parts or "\0" in value:
        raise ValueError(f"{value!r} is not a path inside the project")
    return value


Module = Annotated[str, AfterValidator(_checked_module)]
Name = Annotated[str, AfterValidator(_checked_name)]
Place = Annotated[str, AfterValidator(_checked_place)]
"""`Class`, or `module:Class`."""
Copy = Annotated[str, AfterValidator(_checked_copy)]
"""`module:Class`."""
ProjectPath = Annotated[str, AfterValidator(_checked_path)]


class Entry(BaseModel):
    """What every entry has. Keys are written with hyphens in the file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        alias_generator=_key,
    )
    kind: ClassVar[str]
    """The name of its array of tables in the file."""

    id: str = ""
    """By which `--only` and `--skip` know it; a plan written by hand may do without."""
    fingerprint: str = ""
    """Of what was seen when the entry was written; empty in a plan written by hand."""
    evidence: tuple[str, ...] = Field(default=(), exclude=True)
    """Comment lines above the entry in the file; not read back."""


class MoveEntry(Entry):
    """Move names to a home: `names = ["Class"]` or `["module:Class"]`, `from`, `to`."""

    kind: ClassVar[str] = "move"
    names: tuple[Place, ...] = Field(min_length=1, strict=False)
    source: Module | None = None
    to: Module

    @model_validator(mode="after")
    def _says_one_source(self) -> MoveEntry:
        for place in self.names:
            module = place.rpartition(":")[0]
            if module and self.source and module != self.source:
                raise ValueError(f"{place!r} does not stand in {self.source!r}, which is `from`")
        return self


class MergeEntry(Entry):
    """Make one class of several copies: the home keeps (or gets) one, the others go.

    The home need not have a copy: then it gets that of `base`, which is among those to drop.
    """

    kind: ClassVar[str] = "merge"
    name: Name
    """The name in the home."""
    home: Module
    drop: tuple[Copy, ...] = Field(min_length=1, strict=False)
    """The copies that go, as `module:Class`."""
    policy: Policy = "same code"
    base: Module | None = None
    """The module whose text the home gets, when it is not the home's own (a superset elsewhere)."""

    @model_validator(mode="after")
    def _keeps_the_home(self) -> MergeEntry:
        if f"{self.home}:{self.name}" in self.drop:
            raise ValueError(f"{self.home}:{self.name} is the home and cannot be dropped")
        if len(set(self.drop)) < len(self.drop):
            raise ValueError("a copy is listed twice in `drop`")
        if self.base not in {None, self.home, *(copy.rpartition(":")[0] for copy in self.drop)}:
            raise ValueError(f"`base` is {self.base!r}, which is neither the home nor dropped")
        return self


class RewriteEntry(Entry):
    """Imports of a module that does not exist, or of names that it lacks, come from another one."""

    kind: ClassVar[str] = "rewrite-import"
    source: Module
    to: Module
    names: tuple[Name, ...] = Field(default=(), strict=False)
    """Only these; all when empty, and then `import M` too."""


class DeleteEntry(Entry):
    """Delete imports that fail and that nobody uses."""

    kind: ClassVar[str] = "delete-import"
    module: Module
    name: Name
    paths: tuple[ProjectPath, ...] = Field(min_length=1, strict=False)
    """The files in which the import stands."""


class SweepEntry(Entry):
    """Remove a leave-behind that nobody needs any more."""

    kind: ClassVar[str] = "sweep"
    module: Module
    name: Name


ENTRY_KINDS: tuple[type[Entry], ...] = (
    RewriteEntry,
    MergeEntry,
    MoveEntry,
    DeleteEntry,
    SweepEntry,
)
"""In the order in which they stand in the file, and are carried out if nothing else orders them."""


class Undecided(BaseModel):
    """A finding that needs a decision: written as a comment, with the choices."""

    model_config = ConfigDict(frozen=True)

    title: str
    evidence: tuple[str, ...]
    choices: tuple[Entry, ...] = ()


class Plan(BaseModel):
    """Everything that is to be done, in the order in which it was proposed."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    version: Literal[1] = PLAN_VERSION
    move: tuple[MoveEntry, ...] = Field(default=(), strict=False)
    merge: tuple[MergeEntry, ...] = Field(default=(), strict=False)
    rewrite_import: tuple[RewriteEntry, ...] = Field(default=(), strict=False)
    delete_import: tuple[DeleteEntry, ...] = Field(default=(), strict=False)
    sweep: tuple[SweepEntry, ...] = Field(default=(), strict=False)
    undecided: tuple[Undecided, ...] = Field(default=(), exclude=True)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order in which they are carried out if nothing else orders them."""
        return (*self.rewrite_import, *self.merge, *self.move, *self.delete_import, *self.sweep)

    @model_validator(mode="after")
    def _has_each_id_once(self) -> Plan:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.id and entry.id in seen:
                raise ValueError(f"two entries have the id {entry.id!r}")
            seen.add(entry.id)
        return self


def plan_of(entries: Iterator[Entry] | tuple[Entry, ...], undecided: tuple[Undecided, ...]) -> Plan:
    """A plan of these entries, sorted into their kinds, in the order in which they are given."""
    by_kind: dict[str, list[Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind.replace("-", "_"), []).append(entry)
    return Plan(**by_kind, undecided=undecided)  # type: ignore[arg-type]
