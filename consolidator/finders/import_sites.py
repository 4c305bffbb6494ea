"""Where and how a name is imported: in a function, for type checkers, guarded, used or not.

Only the statement around an import is parsed, not the file: a function, or a block of the module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from consolidator.errors import Location
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.findings import Site
from consolidator.finders.scene import Scene
from consolidator.index.events.static_tests import static_truth
from consolidator.index.module import is_type_checking
from consolidator.index.outline import OutlinedImport

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CATCHES_IMPORT_ERROR = frozenset(
    {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
)
_HEADER = re.compile(r"(?:async[ \t]+)?(?:def|class)\b")
_CONTINUES = re.compile(r"(?:else|elif|except|finally)\b|[)\]}#]")
_TYPE = re.compile(r"[\w.\[\], |]+")
# What is no code; the inside of an f-string is.
_NO_CODE = re.compile(
    r"""#[^\n]*|(?<![\w])(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|")"""
    r"""(?P<body>(?:\\.|(?!(?P=quote)).)*?)(?P=quote)""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an import, within its function or on module level."""

    is_deferred: bool = False
    is_typing_only: bool = False
    is_guarded: bool = False
    is_expected: bool = False
    """`with pytest.raises(ImportError):` is around it."""


def sites_of(scene: Scene, asks: Iterable[Ask]) -> tuple[Site, ...]:
    """The sites of some imports, in order of place; the same statement counts once a name."""
    reader = scene.once(SiteReader)
    return tuple(reader.site(path, item) for path, item in sorted(set(asks), key=_place))


def _place(ask: Ask) -> tuple[str, int, str, str]:
    path, item = ask
    return path, item.line, item.bound, item.module


class SiteReader:
    """Reads the surroundings of imports; each file and statement is read once."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._files: dict[str, _File] = {}

    def site(self, path: str, item: OutlinedImport) -> Site:
        """One import, as it goes into a finding."""
        around = self.surroundings(path, item)
        return Site(
            Location(path, item.line),
            self.scene.module_of(path),
            item.bound,
            around.is_deferred,
            around.is_typing_only,
            around.is_guarded or around.is_expected,
            self._is_used(path, item),
        )

    def surroundings(self, path: str, item: OutlinedImport) -> Surroundings:
        """What stands around an import."""
        file = self._file(path)
        if file.is_plain(item):
            return Surroundings(is_guarded=file.skips_without(item))
        chain = file.chain(item)
        if chain is None:
            return Surroundings()
        found = _surroundings(chain)
        if file.skips_without(item):
            return Surroundings(found.is_deferred, found.is_typing_only, True, found.is_expected)
        return found

    def _is_used(self, path: str, item: OutlinedImport) -> bool:
        """Whether the name is used where the import binds it; in case of doubt it is."""
        file = self._file(path)
        if not item.bound or item.alias == item.name:
            return True  # from a import b as b: meant for others
        chain = None if file.is_plain(item) else file.chain(item)
        function = next((n for n in reversed(chain or ()) if isinstance(n, _FUNCTIONS)), None)
        if function is not None:
            return _uses(function, item.bound)
        if path.rpartition("/")[2] == "__init__.py" and item.name is not None:
            return True
        taken = self.scene.once(all_asks).of_files.get(path, {})
        return item.bound in taken or file.mentions(item)

    def _file(self, path: str) -> _File:
        if path not in self._files:
            self._files[path] = _File(self.scene.index.workspace.file(path).text)
        return self._files[path]


class _File:
    """The text of a file, line by line, and the statements of it that were parsed."""

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\r\n?", "\n", text) if "\r" in text else text
        self.lines = self.text.split("\n")
        self._code: str | None = None
        self._statements: dict[int, tuple[ast.Module, int]] = {}

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
        """Whether the code holds the bound name anywhere but in imports of it."""
        name = item.module if item.name is None and not item.alias else item.bound
        word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
        if len(word.findall(self.text)) < 2:
            return False
        own = re.compile(
            r"^[ \t]*(?:from\s+[\w.]+\s+)?import\s+(?:\([^)]*\)|[^\n;(]*)", re.MULTILINE
        )
        return word.search(own.sub("", self.code)) is not None

    @property
    def code(self) -> str:
        """The text without comments and without strings that can hold no names."""
        if self._code is None:
            self._code = _NO_CODE.sub(_kept, self.text)
        return self._code

    def chain(self, item: OutlinedImport) -> tuple[ast.AST, ...] | None:
        """The nodes around an import, outermost first, and the import itself; None if not found.

        They begin at the outermost function around it, or at the statement of the module.
        """
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
            return _parse(self.text) or ast.Module([], []), 0
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


def _kept(match: re.Match[str]) -> str:
    """What stays of a comment or a string: the inside of f-strings and of quoted types."""
    body = match["body"]
    if body is None:
        return ""
    is_code = "f" in match["prefix"].lower() or _TYPE.fullmatch(body)
    return f" {body} " if is_code else "''"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parse(text: str) -> ast.Module | None:
    from consolidator.index.syntax import parse

    try:
        return parse(text).tree
    except SyntaxError:
        return None


def _imports(node: ast.AST, item: OutlinedImport) -> bool:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    asked = item.module if item.name is None else item.name
    return any(alias.name == asked and alias.asname == item.alias for alias in node.names)


def _chains(node: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, ...]]:
    """Every import statement below a node, with all nodes above it."""
    chain = (*above, node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield chain
    elif not isinstance(node, ast.expr):
        for child in ast.iter_child_nodes(node):
            yield from _chains(child, chain)


def _surroundings(chain: tuple[ast.AST, ...]) -> Surroundings:
    functions = [n for n, node in enumerate(chain) if isinstance(node, _FUNCTIONS)]
    own = chain[functions[-1] + 1 :] if functions else chain
    pairs = list(pairwise(own))
    return Surroundings(
        bool(functions),
        any(isinstance(node, ast.If) and is_type_checking(node, child) for node, child in pairs),
        any(_guards(node, child) for node, child in pairs),
        any(_expects(node) for node in own),
    )


def _guards(node: ast.AST, child: ast.AST) -> bool:
    """Whether a statement keeps the failure of an import in `child`, a part of it, from showing."""
    if isinstance(node, ast.Try):
        if isinstance(child, ast.ExceptHandler):
            return _catches(child)  # a fallback for another import
        return child in node.body and any(
            _catches(handler) and not _raises(handler) for handler in node.handlers
        )
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_call_with_import_error(item.context_expr, "suppress") for item in node.items)
    if isinstance(node, ast.If) and "__name__" not in ast.unparse(node.test):
        truth = static_truth(node.test, {})
        if is_type_checking(node, node.body[0]):
            return False
        return truth is not None and truth is not (child in node.body)  # it never runs
    return False


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        getattr(node, "id", getattr(node, "attr", "")) in _CATCHES_IMPORT_ERROR
        for node in ast.walk(handler.type)
    )


def _raises(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends in `raise`, `pytest.fail(…)`, `self.fail(…)` or `assert False`."""
    last = handler.body[-1]
    if isinstance(last, ast.Assert):
        return isinstance(last.test, ast.Constant) and not last.test.value
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        return getattr(function, "attr", "") == "fail" or ast.unparse(function) == "sys.exit"
    return isinstance(last, ast.Raise)


def _expects(node: ast.AST) -> bool:
    """`with pytest.raises(ImportError):`, `with self.assertRaises(ImportError):`."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(
        _call_with_import_error(item.context_expr, "raises", "assertRaises", "assertRaisesRegex")
        for item in node.items
    )


def _call_with_import_error(node: ast.expr, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in names and any(
        getattr(part, "id", getattr(part, "attr", "")) in _CATCHES_IMPORT_ERROR
        for argument in node.args[:1]
        for part in ast.walk(argument)
    )


def _uses(function: ast.AST, name: str) -> bool:
    """Whether a function reads a name, by itself or in a quoted type."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if name in text and _TYPE.fullmatch(text) and re.search(rf"\b{name}\b", text):
                return True
    return False
