"""Classes whose annotations are more than notes: something reads or evaluates them at run time."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module

_READERS = re.compile(rb"get_type_hints|__annotations__|get_annotations|model_fields")
_SIGNATURES = re.compile(
    rb"\bDepends\(|\btyper\b|\badd_api_route\b|\b[Ii]nject\b|\bsignature\("
    rb"|\bbeartype\b|\btypechecked\b|\bvalidate_(?:call|arguments)\b"
)
_RAW = re.compile(rb"__annotations__")
_MOST_BASES = 8
_EVALUATING_BASES = frozenset(
    {"BaseModel", "BaseSettings", "SQLModel", "Struct", "Schema", "TypedDict", "NamedTuple"}
)


def evaluated_classes(index: Index, source: Module) -> frozenset[int]:
    """Indexes of the classes of a module whose field annotations something may evaluate.

    That is so for well-known bases, for first-party bases, decorators and metaclasses whose module
    reads annotations, and for all of them where this module or an importer of it does.
    """
    if reads_annotations_of(index, source):
        return frozenset(i for i, s in enumerate(source.body) if isinstance(s, ast.ClassDef))
    return frozenset(
        i
        for i, statement in enumerate(source.body)
        if isinstance(statement, ast.ClassDef) and _is_evaluated(index, source, statement, 0)
    )


def reads_signatures_of(index: Index, module: Module) -> bool:
    """Whether something may call functions of a module by what their annotations say.

    router.add_api_route("/", show), Depends(current_user), typer.run(main)
    """
    near = [module, *importers(index, module.name)]
    reading = any(_SIGNATURES.search(each.file.data) for each in near)
    return reading or reads_annotations_of(index, module)


def reads_annotations_of(index: Index, module: Module) -> bool:
    """Whether a module or one of its importers reads annotations, perhaps those of the module."""
    near = [module, *importers(index, module.name)]
    return any(_READERS.search(each.file.data) for each in near)


def _is_evaluated(index: Index, module: Module, node: ast.ClassDef, depth: int) -> bool:
    """Whether a base, however far up, a decorator or a metaclass evaluates annotations."""
    if any(last_name(base) in _EVALUATING_BASES for base in node.bases):
        return True
    if _made_with(index, module, node, _READERS):
        return True
    return depth < _MOST_BASES and any(
        _is_evaluated(index, home, parent, depth + 1)
        for home, parent in _parents(index, module, node)
    )


def _parents(
    index: Index, module: Module, node: ast.ClassDef
) -> Iterator[tuple[Module, ast.ClassDef]]:
    """The first-party classes that a class is made from, and where they stand."""
    for base in node.bases:
        origin = index.resolve(module.name, base.id) if isinstance(base, ast.Name) else None
        home = index.module(origin.module) if origin and origin.kind == "definition" else None
        if origin is None or home is None or index.readable(home.path) is None:
            continue
        for statement in home.body:
            if isinstance(statement, ast.ClassDef) and statement.name == origin.name:
                yield home, statement


def reads_raw_annotations(index: Index, source: Module) -> frozenset[int]:
    """Indexes of the classes whose first-party base, decorator or metaclass reads annotations."""
    return frozenset(
        i
        for i, statement in enumerate(source.body)
        if isinstance(statement, ast.ClassDef)
        and any(map(is_annotation, ast.walk(statement)))
        and _made_with(index, source, statement, _RAW)
    )


def is_annotation(node: ast.AST) -> bool:
    """Whether a node holds an annotation."""
    return isinstance(node, ast.AnnAssign) or any(
        getattr(node, field, None) is not None for field in ("annotation", "returns")
    )


def _made_with(
    index: Index, source: Module, statement: ast.ClassDef, pattern: re.Pattern[bytes]
) -> bool:
    keywords = [keyword.value for keyword in statement.keywords]
    for node in [*statement.bases, *statement.decorator_list, *keywords]:
        called = node.func if isinstance(node, ast.Call) else node
        root = called
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            continue
        origin = index.resolve(source.name, root.id)
        path = index.workspace.path_of(origin.module)
        known = origin.kind == "definition" and path is not None
        if known and path and pattern.search(index.workspace.file(path).data):
            return True
    return False
