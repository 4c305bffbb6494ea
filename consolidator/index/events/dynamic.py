"""Writes what calls do to namespaces by name: `import_module`, `setattr`, `globals()`, `exec`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property

from consolidator.index.events import codes as codes
from consolidator.index.events.arguments import literal
from consolidator.index.events.expressions import EventWriter
from consolidator.index.events.patterns import (
    added_parts,
    mentions_globals,
    modules_in_strings,
    named_module,
)
from consolidator.index.events.scopes import Scope
from consolidator.index.events.static_tests import dotted
from consolidator.names import ModuleName


class DynamicWriter(EventWriter):
    """Knows in which module it writes, and the calls that import and bind by name there."""

    def __init__(
        self, scope: Scope, tree: ast.Module, module: ModuleName, is_package: bool
    ) -> None:
        super().__init__(scope)
        self.tree = tree
        self.module = module
        self.package = module if is_package else module.parent

    def absolute(self, module: str | None, level: int) -> str | None:
        """The absolute name of a possibly relative one, None when it leads above the top."""
        if not level:
            return module or ""
        base: ModuleName = self.package
        for _ in range(level - 1):
            base = base.parent
        if not base:
            return None
        return f"{base}.{module}" if module else str(base)

    def imported_by_call(self, node: ast.expr | None) -> str | None:
        """The module that `importlib.import_module("a.b")` or `__import__("a.b")` loads."""
        if not (isinstance(node, ast.Call) and node.args):
            return None
        if not self.is_import_function(node.func):
            return None
        name = named_module(node.args[0], self.module)
        if name is None:
            return None
        relative = name.lstrip(".")
        return self.absolute(relative, len(name) - len(relative))

    def is_import_function(self, node: ast.expr) -> bool:
        """Whether an expression is `importlib.import_module` or `__import__`, not a namesake."""
        path = dotted(node)
        if path == "import_module":
            return path in self.inert or self.local_kind(path) == "tracked"
        return path in ("importlib.import_module", "__import__")

    def attribute_of_call(self, node: ast.Attribute) -> None:
        """`import_module("a.b").name`, by way of a name that no program can have."""
        module = self.imported_by_call(node.value)
        if module:
            hidden = f"<{module}>"
            self.out.append((codes.IMPORT, node.lineno, module, hidden, True))
            self.out.append((codes.CHAIN, node.lineno, (hidden, node.attr)))

    def dynamic_call(self, node: ast.Call) -> bool:
        """Write a call that imports or binds by name."""
        module = self.imported_by_call(node)
        if module:
            self.out.append((codes.IMPORT, node.lineno, module, None, False))
            return True
        if node.args and self.is_import_function(node.func):
            self.out.append((codes.LOAD_ANY, node.lineno, self.loadable, *self._asked(node)))
        path = dotted(node.func)
        if path in _CALLS:
            return _CALLS[path](self, node)
        if isinstance(node.func, ast.Attribute) and self.is_own_namespace(node.func.value):
            return self._namespace_call(node, node.func.attr)
        if path is not None and path.startswith("__all__.") and self.scope.kind == "module":
            return self._names_call(node, path.partition(".")[2])
        if path not in _READERS:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                self.hand_out(argument)
        return False

    def known(self, node: ast.expr) -> str:
        """What is known of an argument; also `__name__` and `__package__` are."""
        about_itself = {"__name__": self.module, "__package__": self.package}
        if isinstance(node, ast.Name) and node.id in about_itself:
            return literal(ast.Constant(str(about_itself[node.id])))
        return super().known(node)

    def _asked(self, node: ast.Call) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the name that is imported is made of, and what the one of its package is."""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if "level" in given or len(node.args) > 4:
            return (), ()  # __import__(name, globals(), None, names, 1) starts from the package
        package = node.args[1] if len(node.args) > 1 else given.get("package")
        return self._parts(node.args[0]), self._parts(package)

    def _parts(self, node: ast.expr | None) -> tuple[str, ...]:
        """Of what a text is made: `=text`, and `%x` for a parameter. Empty if that is not known.

        f"{__name__}.{kind}"    # ("=pkg.mod", "=.", "%kind")
        """
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return ("=" + node.value,)
        if isinstance(node, ast.Name) and node.id in ("__name__", "__package__"):
            return (f"={self.module if node.id == '__name__' else self.package}",)
        if isinstance(node, ast.Name) and self.is_parameter(node):
            return ("%" + node.id,)
        if isinstance(node, ast.FormattedValue):
            plain = node.conversion == -1 and node.format_spec is None
            return self._parts(node.value) if plain else ()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            inner = [self._parts(node.left), self._parts(node.right)]
        elif isinstance(node, ast.JoinedStr):
            inner = [self._parts(each) for each in node.values]
        else:
            return ()
        return tuple(part for parts in inner for part in parts) if all(inner) else ()

    @cached_property
    def loadable(self) -> tuple[str, ...]:
        """What `import_module` of a computed name may load: what strings name, or the package."""
        named = modules_in_strings(self.tree, self.module)
        about_itself = {"__name__", "__package__", "__path__", "__file__"}
        names = (node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))
        own = str(self.package) if self.package and not about_itself.isdisjoint(names) else None
        return tuple(dict.fromkeys([*named, own] if own else named))

    def hand_out(self, value: ast.expr) -> None:
        """`install(globals())`, `names = globals()`: who has the namespace may bind any name."""
        if self.is_own_namespace(value):
            self._open(value.lineno)

    def is_own_namespace(self, node: ast.expr) -> bool:
        """Whether an expression is `globals()`, or `vars()` or `locals()` of the module."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return False
        own = ("globals",) if self.scope.kind != "module" else ("globals", "vars", "locals")
        return node.func.id in own and not node.args

    def store_item(self, target: ast.Subscript, line: int) -> None:
        """Write `sys.modules[...] = ...` or `globals()[...] = ...`."""
        if dotted(target.value) == "sys.modules":
            self.out.append((codes.REPLACE, line, named_module(target.slice, self.module)))
        elif self.is_own_namespace(target.value):
            self._bind_by_name(target.slice, line)

    def _bind_by_name(self, name: ast.expr, line: int) -> None:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            self.out.append((codes.BIND_GLOBAL, line, name.value, None))
        else:
            self._open(line)

    def _open(self, line: int) -> None:
        """Any name may be bound anew: nothing that was known of one holds."""
        self.constants.clear()
        self.out.append((codes.OPEN, line))

    def _namespace_call(self, node: ast.Call, method: str) -> bool:
        """`globals().update(...)`, `globals().setdefault("x", ...)`."""
        if method == "update":
            self._open(node.lineno)
        elif method == "setdefault" and node.args:
            self._bind_by_name(node.args[0], node.lineno)
        return True

    def _names_call(self, node: ast.Call, method: str) -> bool:
        """`__all__.extend(...)`, `__all__.append(...)`, `__all__.remove(...)`."""
        parts: tuple[tuple[str, ...], ...] = (("?",),)
        if method == "extend" and len(node.args) == 1:
            parts = added_parts(node.args[0])
        elif method == "append":
            parts = added_parts(ast.List(node.args, ast.Load()))
        self.out.append((codes.NAMES, node.lineno, "__all__", parts, True))
        return True

    def _exec(self, node: ast.Call) -> bool:
        """`exec(source)`: may bind any name of the module, unless given another namespace."""
        namespaces = node.args[1:]
        own = not namespaces and self.scope.kind == "module"
        if own or any(mentions_globals(argument) for argument in namespaces):
            self._open(node.lineno)
        return True

    def _setattr(self, node: ast.Call) -> bool:
        """`setattr(module, "x", ...)`; a computed name opens the module."""
        if len(node.args) != 3:
            return False
        ref, name = self.reference(node.args[0]), node.args[1]
        if ref is not None and self.interests(ref):
            known = isinstance(name, ast.Constant) and isinstance(name.value, str)
            attribute = name.value if known and isinstance(name, ast.Constant) else "*"
            value = self.value_ref(node.args[2]) if known else None
            self.out.append((codes.SET_ATTR, node.lineno, ref, attribute, value))
        return True

    def _getattr(self, node: ast.Call) -> bool:
        """`getattr(module, "x")`; with a default it cannot fail."""
        ref = self.reference(node.args[0]) if len(node.args) == 2 else None
        name = node.args[-1] if node.args else None
        if ref is not None and not any(map(codes.is_call, ref)) and isinstance(name, ast.Constant):
            self.chain(node.lineno, (*ref, str(name.value)))
        return True

    def _change_modules(self, node: ast.Call) -> bool:
        """`sys.modules.update(...)` and its like."""
        name = named_module(node.args[0], self.module) if node.args else None
        self.out.append((codes.REPLACE, node.lineno, name))
        return True


_READERS = frozenset(
    {"all", "any", "dict", "eval", "len", "list", "print", "set", "sorted", "tuple"}
)
"""Builtins that only read a namespace they are given."""

_CALLS: dict[str | None, Callable[[DynamicWriter, ast.Call], bool]] = {
    "exec": DynamicWriter._exec,
    "exec_": DynamicWriter._exec,  # as six calls it, and its copies: `exec_ = getattr(..., "exec")`
    "setattr": DynamicWriter._setattr,
    "getattr": DynamicWriter._getattr,
    "sys.modules.update": DynamicWriter._change_modules,
    "sys.modules.setdefault": DynamicWriter._change_modules,
    "sys.modules.pop": DynamicWriter._change_modules,
}
