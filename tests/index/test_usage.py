"""What a file does with the names that it imports, as facts."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from consolidator.index.offer.facts import offer_facts
from consolidator.index.usage import Group, groups_of, usage_facts

PROJECT = Path(__file__).parents[2]


def group(text: str, name: str = "C") -> Group:
    facts = usage_facts(f"from asked import C\n{dedent(text)}")
    (found,) = groups_of(facts, name)
    return found


def uses(text: str) -> list[tuple[str, str, str]]:
    return sorted((use.path, use.kind, use.name) for use in group(text).uses)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C(1, *a, b=2, **k)", [("", "call", "")]),
        ("C.a.b", [("", "attr", "a")]),
        ("C.make().run()", [("", "method", "make"), (".make()", "method", "run")]),
        ("def f(c: C): c.run()", [(":", "method", "run")]),
        ("with C() as c: c.run()", [("", "call", ""), ("()", "with", ""),
                                    ("() with", "method", "run")]),
        ("for c in C: c.name", [("", "iter", ""), ("iter", "attr", "name")]),
        ("class D(C):\n    def f(self): self.x", [("", "base", ""), ("sub", "attr", "x")]),
        ("class D(C):\n    def f(self): super().f(1)", [("", "base", ""), ("super", "super", "f")]),
        ("isinstance(x, (C, int))", [("", "class test", "")]),
        ("try: ...\nexcept (C, E): ...", [("", "except", "")]),
        ("class K:\n    c = C()\n    def f(self): self.c.x", [("", "call", ""),
                                                             ("() get", "attr", "x")]),
        ("C().a().b().c().d().e()", [
            ("", "call", ""), ("()", "method", "a"), ("() .a()", "method", "b"),
            ("() .a() .b()", "method", "c"), ("() .a() .b() .c()", "method", "d")]),
    ],
)  # fmt: skip
def test_uses(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert uses(text) == expected


def test_arguments_of_a_call() -> None:
    (use,) = group("C(1, *a, b=2, **k)").uses
    assert use.arguments == (1, True, ("b",), True)


def test_each_scope_has_its_own_group() -> None:
    facts = usage_facts(
        dedent(
            """
            def one():
                from a import C
                C.x

            def two():
                try:
                    from .b import C
                except ImportError:
                    from c import C
                C.y
            """
        )
    )
    first, second = groups_of(facts, "C")
    assert (first.sources, [use.name for use in first.uses]) == ((("a", "C"),), ["x"])
    assert second.sources == ((".b", "C"), ("c", "C"))
    assert [use.name for use in second.uses] == ["y"]


def test_a_fallback_does_not_hide_the_import() -> None:
    text = "try:\n    from a import C\nexcept ImportError:\n    C = None\nC.x"
    (found,) = groups_of(usage_facts(text), "C")
    assert [use.name for use in found.uses] == ["x"]


def test_global_and_nonlocal_names() -> None:
    text = """
        def f():
            global c
            c = C()

        def g():
            c.run()

        def h():
            d = None
            def inner():
                nonlocal d
                d = C()
            d.stop()
        """
    assert ("()", "method", "run") in uses(text)
    assert ("()", "method", "stop") in uses(text)


def test_names_with_two_meanings_are_unknown() -> None:
    assert uses("c = C()\nc = D()\nc.x") == [("", "call", "")]
    assert uses("a, b = C(), D()\na, b = b, a\na.x, b.x") == [("", "call", "")]
    assert uses("def f(C): C.x") == []
    assert uses("[C.x for C in y]") == []
    assert uses("match y:\n    case {**C}: C.x") == []


@pytest.mark.parametrize(
    "text",
    [
        "x = C()\nx = x",
        "def f(): return f()\nf().x",
        "def f(): return g()\ndef g(): return f()\nf().x",
        "class A(A): ...\nA().x",
        "class K:\n    def f(self): self.a = self.b; self.b = self.a; self.a.x",
        "def f(x: 'x'): x.y",
        "lambda: (yield)",
        "x" + ".a()" * 200,
    ],
)
def test_circles_come_to_an_end(text: str) -> None:
    group(text)


@pytest.mark.parametrize("extract", [usage_facts, offer_facts])
def test_facts_survive_json(extract: object) -> None:
    for path in sorted((PROJECT / "consolidator").rglob("*.py")):
        facts = extract(path.read_text("utf-8"))  # type: ignore[operator]
        assert json.loads(json.dumps(facts)) == facts


@pytest.mark.parametrize("extract", [usage_facts, offer_facts])
def test_newer_syntax_is_read(extract: object) -> None:
    text = "from m import C\ntype X = C\nclass D[T](C): ...\ndef f[T](x: T) -> T: return x\n"
    assert extract(text)  # type: ignore[operator]
    with pytest.raises(SyntaxError):
        extract("def f(:")  # type: ignore[operator]
