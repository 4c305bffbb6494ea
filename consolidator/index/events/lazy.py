"""Writes a module-level `__getattr__` (PEP 562) so that it can be asked for one name at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from consolidator.index.events import codes as codes
from consolidator.index.events.binding import BindingWriter
from consolidator.index.events.codes import FALLS, LEAVES, MAY_LEAVE, Block, Event
from consolidator.index.events.lazy_tables import (
    Table,
    asks_for_all,
    asks_for_attributes,
    binds_getattr,
    declared_for_the_checker,
    handed_to_a_factory,
    literal_table,
    looked_up,
    tables_of,
)
from consolidator.index.events.patterns import compacted
from consolidator.index.events.scopes import Scope
from consolidator.names import ModuleName


class LazyWriter(BindingWriter):
    """Knows when it writes a `__getattr__`, and decides tests on the name asked for."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        super().__init__(tree, module, is_package)
        self.tables: dict[str, Table] = {}
        self.declared: dict[str, tuple[str | None, int, str]] = {}  # what only a checker imports
        if "__getattr__" in self.scope.names.bound:
            self.tables = tables_of(tree)
            self.declared = declared_for_the_checker(tree)
        self.chosen: dict[str, Table] = {}  # what the locals of the current `__getattr__` hold
        self.used: list[Table] = []  # the tables in which it has looked
        self.takes_attribute = self.takes_all = False

    def block(self, statements: Sequence[ast.stmt]) -> int:
        """Write statements in order; says how the block ends."""
        raise NotImplementedError

    def captured_flow(self, write: Callable[[], int]) -> tuple[int, Block]:
        """The events of a block, and how it ends; what was learnt of constants is dropped."""
        flow = FALLS

        def run() -> None:
            nonlocal flow
            flow = write()

        saved = dict(self.constants)
        block = compacted(self.captured(run))
        changed = [name for name in saved if self.constants.get(name) is not saved[name]]
        added = [name for name in self.constants if name not in saved]
        for name in (*changed, *added):  # known inside the branch only
            self.constants.pop(name, None)
        return flow, block

    def begin_lazy(self, node: ast.FunctionDef, scope: Scope) -> None:
        """Make a function's scope that of a module-level `__getattr__`, when it is one."""
        if node.name == "__getattr__" and self.scope.kind == "module" and node.args.args:
            scope.selector = node.args.args[0].arg
            self.chosen, self.used = {}, []
            self.takes_attribute, self.takes_all = asks_for_attributes(node), asks_for_all(node)

    def selection(self, node: ast.If, rest: Sequence[ast.stmt]) -> int | None:
        """Write `if name == "C": ...` with what follows it; None when it is another test."""
        found = self._selected(node.test)
        if found is None:
            return None
        names, positive = found
        self.expression(node.test)
        bodies = (node.body, node.orelse) if positive else (node.orelse, node.body)
        flows, blocks = [], []
        for body in bodies:

            def write(body: Sequence[ast.stmt] = body) -> int:
                flow = self.block(body)
                return self.block(rest) if flow == FALLS else flow

            before = set(self.scope.sure)
            flow, block = self.captured_flow(write)
            self.scope.sure = before
            flows.append(flow)
            blocks.append(block)
        self.out.append((codes.SELECT, node.lineno, names, *blocks))
        return LEAVES if min(flows) >= LEAVES else MAY_LEAVE

    def _selected(self, test: ast.expr) -> tuple[tuple[str, ...], bool] | None:
        """The names for which a test holds, or (False) does not hold."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._selected(test.operand)
            return None if inner is None else (inner[0], not inner[1])
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._compared(test.left, test.ops[0], test.comparators[0])
        held = self._held(test)  # if target: ...
        return (tuple(held), True) if held is not None else None

    def _compared(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr
    ) -> tuple[tuple[str, ...], bool] | None:
        if isinstance(left, ast.Name) and left.id == self.scope.selector:
            names = self._names_in(right)
            return None if names is None else (names, isinstance(op, (ast.Eq, ast.In, ast.Is)))
        held = self._held(left)  # if (target := TABLE.get(name)) is None: ...
        if held is None or not (isinstance(right, ast.Constant) and right.value is None):
            return None
        return tuple(held), isinstance(op, (ast.IsNot, ast.NotEq))

    def _names_in(self, node: ast.expr) -> tuple[str, ...] | None:
        if isinstance(node, ast.Constant):
            return (node.value,) if isinstance(node.value, str) else None
        table = self._table(node.id) if isinstance(node, ast.Name) else literal_table(node)
        return None if table is None else tuple(table)

    def _table(self, name: str) -> Table | None:
        table = self.tables.get(name)
        if table is not None and table not in self.used:
            self.used.append(table)
        return table

    def _held(self, node: ast.expr) -> Table | None:
        """The table of which an expression holds the entry for the name asked for, or None."""
        if isinstance(node, ast.Name):
            return self.chosen.get(node.id)
        found = looked_up(node, self.scope.selector or "")
        return self._table(found[0]) if found is not None and not found[1] else None

    def remember_choice(self, target: ast.expr, value: ast.expr) -> None:
        """Note `target = TABLE.get(name)`; write that `TABLE[name]` raises for other names."""
        if self.scope.selector is None:
            return
        found = looked_up(value, self.scope.selector)
        table = self._table(found[0]) if found is not None else None
        if found is None or table is None:
            return
        if isinstance(target, ast.Name):
            self.chosen[target.id] = table
        if found[1]:
            self._require(table, value.lineno)

    def _require(self, table: Table, line: int) -> None:
        missing = ((codes.RAISE, line, "KeyError"),)
        self.out.append((codes.SELECT, line, tuple(table), (), missing))

    def given_by_a_factory(self, node: ast.stmt) -> tuple[Event, ...]:
        """The `__getattr__` that a module gets for the names that it hands to a call."""
        table = handed_to_a_factory(node, self.tree)
        if table is None:
            return ()
        entries = tuple(
            (name, (self._modules_named(module), (name,)))
            for module, names in table.items()
            for name in names
        )
        line = node.lineno
        body: Event = (codes.LAZY, line, entries, True, False, None)
        if not binds_getattr(node):
            no_other = ((codes.RAISE, line, "AttributeError"),)
            body = (codes.SELECT, line, tuple(name for name, _ in entries), (body,), no_other)
        return ((codes.DEF, line, "__getattr__", (body,), False, (), None, ()),)

    def dynamic_call(self, node: ast.Call) -> bool:
        """Write a call that imports or binds by name, also by the name asked for."""
        if self.scope.selector is not None and self._imports_choice(node):
            return True
        return super().dynamic_call(node)

    def _imports_choice(self, node: ast.Call) -> bool:
        """`import_module(TABLE[name])`, `import_module(f".{name}", __name__)` and the like."""
        for argument in node.args:
            self.remember_choice(ast.Constant(None), argument)
        if not self.is_import_function(node.func) or self.imported_by_call(node):
            return False
        # import_module("._" + snake_case(name))    # and for the checker: from ._x import X
        entries: dict[str, tuple[tuple[str, ...], ...]] = {
            bound: ((self.absolute(module, level) or "",), (name,))
            for bound, (module, level, name) in self.declared.items()
        }
        entries |= {name: self._candidates(t[name]) for t in self.used for name in t if t[name]}
        prefix = f"{self.package}." if self.package else ""
        self.out.append(
            (
                codes.LAZY,
                node.lineno,
                tuple(entries.items()),
                self.takes_attribute,
                self.takes_all,
                prefix,
            )
        )
        return True

    def _candidates(self, strings: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """For each string of an entry, the modules that it may name."""
        return tuple(self._modules_named(string) for string in strings)

    def _modules_named(self, string: str) -> tuple[str, ...]:
        relative = string.lstrip(".")
        if relative != string:
            return (self.absolute(relative, len(string) - len(relative)) or "",)
        return (string, f"{self.package}.{string}")
