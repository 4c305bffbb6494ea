"""The text of one file, of which single statements are parsed when asked for."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress

from consolidator.finders.import_surroundings import TYPE, Chain
from consolidator.index.outline import OutlinedImport
from consolidator.index.syntax import parse

_HEADER = re.compile(r"(?:async[ \t]+)?(?:def|class)\b")
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b|[)\]}#]")
_IMPORT = re.compile(
    r"^[ \t]*(?:from\s+[\w.]+\s+)?import\s+(?:\([^)]*\)|(?:[^\n;(\\]|\\\n)*)", re.MULTILINE
)
# What is no code; the inside of an f-string is.
_NO_CODE = re.compile(
    r"""#[^\n]*|(?<![\w])(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|")"""
    r"""(?P<body>(?:\\.|(?!(?P=quote)).)*?)(?P=quote)""",
    re.DOTALL,
)


class StatementText:
    """The text of a file, line by line, and the statements of it that were parsed."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\r\n?", "\n", text) if "\r" in text else text
        self.lines = self.text.split("\n")
        self._code: str | None = None
        self._statements: dict[int, tuple[ast.Module, int]] = {}
        self._chains: dict[OutlinedImport, Chain | None] = {}

    def is_plain(self, item: OutlinedImport) -> bool:
        """Whether an import stands at module level in no block, and on a line of its own."""
        return item.column == 0 and self.lines[item.line - 1].startswith(("from", "import"))

    def skips_without(self, item: OutlinedImport) -> bool:
        """Whether `pytest.importorskip("a.b")` keeps the import from running."""
        if "importorskip(" not in self.text:
            return False
        skipped = re.findall(r"importorskip\(\s*['\"]([\w.]+)", self.text)
        return any(f"{item.module}.".startswith(f"{module}.") for module in skipped)

    def mentions(self, item: OutlinedImport) -> bool:
        """Whether the code holds the bound name anywhere but in the import itself."""
        name = item.module if item.name is None and not item.alias else item.bound
        own = self._extent(item.line)
        found = [place for place in _whole_words(self.text, name) if place not in own]
        if any(self._is_code(place) for place in found):
            return True
        if not found:
            return False
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        return word.search(_IMPORT.sub("", self.code)) is not None

    def _extent(self, line: int) -> range:
        """Where the import statement at a line stands in the text."""
        start = sum(len(text) + 1 for text in self.lines[: line - 1])
        match = _IMPORT.match(self.text, start)
        return range(start, match.end() if match else start)

    def _is_code(self, place: int) -> bool:
        """Whether a place is certainly in no string and no comment, and in no import."""
        before = self.text[self.text.rfind("\n", 0, place) + 1 : place]
        if any(mark in before for mark in "#'\"") or before.lstrip().startswith(
            ("from ", "import ")
        ):
            return False
        return not any(self.text.count(quotes, 0, place) % 2 for quotes in ('"""', "'''"))

    @property
    def code(self) -> str:
        """The text without comments and without strings that can hold no names."""
        if self._code is None:
            self._code = code_of(self.text)
        return self._code

    def chain(self, item: OutlinedImport) -> Chain | None:
        """The nodes around an import, outermost first, and the import itself; None if not found.

        They begin at the outermost function around it, or at the statement of the module.
        """
        if item not in self._chains:
            self._chains[item] = self._chain(item)
        return self._chains[item]

    def _chain(self, item: OutlinedImport) -> Chain | None:
        for first in self._beginnings(item.line - 1):
            tree, offset = self._parsed(first)
            for chain in _chains(tree, ()):
                node = chain[-1]
                if getattr(node, "lineno", 0) + offset == item.line and _imports(node, item):
                    return chain[1:]
        return None

    def _beginnings(self, line: int) -> Iterator[int]:
        """The lines at which the statement may begin that holds a line, likely ones first."""
        indent, function = _indent(self.lines[line]), -1
        for number in range(line, -1, -1):
            text = self.lines[number]
            own = _indent(text)
            if own < indent and (header := _HEADER.match(text.lstrip())):
                indent = own
                function = function if header[0] == "class" else number
            if text.strip() and not own and not _CONTINUES.match(text):
                if function >= 0:
                    yield function
                yield number
                break
        yield -1

    def _parsed(self, first: int) -> tuple[ast.Module, int]:
        """The statement that begins at a line (the file for -1), and what to add to its lines."""
        if first not in self._statements:
            self._statements[first] = self._parse(first)
        return self._statements[first]

    def _parse(self, first: int) -> tuple[ast.Module, int]:
        if first < 0:
            with suppress(SyntaxError):
                return parse(self.text).tree, 0
            return ast.Module([], []), 0
        indent = _indent(self.lines[first])
        for last in self._ends(first, indent):
            text = "\n".join(self.lines[first:last])
            tree = _parse(f"if 1:\n{text}" if indent else text)
            if tree is not None:
                return tree, first - bool(indent)
        return ast.Module([], []), 0

    def _ends(self, first: int, indent: int) -> Iterator[int]:
        """Where the statement may end: the next lines that are not indented further."""
        found = 0
        for number in range(first + 1, len(self.lines)):
            text = self.lines[number]
            if text.strip() and _indent(text) <= indent and not _CONTINUES.match(text.lstrip()):
                yield number
                found += 1
                if found == 4:
                    return
        yield len(self.lines)


def _whole_words(text: str, name: str) -> Iterator[int]:
    """Where a name stands in a text, as a word and not as an attribute."""
    place = text.find(name)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(name) : place + len(name) + 1]
        if not (_is_part(before) or before == "." or _is_part(after)):
            yield place
        place = text.find(name, place + 1)


def _is_part(character: str) -> bool:
    return character.isalnum() or character == "_"


def code_of(text: str) -> str:
    """A text without its comments, and without strings that can hold no names."""
    return _NO_CODE.sub(_kept, text)


def _kept(match: re.Match[str]) -> str:
    """What stays of a comment or a string: the inside of f-strings and of quoted types."""
    body = match["body"]
    if body is None:
        return ""
    is_code = "f" in match["prefix"].lower() or TYPE.fullmatch(body)
    return f" {body} " if is_code else "''"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parse(text: str) -> ast.Module | None:
    """A piece of a file, parsed if that goes; it may begin in a string."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
    return None


def _imports(node: ast.AST, item: OutlinedImport) -> bool:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    asked = item.module if item.name is None else item.name
    return any(alias.name == asked and alias.asname == item.alias for alias in node.names)


def _chains(node: ast.AST, above: Chain) -> Iterator[Chain]:
    """Every import statement below a node, with all nodes above it."""
    chain = (*above, node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield chain
    elif not isinstance(node, ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _chains(child, chain)
