"""What an expression holds, as far as a module may be meant: without running or inferring much.

Made for one question, "can this be that module?", so everything that certainly is no module of
the project counts as one of a few kinds of other things.
"""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.index import Index, Origin
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.index.scopes import Binding, Scope
from consolidator.names import ModuleName


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression holds; `other` is anything that is no module."""

    kind: Literal["module", "external", "class", "function", "other", "unknown"]
    module: str = ""


UNKNOWN, OTHER, EXTERNAL = Value("unknown"), Value("other"), Value("external")
_PLAIN = (
    ast.Constant,
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Compare,
    ast.Lambda,
    ast.UnaryOp,
    ast.BinOp,
)
_IMPORT_CALLS = frozenset({"import_module", "__import__", "importorskip"})
_COULD_BE_A_MODULE = frozenset({"Any", "object", "ModuleType", "TypeVar", "Protocol"})


@dataclass
class HeldModules:
    """Evaluates expressions of the project's modules; keeps what it had to collect of each."""

    index: Index
    _scopes: dict[Module, dict[int, Scope]] = field(default_factory=dict, repr=False)
    _paths: dict[ast.AST, tuple[ast.AST, ...]] = field(default_factory=dict, repr=False)

    def value(self, module: Module, node: ast.AST) -> Value:
        """What an expression of `module` holds."""
        return self._value(module, node, frozenset())

    def around(self, module: Module, node: ast.AST) -> tuple[ast.AST, ...]:
        """The nodes that an expression stands in, outermost first."""
        if node not in self._paths:
            self._paths[node] = path_to(module.syntax.tree, node)
        return self._paths[node]

    def _scope(self, module: Module, node: ast.Name) -> Scope | None:
        if module not in self._scopes:
            uses = (use for scope in module.scope.walk() for use in scope.uses)
            self._scopes[module] = {id(use.node): use.scope for use in uses}
        return self._scopes[module].get(id(node))

    def _value(self, module: Module, node: ast.AST, seen: frozenset[int]) -> Value:
        if id(node) in seen or len(seen) > 20:
            return UNKNOWN
        seen |= {id(node)}
        if isinstance(node, ast.Name):
            return self._name(module, node, seen)
        if isinstance(node, ast.Attribute):
            base = self._value(module, node.value, seen)
            if base.kind == "module":
                return self._origin(self.index.resolve(base.module, node.attr), seen)
            return EXTERNAL if base.kind == "external" else UNKNOWN
        if isinstance(node, ast.Call):
            return self._call(module, node, seen)
        if isinstance(node, ast.Subscript):
            is_table = ast.unparse(node.value) in {"sys.modules", "modules"}
            return self._named(module, node.slice) if is_table else UNKNOWN
        if isinstance(node, ast.NamedExpr):
            return self._value(module, node.value, seen)
        if isinstance(node, ast.IfExp):
            return _joined(self._value(module, n, seen) for n in (node.body, node.orelse))
        if isinstance(node, ast.BoolOp):
            return _joined(self._value(module, n, seen) for n in node.values)
        return OTHER if isinstance(node, _PLAIN) else UNKNOWN

    # -- names -------------------------------------------------------------------------------

    def _name(self, module: Module, node: ast.Name, seen: frozenset[int]) -> Value:
        scope = self._scope(module, node)
        if scope is None:
            return UNKNOWN
        owner = scope.lookup(node.id)
        if owner is None:
            origin = self.index.resolve(module.name, node.id)
            if origin.kind == "unknown":
                return OTHER if hasattr(builtins, node.id) else UNKNOWN
            return self._origin(origin, seen)
        return self._bound(module, owner, node.id, seen)

    def _bound(self, module: Module, owner: Scope, name: str, seen: frozenset[int]) -> Value:
        bindings = owner.bindings[name]
        if any(binding.kind == "annotation" for binding in bindings) and len(bindings) > 1:
            bindings = [binding for binding in bindings if binding.kind != "annotation"]
        return _joined(self._binding(module, owner, binding, seen) for binding in bindings)

    def _binding(
        self, module: Module, owner: Scope, binding: Binding, seen: frozenset[int]
    ) -> Value:
        if binding.kind == "class":
            return Value("class")
        if binding.kind == "function":
            return Value("function")
        if binding.kind == "import":
            if id(binding.node) in seen:
                return UNKNOWN  # two modules take a name from each other, and both define it too
            seen |= {id(binding.node)}
            items = [
                item
                for item in module.imports
                if item.node is binding.node and item.bound == binding.name
            ]
            return _joined(self._origin(self.index.resolve_import(i), seen) for i in items)
        if binding.kind == "parameter":
            return _parameter(owner, binding)
        assigned = _assigned(self.around(module, binding.node), binding.node)
        return UNKNOWN if assigned is None else self._value(module, assigned, seen)

    def _origin(self, origin: Origin, seen: frozenset[int]) -> Value:
        if origin.kind == "module":
            return Value("module", origin.module)
        if origin.kind == "external":
            return EXTERNAL
        path = self.index.workspace.path_of(origin.module)
        facts = self.index.readable(path) if path and origin.kind == "definition" else None
        if facts is None or origin.name not in facts.scope.bindings:
            return UNKNOWN
        return self._bound(facts, facts.scope, origin.name, seen)

    # -- calls -------------------------------------------------------------------------------

    def _call(self, module: Module, node: ast.Call, seen: frozenset[int]) -> Value:
        called = last_name(node.func)
        if called in _IMPORT_CALLS and node.args:
            found = self._named(module, node.args[0])
            if called == "__import__" and found.kind == "module" and not _takes_from(node):
                return Value("module", found.module.partition(".")[0])
            return found
        if called == "super" and isinstance(node.func, ast.Name):
            return OTHER
        kind = self._value(module, node.func, seen).kind
        return OTHER if kind in {"class", "external"} else UNKNOWN

    def _named(self, module: Module, node: ast.expr) -> Value:
        """The module that a string names, as `import_module` and `sys.modules` take it."""
        if isinstance(node, ast.Name) and node.id == "__name__":
            return Value("module", module.name)
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return UNKNOWN
        name = node.value
        level = len(name) - len(name.lstrip("."))
        if level:
            parts = module.package.split(".")
            name = ".".join([*parts[: len(parts) - level + 1], name.lstrip(".")])
        known = self.index.workspace.is_first_party(name)
        return Value("module", ModuleName(name)) if known else EXTERNAL


def nodes_on(tree: ast.Module, lines: Collection[int]) -> Iterator[ast.AST]:
    """The nodes that cover one of the lines; what lies elsewhere is not even looked at."""
    wanted = sorted(lines)
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in ast.iter_child_nodes(node) if _covers(child, wanted)]


def path_to(tree: ast.Module, wanted: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes around a node, outermost first; empty when it is not in the tree."""
    line = getattr(wanted, "lineno", 0)
    parents = {
        id(child): node
        for node in nodes_on(tree, {line})
        for child in ast.iter_child_nodes(node)
        if _covers(child, [line])
    }
    path: list[ast.AST] = []
    node = parents.get(id(wanted))
    while node is not None:
        path.append(node)
        node = parents.get(id(node))
    return tuple(reversed(path))


def _covers(node: ast.AST, lines: list[int]) -> bool:
    first = getattr(node, "lineno", None)
    if first is None:
        return True  # `arguments`, `withitem` and their like have no place of their own
    decorators = getattr(node, "decorator_list", [])
    first = min([first, *(decorator.lineno for decorator in decorators)])
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= (getattr(node, "end_lineno", None) or first)


def _assigned(around: tuple[ast.AST, ...], target: ast.AST) -> ast.expr | None:
    """What an assignment gives a name, unless it is unpacked from something."""
    statement = around[-1] if around else None
    if isinstance(statement, ast.Assign):
        return statement.value if target in statement.targets else None
    if isinstance(statement, ast.AnnAssign | ast.NamedExpr) and statement.target is target:
        return statement.value
    return None


def _joined(values: Iterable[Value]) -> Value:
    """What holds whichever of the values it is."""
    found = set(values)
    if len(found) == 1:
        return found.pop()
    if not found or any(value.kind in {"module", "unknown"} for value in found):
        return UNKNOWN
    return OTHER


def _parameter(owner: Scope, binding: Binding) -> Value:
    """`self`, `cls`, and parameters whose annotation names something that is no module."""
    arguments = getattr(owner.node, "args", None)
    if not isinstance(arguments, ast.arguments) or not isinstance(binding.node, ast.arg):
        return UNKNOWN
    outer = owner.parent
    while outer is not None and outer.kind == "type-parameters":
        outer = outer.parent
    positional = [*arguments.posonlyargs, *arguments.args]
    decorators = getattr(owner.node, "decorator_list", [])
    is_method = (
        outer is not None and outer.kind == "class" and not isinstance(owner.node, ast.Lambda)
    )
    is_static = any(last_name(decorator) == "staticmethod" for decorator in decorators)
    if is_method and not is_static and positional and positional[0] is binding.node:
        return OTHER
    if binding.node in (arguments.vararg, arguments.kwarg):
        return OTHER  # a tuple, a dictionary
    annotation = binding.node.annotation
    if annotation is None:
        return UNKNOWN
    names = set(_names_in(annotation))
    is_variable = len(names) == 1 and all(len(name) == 1 for name in names)
    return UNKNOWN if not names or names & _COULD_BE_A_MODULE or is_variable else OTHER


def _names_in(annotation: ast.expr) -> Iterator[str]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.rpartition(".")[2]
        elif isinstance(node, ast.Name | ast.Attribute):
            yield last_name(node)


def _takes_from(node: ast.Call) -> bool:
    """Whether `__import__` has a `fromlist`, and so gives the module itself, not its top."""
    given = node.args[3] if len(node.args) > 3 else None
    for keyword in node.keywords:
        if keyword.arg == "fromlist":
            given = keyword.value
    return bool(getattr(given, "elts", [])) or isinstance(given, ast.Name)
