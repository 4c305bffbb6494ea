"""Outlines: those made from lines hold against the syntax tree, whatever the code looks like."""

from __future__ import annotations

import ast
import json
import re
import sys
import sysconfig
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outline_reference import differences, lost_names
from small_tree import plant

from consolidator.index.blanking import Unsure
from consolidator.index.index import Index
from consolidator.index.outline import OutlinedClass
from consolidator.index.outline_by_lines import outline_by_lines
from consolidator.index.outlining import outline, outline_all, outline_facts
from consolidator.workspace import Workspace

_LISTED = Path(__file__).with_name("outline_cases.txt").read_text("utf-8")
_CASES = re.split(r"^--- (.*)\n", _LISTED, flags=re.MULTILINE)
CASES = dict(zip(_CASES[1::2], _CASES[2::2], strict=True)) | {
    "tabs": "if 1:\n\timport a\n\tif 2:\n\t\timport b\n\tclass C:\n\t\tx = 1\n\t\ty = 2\n",
    "form feed": "import a\n\x0c\nclass A:\n    b = 1\n\x0c\n    c = 2\n\x0cclass B:\n    d = 1\n",
    "nothing": "",
    "only a comment": "# a",
    "no newline at the end": "class A:\n    b = 1",
}


@pytest.mark.parametrize(
    "text",
    CASES.values(),
    ids=CASES,
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_and_syntax_agree(text: str, newline: str) -> None:
    assert differences(text.replace("\n", newline)) == []
    assert lost_names(text.replace("\n", newline)) == set()


@pytest.mark.parametrize(
    "text",
    [
        'a = f"{b["c"]}"\n',
        "a = f'{b['{{']}'\n",
        'a = f"""{b["""c"""]}"""\n',
        "a = 'b\n",
        "a = '''b\n",
        "a = (\n",
        "a = 1)\n",
        "a = \0\n",
        "a = \\ 1\n",
        "if 1:\n    \\\n    a = 1\n",
        "class A\n",
        "class A: b = 1\n",
        "class A:\nb = 1\n",
        "from  import a\n",
        "import a b\n",
    ],
)
def test_lines_say_when_they_are_unsure(text: str) -> None:
    with pytest.raises(Unsure):
        outline_by_lines(text)


def test_newer_strings_are_left_to_a_parser() -> None:
    found = outline('class A:\n    a = f"{b["import c"]}"\n    d = 1\n')
    assert found.classes == (OutlinedClass("A", 1, 3, 0, ("a", "d")),)
    assert found.imports == ()


def test_what_is_no_python_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        outline("a = (\n")


def _standard_library() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    return sorted(path for path in folder.glob("*.py")) + sorted((folder / "asyncio").glob("*.py"))


def test_lines_and_syntax_agree_on_the_standard_library() -> None:
    found = {}
    sure = 0
    for path in _standard_library():
        text = path.read_text("utf-8")
        try:
            outline_by_lines(text)
            sure += 1
        except Unsure:
            pass
        found[path.name] = differences(text)
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert sure > 0.95 * len(found) > 150


LITERALS = st.sampled_from(
    [
        "1",
        "'#'",
        '"""a\nclass X:\n  y = 1\n"""',
        "f'{a}{{'",
        "(\n1,\nb)",
        "[c\n=={}]",
        "d(e=1,\nf=2)",
        "lambda g=1: g",
        "h if i else j",
        "r'\\' '",
        "'k\\\nl'",
        "{\nm: 1}",
        "n \\\n  + 1",
        "'import o'",
    ]
)
NAMES_IN = st.sampled_from(["p", "q", "r", "Class", "import_", "define", "from_"])
COMMENTS = st.sampled_from(["", "  # class X:", "# '", '  # """', " "])


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Statements whose blocks hold `inner`, indented."""
    block = st.builds(
        lambda body, indent: "".join(
            indent + line if _starts_line(body, number) else line
            for number, line in enumerate(body.splitlines(True))
        ),
        inner,
        st.sampled_from(["    ", "  ", "\t"]),
    )
    header = st.sampled_from(
        [
            "class {}:{}\n",
            "class {}(s,\nt):{}\n",
            "@u\n@v(\n1)\nclass {}:{}\n",
            "def {}(w=1):{}\n",
            "async def {}():{}\n",
            "if {}:{}\n",
            "for {} in w:{}\n",
            "with w as {}:{}\n",
            "class {}({{'x': 1}}['x']):{}\n",
            "while {}:{}\n",
        ]
    )
    return st.builds(lambda head, name, note, body: head.format(name, note) + body,
                     header, NAMES_IN, COMMENTS, block)  # fmt: skip


def _starts_line(body: str, number: int) -> bool:
    """Whether a line is not inside a string, where indentation would be another string."""
    return number + 1 in {
        line
        for node in ast.walk(ast.parse(body))
        if isinstance(node, ast.stmt)
        for line in {node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))}
    }


SIMPLE = st.one_of(
    st.builds("{} = {}{}\n".format, NAMES_IN, LITERALS, COMMENTS),
    st.builds("{}: x = {}{}\n".format, NAMES_IN, LITERALS, COMMENTS),
    st.builds("{}, *y = z, {}{}\n".format, NAMES_IN, LITERALS, COMMENTS),
    st.builds("{} = {}; y = 1{}\n".format, NAMES_IN, LITERALS, COMMENTS),
    st.builds("import a.b as {}{}\n".format, NAMES_IN, COMMENTS),
    st.builds("from .a import (b,{}\n  c as {}, )\n".format, COMMENTS, NAMES_IN),
    st.builds("{}(y, z={}){}\n".format, NAMES_IN, LITERALS, COMMENTS),
    st.builds("{}\n{}\n".format, LITERALS, COMMENTS),
    st.builds("try: import {}\nexcept E: pass\n".format, NAMES_IN),
    st.builds("{} += {}\n".format, NAMES_IN, LITERALS),
)
BODIES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        _statements(inner), st.lists(inner, min_size=1, max_size=4).map("".join)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(BODIES, st.sampled_from(["\n", "\r\n"]))
def test_lines_and_syntax_agree_on_made_up_code(text: str, newline: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError:
            return
        assert differences(text.replace("\n", newline)) == []


def test_outlines_survive_json() -> None:
    text = "# consolidate: keep why\nimport a.b as c\nclass A:\n    x = 1\nif 1:\n    y = 1\n"
    facts = outline_facts(text)
    assert json.loads(json.dumps(facts)) == json.loads(json.dumps(outline_facts(text)))


def test_all_outlines_of_a_project(tmp_path: Path) -> None:
    files = {"a.py": "class A:\n    x = 1\n", "b.py": "b = (\n", "c.pyi": "c = 1\n", "d.txt": "d"}
    index = Index(Workspace.open(plant(tmp_path, files)))
    found = outline_all(index)
    assert list(found) == ["a.py"]
    assert found["a.py"] == outline(files["a.py"])
    assert list(index.unreadable) == ["b.py"]


def test_absurd_nesting_is_no_crash() -> None:
    depth = 3000
    text = "a = " + "(" * depth + ")" * depth + "\nclass B:\n    c = 1\n"
    assert [item.name for item in outline(text).classes] == ["B"]
    assert sys.getrecursionlimit() < 1 << 20
