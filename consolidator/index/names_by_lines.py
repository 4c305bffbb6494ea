"""The names that statements bind, told from the look of their lines; see `outline_by_lines`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from consolidator.index.blanking import NEWLINE, Unsure, balance
from consolidator.index.outline import OutlinedImport

Imported = Mapping[int, list[OutlinedImport]]
"""What the import statements of each line import, by the offset at which the line starts."""

_S = rf"[ \t{NEWLINE}]"
_NAME = r"[^\W\d]\w*+"
_TARGET = r"[^\W\d][\w.]*+(?:\[[^\[\]\n]*+\])?+"
_SEVERAL = (
    rf"[*(\[]*+{_TARGET}[)\]]*+{_S}*+"
    rf"(?:,{_S}*+[*(\[]*+{_TARGET}[)\]]*+{_S}*+)*+,?+{_S}*+[)\]]*+{_S}*+"
)
_IS = r"=(?!=)"
_CHANGED = r"(?:\*\*|//|<<|>>|[-+*/%@&|^])="
_FOR = rf"(?:async{_S}++)?+for\b([^:=]*?)[\s{NEWLINE}]in\b"

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
_AROUND_NAMES = f"*()[] \t\n{NEWLINE}"
_NO_NAMES = frozenset({"else", "try", "finally", "lambda"})

_BLOCK = re.compile(rf"\n(?:async{_S}++(?!def)|(?:if|el|try|ex|fin|for|while|with|match)[a-z]*\b)")
_IN_BLOCK = (
    re.compile(rf"\n ++(?:async{_S}++)?+(?:def|class|type){_S}++({_NAME})"),
    re.compile(rf"\n ++({_SEVERAL})(?:{_IS}|:(?!=)|{_CHANGED})"),
    re.compile(rf"\n *+{_FOR}"),
    re.compile(rf" as{_S}++(\([\w{_S[1:-1]},*]++\)|{_NAME})(?={_S}*+[:,)\n])"),
    re.compile(
        r"\n *+(?:async ++)?+(?:if|else|elif|try|except|finally|while|for|with|case)\b[^\n]*:"
        rf"{_S}*+({_SEVERAL})(?:{_IS}|{_CHANGED})"
    ),
)
_ANYWHERE = (
    re.compile(rf"= {_S}*+({_SEVERAL})(?={_IS})"),
    re.compile(rf";{_S}*+({_SEVERAL})(?:{_IS}|:(?!=)|{_CHANGED})"),
    re.compile(rf"global{_S}++([^\n;]*+)"),
)
_WALRUS = re.compile(rf"({_NAME})[\s{NEWLINE}]*+:=")
_UNPACKED_LINES = re.compile(rf"\){_S}*+{_IS}")
_DEL = re.compile(r"del(?!\w)([^\n;]*+)")


@cache
def _level(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{{width}}}(?=[^ \n])(?:{_LEVEL})")


def names_at(
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
            if depth < 0:
                raise Unsure
            if not depth:
                yield from _assigned(code, hit, kind)
            last = hit.start()
            continue
        depth, last = 0, hit.start()  # these words begin statements only


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
        name = part.strip(_AROUND_NAMES)
        if name.isidentifier():
            yield name


def _with_names(code: str, start: int) -> Iterator[str]:
    for found in _AS.finditer(code, start, block_end(code, start, 1 << 16)):
        if found[1] is None or found[2] in tuple(".[("):
            raise Unsure  # with a as (b, c.d):
        yield found[1]


def module_names(code: str, imported: Imported) -> tuple[frozenset[str], frozenset[str]]:
    bound: set[str] = set()
    perhaps: set[str] = set()
    for name, has_value in names_at(code, 0, 0, len(code), imported):
        (bound if has_value else perhaps).add(name)
    perhaps.update(_perhaps_names(code, imported))
    deleted = set(_deleted(code))
    perhaps |= bound & deleted
    return frozenset(bound - deleted), frozenset(perhaps - _NO_NAMES)


def _perhaps_names(code: str, imported: Imported) -> Iterator[str]:
    """The names that blocks of the module bind, and functions through `global`, and some more."""
    for pattern in _ANYWHERE:
        yield from _names_in(pattern.findall(code))
    if ":=" in code:
        yield from _WALRUS.findall(code)
    yield from _names_in(_unpacked_over_lines(code))
    starts = [start for start in imported if code[start] != " "]
    for header in _BLOCK.finditer(code):
        end = block_end(code, header.end(), 0)
        block = code[header.start() : end]
        for pattern in _IN_BLOCK:
            yield from _names_in(pattern.findall(block))
        starts += [start for start in imported if header.end() < start < end]
    for start in starts:
        yield from (item.bound for item in imported[start] if item.column and item.bound)


def _names_in(targets: Iterable[str]) -> Iterator[str]:
    for text in set(targets):
        yield from _plain_names(text.split(","))


def _unpacked_over_lines(code: str) -> Iterator[str]:
    for hit in _UNPACKED_LINES.finditer(code):
        start = code.rfind("(", 0, hit.start())
        if "\n" in code[start : hit.start()]:
            if "=" in code[code.rfind("\n", 0, start) : start]:
                raise Unsure  # a = (
            yield code[start : hit.start()]


def _deleted(code: str) -> Iterator[str]:
    for hit in _DEL.finditer(code):
        before = code[code.rfind("\n", 0, hit.start()) + 1 : hit.start()]
        if not before or (before[0] != " " and before.rstrip(" ")[-1] in ";:"):
            yield from _plain_names(hit[1].split(","))


@cache
def _dedent(width: int) -> re.Pattern[str]:
    return re.compile(rf"\n {{0,{width}}}+(?=[^ \n])")


def block_end(code: str, start: int, width: int) -> int:
    """The end of the line before the next statement that is not indented by more."""
    depth, last = 0, start
    for hit in _dedent(width).finditer(code, start):
        depth += balance(code, last, hit.start())
        last = hit.start()
        if not depth:
            return hit.start()
    return len(code)
