"""What is known of the arguments of calls, as texts that can stand in events.

A text is the `repr` of a constant, `%name` for the parameter of that name of the function that
calls, or one of the kinds below. A call is a part of a ref: `(`, then the arguments with a mark
between them, keywords as `name=text` and `*` where there may be any others, then `)`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

UNKNOWN = "?"
OBJECT = "!"  # something that is not None
CALLABLE = "&"  # a function or a class
REST = "*"

_MARK = "~"
_LONGEST = 16  # a longer text is hardly compared with anything
_LONGEST_PATH = 80


def literal(node: ast.expr) -> str:
    """What is known of a value by its expression alone; numbers are hardly asked about."""
    if type(node) is ast.Constant:
        value = node.value
        if value is None or value is True or value is False:
            return repr(value)
        if not isinstance(value, str) or _MARK in value:
            return OBJECT
        return repr(value) if len(value) <= _LONGEST or _is_path(value) else OBJECT
    return _KINDS.get(type(node), UNKNOWN)


def _is_path(value: str) -> bool:
    """Whether a text may name a module, which a function may be told to import."""
    plain = value.replace(".", "")
    return len(value) <= _LONGEST_PATH and "." in value and plain.isidentifier()


_KINDS: dict[type[ast.expr], str] = {
    ast.Starred: REST,
    ast.Lambda: CALLABLE,
    **dict.fromkeys((ast.List, ast.Tuple, ast.Dict, ast.Set, ast.JoinedStr), OBJECT),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), OBJECT),
}


def call_part(node: ast.Call, text: Callable[[ast.expr], str]) -> str:
    """The part of a ref that stands for a call."""
    if not node.args and not node.keywords:
        return "()"
    given = [text(argument) for argument in node.args]
    for keyword in node.keywords:
        given.append(REST if keyword.arg is None else f"{keyword.arg}={text(keyword.value)}")
    return f"({_MARK.join(given)})"


class Given(NamedTuple):
    """The arguments of a call; `complete` when there are no others."""

    positional: tuple[str, ...]
    keywords: dict[str, str]
    complete: bool


@lru_cache(maxsize=4096)
def given(part: str) -> Given:
    """Read the part of a ref that stands for a call."""
    positional: list[str] = []
    keywords: dict[str, str] = {}
    complete = True
    for text in part[1:-1].split(_MARK) if len(part) > 2 else ():
        name, equals, value = text.partition("=")
        if text == REST:
            complete = False
        elif equals and name.isidentifier():
            keywords[name] = value
        elif complete:  # f(*others, 1): nobody knows where it goes
            positional.append(text)
    return Given(tuple(positional), keywords, complete)


@lru_cache(maxsize=4096)
def value_of(text: str) -> Any:
    """The constant that a text stands for."""
    return ast.literal_eval(text)
