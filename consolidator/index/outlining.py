"""Makes outlines of files: the slow way, with `ast`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.errors import Refusal
from consolidator.index.outline import Outline, OutlinedClass, OutlinedImport
from consolidator.workspace import Workspace

_KEEP = re.compile(r"#\s*consolidate:\s*keep\b[:\s]*(.*)")
_OPAQUE = frozenset({"globals", "vars", "exec", "setattr"})


def outline_all(workspace: Workspace) -> dict[str, Outline]:
    """The outlines of all readable files, by path."""
    found = {}
    for path in workspace.paths():
        if not path.endswith(".py"):
            continue
        try:
            found[path] = outline(workspace.file(path).text)
        except (SyntaxError, Refusal, ValueError):
            continue
    return found


def outline(text: str) -> Outline:
    """The outline of a file; raises `SyntaxError` when it cannot be read."""
    tree = ast.parse(text)
    top = set(_bound(tree.body))
    nested: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.col_offset:
            nested.update(_bound([node]))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return Outline(
        tuple(_imports(tree)),
        tuple(_classes(tree)),
        frozenset(top),
        frozenset(nested),
        "__getattr__" in top or bool(names & _OPAQUE),
        tuple(
            (number, match[1].strip())
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _KEEP.search(line))
        ),
    )


def _imports(tree: ast.Module) -> Iterator[OutlinedImport]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                yield OutlinedImport(node.lineno, node.col_offset, a.name, None, a.asname)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for a in node.names:
                yield OutlinedImport(node.lineno, node.col_offset, module, a.name, a.asname)


def _classes(tree: ast.Module) -> Iterator[OutlinedClass]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            yield OutlinedClass(
                node.name,
                first,
                node.end_lineno or node.lineno,
                node.col_offset,
                tuple(_bound(node.body)),
            )


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.name != "*":
                    yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With):
            for child in ast.iter_child_nodes(node):
                for name in ast.walk(child) if not isinstance(child, ast.stmt) else ():
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        yield name.id
