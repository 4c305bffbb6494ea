"""What the ways of breaking a file share: the file, its places, and names of other modules."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence
from pathlib import Path

from consolidator.names import ModuleName

Edit = tuple[int, int, str]  # lines from, to (exclusive, 0-based) become this text
Definition = (ast.ClassDef, ast.FunctionDef)
Importing = (ast.Import, ast.ImportFrom)


class Subject:
    """One file that is to be broken."""

    def __init__(
        self, text: str, path: Path, root: Path, names: Sequence[ModuleName], chance: random.Random
    ) -> None:
        self.lines = text.splitlines(keepends=True)
        self.tree = ast.parse(text)
        self.path, self.root, self.names, self.chance = path, root, names, chance

    @property
    def body(self) -> list[ast.stmt]:
        """The top-level statements that may move."""
        return [s for s in self.tree.body if not is_first(s)]

    @property
    def imports(self) -> list[ast.Import | ast.ImportFrom]:
        """The top-level imports that may move."""
        return [s for s in self.body if isinstance(s, Importing)]

    @property
    def package(self) -> str:
        """The package that relative imports of the file start from."""
        return ".".join(self.path.parent.relative_to(self.root).parts)

    def text(self, statement: ast.stmt) -> str:
        """A statement as it stands, decorators included."""
        return "".join(self.lines[start_of(statement) : end_of(statement)])

    def place(self) -> int:
        """A line at which a statement can be inserted: before or after a top-level one."""
        spots = [start_of(s) for s in self.body] + [end_of(s) for s in self.body[-1:]]
        return self.chance.choice(spots) if spots else len(self.lines)

    def stranger(self) -> tuple[str, str] | None:
        """Another module and a name that it defines."""
        module = self.chance.choice(self.names)
        found = self.defined(module, Definition)
        return (module, self.chance.choice(found)) if found else None

    def defined(self, module: str, kinds: tuple[type[ast.stmt], ...]) -> list[str]:
        """The names of the top-level definitions of a module."""
        path = file_of(self.root, module)
        body = ast.parse(path.read_bytes()).body if path else []
        return [s.name for s in body if isinstance(s, kinds) and isinstance(s, Definition)]

    def absolute(self, statement: ast.ImportFrom) -> str:
        """The module that a statement imports from."""
        if not statement.level:
            return statement.module or ""
        parts = self.package.split(".")
        base = parts[: len(parts) - statement.level + 1]
        return ".".join([*base, *([statement.module] if statement.module else [])])


def file_of(root: Path, module: str) -> Path | None:
    """The file of a module, None for a namespace package."""
    base = root / module.replace(".", "/")
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


def start_of(statement: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)]) - 1


def end_of(statement: ast.stmt) -> int:
    """The line after a statement."""
    return statement.end_lineno or statement.lineno


def is_first(statement: ast.stmt) -> bool:
    """Whether a statement must stay at the top: a docstring or a `__future__` import."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
