"""Makes the outline of a file from the look of its lines: fast, and sure of what it says.

Statements are found by how their first line begins, in code without strings and comments. Whether
a line begins a statement at all, and is not the third line of a call, is told by counting brackets,
and only where it matters: for the names that the module and the classes bind for certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from consolidator.index.blanking import NEWLINE, STRING, Unsure, balance, blanked, comments
from consolidator.index.outline import Outline, OutlinedClass, OutlinedImport, kept_reason

Imported = Mapping[int, list[OutlinedImport]]
"""What the import statements of each line import, by the offset at which the line starts."""

_S = rf"[ \t{NEWLINE}]"
_NAME = r"[^\W\d]\w*+"
_TARGET = r"[^\W\d][\w.]*+(?:\[[^\[\]\n]*+\])?+"
_SEVERAL = (
    rf"[*(\[]*+{_TARGET}[)\]]*+{_S}*+(?:,{_S}*+[*(\[]*+{_TARGET}[)\]]*+{_S}*+)*+,?+{_S}*+[)\]]*+{_S}*+"
)
_IS = r"=(?!=)"
_CHANGED = r"(?:\*\*|//|<<|>>|[-+*/%@&|^])="
_FOR = rf"(?:async{_S}++)?+for\b([^\n:]*?){_S}in\b"

_LEVEL = (
    rf"(?:(?:async{_S}++)?+def|class){_S}++({_NAME})"  # 1
    rf"|((?:{_TARGET}{_S}*+{_IS}{_S}*+)++)"  # 2: a = b.c =
    rf"|({_NAME}){_S}*+(?::(?!=)|{_CHANGED})"  # 3: a:    a +=
    r"|(from|import)\b"  # 4
    rf"|({_SEVERAL}){_IS}"  # 5: (a, *b) =
    rf"|{_FOR}"  # 6: the targets
    rf"|(?:async{_S}++)?+(with)\b"  # 7
    rf"|type{_S}++({_NAME}){_S}*+[=\[]"  # 8
    rf"|([(\[*]|{_TARGET}{_S}*+,[^\n]*?{_IS}|(?:async{_S}++)?+for\b)"  # 9: unclear
)
_DEFINED, _ASSIGNED, _ANNOTATED, _IMPORTED, _UNPACKED, _LOOPED, _WITH, _ALIASED, _UNCLEAR = range(
    1, 10
)
_MORE_TARGETS = re.compile(rf"(?![^\n]*\blambda\b)[^\n()\[\]{{}}=!<>:]*+{_IS}")
_VALUE = re.compile(rf"[^\n=()]*+{_IS}")
_AS = re.compile(rf"\bas{_S}++({_NAME})?+([^\n]?)")
_NO_NAMES = frozenset({"else", "try", "finally", "lambda"})

_NESTED = (
    re.compile(rf"\n +(?:async{_S}++)?+(?:def|class|type){_S}++({_NAME})"),
    re.compile(rf"\n ++({_SEVERAL})(?:{_IS}|:(?!=)|{_CHANGED})"),
    re.compile(rf"={_S}*+({_NAME})(?={_S}*+{_IS})"),
    re.compile(rf"\n ++{_FOR}"),
    re.compile(rf" as{_S}++(\(?{_NAME}(?:{_S}*+,{_S}*+{_NAME})*+)"),
    re.compile(rf";{_S}*+({_SEVERAL})(?:{_IS}|:(?!=)|{_CHANGED})"),
    re.compile(
        r"\n *+(?:if|else|elif|try|except|finally|while|for|with|class|case)\b[^\n]*:"
        rf"{_S}*+({_SEVERAL})(?:{_IS}|{_CHANGED})"
    ),
    re.compile(rf"({_NAME}){_S}*+:="),
)
_UNPACKED_LINES = re.compile(rf"\){_S}*+{_IS}")
_DEL = re.compile(r"del(?!\w)([^\n;]*+)")
_OPAQUE_WORDS = ("globals", "vars", "exec", "setattr")
_OPAQUE = re.compile(rf"(?<![\w.])(?:{'|'.join(_OPAQUE_WORDS)})\b")

_IMPORT = re.compile(r"import(?!\w)")
_BEFORE_IMPORT = re.compile(rf"((?:[^\n]*[;:])?+{_S}*)(?:from{_S}*+([.\w]*+){_S}*+)?+")
_AFTER_IMPORT = re.compile(rf"{_S}*+(?:\(([^()]*+)\)|([^\n;]*+))")

_CLASS = re.compile(rf"class{_S}++({_NAME}){_S}*+")
_HEADER = re.compile(r"[()\[\]{}:]")
_CODE_LINE = re.compile(r"\n( *+)(?=[^ \n])")
_EMPTY_BODIES = frozenset({"pass", "...", STRING})


def outline_by_lines(text: str) -> Outline:
    """The outline of a file; raises `Unsure` when only a parser can tell."""
    code = blanked(text)
    if balance(code, 0, len(code)):
        raise Unsure
    imported = dict(_imports(code))
    imports = tuple(item for items in imported.values() for item in items)
    bound, perhaps = _module_names(code, imported)
    return Outline(
        imports,
        tuple(_classes(code, imported)),
        bound,
        perhaps.union(item.bound for item in imports if item.column) - {""},
        "__getattr__" in bound
        or (any(word in code for word in _OPAQUE_WORDS) and bool(_OPAQUE.search(code))),
        _kept(text) if "consolidate:" in text else (),
    )


def _kept(text: str) -> tuple[tuple[int, str], ...]:
    found = ((line, kept_reason(comment)) for line, comment in comments(text))
    return tuple((line, reason) for line, reason in found if reason is not None)


class _LineNumbers:
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
    return code.count("\n", start, end) + code.count(NEWLINE, start, end)


# -- imports ---------------------------------------------------------------------------------------


def _imports(code: str) -> Iterator[tuple[int, list[OutlinedImport]]]:
    numbers = _LineNumbers(code)
    line_start = -1
    items: list[OutlinedImport] = []
    for hit in _IMPORT.finditer(code):
        start = code.rfind("\n", 0, hit.start()) + 1
        head = code[start : hit.start()]
        if head and (head[-1].isalnum() or head[-1] == "_"):
            continue  # `reimport`
        before = _BEFORE_IMPORT.fullmatch(head)
        if before is None or before[2] == "":
            raise Unsure
        if start != line_start:
            line_start, items = start, []
            yield start, items
        after = _AFTER_IMPORT.match(code, hit.end())
        assert after is not None
        names = (after[1] or after[2] or "").replace(NEWLINE, " ").split(",")
        line = numbers.of(start)
        items += _import_items(line, len(before[1]), before[2], names)


def _import_items(
    line: int, column: int, module: str | None, names: Iterable[str]
) -> Iterator[OutlinedImport]:
    for part in names:
        words = part.split()
        if not words:
            continue  # from a import (b,)
        alias = None
        if len(words) == 3 and words[1] == "as":
            alias = words[2]
        elif len(words) != 1:
            raise Unsure
        if module is None:
            yield OutlinedImport(line, column, words[0], None, alias)
        else:
            yield OutlinedImport(line, column, module, words[0], alias)


# -- names -----------------------------------------------------------------------------------------


@cache
def _level(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{{width}}}(?:{_LEVEL})")


def _names_at(
    code: str, width: int, start: int, end: int, imported: Imported
) -> Iterator[tuple[str, bool]]:
    """The names bound by the statements of one indentation, and whether each gets a value."""
    depth, last = 0, start
    for hit in _level(width).finditer(code, start, end):
        kind = hit.lastindex or 0
        if kind == _DEFINED:
            yield hit[1], True
        elif kind == _IMPORTED:
            for item in imported.get(hit.start() + 1, ()):
                if item.bound and item.column == width:
                    yield item.bound, True
        else:
            depth += balance(code, last, hit.start())
            last = hit.start()
            if depth < 0:
                raise Unsure
            if not depth:
                yield from _assigned(code, hit, kind)


def _assigned(code: str, hit: re.Match[str], kind: int) -> Iterator[tuple[str, bool]]:
    text = hit[kind]
    if kind == _UNCLEAR:
        raise Unsure
    if kind in (_ASSIGNED, _UNPACKED) and _MORE_TARGETS.match(code, hit.end()):
        raise Unsure  # a = b, c = d
    if kind == _ANNOTATED:
        if text not in _NO_NAMES:
            is_annotation = code[hit.end() - 1] == ":"
            yield text, not is_annotation or bool(_VALUE.match(code, hit.end()))
    elif kind == _WITH:
        yield from ((name, True) for name in _with_names(code, hit.end()))
    else:
        parts = text.split("=" if kind == _ASSIGNED else ",")
        yield from ((name, True) for name in _plain_names(parts))


def _plain_names(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        name = part.strip(f"*()[] \t{NEWLINE}")
        if name.isidentifier():
            yield name


def _with_names(code: str, start: int) -> Iterator[str]:
    end = _block_end(code, start, 1 << 16)
    for found in _AS.finditer(code, start, end):
        if found[1] is None or found[2] in tuple(".[("):
            raise Unsure  # with a as (b, c.d):
        yield found[1]


def _module_names(code: str, imported: Imported) -> tuple[frozenset[str], frozenset[str]]:
    bound: set[str] = set()
    perhaps: set[str] = set()
    for name, has_value in _names_at(code, 0, 0, len(code), imported):
        (bound if has_value else perhaps).add(name)
    for pattern in _NESTED:
        for text in set(pattern.findall(code)):
            if text.isidentifier():
                perhaps.add(text)
            else:
                perhaps.update(_plain_names(text.split(",")))
    for hit in _UNPACKED_LINES.finditer(code):
        text = code[code.rfind("(", 0, hit.start()) : hit.start()]
        if "\n" in text:
            perhaps.update(_plain_names(text.replace("\n", " ").split(",")))
    deleted = set(_deleted(code))
    perhaps |= bound & deleted
    return frozenset(bound - deleted), frozenset(perhaps - _NO_NAMES)


def _deleted(code: str) -> Iterator[str]:
    for hit in _DEL.finditer(code):
        before = code[hit.start() - 1]
        is_word = before.isalnum() or before in "_."
        if not is_word and code[code.rfind("\n", 0, hit.start()) + 1] != " ":
            yield from _plain_names(hit[1].split(","))


# -- classes ---------------------------------------------------------------------------------------


def _classes(code: str, imported: Imported) -> Iterator[OutlinedClass]:
    numbers = _LineNumbers(code)
    for hit in _CLASS.finditer(code):
        start = code.rfind("\n", 0, hit.start()) + 1
        width = hit.start() - start
        if code[start : hit.start()].strip(" "):
            before = code[hit.start() - 1]
            if before.isalnum() or before == "_":
                continue  # `subclass in`
            raise Unsure
        members, end = _body(code, hit.end(), width, imported)
        lines = lines_between(code, start, start + len(code[start:end].rstrip(" \n\t")))
        line = numbers.of(start)
        first = line - lines_between(code, _decorated(code, start, width), start)
        yield OutlinedClass(hit[1], first, line + lines, width, members)


def _body(code: str, position: int, width: int, imported: Imported) -> tuple[tuple[str, ...], int]:
    """The members of a class and the offset of its end; `position` is that after its name."""
    colon = _header_end(code, position)
    line_end = code.find("\n", colon) % (len(code) + 1)
    rest = code[colon + 1 : line_end].strip(f" \t{NEWLINE}")
    if rest:
        if rest not in _EMPTY_BODIES:
            raise Unsure  # class A: a = 1
        return (), line_end
    inner = _CODE_LINE.search(code, line_end)
    if inner is None or len(inner[1]) <= width:
        raise Unsure
    end = _block_end(code, inner.start() + 1, width)
    if ";" in code[inner.start() : end]:
        raise Unsure
    names = _names_at(code, len(inner[1]), inner.start(), end, imported)
    return tuple(name for name, _ in names), end


def _header_end(code: str, position: int) -> int:
    if code[position : position + 1] not in tuple("([:"):
        raise Unsure
    depth = 0
    for hit in _HEADER.finditer(code, position):
        if hit[0] in "([{":
            depth += 1
        elif hit[0] != ":":
            depth -= 1
        elif not depth:
            return hit.start()
    raise Unsure


@cache
def _dedent(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{0,{width}}}+(?=[^ \n])")


def _block_end(code: str, start: int, width: int) -> int:
    """The end of the line before the next statement that is not indented by more."""
    depth, last = 0, start
    for hit in _dedent(width).finditer(code, start):
        depth += balance(code, last, hit.start())
        last = hit.start()
        if not depth:
            return hit.start()
    return len(code)


def _decorated(code: str, start: int, width: int) -> int:
    """The start of the line of the first decorator of the class at `start`."""
    mark = "\n" + " " * width + "@"
    while (at := code.rfind(mark, 0, start)) >= 0:
        if _block_end(code, at + 1, width) != start - 1:
            break
        start = at + 1
    return start
