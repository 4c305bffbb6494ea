"""Finding the files that mention a name."""

from __future__ import annotations

import pytest

from consolidator.workspace import SourceFile
from consolidator.workspace.search import files_mentioning


def mentions(data: str | bytes, *words: str) -> bool:
    file = SourceFile("a.py", data.encode() if isinstance(data, str) else data)
    return files_mentioning(words, [file]) == (file,)


@pytest.mark.parametrize(
    "text",
    ["C", "x = C(1)", "a.C.b", "'m.C'", "# C", "\tC\n", "“C”", "é.C", "f'{C}'", "C\r", "-C-"],
)
def test_whole_identifiers(text: str) -> None:
    assert mentions(text, "C")


@pytest.mark.parametrize("text", ["", "CX", "XC", "C_", "_C", "C1", "c", "A CX XC"])
def test_parts_of_others(text: str) -> None:
    assert not mentions(text, "C")


def test_one_of_several_words() -> None:
    assert mentions("x = B", "A", "B")
    assert not mentions("x = AB", "A", "B")


def test_no_words() -> None:
    assert not mentions("x = 1")
    assert not mentions("x = 1", "")


def test_in_the_order_given() -> None:
    files = [SourceFile(path, b"C") for path in ("b.py", "a.py")]
    assert files_mentioning({"C"}, files) == tuple(files)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("x = Größe()", True),
        ("x = Größer()", False),
        ("# coding: latin-1\nx = Größe()".encode("latin-1"), True),
        ("x = Gro\u0308ße()", True),  # the same identifier to Python, written otherwise
        ("x = 1", False),
        ("'\u00fc'", False),
    ],
)
def test_words_that_are_not_ascii(data: str | bytes, found: bool) -> None:
    assert mentions(data, "Größe") is found


def test_a_file_that_is_not_text_is_searched_as_bytes() -> None:
    assert mentions(b"x = '\xff' + C", "C")
    assert mentions("x = Größe() # ".encode() + b"\xff", "Größe")
    assert not mentions(b"x = '\xff'", "Größe")
