"""Names that must not leave their module: rebound through `global`, or tied to the module."""

from __future__ import annotations

import ast

from consolidator.errors import Location, Problem
from consolidator.index.definitions import Definition, is_own_logger
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

MODULE_ATTRIBUTES = frozenset(
    {"__name__", "__file__", "__package__", "__spec__", "__path__", "__doc__", "__loader__"}
)
_NAMESPACE_CALLS = frozenset({"globals"})


def pinned_names(module: Module) -> frozenset[str]:
    """Names of a module that cannot be moved along with something else without a word."""
    pinned = {
        name
        for name, bindings in module.scope.bindings.items()
        if any(binding.via_global for binding in bindings)
    }
    for use in module.global_uses:
        if depends_on_module(module, use) and use.statement < len(module.body):
            statement = module.body[use.statement]
            if not is_own_logger(statement):
                pinned |= {
                    name
                    for name, bindings in module.scope.bindings.items()
                    if any(b.statement == use.statement for b in bindings)
                }
    return frozenset(pinned)


def depends_on_module(module: Module, use: NameUse) -> bool:
    """Whether a use means the module it stands in: `__file__`, `__name__`, `globals()`."""
    if use.name in MODULE_ATTRIBUTES:
        return use.name not in module.scope.bindings and use.scope.kind != "class"
    return use.name in _NAMESPACE_CALLS and use.name not in module.scope.bindings


def module_dependence(module: Module, roots: tuple[Definition, ...]) -> list[Problem]:
    """Why the roots themselves cannot go elsewhere without changing what they do."""
    inside = {index for root in roots for index in root.statements}
    problems = []
    for use in module.global_uses:
        if use.statement in inside and depends_on_module(module, use):
            if _names_a_logger(module, use):
                continue
            problems.append(
                Problem(
                    "depends-on-module",
                    f"`{use.name}` means something else in another module",
                    place(module, use.node),
                    "pass the value in, or go on with --accept depends-on-module",
                )
            )
    for scope in module.scope.walk():
        for name in scope.global_names:
            statement = _statement_of(module, scope.node)
            if (
                statement in inside
                and name in module.scope.bindings
                and not _all_inside(module, name, inside)
            ):
                problems.append(
                    Problem(
                        "global-rebinding",
                        f"the moved code rebinds `{name}` of its module through `global`",
                        place(module, scope.node),
                        f"move everything that uses `{name}` together, or keep the state in an "
                        "object that both modules share",
                    )
                )
    return problems


def _all_inside(module: Module, name: str, inside: set[int]) -> bool:
    bound = all(binding.statement in inside for binding in module.bindings(name))
    return bound and all(use.statement in inside for use in module.readers.get(name, []))


def _statement_of(module: Module, node: ast.AST) -> int:
    line = getattr(node, "lineno", 0)
    for index, statement in enumerate(module.body):
        if (
            module.syntax.line_of(module.span_with_lines(statement).start)
            <= line
            <= (statement.end_lineno or 0)
        ):
            return index
    return -1


def _names_a_logger(module: Module, use: NameUse) -> bool:
    statement = module.body[use.statement]
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(
        use.node in call.args
        and "logger" in getattr(call.func, "attr", getattr(call.func, "id", "")).lower()
        for call in calls
    )


def place(module: Module, node: ast.AST) -> Location:
    """Where a node stands, with its line."""
    line = getattr(node, "lineno", 1)
    return Location(module.path, line, module.syntax.line_text(line))
