"""Which names the statements of one scope bind, without looking into nested scopes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class LocalNames:
    """What a body binds; `tracked` are the names whose value an import order can depend on."""

    bound: set[str] = field(default_factory=set)
    tracked: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)


def local_names(body: Iterable[ast.stmt]) -> LocalNames:
    """The names that a body binds by statements; `:=` inside expressions is not looked for."""
    names = LocalNames()
    _collect(body, names)
    names.bound -= names.declared_global
    names.tracked -= names.declared_global
    return names


def argument_names(arguments: ast.arguments) -> set[str]:
    """The parameters of a function or lambda."""
    found = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    found.update(a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None)
    return found


def target_names(target: ast.expr | None) -> Iterator[str]:
    """The plain names in an assignment target: `a` and `b` of `a, (b, c.d), e[0]`."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from target_names(element)
    elif isinstance(target, ast.Starred):
        yield from target_names(target.value)


def pattern_names(pattern: ast.AST) -> Iterator[str]:
    """The names that a `match` pattern captures."""
    for node in ast.walk(pattern):
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name is not None:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest is not None:
            yield node.rest


def import_binding(alias: ast.alias) -> str:
    """The name that one part of an `import` statement binds."""
    return alias.asname or alias.name.partition(".")[0]


def _collect(body: Iterable[ast.stmt], names: LocalNames) -> None:
    for statement in body:
        _collect_one(statement, names)
        for nested in ("body", "orelse", "finalbody"):
            inner = getattr(statement, nested, None)
            if inner and not isinstance(
                statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            ):
                _collect(inner, names)


def _collect_one(statement: ast.stmt, names: LocalNames) -> None:
    match statement:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                names.bound.update(target_names(target))
        case ast.AugAssign() | ast.AnnAssign() | ast.For() | ast.AsyncFor():
            names.bound.update(target_names(statement.target))
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            _track(names, statement.name)
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                _track(names, import_binding(alias))
        case ast.With() | ast.AsyncWith():
            for item in statement.items:
                names.bound.update(target_names(item.optional_vars))
        case ast.Try() | ast.TryStar():
            for handler in statement.handlers:
                if handler.name:
                    names.bound.add(handler.name)
                _collect(handler.body, names)
        case ast.Match():
            for match_case in statement.cases:
                names.bound.update(pattern_names(match_case.pattern))
                _collect(match_case.body, names)
        case ast.Global():
            names.declared_global.update(statement.names)
        case ast.Nonlocal():
            pass
        case _ if type(statement).__name__ == "TypeAlias":
            names.bound.update(target_names(getattr(statement, "name", None)))


def _track(names: LocalNames, name: str) -> None:
    names.bound.add(name)
    names.tracked.add(name)
