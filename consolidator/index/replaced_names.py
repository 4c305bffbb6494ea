"""Names of a module that others replace without an import of it: through an object or a string."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.held_modules import HeldModules
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.names import ModuleName

_LIKELY = re.compile(
    rb"\bmultiple\s*\(|\b(?:import_module|importorskip|__import__)\b|sys\.modules"
    rb"|\b(?:patch|setattr|delattr)\s*\(\s*[^\W\d]"
)
_TABLES = (b".__dict__", b"vars", b"setattr")
_OWN = re.compile(rb"\bglobals\s*\(|\bmodules\s*\[\s*__name__")
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SETTING = frozenset({"setattr", "delattr", "object"})
_BY_PATH = frozenset({"patch", "setattr", "delattr"})
_OF_MOCK = frozenset({"target", "spec", "spec_set", "create", "autospec", "new_callable"})


def replaced_otherwise(index: Index, name: ModuleName) -> Iterator[str]:
    """What is replaced in a module that no import statement names at that place.

    import_module("pkg.mod").LIMIT = 3
    monkeypatch.setattr(sys.modules["pkg.mod"], "LIMIT", 3)
    patch.multiple("pkg.mod", LIMIT=3)
    patch(f"{mod.__name__}.LIMIT", 3)

    Where a name is computed, `setattr(mod, name, 3)`, it may be any constant of the module.
    """
    held = HeldModules(index)
    yield from _replaced_by_itself(held, name)
    tail = re.escape(name.tail.encode())
    filled = re.compile(rb"\b%s\.__dict__|\b(?:vars|setattr)\s*\(\s*(?:\w+\.)*%s\b" % (tail, tail))
    for file in index.workspace.mentioning({name.tail}):
        likely = any(each in file.data for each in (name.encode(), b"multiple", b".__name__"))
        tables = any(each in file.data for each in _TABLES)  # fast, and most files have none
        likely = likely and bool(_LIKELY.search(file.data))
        likely = likely or (tables and bool(filled.search(file.data)))
        module = index.readable(file.path) if likely else None
        for node in ast.walk(module.syntax.tree) if module is not None else ():
            if module is not None:
                yield from _replaced_at(held, module, node, name)
            if module is not None and module.name != name:
                yield from _replaced_in_table(held, module, node, name)


def _replaced_by_itself(held: HeldModules, name: ModuleName) -> Iterator[str]:
    """What the functions of a module replace in it without `global`.

    sys.modules[__name__].LIMIT = 3
    globals().update(settings)
    """
    path = held.index.workspace.path_of(name)
    module = held.index.readable(path) if path else None
    if module is None or not _OWN.search(module.file.data):
        return
    for function in ast.walk(module.syntax.tree):
        for node in ast.walk(function) if isinstance(function, _FUNCTIONS) else ():
            yield from _replaced_at(held, module, node, name)
            yield from _replaced_in_table(held, module, node, name)


def _replaced_in_table(
    held: HeldModules, module: Module, node: ast.AST, name: ModuleName
) -> Iterator[str]:
    """`globals()["LIMIT"] = 3`, `vars(mod)[key] = 3`, `mod.__dict__.update(LIMIT=3)`."""
    stored = isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Subscript) and stored and _is_table(held, module, node.value, name):
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        yield from [key] if isinstance(key, str) else _constants(held.index, name)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr == "update" and _is_table(held, module, node.func.value, name):
        given = [keyword.arg for keyword in node.keywords if keyword.arg]
        told = not node.args and len(given) == len(node.keywords)
        yield from given if told else _constants(held.index, name)


def _is_table(held: HeldModules, module: Module, node: ast.expr, name: ModuleName) -> bool:
    """Whether an expression is the table of the names of a module."""
    if isinstance(node, ast.Attribute):
        return node.attr == "__dict__" and _is_meant(held, module, node.value, name)
    if not isinstance(node, ast.Call):
        return False
    called = last_name(node.func)
    if not node.args:
        return called == "globals" and module.name == name
    return called == "vars" and _is_meant(held, module, node.args[0], name)


def _constants(index: Index, name: ModuleName) -> Iterator[str]:
    """The constants of a module that only functions read, and when they run."""
    module = index.module(name)
    if module is None or index.readable(module.path) is None:
        return
    for constant, bindings in module.scope.bindings.items():
        readers = module.readers.get(constant, [])
        late = readers and all(use.deferred and not use.is_type for use in readers)
        if late and all(binding.kind == "assignment" for binding in bindings):
            yield constant


def _replaced_at(
    held: HeldModules, module: Module, node: ast.AST, name: ModuleName
) -> Iterator[str]:
    stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute) and stored and _is_meant(held, module, node.value, name):
        yield node.attr
    if not isinstance(node, ast.Call) or not node.args:
        return
    called = last_name(node.func)
    if called == "multiple" and _is_meant(held, module, node.args[0], name):
        yield from (k.arg for k in node.keywords if k.arg and k.arg not in _OF_MOCK)
    elif called in _BY_PATH and (path := _path(held, module, node.args[0])):
        owner, _, last = path.rpartition(".")
        yield from [last] if owner == name else []
    elif called in _SETTING and len(node.args) > 1:
        what = node.args[1]
        if not _is_meant(held, module, node.args[0], name):
            return
        said = str(what.value) if isinstance(what, ast.Constant) else None
        yield from _constants(held.index, name) if said is None else [said]


def _is_meant(held: HeldModules, module: Module, node: ast.expr, name: ModuleName) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == name
    value = held.value(module, node)
    return value.kind == "module" and value.module == name


def _path(held: HeldModules, module: Module, node: ast.expr) -> str:
    """What `f"{mod.__name__}.x"` and `MODULE + ".x"` come to; empty if it cannot be told."""
    if isinstance(node, ast.JoinedStr):
        parts = [_part(held, module, each) for each in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_part(held, module, each) for each in (node.left, node.right)]
    else:
        return ""
    return "".join(parts) if all(parts) else ""


def _part(held: HeldModules, module: Module, node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        node = node.value
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Attribute) and node.attr == "__name__":
        value = held.value(module, node.value)
        return value.module if value.kind == "module" else ""
    if not isinstance(node, ast.Name):
        return ""
    made = [binding.node for binding in module.bindings(node.id)]
    values = [
        statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign) and any(t in made for t in statement.targets)
    ]
    text = (
        values[0].value if len(made) == 1 and values and isinstance(values[0], ast.Constant) else ""
    )
    return text if isinstance(text, str) else ""
