"""Takes strings and comments out of Python code, so that patterns can look for statements.

This is a matter of one regular expression, some ten times as fast as parsing. What it cannot be
sure of, it says.
"""

from __future__ import annotations

import re
import unicodedata

STRING = "\1"
"""Stands for a string; its prefix is left."""
NEWLINE = "\0"
"""Stands for the end of a line within a string, or after a backslash."""


class Unsure(Exception):
    """The patterns do not tell what this code says; a parser has to."""


# Only what is more than a plain string on one line is captured: `split` gives None for the rest.
_STRING_OR_COMMENT = re.compile(
    r'''"(?!"")[^"\\\n{]*+"'''
    r"""|'(?!'')[^'\\\n{]*+'"""
    r"""|("""
    r"""\#[^\n]*+"""
    r'''|"""[^"\\]*+(?:(?:\\[\s\S]|"(?!""))[^"\\]*+)*+"""'''
    r"""|\'\'\'[^'\\]*+(?:(?:\\[\s\S]|'(?!''))[^'\\]*+)*+\'\'\'"""
    r'''|"(?!"")[^"\\\n]*+(?:\\[\s\S][^"\\\n]*+)*+"'''
    r"""|'(?!'')[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+)*+'"""
    r""")"""
)
_CONTINUED_EMPTY = re.compile(rf"\n +{NEWLINE}")
_FORM_FEED = re.compile(r"\n[ \t\f]*\f")
_TABS = re.compile(r"\n *\t[ \t]*")
_FORMATTED = frozenset(letter + raw for letter in "fFtT" for raw in "rR")


def blanked(text: str) -> str:
    """The code with each string replaced by a `STRING` and without comments, after a newline.

    What a string or a backslash continues is one line; `NEWLINE` stands for the ends of lines
    that went, so that lines can be counted. Indentation is in spaces. Raises `Unsure`.
    """
    if NEWLINE in text or STRING in text:
        raise Unsure
    pieces = _STRING_OR_COMMENT.split(with_newlines(text))
    if any(
        found and found[0] != "#" and "{" in found and _is_torn(code, found)
        for code, found in zip(pieces[::2], pieces[1::2], strict=False)
    ):
        raise Unsure
    pieces[1::2] = [
        STRING if found is None else "" if found[0] == "#" else STRING + NEWLINE * found.count("\n")
        for found in pieces[1::2]
    ]
    code = "\n" + "".join(pieces)
    if "\\" in code:
        code = code.replace("\\\n", " " + NEWLINE)
        if _CONTINUED_EMPTY.search(code):
            raise Unsure  # what indentation has the statement?
    if "\\" in code or '"' in code or "'" in code:
        raise Unsure  # a string without an end
    return _with_columns(code)


def with_newlines(text: str) -> str:
    """The text with a newline at the end of each line, whatever there was."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _with_columns(code: str) -> str:
    """Code whose indentation is in spaces, and whose names are spelt as the parser has them."""
    if "\f" in code:
        code = _FORM_FEED.sub("\n", code).replace("\f", " ")
    if "\t" in code:
        code = _TABS.sub(lambda found: found[0].expandtabs(8), code)
    return code if code.isascii() else unicodedata.normalize("NFKC", code)


def balance(code: str, start: int, end: int) -> int:
    """How many more brackets open than close."""
    count = code[start:end].count
    return count("(") - count(")") + count("[") - count("]") + count("{") - count("}")


def comments(text: str) -> list[tuple[int, str]]:
    """The comments of a file with their 1-based lines; where it tears a string, guesses."""
    found = []
    line = 1
    for number, piece in enumerate(_STRING_OR_COMMENT.split(with_newlines(text))):
        if number % 2 and piece and piece[0] == "#":
            found.append((line, piece))
        elif piece:
            line += piece.count("\n")
    return found


class LineNumbers:
    """The 1-based lines of offsets, each asked for after the one before it."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.offset = self.line = 0

    def of(self, offset: int) -> int:
        self.line += lines_between(self.code, self.offset, offset)
        self.offset = offset
        return self.line


def lines_between(code: str, start: int, end: int) -> int:
    """How many lines of the file end there."""
    here = code[start:end]
    return here.count("\n") + here.count(NEWLINE)


def _is_torn(code: str, found: str) -> bool:
    """Whether a quote within a replacement field was taken for the end: `f"{x["a"]}"`."""
    if not (code[-1:] in "fFtT" or code[-2:] in _FORMATTED) or not code:
        return False
    if "{{" not in found and "}}" not in found:
        return found.count("{") != found.count("}")
    depth = position = 0
    while position < len(found):
        character = found[position]
        if character in "{}":
            if not depth and found[position + 1 : position + 2] == character:
                position += 1  # `{{` stands for a brace
            else:
                depth += 1 if character == "{" else -1
        position += 1
    return depth != 0
