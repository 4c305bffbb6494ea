"""Bytes to text and back, without losing any."""

from __future__ import annotations

import hashlib

import pytest

from consolidator.errors import Refusal
from consolidator.workspace import SourceFile


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"", "utf-8", ""),
        (b"x = 1\n", "utf-8", "x = 1\n"),
        ("é = 1\n".encode(), "utf-8", "é = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "utf-8-sig", "x = 1\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "utf-8-sig", "# coding: utf-8\n"),
        (b"# coding: latin-1\ns = '\xe9'\n", "iso-8859-1", "# coding: latin-1\ns = 'é'\n"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'\n", "cp1252", None),
        # The line above the cookie need not be UTF-8.
        (b"# caf\xe9\n# -*- coding: latin-1 -*-\n", "iso-8859-1", None),
        # A line ends at a bare CR too, so this cookie is in the second line.
        (b"#!/bin/x\r# coding: latin-1\rs = '\xe9'\r", "iso-8859-1", None),
        # A third line, or one after code, says nothing.
        (b"\n\n# coding: latin-1\n", "utf-8", None),
        (b"coding = 1\n# coding: latin-1\n", "utf-8", None),
        (b"# coding: utf8\n", "utf-8", None),
        (b"#" + b"x" * 5000 + b"\n# coding: latin-1\n", "iso-8859-1", None),
        (b"# coding: shift_jis\ns = '\x83\x65'\n", "shift_jis", None),
    ],
)
def test_round_trip(data: bytes, encoding: str, text: str | None) -> None:
    file = SourceFile("a.py", data)
    assert file.encoding == encoding
    assert file.encode(file.text) == data
    if text is not None:
        assert file.text == text


def test_odd_characters_survive() -> None:
    data = "a\x00b\x0cc\rd\r\ne\n\u2028f\x85\x1cg".encode()
    file = SourceFile("a.py", data)
    assert file.text == data.decode()
    assert file.encode(file.text) == data


def test_only_python_files_have_cookies() -> None:
    file = SourceFile("notes.md", "# coding: latin-1\né\n".encode())
    assert (file.encoding, file.text) == ("utf-8", "# coding: latin-1\né\n")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = 1\ny = '\xe9'\n", 2),
        (b"x = 1\ry = '\xe9'\r", 2),
        (b"# coding: klingon\n", 1),
        (b"# coding: rot13\n", 1),
        (b"# coding: utf-16\nx = 1\n", 2),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1),
        (b"\xff\xfex\x00", 1),
    ],
)
def test_undecodable_says_where_and_what_to_do(data: bytes, line: int) -> None:
    file = SourceFile("pkg/bad.py", data)  # no error until the text is asked for
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    with pytest.raises(Refusal) as caught:
        _ = file.text
    [problem] = caught.value.problems
    assert problem.code == "undecodable"
    assert str(problem.location) == f"pkg/bad.py:{line}"
    assert problem.remedy


def test_an_encoding_that_loses_bytes_is_refused() -> None:
    # Two ways to write the same character, of which the encoder knows one.
    data = b"# coding: utf-7\ns = '+AGE-'\n"
    with pytest.raises(Refusal, match="same bytes"):
        _ = SourceFile("a.py", data).text


def test_a_character_that_the_encoding_lacks() -> None:
    file = SourceFile("a.py", b"# coding: latin-1\n")
    with pytest.raises(Refusal) as caught:
        file.encode("# coding: latin-1\nx = '→'\n")
    [problem] = caught.value.problems
    assert (problem.code, str(problem.location)) == ("unencodable", "a.py:2")


@pytest.mark.parametrize(
    ("data", "newline"),
    [
        (b"", "\n"),
        (b"x = 1", "\n"),
        (b"a\nb\n", "\n"),
        (b"a\r\nb\r\nc\n", "\r\n"),
        (b"a\r\nb\nc\n", "\n"),
        (b"a\r\nb\n", "\n"),
        (b"a\rb\rc\n", "\r"),
        (b"a\x0cb\n", "\n"),
    ],
)
def test_newline(data: bytes, newline: str) -> None:
    assert SourceFile("a.py", data).newline == newline


def test_two_files_are_equal_only_when_they_are_the_same_value() -> None:
    file = SourceFile("a.py", b"x")
    assert "b'x'" not in repr(file)
