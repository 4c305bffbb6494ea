"""Random functions with tests on their parameters: what is certain must happen in CPython too."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence

import pytest

from consolidator.index.events.import_events import import_events
from consolidator.index.simulation import SimulatedModule, simulate
from consolidator.names import ModuleName

_VALUES = ("None", "True", "False", "'r'", "'w'", "''", "0", "1", "print")
_TESTS = (
    *("{0} is None", "{0} is not None", "{0}", "not {0}", "{0} == 'r'", "{0} in ('r', None)"),
    *("isinstance({0}, str)", "callable({0})", "maybe", "({1} and {2})", "({1} or {2})"),
)


class _Program:
    """A module whose functions look up names that are bound at its end, each but once."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.later = 0
        self.functions: list[tuple[str, Sequence[str]]] = []
        lines = [f"maybe = bool(int('{seed % 2}'))"]
        for number in range(3):
            names = self.chance.sample("pqs", self.chance.randint(1, 3))
            defaults = ", ".join(f"{n}={self.value()}" for n in names)
            lines += [f"def f{number}({defaults}):", *self.block(names, 1)]
            self.functions.append((f"f{number}", names))
            lines += [self.call([]) for _ in range(2)]
        self.text = "\n".join([*lines, *(f"L{n} = 1" for n in range(1, self.later + 1)), ""])

    def value(self, names: Sequence[str] = ()) -> str:
        return self.chance.choice([*_VALUES, *names, *names])

    def missing(self) -> str:
        self.later += 1
        return f"L{self.later}"

    def test(self, names: Sequence[str], depth: int = 0) -> str:
        form = self.chance.choice(_TESTS if depth < 2 else _TESTS[:-2])
        parts = (self.test(names, depth + 1), self.test(names, depth + 1)) if "1" in form else ()
        return form.format(self.chance.choice(names), *parts)

    def call(self, names: Sequence[str]) -> str:
        if not self.functions:
            return "pass"
        function, parameters = self.chance.choice(self.functions)
        given = parameters[: self.chance.randint(0, len(parameters))]
        cut = self.chance.randint(0, len(given))
        arguments = [self.value(names) for _ in given[:cut]]
        keywords = [f"{parameter}={self.value(names)}" for parameter in given[cut:]]
        return f"{function}({', '.join([*arguments, *keywords])})"

    def block(self, names: Sequence[str], depth: int, loop: bool = False) -> list[str]:
        lines = [line for _ in range(self.chance.randint(1, 3)) for line in self.one(names, depth)]
        leave = self.chance.choice(["return", "continue", "break"] if loop else ["return"])
        lines += [leave] if self.chance.random() < 0.3 else []
        return [f"    {line}" for line in lines]

    def one(self, names: Sequence[str], depth: int) -> list[str]:
        kind = self.chance.randrange(8 if depth < 4 else 5)
        if kind == 0:
            return [f"{self.chance.choice(names)} = {self.value(names)}"]
        if kind == 1:
            return [self.call(names)]
        if kind < 4:
            word = self.chance.choice(["and", "or"])
            return [f"{self.test(names)} {word} {self.missing()}"]
        if kind == 4:
            return [f"x = {self.missing()} if {self.test(names)} else 0"]
        if kind == 5:
            return ["for turn in (1, 2):", *self.block(names, depth + 1, loop=True)]
        if kind == 6:
            inner = f"g{depth}"
            body = [f"    if {self.test(names)}: {self.missing()}"]
            return [f"def {inner}(s=None):", *body, f"{inner}({self.value(names)})"]
        other = ["else:", *self.block(names, depth + 1)] if self.chance.random() < 0.4 else []
        return [f"if {self.test(names)}:", *self.block(names, depth + 1), *other]


class _One:
    """A tree of one module."""

    def __init__(self, text: str) -> None:
        self.module = SimulatedModule(
            "module", import_events(ast.parse(text), ModuleName("a"), False)
        )

    def find(self, name: str) -> SimulatedModule | None:
        return self.module if name == "a" else None

    def inside(self, package: str) -> list[str]:
        return []


def _really(text: str) -> str | None:
    try:
        exec(compile(text, "a", "exec"), {"__name__": "a"})
    except NameError as error:
        return error.name
    return None


@pytest.mark.parametrize("hundred", range(4))
def test_what_is_certain_happens(hundred: int) -> None:
    agreed = 0
    for seed in range(hundred * 100, hundred * 100 + 100):
        text = _Program(seed).text
        real, outcome = _really(text), simulate(ModuleName("a"), _One(text))
        if real is None:
            assert outcome.fatal is None or not outcome.fatal.certain, text
        agreed += real is not None and outcome.fatal is not None and outcome.fatal.name == real
    assert agreed > 20  # of a hundred: that it is not silent
