"""Helpers that a class takes along or asks back for, and that the target may have already."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.index.definitions import definition, uses_of
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.plan.plan import MoveEntry

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LIKE_ENOUGH = 0.6
"""How much two names must have in common: `create_test_token`, `create_test_jwt_token`."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A function of the target that may do what a helper of the source does."""

    helper: str
    other: str
    path: str
    line: int
    alike: tuple[str, ...]
    different: tuple[str, ...]

    def __str__(self) -> str:
        said = f"the helper {self.helper} that it needs may have an equivalent in the target: "
        said += f"{self.other} ({self.path}:{self.line}); " + ", ".join(self.alike)
        return said + (f"; but {', '.join(self.different)}" if self.different else "")


def equivalents(index: Index, entry: MoveEntry) -> tuple[Equivalent, ...]:
    """The likely equivalents, in the target of a move, of the functions that it needs.

    A hint for a person and nothing more: what two functions do is not compared.
    """
    target = _module(index, entry.to)
    if target is None:
        return ()
    functions = [node for node in target.body if isinstance(node, Function)]
    found = []
    for place in entry.names:
        module, _, name = place.rpartition(":")
        source = _module(index, module or entry.source or "")
        for helper in () if source is None else _helpers(source, name):
            candidates = [one for other in functions if (one := _compared(target, helper, other))]
            found += sorted(candidates, key=lambda one: (len(one.different), one.other))[:1]
    return tuple(found)


def _module(index: Index, name: str) -> Module | None:
    path = index.workspace.path_of(ModuleName(name)) if name else None
    return None if path is None else index.readable(path)


def _helpers(source: Module, name: str) -> Iterator[Function]:
    """The functions of the source that a definition uses, in the order of their places."""
    found = definition(source, name)
    if found is None:
        return
    used = {use.name for use in uses_of(source, found.statements)} - found.names
    for node in source.body:
        if isinstance(node, Function) and node.name in used:
            yield node


def _compared(target: Module, helper: Function, other: Function) -> Equivalent | None:
    """The two held against each other; None when they are not alike enough to be worth a line."""
    mine, theirs = _words(helper.name), _words(other.name)
    likeness = len(mine & theirs) / len(mine | theirs)
    if likeness < _LIKE_ENOUGH or _is_async(helper) != _is_async(other):
        return None
    alike, different = _signatures(helper, other)
    if not alike:
        return None
    path = target.path
    return Equivalent(helper.name, other.name, path, other.lineno, alike, different)


def _signatures(helper: Function, other: Function) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What two signatures have in common, and in what they differ."""
    mine, theirs = _parameters(helper), _parameters(other)
    shared = [name for name in mine if name in theirs]
    alike, different = [], []
    if shared:
        alike.append(f"both take {', '.join(shared)}")
    elif not mine and not theirs:
        alike.append("neither takes anything")
    only_mine = [name for name in mine if name not in theirs]
    only_theirs = [name for name in theirs if name not in mine]
    if only_mine:
        different.append(f"{other.name} takes no {', '.join(only_mine)}")
    if only_theirs:
        different.append(f"{other.name} also takes {', '.join(only_theirs)}")
    returns = [ast.unparse(node.returns) if node.returns else "" for node in (helper, other)]
    if all(returns) and returns[0] == returns[1]:
        alike.append(f"both return {returns[0]}")
    elif all(returns):
        different.append(f"{other.name} returns {returns[1]}, not {returns[0]}")
    calls = _calls(helper) & _calls(other)
    if calls:
        alike.append(f"both call {', '.join(sorted(calls))}")
    elif _calls(helper) and _calls(other):
        different.append("the two call nothing in common")
    return (tuple(alike) if shared or not mine else ()), tuple(different)


def _words(name: str) -> set[str]:
    return {word for word in re.split("_+", name.lower()) if word}


def _is_async(node: Function) -> bool:
    return isinstance(node, ast.AsyncFunctionDef)


def _parameters(node: Function) -> list[str]:
    arguments = node.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _calls(node: Function) -> set[str]:
    names = (
        getattr(call.func, "attr", getattr(call.func, "id", ""))
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    )
    return {name for name in names if name and name not in {"str", "int", "len", "dict", "list"}}
