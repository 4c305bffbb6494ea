"""What an import brings in, as plain values, and how a module is spelled in a statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from consolidator.names import ModuleName


class Category(IntEnum):
    """The group of imports that a module belongs to, in the order the groups stand."""

    FUTURE = 0
    STDLIB = 1
    THIRD_PARTY = 2
    FIRST_PARTY = 3
    RELATIVE = 4


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One thing that an import brings in; `name` is None for `import module`, "*" for a star."""

    module: ModuleName
    name: str | None
    alias: str | None = None

    def bound(self) -> str:
        """The name that it binds."""
        return self.alias or self.name or self.module.top

    def spelled(self) -> str:
        """How it stands in the statement's list: `C as K`."""
        name = self.name or self.module
        return f"{name} as {self.alias}" if self.alias else name


@dataclass(frozen=True, slots=True)
class ImportSite:
    """One alias of one import statement of a file."""

    node: ast.Import | ast.ImportFrom
    index: int

    @property
    def alias(self) -> ast.alias:
        """The alias itself."""
        return self.node.names[self.index]


@dataclass(frozen=True, slots=True)
class Addition:
    """A new module-level import that is wanted, perhaps for the type checker only."""

    imported: ImportedName
    type_checking: bool = False
    comment: str = ""
    """Its lines go above the import, except `# noqa` and its like, which go behind it."""


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Statements to stand after the imports as they are, such as `try: … except ImportError: …`."""

    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The module that a file is, from which relative imports count."""

    module: ModuleName
    is_package: bool

    @property
    def package(self) -> ModuleName:
        """The package that one leading dot means; empty for a top-level module."""
        return self.module if self.is_package else self.module.parent

    def absolute(self, node: ast.ImportFrom) -> ModuleName:
        """The absolute name of the module that a from-import names."""
        if not node.level:
            return ModuleName(node.module or "")
        parts = self.package.split(".") if self.package else []
        base = parts[: max(len(parts) - node.level + 1, 0)]
        return ModuleName(".".join([*base, *([node.module] if node.module else [])]))

    def dots_to(self, target: ModuleName) -> int:
        """How many leading dots a relative import of `target` needs; 0 when there is no such."""
        if not self.package or target.top != self.package.top:
            return 0
        here, there = self.package.split("."), target.split(".")
        return len(here) - _shared(here, there) + 1

    def relative(self, target: ModuleName) -> str:
        """`target` as a relative import spells it; `dots_to` must not be 0."""
        here, there = self.package.split("."), target.split(".")
        shared = _shared(here, there)
        return "." * (len(here) - shared + 1) + ".".join(there[shared:])

    def relative_or_full(self, target: ModuleName) -> str:
        """`target` with dots where that can be, and its full name otherwise."""
        return self.relative(target) if self.dots_to(target) else target


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
