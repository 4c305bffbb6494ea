"""What pytest gives a test for standing in its module: fixtures, marks and setup functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from consolidator.edits.closure import Closure
from consolidator.edits.pinned import place
from consolidator.errors import Problem
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module

_TEST_MODULE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests)\.py$")
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_SURROUNDINGS = frozenset(
    {"pytestmark", "setup_module", "teardown_module", "setUpModule", "tearDownModule"}
)
_OF_FUNCTIONS = frozenset({"setup_function", "teardown_function"})


def lost_surroundings(index: Index, closure: Closure, home: str) -> Iterator[Problem]:
    """Fixtures that moved tests ask for, and what else their old module does for each test in it.

    @pytest.fixture
    def shelf(): ...                  # stays

    class TestBook:                   # moves
        def test_title(self, shelf): ...

    Where pytest does not collect the home, it goes on to find the tests in their old module.
    """
    source = closure.source
    if not _TEST_MODULE.search(source.path) or not _TEST_MODULE.search(home):
        return
    target = index.readable(home) if index.workspace.has(home) else None
    offered = {*_of_conftests(index, home), *(target.scope.bindings if target else ())}
    staying = [n for i, n in enumerate(source.body) if i not in set(closure.statements)]
    for statement in (source.body[number] for number in closure.statements):
        asked = _asked(statement)
        by_name = [*_given(staying, statement), *_imported(index, source)]
        for name, why in dict(by_name).items():
            if name not in offered and (name in asked or why != _BY_NAME):
                yield Problem(
                    "test-setup-stays",
                    f"`{getattr(statement, 'name', '')}` relies on `{name}` of {source.name}, "
                    f"{why}, and it would stay there",
                    place(source, statement),
                    f"move `{name}` in the same command, or to a conftest.py first, or go on "
                    "with --accept test-setup-stays",
                )


def collected_twice(source: Module, statements: Iterable[int], home: str) -> bool:
    """Whether pytest would run tests in their new module, and again where an import stands.

    class TestBook:                   # moves from tests/test_a.py to tests/test_b.py
        def test_title(self): ...

    Where it does not collect the home, that import is what goes on to bring the tests to it.
    """
    if not _TEST_MODULE.search(source.path) or not _TEST_MODULE.search(home):
        return False
    return all(_is_test(source.body[n]) and _is_by_name(source.body[n]) for n in statements)


def _is_by_name(statement: ast.stmt) -> bool:
    """`TestBook`, `test_title`, or an heir of `unittest.TestCase` or its like by any name."""
    names = [getattr(statement, "name", ""), *map(last_name, getattr(statement, "bases", ()))]
    return any(str(name).lower().startswith("test") or "TestCase" in str(name) for name in names)


_BY_NAME = "a fixture that is asked for by its name"


def _given(staying: list[ast.stmt], moved: ast.stmt) -> Iterator[tuple[str, str]]:
    """What a module gives to those who ask for it, and to every test in it."""
    is_test = _is_test(moved)
    always_run = _SURROUNDINGS | (_OF_FUNCTIONS if isinstance(moved, _FUNCTIONS) else set())
    for statement in staying:
        fixture = _fixture(statement)
        if fixture is not None:
            always = is_test and _keyword(fixture, "autouse")
            yield (
                _fixture_name(statement, fixture),
                "a fixture of every test there" if always else _BY_NAME,
            )
        elif is_test:
            for name in _names(statement) & always_run:
                yield name, "which counts for every test there"


def _asked(statement: ast.stmt) -> set[str]:
    """The fixtures that a test, or the tests of a class, ask for by parameter or by mark."""
    functions = [node for node in ast.walk(statement) if isinstance(node, _FUNCTIONS)]
    asked: set[str] = set()
    for function in functions:
        if function.name.startswith("test") or _fixture(function) is not None:
            parameters = [*function.args.posonlyargs, *function.args.args]
            required = parameters[: len(parameters) - len(function.args.defaults)]
            given = {name for each in function.decorator_list for name in _parametrized(each)}
            asked |= {each.arg for each in (*required, *function.args.kwonlyargs)} - given
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and last_name(node.func) in {
            "usefixtures",
            "getfixturevalue",
        }:
            asked |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}
    marks = [d for d in getattr(statement, "decorator_list", ()) for d in _parametrized(d)]
    return asked - set(marks)


def _parametrized(decorator: ast.expr) -> list[str]:
    """The names of `@pytest.mark.parametrize("a, b", ...)`."""
    if not isinstance(decorator, ast.Call) or last_name(decorator.func) != "parametrize":
        return []
    names = decorator.args[0] if decorator.args else None
    listed = names.elts if isinstance(names, ast.List | ast.Tuple) else [names]
    said = [str(each.value) for each in listed if isinstance(each, ast.Constant)]
    return [name.strip() for each in said for name in each.split(",")]


def _is_test(statement: ast.stmt) -> bool:
    """Whether pytest collects a definition: `test_title`, or a class of such methods."""
    if isinstance(statement, _FUNCTIONS):
        return statement.name.startswith("test") and _fixture(statement) is None
    methods = [n.name for n in getattr(statement, "body", ()) if isinstance(n, _FUNCTIONS)]
    return "__init__" not in methods and any(name.startswith("test") for name in methods)


def _fixture(statement: ast.stmt) -> ast.expr | None:
    """The decorator that makes a fixture: `@pytest.fixture`, `@pytest_asyncio.fixture(...)`."""
    for each in statement.decorator_list if isinstance(statement, _FUNCTIONS) else ():
        called = each.func if isinstance(each, ast.Call) else each
        if last_name(called) in {"fixture", "yield_fixture"}:
            return each
    return None


def _fixture_name(statement: ast.stmt, decorator: ast.expr) -> str:
    named = _keyword(decorator, "name")
    return str(named or getattr(statement, "name", ""))


def _keyword(decorator: ast.expr, name: str) -> object:
    for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return keyword.value.value
    return None


def _imported(index: Index, source: Module) -> Iterator[tuple[str, str]]:
    """`from tests.fixtures import shelf`, for tests that ask for it by a parameter."""
    for name in source.imports_by_name:
        origin = index.resolve(source.name, name)
        home = index.module(origin.module) if origin.kind == "definition" else None
        if home is None or index.readable(home.path) is None:
            continue
        named = (n for n in home.body if getattr(n, "name", "") == origin.name)
        if any(_fixture(statement) is not None for statement in named):
            yield name, _BY_NAME


def _of_conftests(index: Index, home: str) -> Iterator[str]:
    """The names that the `conftest.py` files above a file bind, fixtures among them."""
    folder = home
    while folder:
        folder = folder.rpartition("/")[0]
        path = f"{folder}/conftest.py".lstrip("/")
        module = index.readable(path) if index.workspace.has(path) else None
        for statement in module.body if module is not None else ():
            fixture = _fixture(statement)
            yield _fixture_name(statement, fixture) if fixture is not None else ""
        if module is not None:
            yield from module.imports_by_name


def _names(statement: ast.stmt) -> set[str]:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return {getattr(node, "id", "") for node in targets} | {str(getattr(statement, "name", ""))}
