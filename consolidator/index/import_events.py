"""What happens when a module's body runs, as plain values; see `event_codes` for the vocabulary."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from typing import Any

from consolidator.index import event_codes as codes
from consolidator.index.event_codes import Block, Event, Ref
from consolidator.index.event_lists import compacted, name_parts
from consolidator.index.event_writer import EventWriter, Scope, reference
from consolidator.index.local_names import (
    argument_names,
    import_binding,
    local_names,
    pattern_names,
    target_names,
)
from consolidator.index.static_tests import dotted, is_known, static_truth, static_value
from consolidator.names import ModuleName

# How a statement ends: it goes on, may leave its function or loop, leaves it, or raises.
_FALLS, _MAY_LEAVE, _LEAVES, _RAISES = range(4)

_DEFERRED_ANNOTATIONS = sys.version_info >= (3, 14)


def import_events(tree: ast.Module, module: ModuleName, is_package: bool) -> tuple[Event, ...]:
    """The import-time events of a module's body, in the order in which they happen.

    Bodies of functions are inside the DEF events: they run when an import-time call reaches them.
    Tests on the version and platform are decided for the running interpreter.
    """
    writer = _ModuleWriter(tree, module, is_package)
    writer.block(tree.body)
    return compacted(writer.out)


class _ModuleWriter(EventWriter):
    """Writes the events of statements."""

    def __init__(self, tree: ast.Module, module: ModuleName, is_package: bool) -> None:
        super().__init__(Scope("module", None, local_names(tree.body)))
        self.module = module
        self.package = module if is_package else module.parent
        self.defers_annotations = _DEFERRED_ANNOTATIONS or _has_future_annotations(tree)
        self.inert = _inert_names(tree)
        self.fixed: dict[str, Any] = {}
        self.returned = False

    # Blocks

    def block(self, statements: Sequence[ast.stmt]) -> int:
        """Write statements in order; says how the block ends."""
        for position, statement in enumerate(statements):
            rest = statements[position + 1 :]
            if self.scope.selector and isinstance(statement, ast.If):
                selected = self._selection(statement, rest)
                if selected is not None:
                    return selected
            flow = self.statement(statement)
            if flow >= _LEAVES:
                return flow
            if flow == _MAY_LEAVE:
                self.doubtful(statement.lineno, lambda rest=rest: self.block(rest))  # type: ignore[misc]
                return _MAY_LEAVE
        return _FALLS

    def statement(self, node: ast.stmt) -> int:
        """Write one statement; says how it ends."""
        writer = _STATEMENTS.get(type(node))
        if writer is not None:
            return writer(self, node) or _FALLS
        if type(node).__name__ == "TypeAlias":
            self._bind_targets(getattr(node, "name", None), node.lineno)
        return _FALLS

    def branches(self, line: int, writers: Sequence[Callable[[], int]]) -> list[int]:
        """Write blocks of which one will run."""
        before = self.scope.sure
        flows, blocks, survivors = [], [], []
        for write in writers:
            self.scope.sure = set(before)
            flow, block = self._captured_flow(write)
            flows.append(flow)
            blocks.append(block)
            if flow < _LEAVES:
                survivors.append(self.scope.sure)
        self.scope.sure = set.intersection(*survivors) if survivors else before
        if any(blocks):
            self.out.append((codes.EITHER, line, tuple(blocks)))
        return flows

    def _captured_flow(self, write: Callable[[], int]) -> tuple[int, Block]:
        flow = _FALLS

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

    # Imports

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = import_binding(alias)
            self._bound_by_import(name)
            self.out.append(
                (codes.IMPORT, node.lineno, alias.name, name, alias.asname is not None)
            )

    def _import_from(self, node: ast.ImportFrom) -> None:
        if node.module == "__future__" and not node.level:
            for alias in node.names:
                self.bind(node.lineno, alias.asname or alias.name)
            return
        module = self.absolute(node.module, node.level)
        if module is None:
            self.out.append((codes.RAISE, node.lineno, "ImportError"))
        elif node.names[0].name == "*":
            self.out.append((codes.STAR, node.lineno, module))
        else:
            pairs = tuple((alias.name, alias.asname or alias.name) for alias in node.names)
            self.out.append((codes.FROM, node.lineno, module, pairs))
            for _, name in pairs:
                self._bound_by_import(name)

    def absolute(self, module: str | None, level: int) -> str | None:
        """The absolute name of a possibly relative one, None when it leads above the top."""
        if not level:
            return module or ""
        base: ModuleName = self.package
        for _ in range(level - 1):
            base = base.parent
        if not base:
            return None
        return base.child(module) if module else base

    def _bound_by_import(self, name: str) -> None:
        if self.scope.kind != "function" and name not in self.scope.names.declared_global:
            self.now_bound(name)

    # Definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.expressions(node.decorator_list)
        self.defaults(node.args)
        with_parameters = self._type_parameters(node)
        if not self.defers_annotations:
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    self.expression(argument.annotation)
            self.expression(node.returns)
        body, doubtful = self._deferred(node)
        if with_parameters:
            self.hidden.pop()
        decorators = self._decorators(node)
        if self._keeps(node.name):
            self.out.append((codes.DEF, node.lineno, node.name, body, doubtful, decorators))
        self._bound_by_import(node.name)

    def _keeps(self, name: str) -> bool:
        return self.scope.kind != "function" or name in self.scope.names.tracked

    def _decorators(self, node: Any) -> tuple[Ref | None, ...]:
        return tuple(self.value_ref(decorator) for decorator in reversed(node.decorator_list))

    def _type_parameters(self, node: ast.stmt) -> bool:
        parameters = getattr(node, "type_params", None)
        if not parameters:
            return False
        self.hidden.append({parameter.name for parameter in parameters})
        return True

    def _deferred(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Block, bool]:
        """The events of a call, and whether it is doubtful that a call runs them."""
        if isinstance(node, ast.AsyncFunctionDef):
            return (), True
        names = local_names(node.body)
        names.bound |= argument_names(node.args)
        scope = Scope("function", self.scope, names)
        if node.name == "__getattr__" and self.scope.kind == "module" and node.args.args:
            scope.selector = node.args.args[0].arg
        state = (self.scope, self.returned, self.constants)
        self.scope, self.constants = scope, dict(self.fixed)
        try:
            body = compacted(self.captured(lambda: self.block(node.body)))
        finally:
            self.scope, self.returned, self.constants = state
        return body, bool(body) and (bool(node.decorator_list) or _yields(node))

    def _class(self, node: ast.ClassDef) -> None:
        self.expressions(node.decorator_list)
        with_parameters = self._type_parameters(node)
        self.expressions(node.bases)
        self.expressions(keyword.value for keyword in node.keywords)
        bases = tuple(ref for base in node.bases if (ref := self._base_ref(base)))
        metaclass = next((k.value for k in node.keywords if k.arg == "metaclass"), None)
        metaclass_ref = self.value_ref(metaclass)
        outer = self.scope
        self.scope = Scope("class", outer, local_names(node.body))
        constants, self.constants = self.constants, dict(self.constants)
        try:
            body = compacted(self.captured(lambda: self.block(node.body)), in_class=True)
        finally:
            self.scope, self.constants = outer, constants
        if with_parameters:
            self.hidden.pop()
        decorators = self._decorators(node)
        if self._keeps(node.name):
            event = (codes.CLASS, node.lineno, node.name, bases, metaclass_ref, body, decorators)
            self.out.append(event)
        self._bound_by_import(node.name)

    def _base_ref(self, base: ast.expr) -> Ref | None:
        while isinstance(base, ast.Subscript):  # class C(Base[int])
            base = base.value
        return self.value_ref(base)

    # Bindings

    def _assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self._assign_to(target, node.value, node.lineno)

    def _assign_to(self, target: ast.expr, value: ast.expr, line: int) -> None:
        if not isinstance(target, ast.Name):
            self._store(target, value, line)
            return
        parts = name_parts(value) if self.scope.kind == "module" else None
        if parts is not None:
            self.now_bound(target.id)
            self.out.append((codes.NAMES, line, target.id, parts, False))
            return
        self.bind(line, target.id, self.value_ref(value))
        if self.scope.kind == "module":
            known = static_value(value, self.constants)
            if is_known(known):
                self.constants[target.id] = known
                if not isinstance(value, ast.Constant):
                    self.fixed[target.id] = known

    def _store(self, target: ast.expr, value: ast.expr | None, line: int) -> None:
        """Write an assignment to something that is not a plain name."""
        if isinstance(target, ast.Attribute):
            ref = reference(target.value)
            self.expression(target.value)
            if ref is not None and self.interests(ref):
                self.out.append((codes.SET_ATTR, line, ref, target.attr, self.value_ref(value)))
        elif isinstance(target, ast.Subscript):
            self.expression(target.value)
            self.expression(target.slice)
            self._store_item(target, value, line)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self._store(element, None, line)
        elif isinstance(target, ast.Starred):
            self._store(target.value, None, line)
        elif isinstance(target, ast.Name):
            self.bind(line, target.id)

    def _store_item(self, target: ast.Subscript, value: ast.expr | None, line: int) -> None:
        path = dotted(target.value)
        if path == "sys.modules":  # sys.modules[__name__] = something
            name = _module_key(target.slice, self.module)
            self.out.append((codes.REPLACE, line, name, self.value_ref(value)))
        elif isinstance(target.value, ast.Call) and self._is_own_namespace(target.value):
            key = target.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self.out.append((codes.BIND_GLOBAL, line, key.value, self.value_ref(value)))
            else:
                self.out.append((codes.OPEN, line))

    def _is_own_namespace(self, node: ast.expr) -> bool:
        """Whether an expression is `globals()`, or `vars()` or `locals()` of the module."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return False
        own = ("globals",) if self.scope.kind != "module" else ("globals", "vars", "locals")
        return node.func.id in own and not node.args

    def _bind_targets(self, target: ast.expr | None, line: int) -> None:
        if target is not None:
            self._store(target, None, line)

    def _augmented(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name):
            self.expression(node.value)
            self._store(node.target, None, node.lineno)
            return
        self.expression(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        self.expression(node.value)
        if self.scope.kind == "module" and isinstance(node.op, ast.Add):
            parts = name_parts(node.value)
            if parts is not None or node.target.id == "__all__":
                event = (codes.NAMES, node.lineno, node.target.id, parts or (("?",),), True)
                self.out.append(event)
                return
        self.bind(node.lineno, node.target.id)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.expression(node.value)
            self._assign_to(node.target, node.value, node.lineno)
        if self.scope.kind != "function" and not self.defers_annotations:
            self.expression(node.annotation)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.children(target)
                continue
            if self.scope.kind == "function" and target.id not in self.scope.names.declared_global:
                continue
            self.scope.sure.discard(target.id)
            self.constants.pop(target.id, None)
            self.out.append((codes.UNBIND, node.lineno, target.id))

    # Control flow

    def _if(self, node: ast.If) -> int:
        truth = static_truth(node.test, self.constants)
        self.expression(node.test)
        if truth is not None:
            return self.block(node.body if truth else node.orelse)
        flows = self.branches(
            node.lineno, (lambda: self.block(node.body), lambda: self.block(node.orelse))
        )
        return _joined(flows)

    def _selection(self, node: ast.If, rest: Sequence[ast.stmt]) -> int | None:
        """Write `if name == "C": ...` of a module-level `__getattr__`, with what follows it."""
        names = self._selected_names(node.test)
        if names is None:
            return None
        chosen, positive = names
        bodies = (node.body, node.orelse) if positive else (node.orelse, node.body)
        flows, blocks = [], []
        for body in bodies:

            def write(body: Sequence[ast.stmt] = body) -> int:
                flow = self.block(body)
                return self.block(rest) if flow == _FALLS else flow

            before = set(self.scope.sure)
            flow, block = self._captured_flow(write)
            self.scope.sure = before
            flows.append(flow)
            blocks.append(block)
        self.out.append((codes.SELECT, node.lineno, chosen, *blocks))
        return _LEAVES if min(flows) >= _LEAVES else _MAY_LEAVE

    def _selected_names(self, test: ast.expr) -> tuple[tuple[str, ...], bool] | None:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._selected_names(test.operand)
            return None if inner is None else (inner[0], not inner[1])
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
            return None
        if not (isinstance(test.left, ast.Name) and test.left.id == self.scope.selector):
            return None
        names = _literal_names(test.comparators[0])
        if names is None:
            return None
        return names, isinstance(test.ops[0], (ast.Eq, ast.In, ast.Is))

    def _loop(self, node: ast.For | ast.AsyncFor) -> int:
        self.expression(node.iter)
        before = set(self.scope.sure)
        self._bind_targets(node.target, node.lineno)
        returned, self.returned = self.returned, False
        self.block(node.body)
        self.scope.sure = before
        flow = self.block(node.orelse)
        left, self.returned = self.returned, returned or self.returned
        return max(flow, _MAY_LEAVE if left else _FALLS)

    def _while(self, node: ast.While) -> int:
        truth = static_truth(node.test, self.constants)
        self.expression(node.test)
        returned, self.returned = self.returned, False
        if truth:
            before = set(self.scope.sure)
            self.block(node.body)
            self.scope.sure = before
        elif truth is None:
            self.doubtful(node.lineno, lambda: self.block(node.body))
        if not truth:
            self.block(node.orelse)
        left, self.returned = self.returned, returned or self.returned
        return _MAY_LEAVE if left else _FALLS

    def _with(self, node: ast.With | ast.AsyncWith) -> int:
        suppressed: list[str] = []
        for item in node.items:
            self.expression(item.context_expr)
            self._bind_targets(item.optional_vars, node.lineno)
            suppressed += _suppressed(item.context_expr)
        if not suppressed:
            return self.block(node.body)
        before = set(self.scope.sure)
        flow, body = self._captured_flow(lambda: self.block(node.body))
        self.scope.sure = before
        handler = (tuple(suppressed), node.lineno, ())
        self.out.append((codes.TRY, node.lineno, body, (handler,), (), ()))
        return _joined([flow, _FALLS])

    def _try(self, node: Any) -> int:
        before = set(self.scope.sure)
        flow, body = self._captured_flow(lambda: self.block(node.body))
        orelse: Block = ()
        if flow == _FALLS:
            flow, orelse = self._captured_flow(lambda: self.block(node.orelse))
        survivors = [self.scope.sure] if flow < _LEAVES else []
        flows, handlers = [flow], []
        for handler in node.handlers:
            self.scope.sure = set(before)
            flow, block = self._captured_flow(lambda handler=handler: self._handler(handler))  # type: ignore[misc]
            flows.append(flow)
            handlers.append((_caught(handler.type), handler.lineno, block))
            if flow < _LEAVES:
                survivors.append(self.scope.sure)
        self.scope.sure = set.intersection(*survivors) if survivors else before
        final_flow, final = self._captured_flow(lambda: self.block(node.finalbody))
        self.out.append((codes.TRY, node.lineno, body, tuple(handlers), orelse, final))
        return final_flow if final_flow >= _LEAVES else _joined(flows)

    def _handler(self, handler: ast.ExceptHandler) -> int:
        if handler.name and self.scope.kind != "function":
            self.bind(handler.lineno, handler.name)
        flow = self.block(handler.body)
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

        cases = [lambda one=one: case(one) for one in node.cases]  # type: ignore[misc]
        return _joined(self.branches(node.lineno, [*cases, lambda: _FALLS]))

    def _raise(self, node: ast.Raise) -> int:
        self.expression(node.exc)
        self.expression(node.cause)
        call = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = "" if call is None else (dotted(call) or "Exception").rpartition(".")[2]
        self.out.append((codes.RAISE, node.lineno, name))
        return _RAISES

    def _return(self, node: ast.Return) -> int:
        self.expression(node.value)
        ref = None if node.value is None else self.value_ref(node.value)
        if ref is not None:
            self.out.append((codes.RETURN, node.lineno, ref))
        self.returned = True
        return _LEAVES

    def _leave(self, node: ast.stmt) -> int:
        return _LEAVES

    def _assert(self, node: ast.Assert) -> None:
        self.expression(node.test)
        if node.msg is not None:
            self.doubtful(node.lineno, lambda: self.expression(node.msg))

    def _expression_statement(self, node: ast.Expr) -> None:
        self.expression(node.value)


_STATEMENTS: dict[type[ast.stmt], Callable[[_ModuleWriter, Any], int | None]] = {}
