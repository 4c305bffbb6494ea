"""Who reads a name from a module, found by its text and its imports."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from benchmarks.sample import module_name, module_path
from benchmarks.texts import Texts


def users(texts: Texts, module: str, name: str, exported: bool = True) -> list[str]:
    """Files that import `name` from `module`, or read it as its attribute, or may do so.

    The name may be `*`: then only star imports count. They bring no name that is not `exported`.

    Errs towards finding too many: any `tail.name` counts, where `tail` is the last part of
    the module's name or an alias of it and some import binds it, and so does the dotted path in
    a string.
    """
    tail = module.rpartition(".")[2]
    pattern = re.compile(rf"\b{re.escape(tail)}\b|^\s*from\s+\.+\s+import".encode(), re.MULTILINE)
    found = []
    starred = name == "*" or (exported and _given_by_star(texts, module, name))
    modules = {module_name(path) for path in texts.files}
    for path in texts.mentions(tail if name == "*" else name):
        data = texts.files[path]
        if (
            pattern.search(data)
            and module_name(path) != module
            and _uses(data, path, module, {name, "*"} if starred else {name}, modules)
        ):
            found.append(path)
    return found


def _given_by_star(texts: Texts, module: str, name: str) -> bool:
    """Whether `from module import *` may bring the name."""
    file = next((path for path in texts.files if module_name(path) == module), "")
    try:
        body = ast.parse(texts.files.get(file, b"")).body
    except (SyntaxError, ValueError):
        return True
    lists = [each for each in body if "__all__" in ast.unparse(each).partition("=")[0]]
    if not lists:
        return not name.startswith("_")
    known = isinstance(lists[0], ast.Assign) and isinstance(lists[0].value, ast.List | ast.Tuple)
    return len(lists) > 1 or not known or repr(name) in ast.unparse(lists[0])


def _uses(data: bytes, path: str, module: str, names: set[str], modules: set[str]) -> bool:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return True
    aliases = {module.rpartition(".")[2], *_aliases(tree, path, module)}
    imported = set(_imported(tree, path))
    bound = {local for local, what in imported if _may_be(what, module, modules)}
    return any(
        _is_use(node, path, module, names, aliases, bound)
        for node in _without_docstrings(tree)
        if not _is_of_another(node, imported, module, modules)
    )


def _is_of_another(
    node: ast.AST, imported: set[tuple[str, str]], module: str, modules: set[str]
) -> bool:
    """`import pkg; pkg.cluster.Base` is no use of what `pkg.asyncio.cluster` has by that name.

    Nor is `import other.cluster; other.cluster.Base`, where `other` is another project's.
    """
    parts: list[str] = []
    holder = node.value if isinstance(node, ast.Attribute) else None
    while isinstance(holder, ast.Attribute):
        parts.insert(0, holder.attr)
        holder = holder.value
    roots = [what for local, what in imported if local == getattr(holder, "id", None)]
    paths = [".".join([root, *parts]) for root in roots]
    tops = {name.partition(".")[0] for name in modules}
    return bool(paths) and all(
        path != module and (path in modules or path.partition(".")[0] not in tops) for path in paths
    )


def trusting_users(texts: Texts, module: str, submodule: str) -> list[str]:
    """Files that read `module.submodule` as an attribute and do not import it themselves.

    They trust that whoever loads `module` has loaded the submodule too.
    """
    return [
        path
        for path in users(texts, module, submodule)
        if _trusts(texts.files[path], path, module, submodule)
    ]


def _trusts(data: bytes, path: str, module: str, submodule: str) -> bool:
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return False
    whole = f"{module}.{submodule}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            loaded = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = imported_module(node, path)
            loaded = [f"{base}.{each.name}" for each in node.names]
        else:
            continue
        if any(f"{name}.".startswith(f"{whole}.") for name in loaded):
            return False
    aliases = {module.rpartition(".")[2], *_aliases(tree, path, module)}
    bound = {local for local, what in _imported(tree, path) if _may_be(what, module, {module})}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return any(_is_use(node, path, module, {submodule}, aliases, bound) for node in attributes)


def _imported(tree: ast.Module, path: str) -> Iterator[tuple[str, str]]:
    """Every name that an import binds, anywhere in the file, and the dotted name of what it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                yield (each.asname, each.name) if each.asname else (top, top)
        elif isinstance(node, ast.ImportFrom):
            base = imported_module(node, path)
            yield from ((each.asname or each.name, f"{base}.{each.name}") for each in node.names)


def _may_be(what: str, module: str, modules: set[str]) -> bool:
    """Whether an imported thing may be the module, or lead to it; no other module may.

    `import json` in a package with a `json` of its own is the one of the standard library.
    """
    top = what.partition(".")[0]
    if top in sys.stdlib_module_names and not any(
        f"{each}.".startswith(f"{top}.") for each in modules
    ):
        return False
    return what not in modules or module == what or module.startswith(f"{what}.")


def _without_docstrings(tree: ast.Module) -> Iterator[ast.AST]:
    nodes = list(ast.walk(tree))
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if not (isinstance(node, ast.Constant) and id(node) in prose):
            yield node


def _aliases(tree: ast.Module, path: str, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.asname for each in node.names if each.name == module and each.asname)
        elif isinstance(node, ast.ImportFrom):
            base = imported_module(node, path)
            yield from (
                each.asname
                for each in node.names
                if each.asname and f"{base}.{each.name}" == module
            )


def _is_use(
    node: ast.AST, path: str, module: str, names: set[str], aliases: set[str], bound: set[str]
) -> bool:
    if isinstance(node, ast.ImportFrom) and imported_module(node, path) == module:
        return any(each.name in names for each in node.names)
    if isinstance(node, ast.Attribute) and node.attr in names:
        holder = node.value
        last = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", None)
        while isinstance(holder, ast.Attribute):
            holder = holder.value
        # Not `app.cli` of a parameter `app`, and not `self.app.cli`.
        return last in aliases and bool({getattr(holder, "id", ""), "*"} & bound)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        plain = "|".join(map(re.escape, names - {"*"}))
        return bool(plain and re.search(rf"\b{re.escape(module)}\.({plain})\b", node.value))
    return False


def imported_module(node: ast.ImportFrom, path: str) -> str:
    """The absolute name of what a `from ... import` reads from."""
    if not node.level:
        return node.module or ""
    package = module_path(path).removesuffix(".py").split("/")[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def imported_names(data: bytes) -> set[str]:
    """Names that a module's own statements bind by imports and by nothing else."""
    imported: set[str] = set()
    other: set[str] = set()
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError):
        return set()
    instead = {id(target) for node in _outside_functions(body) for target in _instead(node)}
    for node in _outside_functions(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported |= _bound_by(node)
        elif _stands_in(node) or id(node) in instead:
            continue
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            other.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            other.add(node.name)
    return imported - other


def _bound_by(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {(each.asname or each.name).partition(".")[0] for each in node.names}


def _instead(node: ast.AST) -> Iterator[ast.Name]:
    """The targets that stand in for an import in its handlers.

    try:
        from .lists import Fast
    except ImportError:
        Fast = list
    """
    if not isinstance(node, ast.Try):
        return
    plain = [each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)]
    names = {name for each in plain for name in _bound_by(each)}
    for statement in (each for handler in node.handlers for each in handler.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        yield from (t for t in targets if isinstance(t, ast.Name) and t.id in names)


def _stands_in(node: ast.AST) -> bool:
    """`f = None`, as the `except ImportError` of an import has it."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value is None
    )


def _outside_functions(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        yield statement
        if _stands_in(statement):
            continue
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt):
                    yield from _outside_functions([child])
                elif isinstance(child, ast.ExceptHandler):
                    yield from _outside_functions(child.body)
                else:
                    yield from ast.walk(child)
