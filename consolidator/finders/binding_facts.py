"""What the module-level code of one file binds, and how, read off its syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

from consolidator.index.events.static_tests import dotted
from consolidator.index.module import all_literals, is_type_checking
from consolidator.index.syntax import parse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_UNSEEN = (
    *("globals(", "vars(", "locals(", "exec(", "execfile("),
    *("global_enum", "__getattr__", "sys.modules"),
)
_HANDED_ON = re.compile(r"^[ \t]*[\w.]+\((?:[^()\n]*,)?[ \t]*(?:\w+=)?__name__\b", re.MULTILINE)
_READS = frozenset({"get", "keys", "items", "values", "copy"})


def binding_facts(text: str) -> dict[str, Any]:
    """The names that a file binds at module level; raises `SyntaxError` when it cannot be read.

    `bound`: in the module or a block of it; `not-imported`: those of them that not imports alone
    bind; `typing`: under `if TYPE_CHECKING:` alone; `perhaps`: declared without a value, or set by
    a function through `global`; `stars`: the modules of its star imports; `listed`: what `__all__`
    lists, None when there is none or it is computed; `opaque`: whether it can bind names that do
    not show.
    """
    tree = parse(text).tree
    reader = _Reader()
    reader.block(tree.body, typing=False)
    listed = [str(node.value) for node in all_literals(tree.body)]
    return {
        "bound": sorted(reader.bound),
        "typing": sorted(reader.typing - reader.bound),
        "not-imported": sorted(reader.not_imported),
        "perhaps": sorted(reader.perhaps.union(_through_global(tree) if "global" in text else ())),
        "stars": reader.stars,
        "listed": listed if listed and not _is_computed(tree.body) else None,
        "opaque": reader.opaque or (may_bind_unseen(text) and _is_opaque(tree)),
    }


def may_bind_unseen(text: str) -> bool:
    """Whether a file has anything by which names are bound that do not show: a cheap no."""
    return any(word in text for word in _UNSEEN) or _HANDED_ON.search(text) is not None


class _Reader:
    """Walks the statements that run when the module is imported, in order."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.typing: set[str] = set()
        self.perhaps: set[str] = set()
        self.not_imported: set[str] = set()
        self.stars: list[str] = []
        self.opaque = False

    def block(self, body: list[ast.stmt], typing: bool, is_top: bool = True) -> None:
        for statement in body:
            self.statement(statement, typing, is_top)

    def statement(self, node: ast.stmt, typing: bool, is_top: bool) -> None:
        into = self.typing if typing else self.bound
        if isinstance(node, ast.Delete):
            # a `del` in a block may not run
            into.difference_update(_stored(node) if is_top else ())
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self._definition(node, into)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node, into)
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            self.perhaps.update(_stored(node.target))
        else:
            self._other(node, typing, into)

    def _other(self, node: ast.stmt, typing: bool, into: set[str]) -> None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            # install_names(__name__, {...})
            arguments = [*node.value.args, *(item.value for item in node.value.keywords)]
            self.opaque = self.opaque or any(
                isinstance(argument, ast.Name) and argument.id == "__name__"
                for argument in arguments
            )
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                self._bind(_stored(child), into)
        if isinstance(node, ast.If) and node.body and is_type_checking(node, node.body[0]):
            self.block(node.body, typing=True, is_top=False)
            self.block(node.orelse, typing, is_top=False)
            return
        for case in getattr(node, "cases", ()):
            self._bind(_stored(case.pattern), into)
        for body in _bodies(node):
            self.block(body, typing, is_top=False)

    def _bind(self, names: Iterable[str], into: set[str]) -> None:
        found = set(names)
        into.update(found)
        self.not_imported.update(found)
        self.opaque = self.opaque or "__getattr__" in found

    def _definition(self, node: ast.AST, into: set[str]) -> None:
        name = str(getattr(node, "name", ""))
        into.add(name)
        self.not_imported.add(name)
        for decorator in getattr(node, "decorator_list", []):
            self._bind(_stored(decorator), into)
            self.opaque = self.opaque or (dotted(decorator) or "").endswith("global_enum")
        if name == "__getattr__":
            answered = _answered(node)
            into.update(answered or ())
            self.opaque = self.opaque or answered is None

    def _import(self, node: ast.Import | ast.ImportFrom, into: set[str]) -> None:
        for alias in node.names:
            if alias.name == "*":
                module = getattr(node, "module", None) or ""
                self.stars.append("." * int(getattr(node, "level", 0)) + module)
                continue
            bound = alias.asname or alias.name
            into.add(bound.partition(".")[0])
            self.opaque = self.opaque or bound == "__getattr__"


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, [])
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _stored(node: ast.AST) -> Iterator[str]:
    """The names that an expression, a target or a pattern binds in the scope it stands in."""
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, ast.Name) and not isinstance(current.ctx, ast.Load):
            yield current.id
        elif isinstance(current, ast.MatchAs | ast.MatchStar) and current.name:
            yield current.name
        elif isinstance(current, ast.MatchMapping) and current.rest:
            yield current.rest
        if not isinstance(current, ast.Lambda):
            # the targets of a comprehension are its own; a walrus in it is not
            pending.extend(
                child for child in ast.iter_child_nodes(current) if not _is_target(current, child)
            )


def _is_target(node: ast.AST, child: ast.AST) -> bool:
    return isinstance(node, ast.comprehension) and child is node.target


def _through_global(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _is_computed(body: list[ast.stmt]) -> bool:
    """Whether `__all__` holds more than literals."""
    for statement in body:
        value = getattr(statement, "value", None)
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        if any(isinstance(item, ast.Name) and item.id == "__all__" for item in targets):
            if not _is_literal(value):
                return True
        elif any(
            isinstance(node, ast.Name) and node.id == "__all__" for node in ast.walk(statement)
        ):
            return True
    return False


def _is_literal(node: ast.AST | None) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(map(_is_literal, node.elts))
    if isinstance(node, ast.BinOp):
        return _is_literal(node.left) and _is_literal(node.right)
    return isinstance(node, ast.Constant)


def _answered(node: ast.AST) -> list[str] | None:
    """The names that a module-level `__getattr__` answers; None when it does not show.

    def __getattr__(name):
        if name == "C":
            from a import C
            return C
        raise AttributeError(name)
    """
    if not isinstance(node, ast.FunctionDef) or not node.args.args:
        return None
    selector, found = node.args.args[0].arg, []
    body = node.body[1:] if _is_text(node.body[0]) else node.body
    if not body or not isinstance(body[-1], ast.Raise):
        return None
    for statement in body[:-1]:
        names = _compared(statement, selector)
        if names is None:
            return None
        found += names
    return found


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _compared(statement: ast.stmt, selector: str) -> list[str] | None:
    """The strings of `if name == "C":` and of `if name in {"C", "D"}:`."""
    if not isinstance(statement, ast.If) or not isinstance(statement.test, ast.Compare):
        return None
    test = statement.test
    if not isinstance(test.left, ast.Name) or test.left.id != selector or len(test.ops) != 1:
        return None
    right = test.comparators[0]
    if isinstance(test.ops[0], ast.Eq) and isinstance(right, ast.Constant):
        return [str(right.value)]
    if not isinstance(test.ops[0], ast.In) or not isinstance(right, ast.List | ast.Tuple | ast.Set):
        return None
    literals = [str(item.value) for item in right.elts if isinstance(item, ast.Constant)]
    return literals if len(literals) == len(right.elts) else None


def _is_opaque(tree: ast.Module) -> bool:
    """`globals()[name] = …`, `sys.modules[__name__] = …`, `exec(code)` and their like."""
    own = {id(node) for node in _own_nodes(tree)}
    return any(
        _binds_unseen(node, child, id(child) in own)
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
    )


def _binds_unseen(around: ast.AST, node: ast.AST, in_module: bool) -> bool:
    if isinstance(node, ast.Attribute):
        named = isinstance(around, ast.Subscript) and isinstance(around.slice, ast.Constant)
        return isinstance(around, ast.Subscript) and not named and dotted(node) == "sys.modules"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    name, arguments = node.func.id, len(node.args)
    if name == "globals" or (name in {"vars", "locals"} and in_module):
        return not arguments and not _is_read(around)
    return name in {"exec", "execfile"} and in_module and arguments == 1


def _is_read(node: ast.AST) -> bool:
    """Whether what stands around `globals()` only reads it."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        return node.attr in _READS
    return isinstance(node, ast.Compare)


def _own_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes that run when the module is imported, those of class bodies left out."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(node))
