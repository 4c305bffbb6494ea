"""Programs made by a seed: packages of classes that use each other, and a main that prints.

Module-level imports lead only to modules made before, so that a program works as it is; imports
inside functions lead anywhere, which makes the cycles of real code.
"""

from __future__ import annotations

import random

from benchmarks.generated_features import FEATURES, LATE_FEATURES
from benchmarks.generated_module import Module, Program, block, reach, use
from benchmarks.generated_texts import main_text, module_text

PACKAGE = "prog"
KINDS = (
    "plain", "plain", "plain", "plain", "dataclass", "enum", "tuple", "error", "abstract",
    "generic", "protocol", "dictionary", "meta",
)  # fmt: skip


def make_program(seed: int, size: int = 8) -> Program:
    """A program of `size` modules; the same for the same seed."""
    return _Writer(random.Random(seed), size).program()


class _Writer:
    def __init__(self, choice: random.Random, size: int) -> None:
        self.choice = choice
        inner = ("core", "web", "core.deep")[: size // 3 + choice.randint(0, 1)]
        packages = [PACKAGE, *(f"{PACKAGE}.{name}" for name in inner)]
        tails = [choice.choice(["m"] * 7 + ["tool"]) + str(number) for number in range(size)]
        names = [f"{choice.choice(packages)}.{tail}" for tail in tails]
        self.packages = [Module(name, is_package=True) for name in packages]
        self.modules = [Module(name, number) for number, name in enumerate(names)]

    def program(self) -> Program:
        for position, module in enumerate(self.modules):
            self._fill(module, self.modules[:position])
        for position, module in enumerate(self.modules):
            self._show(module, [m for n, m in enumerate(self.modules) if n != position])
        for package in reversed(self.packages):
            self._re_export(package)
        files = {m.path: module_text(self.choice, m) for m in (*self.packages, *self.modules)}
        files["main.py"] = main_text(self.choice, self.modules, self.packages)
        names = {m.name: tuple(m.public) for m in self.modules}
        return Program(files, names, tuple(m.name for m in self.modules))

    # -- one module ----------------------------------------------------------------------------

    def _fill(self, module: Module, earlier: list[Module]) -> None:
        choice, number = self.choice, module.number
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
                block(
                    f"def _register_{number}(cls):",
                    f"_SEEN_{number}[cls.__name__] = cls",
                    "return cls",
                )
            ]
        for n in range(choice.randint(1, 2)):
            self._function(module, f"{choice.choice(['helper', '_helper'])}_{number}_{n}")
        if (tail := module.name.rpartition(".")[2]).startswith("tool"):
            self._function(module, tail)
        seen: set[object] = set()
        for n in range(choice.randint(2, 4)):
            self._class(module, f"C{number}{chr(65 + n)}", earlier)
            if choice.random() < 0.4:
                self._function(module, f"late_{number}_{n}")
            for feature in choice.sample(FEATURES, k=choice.randint(0, 2)):
                if feature not in seen:
                    feature(choice, module, earlier)
                    seen.add(feature)

    def _function(self, module: Module, name: str) -> None:
        choice = self.choice
        terms = ["x", *choice.sample(module.constants, k=min(1, len(module.constants)))]
        terms += [
            f"{f}(x)" for f in choice.sample(module.functions, k=min(1, len(module.functions)))
        ]
        plain = [c for c in module.classes if module.kinds[c] in {"plain", "generic"}]
        if plain and choice.random() < 0.5:
            terms += [f"{choice.choice(plain)}().value()"]
        head = f"def {name}(x{choice.choice([': int', ''])}):"
        module.body += [block(head, f"return ({' + '.join(terms)}) % 9973")]
        module.functions += [name]

    def _class(self, module: Module, name: str, earlier: list[Module]) -> None:
        kind = self.choice.choice(KINDS)
        module.body += [getattr(self, f"_{kind}")(module, name, earlier)]
        module.kinds[name] = kind
        module.classes += [name]
        if kind == "plain" and self.choice.random() < 0.15:
            module.body += [f"{name}.extra = {self.choice.randint(1, 9)}"]

    def _plain(self, module: Module, name: str, earlier: list[Module]) -> str:
        choice, number = self.choice, module.number
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
        terms += [choice.choice(["max(1, 2)", "abs(-3)", "hash(4)"])] if number % 2 else []
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
        return decorator + block(head, *lines)

    def _inside(self, module: Module, earlier: list[Module]) -> list[str]:
        lines = []
        if self.choice.random() < 0.2 and "import logging" in module.imports:
            lines += ['    logger.debug("value of %s", self)']
        if self.choice.random() < 0.2:
            lines += ["    import json", '    json.loads("1")']
        return lines

    def _generic(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("from typing import Generic, TypeVar")
        number = module.number
        variable = f"T_{number}"
        if f'{variable} = TypeVar("{variable}")' not in module.body:
            module.body += [f'{variable} = TypeVar("{variable}")']
        lines = [f"def value(self, item: {variable} = None) -> int:", f"    return {len(name)}"]
        return block(f"class {name}(Generic[{variable}]):", *lines)

    def _abstract(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("import abc")
        lines = ["@abc.abstractmethod", "def value(self):", '    """What it is worth."""']
        return block(f"class {name}(abc.ABC):", *lines)

    def _dataclass(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("from dataclasses import dataclass, field")
        choice, constant = self.choice, self.choice.choice(module.constants)
        lines = [f"size: int = {constant}", "names: list[str] = field(default_factory=list)"]
        other = self._some_class(module, earlier, {"plain", "enum", "dataclass"})
        lines += [f"other: {other} | None = None"] if other else []
        if choice.random() < 0.3:
            module.imported("from typing import ClassVar")
            lines += [f"limit: ClassVar[int] = {constant}"]
        made = self._some_class(module, earlier, {"generic"})
        lines += [f"made: object = field(default_factory={made}, compare=False)"] if made else []
        frozen = choice.choice(["", "(frozen=True)"])
        return f"@dataclass{frozen}\n" + block(f"class {name}:", *lines)

    def _protocol(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("from typing import Protocol, runtime_checkable")
        head = f"class {name}(Protocol):"
        return "@runtime_checkable\n" + block(head, "def value(self) -> int: ...")

    def _dictionary(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("from typing import TypedDict")
        other = self._some_class(module, earlier, {"plain", "enum"})
        further = [f'b: "{other}"'] if other else []
        return block(f"class {name}(TypedDict, total=False):", "a: int", *further)

    def _meta(self, module: Module, name: str, earlier: list[Module]) -> str:
        maker = f"Meta_{module.number}"
        if not any(part.startswith(f"class {maker}(") for part in module.body):
            added = [f"cls.made_by = {self.choice.choice(module.constants)}"]
            head = "def __init__(cls, name, bases, body):"
            lines = [head, "    super().__init__(name, bases, body)", f"    {added[0]}"]
            module.body += [block(f"class {maker}(type):", *lines)]
        return block(f"class {name}(metaclass={maker}):", "pass")

    def _enum(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported(self.choice.choice(["from enum import Enum", "import enum"]))
        base = "Enum" if "from enum import Enum" in module.imports else "enum.Enum"
        return block(
            f"class {name}({base}):",
            "ONE = 1",
            f"MANY = {self.choice.choice(module.constants)} + 100",
        )

    def _tuple(self, module: Module, name: str, earlier: list[Module]) -> str:
        module.imported("from typing import NamedTuple")
        return block(
            f"class {name}(NamedTuple):",
            "a: int",
            f"b: int = {self.choice.choice(module.constants)}",
        )

    def _error(self, module: Module, name: str, earlier: list[Module]) -> str:
        base = self._some_class(module, earlier, {"error"}) or "ValueError"
        return block(f"class {name}({base}):", f'"""Raised by {name}."""')

    # -- imports -------------------------------------------------------------------------------

    def _some_class(self, module: Module, earlier: list[Module], kinds: set[str]) -> str:
        """A class to use at import time, as the module has to spell it; empty for none."""
        choice = self.choice
        own = [name for name in module.classes if module.kinds[name] in kinds]
        if own and choice.random() < 0.5:
            return choice.choice(own)
        there = [(m, c) for m in earlier for c in m.classes if m.kinds[c] in kinds]
        if not there or choice.random() < 0.3:
            return ""
        other, name = choice.choice(there)
        return reach(choice, module, other, name)

    def _show(self, module: Module, others: list[Module]) -> None:
        """A function that uses what the module has, and classes of any other module."""
        for feature in self.choice.sample(LATE_FEATURES, k=self.choice.randint(0, 2)):
            feature(self.choice, module, others)
        lines = [f"    yield {use(name, module.kinds[name])}" for name in module.classes]
        for other in self.choice.sample(others, k=min(2, len(others))):
            name = self.choice.choice(other.classes)
            lines = [f"    from {other.name} import {name}", *lines]
            lines += [f"    yield {use(name, other.kinds[name])}"]
        lines += [f"    yield {name}(7)" for name in module.functions]
        lines += [f"    yield {expression}" for expression in module.shown]
        module.body += ["\n".join([f"def show_{module.number}():", *lines])]

    def _re_export(self, package: Module) -> None:
        """What a package offers of its modules and of the packages inside, which come first."""
        inside = [m for m in self.modules if m.package == package.name]
        inside += [p for p in self.packages if p.name.rpartition(".")[0] == package.name]
        for module in inside:
            tail = module.name.rpartition(".")[2]
            if module.is_hidden and tail in module.functions:
                package.imports += [f"from .{tail} import {tail}"]
            elif module.classes and self.choice.random() < 0.4:
                style = self.choice.choice(["one", "one", "star"])
                name = self.choice.choice(module.classes)
                package.imports += [f"from .{tail} import {'*' if style == 'star' else name}"]
                package.classes += [name]
        package.has_all = bool(package.classes) and self.choice.random() < 0.5
