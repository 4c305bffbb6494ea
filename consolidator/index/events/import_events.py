"""What happens when a module's body runs, as plain values; see `codes` for the vocabulary."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import FALLS, LEAVES, MAY_LEAVE, RAISES, WHEN, Block, Event
from consolidator.index.events.conditions import OPEN, Condition
from consolidator.index.events.definitions import DefinitionWriter
from consolidator.index.events.expressions import either
from consolidator.index.events.local_names import pattern_names
from consolidator.index.events.patterns import caught, compacted, suppressed
from consolidator.index.events.scopes import Scope
from consolidator.index.events.static_tests import dotted, static_truth
from consolidator.index.newer_syntax.nodes import plain_type
from consolidator.names import ModuleName


def import_events(tree: ast.Module, module: ModuleName, is_package: bool) -> tuple[Event, ...]:
    """The import-time events of a module's body, in the order in which they happen.

    Bodies of functions are inside the DEF events: they run when an import-time call reaches them.
    Tests on the version and platform are decided for the running interpreter.
    """
    writer = _ModuleWriter(tree, module, is_package)
    writer.block(tree.body)
    return compacted(writer.out)


class _ModuleWriter(DefinitionWriter):
    """Writes the events of statements."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        super().__init__(tree, module, is_package)
        self.decidable: Event | None = None  # the statement, as `if` on parameters

    # Blocks

    def block(self, statements: Sequence[ast.stmt]) -> int:
        """Write statements in order; says how the block ends."""
        for position, statement in enumerate(statements):
            rest = statements[position + 1 :]
            if self.scope.selector and isinstance(statement, ast.If):
                selected = self.selection(statement, rest)
                if selected is not None:
                    return selected
            self.decidable = None
            given = self.given_by_a_factory(statement) if self.scope.kind == "module" else ()
            self.out += given
            flow = self.statement(statement)
            self.out += given  # `__getattr__, __dir__ = attach(...)` binds it itself
            if flow >= LEAVES:
                return flow
            if flow == MAY_LEAVE:
                self._rest(statement.lineno, rest)
                return MAY_LEAVE
        return FALLS

    def _rest(self, line: int, rest: Sequence[ast.stmt]) -> None:
        """Write what follows a statement that may leave; an `if` on parameters says whether it did.

        What ends with such an `if` tells how the block ended, so nothing else may end with one.
        """
        asked = self.decidable
        if self.out and self.out[-1] is asked:
            before = set(self.scope.sure)
            flow, block = self.captured_flow(lambda: self.block(rest))
            self.scope.sure = before
            self.out[-1] = (*asked[:5], block, (*asked[6][:2], flow))
            return
        self.doubtful(line, lambda: self.block(rest))
        if self.out and self.out[-1][0] == WHEN:
            self.out.append((codes.BIND_MANY, line, ()))

    def statement(self, node: ast.stmt) -> int:
        """Write one statement; says how it ends."""
        writer = _STATEMENTS.get(plain_type(node))  # type: ignore[arg-type]
        if writer is not None:
            return writer(self, node) or FALLS
        if type(node).__name__ == "TypeAlias":
            self._bind_targets(getattr(node, "name", None), node.lineno)
        return FALLS

    def branches(
        self, line: int, writers: Sequence[Callable[[], int]], asked: Condition = OPEN
    ) -> list[int]:
        """Write blocks of which one will run, the first one where a condition holds."""
        before = self.scope.sure
        flows, blocks, survivors = [], [], []
        for write in writers:
            self.scope.sure = set(before)
            flow, block = self.captured_flow(write)
            flows.append(flow)
            blocks.append(block)
            if flow < LEAVES:
                survivors.append(self.scope.sure)
        self.scope.sure = set.intersection(*survivors) if survivors else before
        if asked != OPEN and (any(blocks) or any(flows)):
            self.decidable = either(line, asked, blocks, tuple(flows))
            self.out.append(self.decidable)
        elif any(blocks):
            self.out.append((codes.EITHER, line, tuple(blocks)))
        return flows

    # Control flow

    def _if(self, node: ast.If) -> int:
        truth = static_truth(node.test, self.constants)
        self.expression(node.test)
        if truth is not None:
            return self.block(node.body if truth else node.orelse)
        sides = (lambda: self.block(node.body), lambda: self.block(node.orelse))
        return _joined(self.branches(node.lineno, sides, self.condition(node.test)))

    def _loop(self, node: ast.For | ast.AsyncFor) -> int:
        self.expression(node.iter)
        before = set(self.scope.sure)
        self._bind_targets(node.target, node.lineno)
        returned, self.returned = self.returned, False
        flow = self._turn(node.body)
        self.scope.sure = before
        left, self.returned = self.returned, returned or self.returned
        if flow == FALLS:  # nothing breaks out of the loop
            return max(self.block(node.orelse), MAY_LEAVE if left else FALLS)
        self.doubtful(node.lineno, lambda: self.block(node.orelse))
        return MAY_LEAVE if left else FALLS

    def _turn(self, body: Sequence[ast.stmt]) -> int:
        """Write the body of a loop; what it binds anew is not what the caller gave from the top."""
        if not self.scope.fresh:
            return self.block(body)
        sure, fresh, length = set(self.scope.sure), len(self.scope.fresh), len(self.out)
        flow = self.block(body)
        if len(self.scope.fresh) != fresh:
            del self.out[length:]
            self.scope.sure = sure
            flow = self.block(body)
        return flow

    def _while(self, node: ast.While) -> int:
        truth = static_truth(node.test, self.constants)
        self.expression(node.test)
        returned, self.returned = self.returned, False
        if truth:
            before = set(self.scope.sure)
            self._turn(node.body)
            self.scope.sure = before
        elif truth is None:
            self.doubtful(node.lineno, lambda: self._turn(node.body))
        if not truth:
            self.block(node.orelse)
        left, self.returned = self.returned, returned or self.returned
        return MAY_LEAVE if left else FALLS

    def _with(self, node: ast.With | ast.AsyncWith) -> int:
        caught_here: list[str] = []
        for item in node.items:
            self.expression(item.context_expr)
            self._bind_targets(item.optional_vars, node.lineno)
            caught_here += suppressed(item.context_expr)
        if not caught_here:
            return self.block(node.body)
        before = set(self.scope.sure)
        flow, body = self.captured_flow(lambda: self.block(node.body))
        self.scope.sure = before
        handler = (tuple(caught_here), node.lineno, ())
        self.out.append((codes.TRY, node.lineno, body, (handler,), (), ()))
        return _joined([flow, FALLS])

    def _try(self, node: Any) -> int:
        before = set(self.scope.sure)
        flow, body = self.captured_flow(lambda: self.block(node.body))
        orelse: Block = ()
        if flow == FALLS:
            flow, orelse = self.captured_flow(lambda: self.block(node.orelse))
        survivors = [self.scope.sure] if flow < LEAVES else []
        flows, handlers = [flow], []
        for handler in node.handlers:
            self.scope.sure = set(before)
            flow, block = self.captured_flow(lambda handler=handler: self._handler(handler))  # type: ignore[misc]
            flows.append(flow)
            handlers.append((caught(handler.type), handler.lineno, block))
            if flow < LEAVES:
                survivors.append(self.scope.sure)
        self.scope.sure = set.intersection(*survivors) if survivors else before
        final_flow, final = self.captured_flow(lambda: self.block(node.finalbody))
        self.out.append((codes.TRY, node.lineno, body, tuple(handlers), orelse, final))
        return final_flow if final_flow >= LEAVES else _joined(flows)

    def _handler(self, handler: ast.ExceptHandler) -> int:
        self.scope.fresh.discard(handler.name or "")
        if handler.name and self.scope.kind != "function":
            self.bind(handler.lineno, handler.name)
        self.handled.append(handler.name or "")
        flow = self.block(handler.body)
        self.handled.pop()
        if handler.name and self.scope.kind != "function":
            self.scope.sure.discard(handler.name)
            self.out.append((codes.FORGET, handler.lineno, handler.name))
        return flow

    def _match(self, node: ast.Match) -> int:
        self.expression(node.subject)

        def case(case: ast.match_case) -> int:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchValue):
                    self.expression(part.value)
                elif isinstance(part, ast.MatchClass):
                    self.expression(part.cls)
            for name in pattern_names(case.pattern):
                self.bind(node.lineno, name)
            self.expression(case.guard)
            return self.block(case.body)

        cases = [lambda one=one: case(one) for one in node.cases]
        return _joined(self.branches(node.lineno, [*cases, lambda: FALLS]))

    def _raise(self, node: ast.Raise) -> int:
        self.expression(node.exc)
        self.expression(node.cause)
        call = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = "" if call is None else (dotted(call) or "Exception").rpartition(".")[2]
        if node.exc is call and name in self.handled:  # except E as e: ... raise e
            name = "^" * self.handled[::-1].index(name)
        self.out.append((codes.RAISE, node.lineno, name))
        return RAISES

    def _return(self, node: ast.Return) -> int:
        self.expression(node.value)
        ref = None if node.value is None else self.value_ref(node.value)
        if ref is not None:
            self.out.append((codes.RETURN, node.lineno, ref))
        self.returned = True
        return LEAVES

    def _leave(self, node: ast.stmt) -> int:
        return LEAVES

    def _assert(self, node: ast.Assert) -> int | None:
        self.expression(node.test)
        if static_truth(node.test, self.constants) is False:
            # assert sys.platform == "win32"
            self.out.append((codes.RAISE, node.lineno, "AssertionError"))
            return RAISES
        if node.msg is not None:
            self.doubtful(node.lineno, lambda: self.expression(node.msg))
        return None

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        """A function inside another one binds its parameters anew."""
        scope: Scope | None = self.scope
        while scope is not None:
            scope.fresh.difference_update(node.names)
            scope = scope.outer

    def _expression_statement(self, node: ast.Expr) -> None:
        self.expression(node.value)


_STATEMENTS: dict[type[ast.stmt], Callable[[_ModuleWriter, Any], int | None]] = {
    ast.Import: _ModuleWriter._import,
    ast.ImportFrom: _ModuleWriter._import_from,
    ast.FunctionDef: _ModuleWriter._function,
    ast.AsyncFunctionDef: _ModuleWriter._function,
    ast.ClassDef: _ModuleWriter._class,
    ast.Assign: _ModuleWriter._assign,
    ast.AugAssign: _ModuleWriter._augmented,
    ast.AnnAssign: _ModuleWriter._annotated,
    ast.Delete: _ModuleWriter._delete,
    ast.If: _ModuleWriter._if,
    ast.For: _ModuleWriter._loop,
    ast.AsyncFor: _ModuleWriter._loop,
    ast.While: _ModuleWriter._while,
    ast.With: _ModuleWriter._with,
    ast.AsyncWith: _ModuleWriter._with,
    ast.Try: _ModuleWriter._try,
    ast.TryStar: _ModuleWriter._try,
    ast.Match: _ModuleWriter._match,
    ast.Raise: _ModuleWriter._raise,
    ast.Return: _ModuleWriter._return,
    ast.Break: _ModuleWriter._leave,
    ast.Continue: _ModuleWriter._leave,
    ast.Assert: _ModuleWriter._assert,
    ast.Nonlocal: _ModuleWriter._nonlocal,
    ast.Expr: _ModuleWriter._expression_statement,
}


def _joined(flows: Sequence[int]) -> int:
    """How a statement ends that ends in one of several ways; one that raises is not expected."""
    if all(flow >= LEAVES for flow in flows):
        return min(flows)
    return MAY_LEAVE if MAY_LEAVE in flows or LEAVES in flows else FALLS
