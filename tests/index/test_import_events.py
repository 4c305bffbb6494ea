"""What is written down of a module's body; what it means is tested with the simulation."""

from __future__ import annotations

import ast
import json
import marshal
from collections.abc import Iterator
from typing import Any

import pytest
from order_cases import cases

from consolidator.index.events import codes as codes
from consolidator.index.events.import_events import import_events
from consolidator.index.syntax import parse
from consolidator.names import ModuleName


def written(text: str, module: str = "pkg.mod", is_package: bool = False) -> tuple[Any, ...]:
    return import_events(parse(text).tree, ModuleName(module), is_package)


def codes_of(text: str) -> list[int]:
    return [event[0] for event in written(text)]


class TestImports:
    @pytest.mark.parametrize(
        ("text", "event"),
        [
            ("import a.b", (codes.IMPORT, 1, "a.b", "a", False)),
            ("import a.b as c", (codes.IMPORT, 1, "a.b", "c", True)),
            ("from a import b, c as d", (codes.FROM, 1, "a", (("b", "b"), ("c", "d")))),
            ("from . import b", (codes.FROM, 1, "pkg", (("b", "b"),))),
            ("from .x import b", (codes.FROM, 1, "pkg.x", (("b", "b"),))),
            ("from a import *", (codes.STAR, 1, "a")),
            ("from .. import b", (codes.RAISE, 1, "ImportError")),
        ],
    )
    def test_one(self, text: str, event: tuple[object, ...]) -> None:
        assert written(text) == (event,)

    def test_relative_to_a_package(self) -> None:
        assert written("from .x import b", "pkg.sub", is_package=True)[0][2] == "pkg.sub.x"

    def test_future_imports_only_bind(self) -> None:
        assert codes_of("from __future__ import annotations") == [codes.BIND_MANY]

    def test_by_name(self) -> None:
        text = "import importlib\nm = importlib.import_module('.x', __package__)\n"
        assert written(text)[-1] == (codes.IMPORT, 2, "pkg.x", "m", True)

    def test_a_namesake_of_import_module_is_another_function(self) -> None:
        text = "from tools import import_module\nm = import_module('numpy')\n"
        assert codes.IMPORT not in codes_of(text)


class TestWhatIsLeftOut:
    def test_builtins_and_names_that_are_bound_for_sure(self) -> None:
        assert written("x = 1\ny = len(str(x))\n") == ((codes.BIND_MANY, 1, ("x", "y")),)

    def test_attributes_of_the_standard_library(self) -> None:
        assert codes_of("import os\nx = os.path.join('a')\n") == [codes.IMPORT, codes.BIND_MANY]

    def test_a_function_that_needs_nothing(self) -> None:
        assert codes_of("def f(x):\n    y = x\n    return [y.z for w in y]\n") == [codes.BIND_MANY]

    def test_the_same_lookup_twice(self) -> None:
        assert codes_of("later()\nlater()\n") == [codes.NAME, codes.CALL]

    def test_type_checking_blocks(self) -> None:
        text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n"
        assert codes_of(text) == [codes.FROM]

    def test_dead_code(self) -> None:
        assert codes_of("def f():\n    return 1\n    later\n") == [codes.BIND_MANY]


class TestWhatStays:
    def test_a_name_bound_in_one_branch_is_not_sure(self) -> None:
        assert codes.NAME in codes_of("import os\nif os.x:\n    a = 1\na\n")

    def test_a_name_bound_in_every_branch_is(self) -> None:
        assert codes.NAME not in codes_of("import os\nif os.x:\n    a = 1\nelse:\n    a = 2\na\n")

    def test_a_deleted_name_is_not_sure(self) -> None:
        assert codes.NAME in codes_of("a = 1\ndel a\na\n")

    def test_a_rebound_name_is_looked_at_again(self) -> None:
        text = "import m\nm.x\nimport n as m\nm.x\n"
        assert codes_of(text).count(codes.CHAIN) == 2

    def test_a_function_that_needs_a_later_name(self) -> None:
        [event] = written("def f():\n    return later\n")
        assert event[:3] == (codes.DEF, 1, "f")
        assert event[3][0] == (codes.NAME, 2, "later")


def test_newer_syntax_is_read() -> None:
    text = "type A[T] = list[T]\ndef f[T](x: T) -> A: ...\nclass C[T](B[T]): ...\n"
    names = [event[2] for event in written(text) if event[0] == codes.NAME]
    assert names == ["B"]


@pytest.mark.parametrize("case", [*cases()], ids=lambda case: case.name)
def test_events_are_plain_values(case: Any) -> None:
    for text in case.files.values():
        try:
            events = written(text)
        except SyntaxError:
            continue
        assert marshal.loads(marshal.dumps(events)) == events
        assert as_tuples(json.loads(json.dumps(events))) == events


def as_tuples(value: Any) -> Any:
    return tuple(as_tuples(part) for part in value) if isinstance(value, list) else value


def test_every_statement_and_expression_is_read() -> None:
    text = "".join(numbered(EVERYTHING))
    kinds = {type(node) for node in ast.walk(ast.parse(text))}
    missing = [kind.__name__ for kind in every_kind() if kind not in kinds]
    assert missing == []
    wanted = {f"g{n}" for n in range(EVERYTHING.count("$$"))}
    found: set[str] = set()
    collect(written(text), found)
    assert wanted - found == set()


def every_kind() -> Iterator[type[ast.AST]]:
    deprecated = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice"}
    known_here = {"Interpolation", "TemplateStr", "TypeAlias"}  # newer than the oldest Python
    for base in (ast.stmt, ast.expr):
        for kind in base.__subclasses__():
            if kind.__module__ in ("ast", "_ast") and kind.__name__ not in deprecated | known_here:
                yield kind


def numbered(text: str) -> Iterator[str]:
    for number, part in enumerate(text.split("$$")):
        yield part if number == 0 else f"g{number - 1}{part}"


def collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, tuple):
        for part in value:
            collect(part, found)


EVERYTHING = """
import a
from b import c
@$$
class C($$, metaclass=$$):
    x: $$ = $$
    pass
@$$
def f(x: $$ = $$, *y: $$, z: $$ = $$, **w: $$) -> $$:
    global n
    n = $$
    def inner():
        nonlocal x
        return $$
    inner()
    yield $$
    yield from $$
f()
async def h():
    async with a: pass
    async for i in a: await i
l = lambda x=$$: later
n += $$
a.b = $$
a[$$:$$:$$] = $$
del a[$$]
assert $$, $$
for i in $$:
    if $$: continue
    break
else:
    $$
while $$:
    $$
with $$ as w: $$
try:
    $$
except ValueError:
    $$
else:
    $$
finally:
    $$
try:
    $$
except* ValueError:
    $$
if $$:
    $$
elif $$:
    $$
else:
    $$
match $$:
    case $$.x if $$: $$
    case $$(y=1): pass
    case [1, *rest] | {'k': rest}: pass
($$ and $$) or ($$ if $$ else $$)
[$$, *$$], ($$,), {$$}, {$$: $$, **$$}
[$$ for i in $$ if $$ for j in $$], {$$ for i in $$}, {$$: $$ for i in $$}, ($$ for i in $$)
$$ + -$$ < $$ < $$
f'{$$!r:{$$}}'
(v := $$)
$$($$, *$$, k=$$, **$$)
$$.attribute[$$]
if $$: raise $$ from $$
"""
