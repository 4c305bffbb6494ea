"""Newer syntax is read on any Python, as the `ast` of a newer one gives it."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest

from consolidator.index import newer_syntax
from consolidator.index.newer_syntax import parse_newer
from consolidator.index.newer_syntax.cst_to_ast import convert
from consolidator.index.newer_syntax.masks import parse_masked
from consolidator.index.syntax import Syntax, parse

MASKED = (
    "def f[T](x: T) -> T: pass\n",
    "@d\nasync  def f[T: int, *Ts, **P](x): pass\n",
    "class A[T: (int, str) = int](B[T], metaclass=M): pass\n",
    "class A [ T ] : pass\n",
    'class A:\n  def f[\n    T: dict[str, int],  # a ], a (, a "\n\n    U,\n  ](self): pass\n',
    "def f[*Ts = *tuple[int], **P = [int]](): pass\n",
    "def f[T: 'list[int]' = {1: 2}[1:2]](): pass\n",
    "def f[T: x == y, U = (lambda: 0)](): pass\n",
    "def f[\\\n  T](): pass\n",
    'def f[é: ü](): return "ü"; x = 1\n',
    "type X = int\n",
    "if x:\n  type  X [T] = list[T]; y = 1\n  z\n",
    "type X[\n  T,\n] = int\n",
    "try: pass\nexcept A, b.C : pass\n",
    "try: pass\nexcept* A , B , C : x\n",
    "for x in y:\n  try: pass\n  except A, B: pass\n  finally:\n    def f[T](): pass\n",
    "match x:\n  case 1:\n    class A[T]: pass\n",
    "lazy import a.b as c, d\n",
    "lazy from . import a\n",
)

CONVERTED = (
    'x = f"{d["k"]}"\n',
    "x = f'{'a'!r:>{'w'}}' 'b'\n",
    'f"{\n  x  # c\n}"\n',
    'x = t"a{b}"\n',
    "def f[T](x): return f'{x['a']}'\n",
    "x = 1; type Y = int\n",
    "if x: type Y[T: (a) = (b)] = (int)\n",
    "try: pass\nexcept A(), B: pass\n",
    "try: pass\nexcept A, B,: pass\n",
    "[*a for a in b], {**a for a in b}\n",
    "def f[T: f'x'](): pass\n",
)

NO_PYTHON = (
    'print "x"\n',
    "def f[](): pass\n",
    "def f[T,,](): pass\n",
    "def f[T: ](): pass\n",
    "def f[T U](): pass\n",
    "def f[if](): pass\n",
    "class A[T: pass\n",
    "class A[T): pass\n",
    "type X[T]\n",
    "type X = Y = int\n",
    "type X = a, b\n",
    "type X = yield\n",
    "type X = \n",
    "try: pass\nexcept A, B as c: pass\n",
    "lazy import\n",
    "x = '\0'\nprint 1\n",
    'f"{x!z}"\n',
    "'\\N{no such name}' 1\n",
    "(" * 600,
)

OLDER = (
    "",
    "# c",
    "x = 1",
    '"""doc"""\n',
    "x\r\ny = '''a\r\nb\\\r\nc'''\r\nif z:\r\n  w\r\n",
    "x\ry\r",
    "x = 1, ; y\nx = 1, # c\nx = a, (b)\nx = (a), (b)\nx = ((a, b))\n(a,)\n()\nx = *a, b\n",
    "a[1, ]\na[ : ]\na[1: ,2]\na[*b]\na[*b, ]\na[b := c]\na[b][c:d, ...]\n(a)[(b):(c)]\n",
    "del a , ; b\ndel (a, b)\ndel a,\ndel (a), b\ndel a.b, c[d]\n",
    "with (a as b, c as d,): pass\nwith (a, b): pass\nwith (a, b) as c: pass\nwith (a): pass\n",
    "with (a), (b): pass\nwith a as (b, c): pass\nwith a as b.c, d as e[0]: pass\n",
    "for x, in (1, ): pass\nfor x in *a, b: pass\nelse: pass;\nfor x.y, (z) in a: pass\n",
    "async def f():\n  async for x in y: pass\n  async with a as b: pass\n  await (x)\n",
    "@a.b(c)\n# d\n@(e)\nclass A(B, *c, metaclass=C, **d): x;\nclass A(): pass\n",
    "f(x for x in y)\nf ( x for x in y )\nf((x for x in y), z)\nf(a)(b for b in c)\n",
    "f(*a, b=1, **c)\nf(a, *b, )\n((f)(a)(b)).c\nf(a := b)\n",
    "lambda: 0\nlambda x, /, y=1, *z, k, w=2, **q: (x)\nlambda *, k: (yield)\n",
    "def f(a, /, b: int = 1, *c: (int), d: (str), e=2, **g: dict) -> (int): ...\n",
    "def f(*args: *Ts): ...\n",
    "x: int\nx.y: int = 1\nx[0]: int\nx: (int) = (1, 2)\nx: tuple = 1, 2\n",
    "a = b = c\na, *b = c\n[a, b] = c\n*a, = b\n(a), = b\na += 1, 2\na @= b\n",
    "-a ** -b\nnot a\n(a) if (b) else (c)\nx = ((a) + (b)).c\n~a @ b // c\n",
    "a and b and c or d and (e and f)\n(a or b) or c\na or (b or c)\n",
    "a < b <= (c) != d not in e is not f\n",
    "import a . b as c, d\nfrom . import a\nfrom ...a.b import (c as d, e,)\nfrom .. import *\n",
    "if a: b\nelif c: d\nelif e:\n  f\nelse: g\nif a: pass\nelse:\n  if b: pass\n",
    "while a: pass\nelse: b; c;\n",
    "try: a\nexcept: b\ntry: a\nexcept (A, B) as c: b\nelse: d\nfinally: e;\n",
    "try: a\nexcept* A as b: c\nraise\nraise a from (b)\nassert a, (b)\n",
    "def f():\n  global a, b\n  nonlocal c\n  x = yield a, b\n  yield from (c)\n  return *a, b\n",
    "{**a, b: c}\n{1, *a}\n{a: b for a, b in c if d if e for f in g}\n{a for b in c}\n",
    "[(a) for b in (c) if (d)]\n((a for b in c))\n[x for a, in b]\n",
    '"a" "b"\n("a"\n "b")\nb"a" b"b"\nu"a" "b"\n"a" u"b"\n',
    'rb"\\a"\n"\\x41\\\n"\n\'\' \'\'\n""""a"""\n',
    "0x1F, 1_000, 1e3, 1j, .5, ..., None, True\n",
    'é = "ü"; ﬁ = 1; x.ﬁ\nif é: x = "ü" + y\n',
    "match a, :\n  case _: pass;\nmatch *a, b:\n  case _: pass\n",
    "match x:\n  case -1 | 2.5 | 'a' 'b' | None: pass\n  case [a, *_, (b)]: pass\n"
    "  case ((a, b)): pass\n  case a, *b: pass\n  case * _ , : pass\n  case 1+2j: pass\n",
    "match x:\n  case {'k': v, **r}: pass\n  case {}: pass\n  case A.B(c, d=e, ): pass\n"
    "  case (a as b): pass\n  case [] | () as q if q: pass\n  case (((a) | (b))): pass\n",
    "try: a\nexcept A : b\nexcept B as c : d\nelse: f(e)\n\f\n\fx = 1\n",
    "if a:\n\tx\n  # c\n# d\n\nx = (1 # c\n  )\ny = \\\n  1\n",
    'f"{a!r:>{w}} {{}} {b = } {c=:3}" "d" f"e"\n"a" f"{x=}" "c"\nu"a" f"b{c}"\n',
    "f'''a\n{\nb\n}c\\\nd\n'''\nrf\"\\{a}\\n\"\nf\"\\x41{a}\\N{DIGIT ONE}\\\"\"\nf'\"{a}\\''\n",
    'f"""{a:x\n}{\n  b # c\n = }"""\n' if sys.version_info >= (3, 12) else "",
    'f"{a,}{*a,}{yield}{(lambda x: 1)}{ {} }"\nf""\nf"" ""\nf"é{x}ü{a!=b}"\nf"{x:%H\\n}"\n',
)


def _dumped(tree: ast.AST | None) -> str:
    """The tree as text, without what Python before 3.13 says otherwise inside of f-strings."""
    assert tree is not None
    if sys.version_info < (3, 13):
        for joined in [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]:
            joined.values = [part for part in joined.values if getattr(part, "value", "") != ""]
            for node in [node for part in joined.values for node in ast.walk(part)]:
                vars(node).update(lineno=0, col_offset=0, end_lineno=0, end_col_offset=0)
    return ast.dump(tree, include_attributes=True)


def _spans(text: str, *kinds: str) -> list[str]:
    """The source of every node of these kinds, in the order of `ast.walk`."""
    tree = parse_newer(text)
    assert tree is not None
    syntax = Syntax(text, tree)
    return [syntax.span(node).of(text) for node in ast.walk(tree) if type(node).__name__ in kinds]


def _older(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _dumped(ast.parse(text))


@pytest.mark.parametrize("text", MASKED)
def test_both_ways_of_reading_agree(text: str) -> None:
    assert _dumped(parse_masked(text)) == _dumped(convert(text))
    assert _dumped(parse_newer(text.replace("\n", "\r\n"))) == _dumped(convert(text))


@pytest.mark.parametrize("text", [*MASKED, *CONVERTED])
def test_newer_syntax_is_read_as_a_newer_python_reads_it(text: str) -> None:
    tree = parse_newer(text)
    try:
        expected = _older(text)
    except SyntaxError:
        assert tree is not None
    else:
        assert _dumped(tree) == expected


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="`ast` itself reads these f-strings")
@pytest.mark.parametrize("text", CONVERTED)
def test_what_cannot_be_masked_is_converted(text: str) -> None:
    assert parse_masked(text) is None
    assert parse_newer(text) is not None


@pytest.mark.parametrize("text", NO_PYTHON)
def test_what_is_no_python_gives_none(text: str) -> None:
    assert parse_newer(text) is None


@pytest.mark.parametrize("text", OLDER)
def test_conversion_gives_what_ast_gives(text: str) -> None:
    assert _dumped(convert(text)) == _older(text)


def _library() -> list[Path]:
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*/*.py"))
    small = [
        path
        for path in files
        if 1_500 < path.stat().st_size < 6_000 and not {"test", "site-packages"} & set(path.parts)
    ]
    return small[:: len(small) // 40]


@pytest.mark.parametrize("path", _library(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_conversion_gives_what_ast_gives_for_the_standard_library(path: Path) -> None:
    text = path.read_text("utf-8")
    assert _dumped(convert(text)) == _older(text)


def test_type_parameters_stand_where_they_are_written() -> None:
    text = "class Ä[é: (int) = 'ä',\n  *Ts = *a, # c\n  ** P](B): 'ü'; y\n"
    assert _spans(text, "TypeVar", "TypeVarTuple", "ParamSpec") == [
        "é: (int) = 'ä'",
        "*Ts = *a",
        "** P",
    ]
    assert _spans(text, "Starred") == ["*a"]
    assert sorted(_spans(text, "Constant")) == ["'ä'", "'ü'"]
    assert _spans(text, "ClassDef") == [text.rstrip("\n")]


def test_an_alias_spans_its_statement() -> None:
    text = "x = 1\ntype  X[T] = list[T] ; y\n"
    assert _spans(text, "TypeAlias") == ["type  X[T] = list[T]"]
    assert _spans(text, "TypeVar") == ["T"]


def test_caught_types_without_parentheses_are_a_tuple() -> None:
    text = "try: pass\nexcept A, b.C : pass\n"
    assert _spans(text, "Tuple") == ["A, b.C"]
    parenthesized = text.replace("A, b.C ", "(A, b.C)")
    tree = parse_newer(text)
    assert tree is not None
    assert ast.dump(tree) == ast.dump(ast.parse(parenthesized))


def test_parts_of_a_formatted_string_have_positions_of_their_own() -> None:
    text = 'x = f"é{d["k"]:>{"w"}}"\n'
    assert _spans(text, "FormattedValue") == ['{d["k"]:>{"w"}}', '{"w"}']
    assert _spans(text, "Subscript") == ['d["k"]']


def test_code_in_a_string_stays_as_it_is() -> None:
    docstring = (
        '"""\nclass A[T](B):\ntype X = 1\nlazy import a\nexcept A, B:\ndef f[\n  T](): x\n"""\n'
    )
    tree = parse_newer(docstring + "class A[T]: pass\n")
    assert tree is not None
    assert ast.get_docstring(tree, clean=False) == docstring[3:-4]
    assert isinstance(tree.body[1], ast.ClassDef)


def test_a_soft_keyword_may_be_a_name() -> None:
    text = "type = 1\ntype [0] = 2\nx = (\ntype in [1]\n)\nclass A[T]: pass\n"
    assert _spans(text, "TypeAlias") == []
    assert _spans(text, "TypeVar") == ["T"]


def test_walkers_see_the_nodes_of_newer_syntax() -> None:
    tree = parse_newer("class A[T: B]: pass\nasync def f[*U](): pass\ntype X[**P] = C\n")
    assert tree is not None
    kinds = {type(node) for node in ast.walk(tree)}
    parameters = {newer_syntax.TypeVar, newer_syntax.TypeVarTuple, newer_syntax.ParamSpec}
    assert {*parameters, newer_syntax.TypeAlias} <= kinds
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} == {"B", "C", "X"}
    assert [len(getattr(node, "type_params", ())) for node in tree.body] == [1, 1, 1]
    assert "TypeVar(name='T', bound=Name(id='B'" in ast.dump(tree)

    class Visitor(ast.NodeVisitor):
        def __init__(self) -> None:
            self.seen: list[str] = []

        def visit_ClassDef(self, node: ast.ClassDef) -> None:
            self.seen.append(node.name)

        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
            self.seen.append(node.name)

    visitor = Visitor()
    visitor.visit(tree)
    assert visitor.seen == ["A", "f"]


def test_template_strings_keep_the_source_of_their_values() -> None:
    tree = parse_newer('x = t"a{ b !r:>{w}}c{d = }"\n')
    assert tree is not None
    values = [node for node in ast.walk(tree) if isinstance(node, newer_syntax.Interpolation)]
    assert [getattr(value, "str", None) for value in values] == [" b", "d"]
    assert [getattr(value, "conversion", None) for value in values] == [ord("r"), ord("r")]


def test_parse_reads_newer_syntax_and_refuses_none_at_all() -> None:
    syntax = parse("type X = int\n")
    assert isinstance(syntax.tree.body[0], newer_syntax.TypeAlias)
    with pytest.raises(SyntaxError):
        parse("print 'x'\n")


def test_masking_does_without_libcst() -> None:
    program = (
        "import sys; from consolidator.index.newer_syntax import parse_newer;"
        "assert parse_newer('type X = int'); assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_long_chains_are_no_obstacle() -> None:
    text = f"x = f'{{a['b']}}'\ny = {' + '.join(['a'] * 600)}\n"
    tree = parse_newer(text)
    assert tree is not None
    assert len(tree.body) == 2
