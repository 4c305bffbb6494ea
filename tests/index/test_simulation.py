"""The simulation against CPython, on small trees and on what only the simulation can tell."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from order_cases import Case, cases, files_of

from consolidator.index.events.import_events import import_events
from consolidator.index.simulation import (
    Failure,
    Outcome,
    SimulatedModule,
    existing_failures,
    simulate,
    simulate_all,
)
from consolidator.index.syntax import parse
from consolidator.names import ModuleName

CASES = tuple(cases())

_EXCEPTIONS = {
    "missing name": {"ImportError", "RuntimeError"},
    "missing module": {"ModuleNotFoundError", "RuntimeError"},
    "unbound name": {"NameError"},
    "missing attribute": {"AttributeError"},
    "syntax error": {"SyntaxError"},
    "raise": {"ImportError", "KeyError"},
}

_IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
try:
    __import__(sys.argv[2])
except BaseException as error:
    print(type(error).__name__, error)
"""


class Files:
    """A tree of texts as the simulation asks for modules; names beginning with gone are absent."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def find(self, name: str) -> SimulatedModule | None:
        base = name.replace(".", "/")
        if f"{base}/__init__.py" in self.files:
            return self._read(f"{base}/__init__.py", name, True)
        if f"{base}.py" in self.files:
            return self._read(f"{base}.py", name, False)
        if any(path.startswith(f"{base}/") for path in self.files):
            return SimulatedModule("namespace")
        return SimulatedModule("absent") if name.startswith("gone") else None

    def inside(self, package: str) -> list[str]:
        folder = package.replace(".", "/") + "/"
        rests = {path.removeprefix(folder) for path in self.files if path.startswith(folder)}
        names = {rest.removesuffix("/__init__.py").removesuffix(".py") for rest in rests}
        return [f"{package}.{name}" for name in sorted(names) if "/" not in name[:-1]]

    def _read(self, path: str, name: str, is_package: bool) -> SimulatedModule:
        try:
            tree = parse(self.files[path]).tree
        except SyntaxError:
            return SimulatedModule("unparsable")
        events = import_events(tree, ModuleName(name), is_package)
        return SimulatedModule("package" if is_package else "module", events)


def told(outcome: Outcome) -> str:
    return f"{outcome.fatal.kind} {outcome.fatal.name}" if outcome.fatal else ""


def run(tree: str, first: str, with_bound: bool = False) -> Outcome:
    return simulate(ModuleName(first), Files(files_of(tree)), with_bound=with_bound)


def really(files: Mapping[str, str], first: str, root: Path) -> str:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    command = [sys.executable, "-c", _IMPORT, str(root), first]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_like_cpython(case: Case, tmp_path: Path) -> None:
    real = really(case.files, case.first, tmp_path)
    kind, _, name = case.expected.rpartition(" ")
    if case.expected:
        assert real.split()[0] in _EXCEPTIONS[kind]
        assert kind == "raise" or name in real
    else:
        assert real == ""
    outcome = simulate(ModuleName(case.first), Files(case.files))
    assert told(outcome) == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_from_a_shared_prefix_it_is_the_same(case: Case) -> None:
    modules = Files(case.files)
    names = [_module(path) for path in case.files]
    together = simulate_all(names, modules, with_bound=True)
    for name in names:
        assert together[name] == simulate(name, modules, with_bound=True)


def _module(path: str) -> ModuleName:
    return ModuleName(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


class TestFailure:
    def test_says_where_and_how_it_got_there(self) -> None:
        outcome = run("== a.py\nimport b\n== b.py\n\nfrom c import X\n== c.py\nimport a\n", "a")
        failure = outcome.fatal
        assert failure is not None
        assert (failure.module, failure.line, failure.source, failure.name) == ("b", 2, "c", "X")
        assert [(step.module, step.line, step.what) for step in failure.chain] == [
            ("", 0, "a"),
            ("a", 1, "b"),
        ]
        assert failure.certain

    def test_a_branch_that_may_not_run_is_only_possible(self) -> None:
        tree = "== a.py\nimport os\nif os.environ:\n    from b import C\nX = 1\n== b.py\n"
        outcome = run(tree, "a", with_bound=True)
        assert outcome.succeeds
        assert [(f.name, f.certain) for f in outcome.failures] == [("C", False)]
        assert outcome.bound is not None
        assert outcome.bound[ModuleName("a")] == {"os", "X"}

    def test_a_computed_name_may_be_what_strings_name_or_what_that_holds(self) -> None:
        tree = (
            "== app/__init__.py\nimport app.plugins\nimport app.base\n"
            "== app/base.py\nfrom importlib import import_module\n"
            "FOUND = [import_module(name) for name in ['app.rates']]\nlate = 1\n"
            "== app/rates.py\nfrom app.base import late\n"
            "== app/plugins/__init__.py\nimport pkgutil\nfrom importlib import import_module\n"
            "def load():\n    for found in pkgutil.iter_modules(__path__):\n"
            "        import_module(f'{__name__}.{found.name}')\nload()\nlast = 1\n"
            "== app/plugins/one.py\nfrom app.plugins import last\n"
        )
        outcome = run(tree, "app")
        assert outcome.succeeds
        assert [(f.name, f.certain) for f in outcome.failures] == [("last", False), ("late", False)]

    def test_what_may_fail_elsewhere_is_looked_into(self) -> None:
        tree = (
            "== a.py\ntry:\n    import ujson\nexcept ImportError:\n    from b import C\n== b.py\n"
        )
        outcome = run(tree, "a")
        assert outcome.succeeds
        assert [(f.name, f.certain) for f in outcome.failures] == [("C", False)]
        assert outcome.loaded == {"a"}

    def test_a_loop_over_something_unknown_in_a_function_that_may_return(self) -> None:
        tree = """
== a.py
def f(items):
    for item in items:
        if item:
            return item
    return LATER
f(1)
LATER = 1
"""
        assert [f.certain for f in run(tree, "a").failures] == [False]

    @pytest.mark.parametrize(
        ("call", "certain"),
        [
            ("f()", []),
            ("f(x='r')", []),
            ("f('w')", [True]),
            ("f(len('w'))", [False]),
            ("f(*'w')", [False]),
            ("f(1)", [False]),  # numbers are not kept
        ],
    )
    def test_a_branch_that_the_arguments_decide(self, call: str, certain: list[bool]) -> None:
        tree = f"""
== a.py
def f(x=None):
    if x is None or x == "r":
        return
    if x == "w":
        return LATER
{call}
LATER = 1
"""
        assert [f.certain for f in run(tree, "a").failures] == certain

    def test_after_many_calls_nothing_is_known_of_the_arguments_of_one_more(self) -> None:
        calls = "\n".join(f"f('{number}')" for number in range(20))
        tree = f"== a.py\ndef f(x):\n    if x == '19':\n        LATER\n{calls}\nLATER = 1\n"
        assert [f.certain for f in run(tree, "a").failures] == [False]


class TestWhatCannotBeRead:
    def test_a_star_import_from_a_stranger_may_bring_any_name(self) -> None:
        tree = "== a.py\nfrom stranger import *\nsomething\n== b.py\nfrom a import other\n"
        assert run(tree, "b").failures == ()

    def test_but_hardly_one_that_the_module_binds_itself(self) -> None:
        tree = """
== a.py
from stranger import *
import b
class C: pass
== b.py
from a import C
"""
        outcome = run(tree, "a")
        assert outcome.succeeds
        assert [(f.name, f.certain) for f in outcome.failures] == [("C", False)]

    def test_after_a_lazy_stranger_was_asked_nothing_is_certain(self) -> None:
        tree = """
== pkg/__init__.py
import stranger
__getattr__ = stranger.attach(__name__)
== user.py
from pkg import anything
from pkg.mod import gone
== pkg/mod.py
"""
        fatal = run(tree, "user").fatal
        assert fatal is not None
        assert (fatal.name, fatal.certain) == ("gone", False)

    def test_a_compiled_module_has_every_name(self) -> None:
        class WithCompiled(Files):
            def find(self, name: str) -> SimulatedModule | None:
                return SimulatedModule("opaque") if name == "pkg.fast" else super().find(name)

        tree = "== pkg/__init__.py\nfrom .fast import a\nfrom . import fast\nfast.b\n"
        assert simulate(ModuleName("pkg"), WithCompiled(files_of(tree))).failures == ()


class TestSwallowed:
    TREE = "== a.py\ntry:\n    from b import C\nexcept ImportError:\n    C = None\n== b.py\n"

    def test_is_told(self) -> None:
        outcome = run(self.TREE, "a")
        assert outcome.failures == ()
        [swallowed] = outcome.swallowed
        assert (swallowed.failure.name, swallowed.module, swallowed.line) == ("C", "a", 3)

    def test_nothing_is_told_when_the_name_is_there(self) -> None:
        assert run(self.TREE + "C = 1\n", "a").swallowed == ()


class TestForgiving:
    TREE = """
== a.py
from b import gone_first
from c import gone_second
import d
== b.py
== c.py
== d.py
from a import too_early
"""

    def test_every_failure_is_found(self) -> None:
        modules = Files(files_of(self.TREE))
        found = existing_failures(ModuleName("a"), modules)
        assert {key[3] for key in found} == {"gone_first", "gone_second", "too_early"}

    def test_however_many_there_are(self) -> None:
        missing = [f"gone_{number}" for number in range(120)]
        text = "== a.py\n" + "".join(f"from b import {name}\n" for name in missing) + "== b.py\n"
        found = existing_failures(ModuleName("a"), Files(files_of(text)))
        assert {key[3] for key in found} == set(missing)

    def test_only_new_ones_count(self) -> None:
        before = Files(files_of(self.TREE))
        known = existing_failures(ModuleName("a"), before)
        after = Files(files_of(self.TREE + "import e\n== e.py\nfrom a import e_name\n"))
        outcome = simulate(ModuleName("a"), after, forgiven=known)
        assert told(outcome) == "missing name e_name"


class TestManyFirsts:
    def test_a_broken_package_breaks_what_is_below(self) -> None:
        files = files_of("== p/__init__.py\nimport gone\n== p/a.py\n== q.py\n")
        outcomes = simulate_all([ModuleName(n) for n in ("p", "p.a", "q")], Files(files))
        assert told(outcomes[ModuleName("p.a")]) == "missing module gone"
        assert told(outcomes[ModuleName("p")]) == "missing module gone"
        assert outcomes[ModuleName("q")].loaded == {"q"}

    def test_one_first_import_leaves_no_trace_in_the_next(self) -> None:
        files = files_of("== p/__init__.py\n== p/a.py\nimport p.b\n== p/b.py\n")
        outcomes = simulate_all([ModuleName(n) for n in ("p.a", "p.b")], Files(files))
        assert outcomes[ModuleName("p.a")].loaded == {"p", "p.a", "p.b"}
        assert outcomes[ModuleName("p.b")].loaded == {"p", "p.b"}


def test_a_long_chain_of_imports() -> None:
    files = {f"m{n}.py": f"import m{n + 1}\n" for n in range(800)} | {"m800.py": "import gone\n"}
    outcome = simulate(ModuleName("m0"), Files(files))
    assert told(outcome) == "missing module gone"
    assert outcome.fatal is not None and len(outcome.fatal.chain) == 801


def test_a_key_outlives_a_shift_of_lines() -> None:
    def failure(tree: str) -> Failure:
        found = run(tree, "a").fatal
        assert found is not None
        return found

    one, two = failure("== a.py\nimport gone\n"), failure("== a.py\n\n\nimport gone\n")
    assert one != two
    assert one.key == two.key
