"""Which scope each name belongs to and when it is needed, by the rules of the language."""

from __future__ import annotations

import ast
import symtable
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_tree import module_of

from consolidator.index.scopes import NameUse

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
SAMPLED = [
    "abc",
    "argparse",
    "ast",
    "base64",
    "bdb",
    "bisect",
    "calendar",
    "cmd",
    "codecs",
    "collections/__init__",
    "configparser",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "dis",
    "doctest",
    "enum",
    "fractions",
    "ftplib",
    "functools",
    "glob",
    "gzip",
    "heapq",
    "inspect",
    "ipaddress",
    "json/decoder",
    "logging/__init__",
    "mailbox",
    "numbers",
    "pathlib",
    "pickle",
    "platform",
    "random",
    "shlex",
    "statistics",
    "tarfile",
    "textwrap",
    "threading",
    "traceback",
    "typing",
    "unittest/case",
    "uuid",
    "weakref",
    "zipfile",
]


def free(text: str) -> str:
    """The names that mean module-level ones, sorted; `x?` for one that is needed later only."""
    uses = module_of(text).global_uses
    eager = {use.name for use in uses if not use.deferred}
    return " ".join(
        sorted(name if name in eager else f"{name}?" for name in {u.name for u in uses})
    )


def local(text: str) -> dict[str, list[str]]:
    """The bindings of each scope below the module, by the name of the definition or its kind."""
    scopes = list(module_of(text).scope.walk())[1:]
    return {getattr(s.node, "name", s.kind): sorted(s.bindings) for s in scopes}


class TestScopes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("class C:\n    y = 1\n    def f(self): return y", "y?"),
            ("class C:\n    y = 1\n    z = y", ""),
            ("class C:\n    y = 1\n    z = [y for _ in a]", "a y"),
            ("class C:\n    y = 1\n    z = [i for i in y]", ""),
            ("class C:\n    y = 1\n    z = lambda: y", "y?"),
            ("class C:\n    def f(self, a=y): pass", "y"),
            ("class C:\n    class D:\n        z = y\n    y = 1", "y"),
            ("y = 1\nclass C:\n    y = y", "y"),
            ("y = 1\nclass C:\n    print(y)\n    y = 2", "print y"),
        ],
    )
    def test_class_bodies_are_seen_from_their_own_statements_only(
        self, text: str, expected: str
    ) -> None:
        assert free(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[i for i in a]", "a"),
            ("{k: v for k, v in a if b}", "a b"),
            ("[j for i in a for j in i]", "a"),
            ("[i for i in a]; i", "a i"),
            ("(i for i in a if (n := i)); n", "a n"),
        ],
    )
    def test_comprehensions(self, text: str, expected: str) -> None:
        assert free(text) == expected

    def test_a_walrus_binds_outside_the_comprehension(self) -> None:
        text = "def f():\n    [[m := k for k in a] for a in b]\n    return m"
        assert free(text) == "b?"
        assert local(text)["f"] == ["m"]
        assert "n" in module_of("[n := i for i in a]").scope.bindings

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("def f():\n    return x\n    x = 1", ""),
            ("def f(x, *a, y, **k): return x, a, y, k", ""),
            ("def f(x=d, *, y=e): pass", "d e"),
            ("def f():\n    import a.b\n    return a", ""),
            ("def f():\n    for x in y: pass", "y?"),
            ("def f():\n    with a as x: x", "a?"),
            ("def f():\n    try: pass\n    except E as x: x", "E?"),
            ("def f():\n    del x", ""),
            ("def f():\n    x = 1\n    def g(): return x", ""),
            ("def f():\n    x += 1", ""),
            ("lambda x: x + y", "y?"),
            ("lambda x=y: x", "y"),
            ("@d\ndef f(): pass", "d"),
            ("class C(B, metaclass=M): pass", "B M"),
            ("async def f():\n    async for x in y: await x", "y?"),
            ("f'{x!r:>{w}}'", "w x"),
            ("x.y.z = 1; u[v] = 2", "u v x"),
        ],
    )
    def test_functions_and_other_binders(self, text: str, expected: str) -> None:
        assert free(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('match c:\n    case {"a": P.x, **rest}: rest', "P c rest"),
            ("def f(c):\n    match c:\n        case {'a': P.x, **rest}: rest", "P?"),
            ("def f(c):\n    match c:\n        case [Q(z=1), *others]: others", "Q?"),
            ("def f(c):\n    match c:\n        case str() as s if s: s", "str?"),
            ("def f(c):\n    match c:\n        case x: x", ""),
        ],
    )
    def test_match(self, text: str, expected: str) -> None:
        assert free(text) == expected

    def test_attribute_chains_belong_to_the_use(self) -> None:
        (use,) = module_of("a.b.c()").global_uses
        assert [ast.unparse(node) for node in use.attributes] == ["a.b", "a.b.c"]


class TestGlobalAndNonlocal:
    def test_global_binds_in_the_module(self) -> None:
        module = module_of("x = 0\ndef f():\n    global x\n    x = 1\ndef g(): return x")
        assert [b.via_global for b in module.bindings("x")] == [False, True]
        assert local("def f():\n    global x\n    x = 1") == {"f": []}

    def test_global_holds_for_the_whole_function(self) -> None:
        text = "def f(a):\n    match a:\n        case 1:\n            global g\n    g = 1"
        assert module_of(text).bindings("g")[0].via_global

    def test_global_passes_over_an_enclosing_function(self) -> None:
        assert free("x = 0\ndef f():\n    x = 1\n    def g():\n        global x\n        return x")

    def test_global_in_a_class_body(self) -> None:
        module = module_of("def f():\n    class K:\n        global x\n        x = 1")
        assert "x" in module.scope.bindings

    def test_nonlocal_binds_in_the_enclosing_function(self) -> None:
        text = "x = 0\ndef f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2"
        module = module_of(text)
        assert len(module.bindings("x")) == 1
        assert free(text) == ""

    def test_nonlocal_above_the_binding_that_it_means(self) -> None:
        text = "x = 0\ndef f():\n    def g():\n        nonlocal x\n        x = 2\n    x = 1"
        assert len(module_of(text).bindings("x")) == 1


class TestMangling:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("class C:\n    def f(self): return __x", "_C__x?"),
            ("class _C:\n    def f(self): return __x", "_C__x?"),
            ("class __:\n    def f(self): return __x", "__x?"),
            ("class C:\n    def f(self): return __x__", "__x__?"),
            ("class C:\n    __x = 1\n    y = __x", ""),
            ("class C:\n    class D:\n        y = __x", "_D__x"),
            ("def f(): return __x", "__x?"),
        ],
    )
    def test_uses(self, text: str, expected: str) -> None:
        assert free(text) == expected

    def test_a_private_global(self) -> None:
        text = "_C__x = 1\nclass C:\n    def f(self):\n        global __x\n        __x = 2"
        assert [b.via_global for b in module_of(text).bindings("_C__x")] == [False, True]


class TestSelfNamedClassVariables:
    def test_over_several_lines(self) -> None:
        assert free("y = 1\nclass C:\n    y = f(\n        y,\n    )") == "f y"

    def test_of_a_builtin(self) -> None:
        assert free("class C:\n    id = id") == "id"


class TestAnnotations:
    def test_they_are_needed_with_the_definition(self) -> None:
        assert free("def f(a: X) -> Y: pass") == "X Y"
        assert free("x: X = 1") == "X"
        assert free("class C:\n    x: X") == "X"

    def test_those_of_local_variables_never_are(self) -> None:
        assert free("def f():\n    x: X = 1") == "X?"

    def test_postponed_ones_wait(self) -> None:
        head = "from __future__ import annotations\n"
        assert free(head + "def f(a: X = d) -> Y: pass\nx: X = e") == "X? Y? d e"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("x: 'X'", "X"),
            ("x: 'a.X[Y]'", "Y a"),
            ("x: List['X']", "List X"),
            ("x: Optional['X | None']", "Optional X"),
            ("x: Literal['X']", "Literal"),
            ("x: Annotated['X', 'text']", "Annotated X"),
            ("class C(Base['X']): pass", "Base X"),
            ("A = List['X']", "List X"),
            ("d['X']", "d"),
            ("cast('X', 'Y')", "X cast"),
            ("T = TypeVar('T', bound='X')", "TypeVar X"),
            ("A: TypeAlias = 'X'", "TypeAlias X"),
            ("x: 'not a type'", ""),
            ("x: ''", ""),
            ("def f(a: 'X') -> 'Y': pass", "X Y"),
        ],
    )
    def test_quoted(self, text: str, expected: str) -> None:
        uses = module_of(text).global_uses
        assert " ".join(sorted({use.name for use in uses})) == expected
        assert all(use.deferred for use in uses if use.quoted)

    def test_where_a_quoted_name_stands(self) -> None:
        text = 'é = 1\nx: "a | Node"\ny: "\\x4eode"\n'
        module = module_of(text)
        spans = {use.name: use.span for use in module.global_uses if use.statement == 1}
        assert spans["Node"] is not None
        assert spans["Node"].of(module.text) == "Node"
        assert [use.span for use in module.global_uses if use.statement == 2] == [None]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("x = []  # type: List[Item]", "Item List"),
            ("def f(a):\n    # type: (int, *str) -> Item\n    pass", "Item int str"),
            ("x = '# type: Item'", ""),
            ("x = 1  # no type: here", ""),
            ("x = 1  # type:ignore", ""),
        ],
    )
    def test_type_comments(self, text: str, expected: str) -> None:
        uses = module_of(text).global_uses
        assert " ".join(sorted({use.name for use in uses})) == expected

    @pytest.mark.parametrize("comment", ["# type: ignore", "# type: ignore[attr-defined]"])
    def test_what_is_no_type_comment(self, comment: str) -> None:
        assert free(f"x = 1  {comment}") == ""

    def test_a_type_comment_stands_in_the_scope_around_it(self) -> None:
        module = module_of("def f():\n    Item = 1\n    x = []  # type: Item\n")
        assert not module.global_uses

    def test_the_fields_of_classes_are_told_apart(self) -> None:
        module = module_of("class C:\n    x: X\n    def f(self, y: Y): pass\nz: Z = 1")
        assert [u.name for u in module.global_uses if u.is_field] == ["X"]
        assert all(use.is_type for use in module.global_uses)


class TestTypeParameters:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("class C[T](B[T]):\n    x: T", "B"),
            ("class C[T: Bound]: pass", "Bound?"),
            ("def f[T, *Ts, **P](a: T, *b: *Ts) -> R: pass", "R"),
            ("type A[V] = dict[V, X]", "X? dict?"),
            ("class C[T]:\n    def f(self, x: T) -> T: return T", ""),
            ("class C[T]: pass\nx = T", "T"),
        ],
    )
    def test_they_are_local(self, text: str, expected: str) -> None:
        assert free(text) == expected


def _by_symtable(table: symtable.SymbolTable) -> Iterator[tuple[int, str]]:
    """Each scope's line with the names that are read there and mean module-level ones."""
    is_module = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (is_module or symbol.is_global()):
            yield (0 if is_module else table.get_lineno()), symbol.get_name()
    for child in table.get_children():
        yield from _by_symtable(child)


@pytest.mark.parametrize("name", SAMPLED)
def test_the_compiler_agrees_on_the_standard_library(name: str) -> None:
    path = STANDARD_LIBRARY / f"{name}.py"
    if not path.is_file():
        pytest.skip(f"Python {sys.version_info.minor} has no {name}.py of its own")
    text = path.read_text(encoding="utf-8")
    module = module_of(text)
    evaluated = [use for use in module.global_uses if not use.quoted]
    # Newer versions keep annotations in scopes of their own, so those may be in either.
    found = {
        (0 if use.scope is module.scope else use.scope.node.lineno, use.name)
        for use in evaluated
        if isinstance(use.node.ctx, ast.Load) and not use.annotation and not _is_own_in_class(use)
    }
    expected = set(_by_symtable(symtable.symtable(text, str(path), "exec")))
    annotated = {use.name for use in evaluated if use.annotation}
    assert not found - expected
    assert not {(line, use) for line, use in expected - found if use not in annotated}


def _is_own_in_class(use: NameUse) -> bool:
    """`x = x` of a class reads the module's, which the compiler settles when it runs."""
    return use.scope.kind == "class" and use.name in use.scope.bindings
