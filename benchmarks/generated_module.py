"""A module of a generated program while it is written, and how it can name another one's things."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

IMPORTS = ("from", "alias", "module", "module-alias", "relative", "package", "star")
CALLABLE = frozenset({"plain", "generic"})
"""The kinds of class that `C().value()` works for."""


@dataclass
class Module:
    """A module while it is written."""

    name: str
    number: int = 0
    is_package: bool = False
    imports: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    """Imports below `if TYPE_CHECKING`."""
    body: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    """Class: how it is made, which says how it is used."""
    shown: list[str] = field(default_factory=list)
    """Expressions that `show_N` yields besides."""
    has_all: bool = False
    postponed: bool = False

    @property
    def path(self) -> str:
        tail = "/__init__.py" if self.is_package else ".py"
        return self.name.replace(".", "/") + tail

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def public(self) -> list[str]:
        return [*self.classes, *self.functions, *self.constants]

    @property
    def is_hidden(self) -> bool:
        """Whether its package binds another thing to its name, as `from .tool import tool` does."""
        return self.name.rpartition(".")[2] in self.public

    def imported(self, line: str) -> None:
        """Have an import at the top."""
        if line not in self.imports:
            self.imports += [line]

    def of_kind(self, kinds: frozenset[str]) -> list[str]:
        """Its own classes that are made so."""
        return [name for name in self.classes if self.kinds[name] in kinds]


@dataclass(frozen=True)
class Program:
    """The files of a program, by path, and what can be moved in it."""

    files: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    """Module: its classes, functions and constants."""
    modules: tuple[str, ...]


def reach(choice: random.Random, module: Module, other: Module, name: str) -> str:
    """How a module spells another one's thing, in any style of import; the import is added."""
    style = choice.choice(IMPORTS)
    package, _, tail = other.name.rpartition(".")
    if style == "alias":
        module.imported(f"from {other.name} import {name} as {name}_")
        return f"{name}_"
    if style == "module" and not other.is_hidden:
        module.imported(f"import {other.name}")
        return f"{other.name}.{name}"
    if style == "module-alias" and not other.is_hidden:
        module.imported(f"import {other.name} as other_{tail}")
        return f"other_{tail}.{name}"
    if style == "relative":
        module.imported(f"from {relative(module, other)} import {name}")
        return name
    if style == "package" and not other.is_hidden:
        module.imported(f"from {package} import {tail}")
        return f"{tail}.{name}"
    if style == "star" and not other.has_all and not name.startswith("_"):
        module.imported(f"from {other.name} import *")
        return name
    module.imported(f"from {other.name} import {name}")
    return name


def relative(module: Module, other: Module) -> str:
    """The other module as a relative import spells it: `.m1`, `..web.m3`."""
    here, there = module.package.split("."), other.name.split(".")
    common = 0
    while common < len(here) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def use(name: str, kind: str) -> str:
    """An expression that tells whether a class still works."""
    return {
        "plain": f"{name}().value()",
        "generic": f"{name}[int]().value()",
        "dataclass": f"({name}().size, {name}(3) == {name}(3))",
        "enum": f"[member.value for member in {name}]",
        "tuple": f"tuple({name}(1))",
        "error": f"(issubclass({name}, ValueError), {name}.__name__)",
        "abstract": f"sorted({name}.__abstractmethods__)",
        "protocol": f"(isinstance(3, {name}), hasattr({name}, 'value'))",
        "dictionary": f"({name}(a=1), sorted({name}.__annotations__))",
        "meta": f"type({name}).__name__",
    }[kind]


def block(head: str, *lines: str) -> str:
    """A statement with a body."""
    return "\n".join([head, *(f"    {line}" if line else "" for line in lines)])
