"""Names of modules and of what they define, and places in a text. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


class ModuleName(str):
    """A dotted module name such as `pkg.sub.mod`; an ordinary, immutable string otherwise."""

    __slots__ = ()

    @property
    def parent(self) -> ModuleName:
        """The package that holds this module; empty for a top-level one."""
        return ModuleName(self.rpartition(".")[0])

    @property
    def tail(self) -> str:
        """The last component: `mod` of `pkg.sub.mod`."""
        return self.rpartition(".")[2]

    @property
    def top(self) -> str:
        """The first component: `pkg` of `pkg.sub.mod`."""
        return self.partition(".")[0]

    def child(self, name: str) -> ModuleName:
        """This name with one component more; a top-level module for the empty name."""
        return ModuleName(f"{self}.{name}" if self else name)

    def is_within(self, package: str) -> bool:
        """Whether this is `package` itself or a module below it."""
        return self == package or self.startswith(package + ".")

    def ancestors(self) -> tuple[ModuleName, ...]:
        """The packages above, outermost first: `pkg`, `pkg.sub` for `pkg.sub.mod`."""
        return _ancestors(self)


@cache  # asked for every edge of import graphs; a tree has so many names only
def _ancestors(name: str) -> tuple[ModuleName, ...]:
    parts = name.split(".")
    return tuple(ModuleName(".".join(parts[:n])) for n in range(1, len(parts)))


@dataclass(frozen=True, slots=True, order=True)
class QualifiedName:
    """A top-level name in a module."""

    module: ModuleName
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of character offsets in a file's decoded text."""

    start: int
    end: int

    def __contains__(self, other: object) -> bool:
        if isinstance(other, Span):
            return self.start <= other.start and other.end <= self.end
        return isinstance(other, int) and self.start <= other < self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """The characters of `text` in this range."""
        return text[self.start : self.end]
