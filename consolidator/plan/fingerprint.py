"""The fingerprint of an entry: of the code that it rests on, and of nothing else."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator

from consolidator.errors import Refusal
from consolidator.index.index import Index
from consolidator.index.module import Module, absolute
from consolidator.names import ModuleName
from consolidator.plan.plan import (
    DeleteEntry,
    Entry,
    MergeEntry,
    MoveEntry,
    RewriteEntry,
    SweepEntry,
)


def fingerprint_of(index: Index, entry: Entry) -> str:
    """A short hash of the definitions and import statements that an entry rests on.

    Other code may change, in the same files too. What is not there counts as well: a name that
    the target has got since makes another fingerprint.
    """
    digest = hashlib.sha256()
    for part in _parts(index, entry):
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:12]


def _parts(index: Index, entry: Entry) -> Iterator[str]:
    if isinstance(entry, MoveEntry):
        for place in entry.names:
            module, _, name = place.rpartition(":")
            yield from _defined(index, module or entry.source or "", name)
            yield from _defined(index, entry.to, name)
            yield from _imported(index, entry.to, name)
    elif isinstance(entry, MergeEntry):
        for copy in (f"{entry.home}:{entry.name}", *sorted(entry.drop)):
            module, _, name = copy.rpartition(":")
            yield from _defined(index, module, name)
    elif isinstance(entry, RewriteEntry):
        for name in sorted(entry.names):
            yield from _defined(index, entry.source, name)
            yield from _defined(index, entry.to, name)
            yield from _imported(index, entry.source, name)
        if not entry.names:
            yield from _imported(index, entry.source, None)
    elif isinstance(entry, DeleteEntry):
        yield from _defined(index, entry.module, entry.name)
        for path in sorted(entry.paths):
            yield from _imports_in(index, path, ModuleName(entry.module), entry.name)
    elif isinstance(entry, SweepEntry):
        yield from _defined(index, entry.module, entry.name)


def _defined(index: Index, module: str, name: str) -> Iterator[str]:
    """The statements of a module that bind a name, imports included, as they stand."""
    yield f"{module}:{name}"
    facts = _module(index, module)
    if facts is None:
        yield "not readable"
        return
    lines = facts.text.splitlines()
    for statement in binding_statements(facts.body, name):
        first = min(
            [statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]
        )
        yield "\n".join(line.rstrip() for line in lines[first - 1 : statement.end_lineno])


def _module(index: Index, module: str) -> Module | None:
    try:
        path = index.workspace.path_of(module) if module else None
    except Refusal:  # several roots hold it
        return None
    return None if path is None else index.readable(path)


def binding_statements(body: list[ast.stmt], name: str) -> Iterator[ast.stmt]:
    """The statements of a module, also under `if`, `try` and `with`, that bind a name."""
    for statement in body:
        inner = [
            *(getattr(statement, part, []) for part in ("body", "orelse", "finalbody")),
            *(handler.body for handler in getattr(statement, "handlers", [])),
        ]
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.name == name:
                yield statement
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            if any((a.asname or a.name.partition(".")[0]) == name for a in statement.names):
                yield statement
        elif any(inner):
            for block in inner:
                yield from binding_statements(block, name)
        elif any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
            for node in ast.walk(statement)
        ):
            yield statement


def _imported(index: Index, module: str, name: str | None) -> Iterator[str]:
    """The import statements that take `name` (or anything) from `module`, wherever they are."""
    wanted = ModuleName(module)
    for file in index.workspace.mentioning({name or wanted.tail}):
        yield from _imports_in(index, file.path, wanted, name)


def _imports_in(index: Index, path: str, wanted: ModuleName, name: str | None) -> Iterator[str]:
    module = index.readable(path) if index.workspace.has(path) else None
    if module is None:
        return
    for node in ast.walk(module.syntax.tree):
        if isinstance(node, ast.ImportFrom):
            taken = {alias.name for alias in node.names}
            if (name is None or name in taken) and absolute(module, node) == wanted:
                yield f"{path}: {ast.unparse(node)}"
        elif name is None and isinstance(node, ast.Import) and _names_module(node, wanted):
            yield f"{path}: {ast.unparse(node)}"


def _names_module(node: ast.Import, wanted: ModuleName) -> bool:
    return any(ModuleName(alias.name).is_within(wanted) for alias in node.names)
