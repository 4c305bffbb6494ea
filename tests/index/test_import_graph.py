"""The scan of bytes for imports, and the modules that a change of imports can disturb."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from consolidator.index.events import codes as codes
from consolidator.index.events.import_events import import_events
from consolidator.index.import_graph import (
    certain_imports,
    eager_imports,
    first_party,
    modules_to_simulate,
    strongly_connected,
)
from consolidator.index.simulation import SimulatedModule, simulate_all
from consolidator.index.syntax import parse
from consolidator.names import ModuleName

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


def scanned(text: str, *, deferred: bool = False, is_package: bool = False) -> set[str]:
    found = eager_imports(
        text.encode(), ModuleName("pkg.mod"), is_package, include_deferred=deferred
    )
    return {str(name) for name in found}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a\nif x:\n    import b\n", {"a"}),
        ("\ufeffimport a\n", {"a"}),
        ("import a  # Workaround: import this before b\n", {"a"}),
        ('"""How to:\n\nimport a\n"""\nimport b\n', {"b"}),
        ("X = r'''\nimport a\n'''  # it's\r\nimport b\n", {"b"}),
        ('# a """ of its own\nimport a\nX = \'"""\'\nimport b\n', {"a", "b"}),
        ('X = """a\\"""\nimport a\n"""\nimport b\n', {"b"}),
    ],
)
def test_what_a_module_imports_for_certain(text: str, names: set[str]) -> None:
    assert set(certain_imports(text.encode(), ModuleName("pkg.mod"), False)) == names


class TestSpellings:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("import a", {"a"}),
            ("x = '#'; import a", {"a"}),
            ("import a  # Workaround: import this before b", {"a"}),
            ("\ufefffrom a import b", {"a", "a.b"}),
            ("import a.b as c, d", {"a.b", "d"}),
            ("import a . b", {"a.b"}),
            ("import a, \\\n    b", {"a", "b"}),
            ("from a import b", {"a", "a.b"}),
            (
                "from a import (  # why\n    b,  # ) not the end\n    c as d,\n)",
                {"a", "a.b", "a.c"},
            ),
            ("from a import(b)", {"a", "a.b"}),
            ("from a import \\\n    b, c", {"a", "a.b", "a.c"}),
            ("from a \\\n  import b", {"a", "a.b"}),
            ("from a import *", {"a"}),
            ("from.x import b", {"pkg.x", "pkg.x.b"}),
            ("from . import b", {"pkg", "pkg.b"}),
            ("from .. import b", set()),
            ("x = 1; import a; y = 2", {"a"}),
            ("try: import a\nexcept ImportError: import b", {"a", "b"}),
            ("if x:\n    import a\nelse:\n\timport b", {"a", "b"}),
            ("class C:\n    from a import b", {"a", "a.b"}),
            ("import a # and why", {"a"}),
            ("import a\r\nimport b\rimport c", {"a", "b", "c"}),
            ("import größe", {"größe"}),
            ("m = importlib.import_module('a.b')", {"a.b"}),
            ("m = import_module('.x', __package__)", {"pkg.x"}),
            ("m = __import__('a')", {"a"}),
            ("m = import_module(f'{__name__}.{x}')", {"pkg.*"}),
            ("m = import_module('pkg.sub.' + x)", {"pkg.sub", "pkg.sub.*"}),
            ("m = [import_module(x) for x in ('pkg.a', 'other')]", {"pkg.a", "pkg.a.*"}),
            ("important = reimport = 1", set()),
            ("with x:\n    for y in z:\n        import a", {"a"}),
        ],
    )
    def test_found(self, text: str, names: set[str]) -> None:
        assert scanned(text) == names

    def test_names_in_all_of_a_package(self) -> None:
        assert scanned("__all__ = ['a', 'b']\n", is_package=True) == {"pkg.mod.a", "pkg.mod.b"}


class TestDeferred:
    @pytest.mark.parametrize(
        "text",
        [
            "def f():\n    import a",
            "async def f():\n    import a",
            "def f(): import a",
            "def f(\n    x,\n) -> None:\n    import a",
            "class C:\n    def f(self):\n        if x:\n            import a",
            "def f():\n    x\n\n# a note\n\n    import a",
            "if TYPE_CHECKING:\n    import a",
            "if typing.TYPE_CHECKING: import a",
            "if (TYPE_CHECKING):\n    from a import b",
        ],
    )
    def test_left_out_unless_asked_for(self, text: str) -> None:
        assert scanned(text) == set()
        assert "a" in scanned(text, deferred=True)

    @pytest.mark.parametrize(
        "text",
        [
            "if not TYPE_CHECKING:\n    import a",
            "if TYPE_CHECKING:\n    pass\nelse:\n    import a",
            "def f(): pass\nimport a",
            "x = '''\ndef f():\n'''\nif x:\n    import a",
        ],
    )
    def test_what_only_looks_deferred(self, text: str) -> None:
        assert scanned(text) == {"a"}

    def test_a_lazy_module_imports_for_whoever_asks(self) -> None:
        text = "_LAZY = {'C': '.c'}\ndef __getattr__(name):\n    import a\n"
        assert {"a", "pkg.c"} <= scanned(text)


def imported(block: tuple[Any, ...]) -> Iterator[str]:
    """The modules that a module's own statements import, as its events tell."""
    for event in block:
        code = event[0]
        if code == codes.IMPORT:
            yield event[2]
        elif code in (codes.FROM, codes.STAR):
            yield event[2]
            yield from (f"{event[2]}.{name}" for name, _ in (event[3] if len(event) > 3 else ()))
        elif code == codes.EITHER:
            for inner in event[2]:
                yield from imported(inner)
        elif code == codes.TRY:
            _, _, body, handlers, orelse, final = event
            for inner in (body, orelse, final, *(handler[2] for handler in handlers)):
                yield from imported(inner)
        elif code == codes.CLASS:
            yield from imported(event[5])


@pytest.mark.parametrize("package", ["asyncio", "email", "importlib", "logging", "unittest", "xml"])
def test_nothing_is_missed_in_real_code(package: str) -> None:
    for path in (STANDARD_LIBRARY / package).rglob("*.py"):
        parts = path.relative_to(STANDARD_LIBRARY).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ModuleName(".".join(parts[:-1] if is_package else parts))
        data = path.read_bytes()
        events = import_events(parse(data.decode()).tree, name, is_package)
        assert set(imported(events)) <= eager_imports(data, name, is_package)


def test_first_party_keeps_modules_and_adds_their_packages() -> None:
    known = {"a", "a.b", "a.b.c"}
    assert first_party(["a.b.c", "a.b.name", "os"], known.__contains__) == known


def graph(text: str) -> dict[ModuleName, list[ModuleName]]:
    """`a: b c` a line."""
    pairs = (line.split(":") for line in text.split(",") if line.strip())
    return {ModuleName(a.strip()): [ModuleName(b) for b in bs.split()] for a, bs in pairs}


class TestComponents:
    def test_small(self) -> None:
        imports = graph("a: b, b: c, c: b d, d:")
        found = {frozenset(c) for c in strongly_connected([ModuleName("a")], imports.__getitem__)}
        assert found == {frozenset("a"), frozenset("bc"), frozenset("d")}

    def test_against_reachability(self) -> None:
        chance = random.Random(1)
        for _ in range(200):
            names = [ModuleName(name) for name in "abcdefg"]
            imports = {n: chance.sample(names, chance.randrange(3)) for n in names}
            found = {m: c for c in strongly_connected(names, imports.__getitem__) for m in c}
            reach = {n: reachable(n, imports) for n in names}
            for one in names:
                mutual = {o for o in names if o in reach[one] and one in reach[o]}
                assert found[one] == mutual

    def test_a_chain_of_ten_thousand_modules(self) -> None:
        names = [ModuleName(f"m{n}") for n in range(10_000)]
        imports = dict(zip(names, ([n] for n in [*names[1:], names[0]]), strict=True))
        assert len(modules_to_simulate(names[:1], imports.__getitem__)) == 10_000

    def test_importing_a_module_imports_the_packages_above(self) -> None:
        imports = graph("p: p.a, p.a: x, p.b:, x:")
        changed = [ModuleName("p.a")]
        assert modules_to_simulate(changed, imports.__getitem__) == {"p", "p.a"}

    def test_only_what_forms_cycles_with_the_change(self) -> None:
        imports = graph("a: b, b: a c, c:, d: a")
        assert modules_to_simulate([ModuleName("c")], imports.__getitem__) == {"c"}
        assert modules_to_simulate([ModuleName("b")], imports.__getitem__) == {"a", "b"}

    def test_a_cycle_that_the_change_closes(self) -> None:
        before, after = graph("a: b, b: c, c:"), graph("a: b, b: c, c: a")
        changed = [ModuleName("c")]
        assert modules_to_simulate(changed, before.__getitem__) == {"c"}
        assert modules_to_simulate(changed, after.__getitem__) == {"a", "b", "c"}


def reachable(name: ModuleName, imports: Mapping[ModuleName, list[ModuleName]]) -> set[ModuleName]:
    found, waiting = {name}, [name]
    while waiting:
        for following in imports[waiting.pop()]:
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


class Texts:
    """Modules by their text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def find(self, name: str) -> SimulatedModule | None:
        text = self.texts.get(name)
        if text is None:
            return None
        is_package = any(other.startswith(f"{name}.") for other in self.texts)
        events = import_events(parse(text).tree, ModuleName(name), is_package)
        return SimulatedModule("package" if is_package else "module", events)

    def inside(self, package: str) -> list[str]:
        return [name for name in self.texts if ModuleName(name).parent == package]

    def imports_of(self, name: ModuleName) -> frozenset[ModuleName]:
        is_package = any(other.startswith(f"{name}.") for other in self.texts)
        found = eager_imports(self.texts[name].encode(), name, is_package)
        return first_party(found, self.texts.__contains__)

    def broken(self, firsts: frozenset[ModuleName]) -> set[ModuleName]:
        return {n for n, outcome in simulate_all(firsts, self).items() if not outcome.succeeds}


NAMES = ["p", "p.a", "p.b", "q", "q.c", "r", "s"]


def random_text(chance: random.Random, name: str) -> str:
    lines = [f"class {name[-1].upper()}: pass"]
    for other in chance.sample(NAMES, chance.choice([0, 1, 1, 2])):
        made = other[-1].upper()
        line = chance.choice(
            [
                f"from {other} import {made}",
                f"import {other}",
                f"import {other}\n{other}.{made}",
                f"import {other} as m\nm.{made}",
                f"def f():\n    import {other}",
            ]
        )
        lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines) + "\n"


def test_what_breaks_breaks_for_a_module_of_the_affected_components() -> None:
    chance = random.Random(7)
    new_trouble = 0
    for _ in range(400):
        texts = {name: random_text(chance, name) for name in NAMES}
        changed = ModuleName(chance.choice(NAMES))
        before = Texts(texts)
        line = f"from {chance.choice(NAMES)} import *\n"
        after = Texts({**texts, changed: line + texts[changed]})
        everything = frozenset(map(ModuleName, NAMES))
        some = modules_to_simulate([changed], before.imports_of)
        some |= modules_to_simulate([changed], after.imports_of)
        if after.broken(everything) - before.broken(everything):
            new_trouble += 1
            assert after.broken(some) - before.broken(some)
    assert new_trouble > 50
