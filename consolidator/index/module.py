"""One module of the project as the rest of the tool sees it: facts, never text surgery."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from consolidator.index.events.codes import Event
from consolidator.index.events.import_events import import_events
from consolidator.index.in_place_changes import bound_in_steps, in_place_changes
from consolidator.index.scope_analysis import analyse
from consolidator.index.scopes import Binding, NameUse, Scope
from consolidator.index.syntax import Syntax, parse
from consolidator.names import ModuleName, Span

if TYPE_CHECKING:
    from consolidator.workspace import SourceFile

ImportNode = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """One alias of one import statement, with relative names made absolute."""

    node: ImportNode
    index: int
    module: ModuleName
    """The module named: `a.b` of `import a.b` and of `from a.b import c`."""
    name: str | None
    """What is taken from it; None for `import a.b`, `*` for a star import."""
    alias: str | None
    scope: Scope
    guards: tuple[ast.stmt, ...]
    """The `if`, `try` and `with` statements around it within its scope, outermost first."""
    statement: int

    @property
    def bound(self) -> str:
        """The name it binds; empty for a star import."""
        if self.alias:
            return self.alias
        if self.name is None:
            return self.module.top
        return "" if self.name == "*" else self.name

    @property
    def is_typing_only(self) -> bool:
        """Whether it stands in the body of `if TYPE_CHECKING:`."""
        return any(is_type_checking(guard, self.node) for guard in self.guards)

    @property
    def is_deferred(self) -> bool:
        """Whether it runs only when a function is called."""
        return any(scope.kind == "function" for scope in self.scope.between(self.scope.module))


@dataclass(frozen=True)
class Module:
    """A parsed module: its bindings, the uses of its names, its imports and its `__all__`."""

    name: ModuleName
    is_package: bool
    file: SourceFile = field(repr=False)

    @cached_property
    def syntax(self) -> Syntax:
        """The parsed text; raises `SyntaxError` when nothing can parse it."""
        return parse(self.file.text)

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def text(self) -> str:
        return self.file.text

    @property
    def body(self) -> list[ast.stmt]:
        return self.syntax.tree.body

    @cached_property
    def scope(self) -> Scope:
        return analyse(self.syntax)

    @cached_property
    def scopes(self) -> dict[ast.AST, Scope]:
        """Every scope by the node that opens it."""
        return {scope.node: scope for scope in self.scope.walk() if scope.kind != "type-parameters"}

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """Every call of the file, the outer ones first."""
        return tuple(each for each in ast.walk(self.syntax.tree) if isinstance(each, ast.Call))

    @property
    def package(self) -> ModuleName:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.parent

    @cached_property
    def global_uses(self) -> tuple[NameUse, ...]:
        """Every use that means a module-level name, a builtin or nothing known."""
        return tuple(
            use for scope in self.scope.walk() for use in scope.uses if self.is_global(use)
        )

    def is_global(self, use: NameUse) -> bool:
        """Whether a use means a name of the module (or a builtin), not a local one."""
        owner = use.scope.lookup(use.name)
        if owner is None or owner is self.scope:
            return True
        if owner is use.scope and owner.kind == "class":
            # class A:
            #     x = x    # reads the module's
            return use.order < owner.bindings[use.name][0].order
        return False

    @cached_property
    def readers(self) -> dict[str, list[NameUse]]:
        """The uses of each module-level name."""
        found: dict[str, list[NameUse]] = {}
        for use in self.global_uses:
            found.setdefault(use.name, []).append(use)
        return found

    def uses_in(self, statement: int) -> Iterator[NameUse]:
        """The uses of module-level names in one top-level statement."""
        return (use for use in self.global_uses if use.statement == statement)

    def bindings(self, name: str) -> list[Binding]:
        """Every binding of a module-level name, also those through `global`."""
        return self.scope.bindings.get(name, [])

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import of the file, in every scope, in order."""
        return tuple(_imports(self))

    @cached_property
    def imports_by_name(self) -> dict[str, list[Import]]:
        """The module-level imports of each bound name."""
        found: dict[str, list[Import]] = {}
        for item in self.imports:
            if item.scope is self.scope and item.bound:
                found.setdefault(item.bound, []).append(item)
        return found

    @property
    def star_imports(self) -> list[Import]:
        """The module-level `from m import *`."""
        return [item for item in self.imports if item.name == "*" and item.scope is self.scope]

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """What happens when the module is imported."""
        return import_events(self.syntax.tree, self.name, self.is_package)

    @cached_property
    def in_place_changes(self) -> dict[str, tuple[int, ...]]:
        """The statements that change an object of the module in place, by the object's name."""
        return in_place_changes(self.body, self.scope)

    @cached_property
    def bound_in_steps(self) -> dict[str, tuple[int, ...]]:
        """The statements that bind a constant of the module anew, by its name."""
        return bound_in_steps(self.body, self.scope)

    @cached_property
    def has_postponed_annotations(self) -> bool:
        """Whether the file has `from __future__ import annotations`."""
        return any(
            item.module == "__future__" and item.name == "annotations" for item in self.imports
        )

    @cached_property
    def all_names(self) -> tuple[str, ...] | None:
        """The literal names of `__all__`; None when there is none or it holds no literal."""
        literals = [str(node.value) for node in self.all_literals]
        return tuple(literals) if "__all__" in self.scope.bindings and literals else None

    @cached_property
    def all_literals(self) -> tuple[ast.Constant, ...]:
        """The string literals that go into `__all__`."""
        return tuple(all_literals(self.body))

    def span_with_lines(self, node: ast.stmt) -> Span:
        """The lines of a statement, decorators included, with their newlines."""
        lines = [node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))]
        end = node.end_lineno or node.lineno
        return Span(
            self.syntax.line_span(min(lines)).start,
            self.syntax.line_span(end).end,
        )


def is_type_checking(guard: ast.stmt, node: ast.AST) -> bool:
    """Whether `guard` is an `if TYPE_CHECKING:` whose body (not `else`) holds `node`."""
    if not isinstance(guard, ast.If):
        return False
    test = guard.test
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    inside = any(node is child for statement in guard.body for child in ast.walk(statement))
    return name == "TYPE_CHECKING" and inside


def absolute(module: Module, node: ast.ImportFrom) -> ModuleName:
    """The absolute module of a `from` import; relative ones that leave the top are left empty."""
    if not node.level:
        return ModuleName(node.module or "")
    parts = module.package.split(".") if module.package else []
    if node.level - 1 > len(parts):
        return ModuleName("")
    kept = parts[: len(parts) - (node.level - 1)]
    return ModuleName(".".join([*kept, *([node.module] if node.module else [])]))


def _imports(module: Module) -> Iterator[Import]:
    for index, statement in enumerate(module.body):
        for node, scope_node, guards in _import_nodes(statement, module.syntax.tree, ()):
            scope = module.scopes[scope_node]
            for position, alias in enumerate(node.names):
                if isinstance(node, ast.Import):
                    target, name = ModuleName(alias.name), None
                else:
                    target, name = absolute(module, node), alias.name
                yield Import(node, position, target, name, alias.asname, scope, guards, index)


def _import_nodes(
    node: ast.AST, scope: ast.AST, guards: tuple[ast.stmt, ...]
) -> Iterator[tuple[ImportNode, ast.AST, tuple[ast.stmt, ...]]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, scope, guards
        return
    if isinstance(node, ast.expr):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        scope, guards = node, ()
    elif isinstance(node, ast.stmt):
        guards = (*guards, node)
    for child in ast.iter_child_nodes(node):
        yield from _import_nodes(child, scope, guards)


def all_literals(body: list[ast.stmt]) -> Iterator[ast.Constant]:
    """The literals of `__all__ = [...]`, `__all__ += [...]`, `.extend([...])`, `.append("x")`.

    Also where a branch of the module says so: `try: import fast … else: __all__ += ["Fast"]`.
    """
    for statement in body:
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for inner in inner_blocks(statement):
                yield from all_literals(inner)
        elif changes_all(statement):
            yield from _listed(statement)


def inner_blocks(statement: ast.If | ast.Try | ast.With) -> Iterator[list[ast.stmt]]:
    """The blocks of a branch as they stand in the file, without those that it does not have."""
    yield statement.body
    for handler in getattr(statement, "handlers", ()):
        yield handler.body
    for name in ("orelse", "finalbody"):
        if block := getattr(statement, name, None):
            yield block


def changes_all(statement: ast.stmt) -> bool:
    """Whether a statement makes `__all__`, or adds to it; nothing inside it is looked at."""
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return any(map(_is_all, targets)) or _is_all_call(statement)


def _is_all_call(statement: ast.stmt) -> bool:
    """`__all__.extend([...])`, `__all__.append("x")`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"append", "extend", "insert"}
        and _is_all(call.func.value)
    )


def _listed(statement: ast.stmt) -> Iterator[ast.Constant]:
    value = getattr(statement, "value", None)
    for each in value.args if isinstance(value, ast.Call) else [value]:
        yield from _strings(each)


def _is_all(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"


def _strings(node: ast.AST | None) -> Iterator[ast.Constant]:
    """The string elements of lists and tuples, also where they are added up."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for element in node.elts:
            yield from _strings(element)
    elif isinstance(node, ast.BinOp):
        yield from _strings(node.left)
        yield from _strings(node.right)
