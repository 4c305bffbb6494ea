"""The outline of a file: what it imports, defines and binds, without a full analysis.

Outlines of every file are what a scan starts from. They err on the side of too much, say where a
closer look is worth its time, and are never a finding themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KEEP = re.compile(r"#\s*consolidate:\s*keep\b[:\s]*(.*)")


@dataclass(frozen=True, slots=True)
class OutlinedImport:
    """One name of one import statement, as written."""

    line: int
    """1-based line of the statement."""
    column: int
    """Its indentation; 0 is at module level for certain."""
    module: str
    """`a.b` of `import a.b` and of `from a.b import c`; leading dots for a relative one."""
    name: str | None
    """What is taken from it; None for `import a.b`, `*` for a star import."""
    alias: str | None

    @property
    def bound(self) -> str:
        """The name it binds; empty for a star import."""
        if self.alias:
            return self.alias
        if self.name is None:
            return self.module.partition(".")[0]
        return "" if self.name == "*" else self.name


@dataclass(frozen=True, slots=True)
class OutlinedClass:
    """One class statement at any depth."""

    name: str
    first_line: int
    """1-based, decorators included."""
    last_line: int
    column: int
    """Its indentation; 0 is at module level for certain."""
    members: tuple[str, ...]
    """The names that the first level of its body defines or assigns, in order."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file imports, defines and binds."""

    imports: tuple[OutlinedImport, ...]
    classes: tuple[OutlinedClass, ...]
    bound: frozenset[str]
    """Names that module-level statements in no block bind."""
    perhaps: frozenset[str]
    """Names that are bound in a block of the module or through `global`, and some that are not."""
    is_opaque: bool
    """Whether it can bind names that no analysis sees: a `__getattr__`, `globals()`, `exec`."""
    kept: tuple[tuple[int, str], ...] = field(default=())
    """The lines of comments `# consolidate: keep REASON`, with the reason."""

    @property
    def stars(self) -> tuple[OutlinedImport, ...]:
        """The star imports."""
        return tuple(item for item in self.imports if item.name == "*")


def kept_reason(comment: str) -> str | None:
    """The reason in `# consolidate: keep REASON`; None for another comment."""
    found = _KEEP.match(comment)
    return None if found is None else found[1].strip()
