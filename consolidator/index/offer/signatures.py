"""Signatures: what a `def` takes, and whether a call can be made with it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

Arguments = tuple[int, bool, tuple[str, ...], bool]
"""Of a call: how many positional ones, whether `*` is among them, keywords, whether `**`."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes."""

    positional: tuple[str, ...] = ()
    """The parameters that positions fill, in order."""
    by_position_only: int = 0
    """How many of them no keyword can fill."""
    optional: frozenset[str] = frozenset()
    """The parameters with a default."""
    keywords: tuple[str, ...] = ()
    """The parameters that only a keyword fills."""
    takes_more: bool = False
    """`*args`"""
    takes_any_keyword: bool = False
    """`**kwargs`"""

    def bound(self) -> Signature | None:
        """Without the first parameter, as on an instance; None when there is none to drop."""
        if not self.positional:
            return self if self.takes_more else None
        return Signature(
            self.positional[1:],
            max(self.by_position_only - 1, 0),
            self.optional,
            self.keywords,
            self.takes_more,
            self.takes_any_keyword,
        )

    def objection(self, arguments: Arguments) -> str:
        """Why a call with these arguments fails; empty when it may succeed."""
        count, stars, given, double = arguments
        if count > len(self.positional) and not self.takes_more:
            return f"takes {_number(len(self.positional), 'positional argument')}, not {count}"
        names = set(self.positional[self.by_position_only :]) | set(self.keywords)
        unknown = [name for name in given if name not in names]
        if unknown and not self.takes_any_keyword:
            return f"has no parameter {unknown[0]!r}"
        twice = [name for name in given if name in self.positional[self.by_position_only : count]]
        if twice:
            return f"gets {twice[0]!r} twice"
        if stars or double:
            return ""
        filled = {*self.positional[:count], *given}
        required = [*self.positional, *self.keywords]
        missing = [name for name in required if name not in filled and name not in self.optional]
        return f"needs {missing[0]!r}" if missing else ""


def _number(count: int, noun: str) -> str:
    return f"no {noun}" if not count else f"{count} {noun}{'s' if count > 1 else ''}"


def signature_fact(arguments: ast.arguments) -> list[Any]:
    """The signature of a `def` as data that survives JSON."""
    positional = [item.arg for item in [*arguments.posonlyargs, *arguments.args]]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    keywords = [item.arg for item in arguments.kwonlyargs]
    optional = [
        *(with_default if arguments.defaults else []),
        *(
            name
            for name, default in zip(keywords, arguments.kw_defaults, strict=True)
            if default is not None
        ),
    ]
    return [
        positional,
        len(arguments.posonlyargs),
        optional,
        keywords,
        arguments.vararg is not None,
        arguments.kwarg is not None,
    ]


def signature_of(fact: list[Any]) -> Signature:
    """The signature that `signature_fact` described."""
    positional, only, optional, keywords, more, any_keyword = fact
    return Signature(
        tuple(positional), only, frozenset(optional), tuple(keywords), more, any_keyword
    )
