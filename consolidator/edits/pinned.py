"""Names that must not leave their module: rebound through `global`, or tied to the module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.own_folder import names_the_folder
from consolidator.errors import Location, Problem
from consolidator.index.definitions import Definition, is_own_logger
from consolidator.index.module import Module, is_type_checking
from consolidator.index.scopes import NameUse
from consolidator.index.surely_bound import surely_bound

MODULE_ATTRIBUTES = frozenset(
    {"__name__", "__file__", "__package__", "__spec__", "__path__", "__doc__", "__loader__"}
)
_NAMESPACE_CALLS = frozenset({"globals"})


def pinned_names(module: Module, folder: str) -> frozenset[str]:
    """Names of a module that mean something else in one of a folder, such as paths beside it.

    And those that stand in a block with others that may not be there: no import can be left for
    these.
    """
    pinned: set[str] = set(_beside_what_may_be_missing(module))
    for use in module.global_uses:
        if use.statement < len(module.body) and depends_on_module(module, use, folder):
            statement = module.body[use.statement]
            if not is_own_logger(statement) and not names_a_logger(module, use):
                pinned |= {
                    name
                    for name, bindings in module.scope.bindings.items()
                    if any(b.statement == use.statement for b in bindings)
                }
    return frozenset(pinned)


def _beside_what_may_be_missing(module: Module) -> Iterator[str]:
    for index, statement in enumerate(module.body):
        if not isinstance(statement, ast.If | ast.Try):
            continue
        sure = surely_bound(statement)
        if sure is None or is_type_checking(statement, statement.body[0]):
            continue
        bound = {
            name: {binding.kind for binding in bindings if binding.statement == index}
            for name, bindings in module.scope.bindings.items()
            if any(binding.statement == index for binding in bindings)
        }
        missing = [name for name in bound if name not in sure and bound[name] != {"import"}]
        if len(bound) > 1 and any(not name.startswith("_") for name in missing):
            yield from bound


def depends_on_module(module: Module, use: NameUse, folder: str | None = None) -> bool:
    """Whether a use means the module it stands in: `__file__`, `__name__`, `globals()`.

    In another module of the same `folder` a path beside the file is the same.
    """
    if folder == module.path.rpartition("/")[0] and names_the_folder(module, use):
        return False
    if use.name in MODULE_ATTRIBUTES:
        in_class = use.scope.kind == "class" and use.name == "__doc__"
        return use.name not in module.scope.bindings and not in_class
    return use.name in _NAMESPACE_CALLS and use.name not in module.scope.bindings


def module_dependence(module: Module, roots: tuple[Definition, ...], folder: str) -> list[Problem]:
    """Why the roots cannot go into a module of a folder without changing what they do."""
    inside = {index for root in roots for index in root.statements}
    problems = []
    for use in module.global_uses:
        if use.statement in inside and depends_on_module(module, use, folder):
            if names_a_logger(module, use):
                continue
            problems.append(
                Problem(
                    "depends-on-module",
                    f"`{use.name}` means something else in another module",
                    place(module, use.node),
                    "pass the value in, or go on with --accept depends-on-module",
                )
            )
    return problems


def split_rebindings(
    module: Module, statements: tuple[int, ...], taken: frozenset[str]
) -> list[Problem]:
    """Names that `global` would rebind in one module while the other, or a third, reads them.

    Of the names `taken` by other modules those that a statement binds are rewritten there.
    """
    inside = set(statements)
    problems = []
    for name, bindings in module.scope.bindings.items():
        if not any(binding.via_global for binding in bindings):
            continue
        places = {binding.statement in inside for binding in bindings}
        reads = {use.statement in inside for use in module.readers.get(name, [])}
        moved_rebinds = any(b.via_global and b.statement in inside for b in bindings)
        only_rebound = all(binding.via_global for binding in bindings)
        read_elsewhere = False in reads or (only_rebound and name in taken)
        if len(places) > 1 or (moved_rebinds and read_elsewhere):
            rebinding = next(binding for binding in bindings if binding.via_global)
            problems.append(
                Problem(
                    "global-rebinding",
                    f"`{name}` is rebound through `global`, and only a part of the code that "
                    "reads or rebinds it would move",
                    place(module, rebinding.node),
                    f"move everything that uses `{name}` together, or keep the state in an "
                    "object that both modules share",
                )
            )
    return problems


def names_a_logger(module: Module, use: NameUse) -> bool:
    """Whether a use of `__name__` only names a logger: `logging.getLogger(name=__name__)`."""
    if use.name != "__name__":
        return False
    statement = module.body[use.statement]
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(
        use.node in [*call.args, *(keyword.value for keyword in call.keywords)]
        and "logger" in getattr(call.func, "attr", getattr(call.func, "id", "")).lower()
        for call in calls
    )


def place(module: Module, node: ast.AST) -> Location:
    """Where a node stands, with its line."""
    line = getattr(node, "lineno", 1)
    return Location(module.path, line, module.syntax.line_text(line))
