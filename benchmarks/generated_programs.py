"""Programs made by a seed: packages of classes that use each other, and a main that prints.

Module-level imports lead only to modules made before, so that a program works as it is; imports
inside functions lead anywhere, which makes the cycles of real code.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

PACKAGE = "prog"
IMPORTS = ("from", "alias", "module", "module-alias", "relative", "package", "star")
KINDS = ("plain", "plain", "plain", "dataclass", "enum", "tuple", "error", "abstract", "generic")


@dataclass
class Module:
    """A module while it is written."""

    name: str
    is_package: bool = False
    imports: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    has_all: bool = False
    postponed: bool = False

    @property
    def path(self) -> str:
        tail = "/__init__.py" if self.is_package else ".py"
        return self.name.replace(".", "/") + tail

    @property
    def public(self) -> list[str]:
        return [*self.classes, *self.functions, *self.constants]


@dataclass(frozen=True)
class Program:
    """The files of a program, by path, and the classes that can be moved in it."""

    files: Mapping[str, str]
    classes: tuple[tuple[str, str], ...]
    """Module and name."""
    modules: tuple[str, ...]


def make_program(seed: int, size: int = 8) -> Program:
    """A program of `size` modules; the same for the same seed."""
    return _Writer(random.Random(seed), size).program()


class _Writer:
    def __init__(self, choice: random.Random, size: int) -> None:
        self.choice = choice
        packages = [PACKAGE, *(f"{PACKAGE}.{name}" for name in ("core", "web")[: size // 3])]
        names = [f"{choice.choice(packages)}.m{number}" for number in range(size)]
        self.packages = [Module(name, is_package=True) for name in packages]
        self.modules = [Module(name) for name in names]
        self.kinds: dict[str, str] = {}

    def program(self) -> Program:
        for position, module in enumerate(self.modules):
            self._fill(module, self.modules[:position])
        for position, module in enumerate(self.modules):
            self._show(module, [m for n, m in enumerate(self.modules) if n != position])
        for package in self.packages:
            self._re_export(package)
        files = {m.path: self._text(m) for m in (*self.packages, *self.modules)}
        files["main.py"] = self._main()
        classes = tuple((m.name, name) for m in self.modules for name in m.classes)
        return Program(files, classes, tuple(m.name for m in self.modules))

    # -- one module ----------------------------------------------------------------------------

    def _fill(self, module: Module, earlier: list[Module]) -> None:
        choice, number = self.choice, module.name.rpartition(".m")[2]
        module.postponed = choice.random() < 0.3
        module.has_all = choice.random() < 0.3
        if choice.random() < 0.4:
            module.imports += ["import logging"]
            module.body += ["logger = logging.getLogger(__name__)"]
        for n in range(choice.randint(1, 3)):
            name = f"{choice.choice(['LIMIT', '_RATE'])}_{number}_{n}"
            module.body += [f"{name} = {choice.randint(1, 99)}"]
            module.constants += [name]
        if choice.random() < 0.3:
            module.body += [f"_SEEN_{number} = {{}}"]
            module.body += [
                _lines(
                    f"def _register_{number}(cls):",
                    f"_SEEN_{number}[cls.__name__] = cls",
                    "return cls",
                )
            ]
        for n in range(choice.randint(1, 2)):
            self._function(module, f"{choice.choice(['helper', '_helper'])}_{number}_{n}")
        for n in range(choice.randint(2, 4)):
            self._class(module, f"C{number}{chr(65 + n)}", earlier)
            if choice.random() < 0.4:
                self._function(module, f"late_{number}_{n}")

    def _function(self, module: Module, name: str) -> None:
        choice = self.choice
        terms = ["x", *choice.sample(module.constants, k=min(1, len(module.constants)))]
        terms += [
            f"{f}(x)" for f in choice.sample(module.functions, k=min(1, len(module.functions)))
        ]
        plain = [c for c in module.classes if self.kinds[c] in {"plain", "generic"}]
        if plain and choice.random() < 0.5:
            terms += [f"{choice.choice(plain)}().value()"]
        head = f"def {name}(x{choice.choice([': int', ''])}):"
        module.body += [_lines(head, f"return ({' + '.join(terms)}) % 9973")]
        module.functions += [name]

    def _class(self, module: Module, name: str, earlier: list[Module]) -> None:
        kind = self.choice.choice(KINDS)
        module.body += [getattr(self, f"_{kind}")(module, name, earlier)]
        self.kinds[name] = kind
        module.classes += [name]
        if kind == "plain" and self.choice.random() < 0.15:
            module.body += [f"{name}.extra = {self.choice.randint(1, 9)}"]

    def _plain(self, module: Module, name: str, earlier: list[Module]) -> str:
        choice = self.choice
        base = self._some_class(module, earlier, {"plain", "generic"})
        lines = []
        if choice.random() < 0.4:
            lines += [f'"""The class {name}."""', ""]
        constant = choice.choice(module.constants)
        lines += [f"size = {constant}"] if choice.random() < 0.4 else []
        default = choice.choice(["1", constant])
        lines += [f"def __init__(self, start={default}):"]
        lines += ["    super().__init__()"] if base else []
        lines += [f"    self.start_{name} = start", ""]
        terms = [f"self.start_{name}", str(choice.randint(1, 50))]
        terms += [f"{choice.choice(module.functions)}(3)"] if module.functions else []
        terms += ["super().value()"] if base else []
        other = self._some_class(module, earlier, {"plain", "generic"})
        terms += [f"{other}().value()"] if other and choice.random() < 0.6 else []
        annotation = choice.choice(["", " -> int", ' -> "int"'])
        lines += [f"def value(self){annotation}:"]
        lines += self._inside(module, earlier)
        lines += [f"    return ({' + '.join(terms)}) % 9973"]
        if choice.random() < 0.3:
            quoted = choice.choice([f'"{name}"', f'"list[{name}]"', "object"])
            lines += ["", f"def twin(self, other: {quoted} = None):", f"    return {name}(5)"]
        head = f"class {name}({base}):" if base else f"class {name}:"
        seen = [line for line in module.body if line.startswith("def _register_")]
        decorator = (
            "@" + seen[0][4:].partition("(")[0] + "\n" if seen and choice.random() < 0.3 else ""
        )
        return decorator + _lines(head, *lines)

    def _inside(self, module: Module, earlier: list[Module]) -> list[str]:
        lines = []
        if self.choice.random() < 0.2 and "import logging" in module.imports:
            lines += ['    logger.debug("value of %s", self)']
        if self.choice.random() < 0.2:
            lines += ["    import json", '    json.loads("1")']
        return lines

    def _generic(self, module: Module, name: str, earlier: list[Module]) -> str:
        self._import(module, "from typing import Generic, TypeVar")
        number = module.name.rpartition(".m")[2]
        variable = f"T_{number}"
        if f'{variable} = TypeVar("{variable}")' not in module.body:
            module.body += [f'{variable} = TypeVar("{variable}")']
        lines = [f"def value(self, item: {variable} = None) -> int:", f"    return {len(name)}"]
        return _lines(f"class {name}(Generic[{variable}]):", *lines)

    def _abstract(self, module: Module, name: str, earlier: list[Module]) -> str:
        self._import(module, "import abc")
        lines = ["@abc.abstractmethod", "def value(self):", '    """What it is worth."""']
        return _lines(f"class {name}(abc.ABC):", *lines)

    def _dataclass(self, module: Module, name: str, earlier: list[Module]) -> str:
        self._import(module, "from dataclasses import dataclass, field")
        constant = self.choice.choice(module.constants)
        lines = [f"size: int = {constant}", "names: list[str] = field(default_factory=list)"]
        other = self._some_class(module, earlier, {"plain", "enum", "dataclass"})
        lines += [f"other: {other} | None = None"] if other else []
        frozen = self.choice.choice(["", "(frozen=True)"])
        return f"@dataclass{frozen}\n" + _lines(f"class {name}:", *lines)

    def _enum(self, module: Module, name: str, earlier: list[Module]) -> str:
        self._import(module, self.choice.choice(["from enum import Enum", "import enum"]))
        base = "Enum" if "from enum import Enum" in module.imports else "enum.Enum"
        return _lines(
            f"class {name}({base}):",
            "ONE = 1",
            f"MANY = {self.choice.choice(module.constants)} + 100",
        )

    def _tuple(self, module: Module, name: str, earlier: list[Module]) -> str:
        self._import(module, "from typing import NamedTuple")
        return _lines(
            f"class {name}(NamedTuple):",
            "a: int",
            f"b: int = {self.choice.choice(module.constants)}",
        )

    def _error(self, module: Module, name: str, earlier: list[Module]) -> str:
        base = self._some_class(module, earlier, {"error"}) or "ValueError"
        return _lines(f"class {name}({base}):", f'"""Raised by {name}."""')

    # -- imports -------------------------------------------------------------------------------

    def _some_class(self, module: Module, earlier: list[Module], kinds: set[str]) -> str:
        """A class to use at import time, as the module has to spell it; empty for none."""
        choice = self.choice
        own = [name for name in module.classes if self.kinds[name] in kinds]
        if own and choice.random() < 0.5:
            return choice.choice(own)
        there = [(m, c) for m in earlier for c in m.classes if self.kinds[c] in kinds]
        if not there or choice.random() < 0.3:
            return ""
        other, name = choice.choice(there)
        return self._reach(module, other, name)

    def _reach(self, module: Module, other: Module, name: str) -> str:
        style = self.choice.choice(IMPORTS)
        package, _, tail = other.name.rpartition(".")
        if style == "alias":
            self._import(module, f"from {other.name} import {name} as {name}_")
            return f"{name}_"
        if style == "module":
            self._import(module, f"import {other.name}")
            return f"{other.name}.{name}"
        if style == "module-alias":
            self._import(module, f"import {other.name} as other_{tail}")
            return f"other_{tail}.{name}"
        if style == "relative" and package == module.name.rpartition(".")[0]:
            self._import(module, f"from .{tail} import {name}")
            return name
        if style == "package":
            self._import(module, f"from {package} import {tail}")
            return f"{tail}.{name}"
        if style == "star" and not other.has_all:
            self._import(module, f"from {other.name} import *")
            return name
        self._import(module, f"from {other.name} import {name}")
        return name

    def _import(self, module: Module, line: str) -> None:
        if line not in module.imports:
            module.imports += [line]

    def _show(self, module: Module, others: list[Module]) -> None:
        """A function that uses what the module has, and classes of any other module."""
        number = module.name.rpartition(".m")[2]
        lines = []
        for name in module.classes:
            lines += [f"    yield {_use(name, self.kinds[name])}"]
        for other in self.choice.sample(others, k=min(2, len(others))):
            name = self.choice.choice(other.classes)
            lines = [f"    from {other.name} import {name}", *lines]
            lines += [f"    yield {_use(name, self.kinds[name])}"]
        for name in module.functions:
            lines += [f"    yield {name}(7)"]
        module.body += ["\n".join([f"def show_{number}():", *lines])]

    def _re_export(self, package: Module) -> None:
        inside = [m for m in self.modules if m.name.rpartition(".")[0] == package.name]
        for module in inside:
            if self.choice.random() < 0.4:
                name = self.choice.choice(module.classes)
                package.imports += [f"from .{module.name.rpartition('.')[2]} import {name}"]
                package.classes += [name]
        package.has_all = bool(package.classes) and self.choice.random() < 0.5

    # -- texts ---------------------------------------------------------------------------------

    def _text(self, module: Module) -> str:
        parts = []
        if self.choice.random() < 0.5:
            parts += [f'"""The module {module.name}."""\n']
        if module.postponed:
            parts += ["from __future__ import annotations\n"]
        if module.imports:
            parts += ["\n".join(module.imports) + "\n"]
        if module.has_all:
            listed = ", ".join(f'"{name}"' for name in module.public if not name.startswith("_"))
            parts += [f"__all__ = [{listed}]\n"]
        parts += [f"\n{block}\n" if "\n" in block else f"{block}\n" for block in module.body]
        return "\n".join(parts)

    def _main(self) -> str:
        modules = list(self.modules)
        self.choice.shuffle(modules)
        lines = ["import importlib", "from unittest.mock import patch", ""]
        for module in modules:
            number = module.name.rpartition(".m")[2]
            lines += [f'for value in importlib.import_module("{module.name}").show_{number}():']
            lines += ["    print(value)"]
        for package in self.packages:
            for name in package.classes:
                lines += [f"from {package.name} import {name}", f"print({name}.__name__)"]
        for module in self.choice.sample(modules, k=2):
            helper = self.choice.choice(module.functions)
            number = module.name.rpartition(".m")[2]
            lines += [f'with patch("{module.name}.{helper}", return_value=5):']
            lines += [f"    print(list(importlib.import_module('{module.name}').show_{number}()))"]
        return "\n".join(lines) + "\n"


def _use(name: str, kind: str) -> str:
    """An expression that tells whether a class still works."""
    return {
        "plain": f"{name}().value()",
        "generic": f"{name}[int]().value()",
        "dataclass": f"({name}().size, {name}(3) == {name}(3))",
        "enum": f"[member.value for member in {name}]",
        "tuple": f"tuple({name}(1))",
        "error": f"(issubclass({name}, ValueError), {name}.__name__)",
        "abstract": f"sorted({name}.__abstractmethods__)",
    }[kind]


def _lines(head: str, *lines: str) -> str:
    return "\n".join([head, *(f"    {line}" if line else "" for line in lines)])
