"""Classes whose fields are their interface: order and number of members mean something there."""

from __future__ import annotations

import ast

from consolidator.index.class_identity.shape import bound
from consolidator.index.index import Index
from consolidator.index.last_names import innermost_name
from consolidator.index.module import Module

_DECORATORS = frozenset({"dataclass", "attrs", "attr", "s", "define", "frozen", "mutable"})
_BASES = (
    frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "NamedTuple", "TypedDict"})
    | frozenset({"BaseModel", "BaseSettings", "GenericModel", "RootModel", "SQLModel"})
    | frozenset({"Base", "DeclarativeBase", "Model", "Struct", "Schema", "Document"})
)
_PLAIN_BASES = frozenset(
    {"object", "ABC", "Protocol", "Generic", "Exception", "BaseException", "ValueError"}
    | {"RuntimeError", "TypeError", "KeyError", "LookupError"}
)
_DEEPEST = 12


def is_schema(index: Index, module: Module, node: ast.ClassDef, depth: int = 0) -> bool:
    """Whether fields make up the class: dataclass, Enum, NamedTuple, TypedDict, pydantic, ORM."""
    if any(innermost_name(decorator) in _DECORATORS for decorator in node.decorator_list):
        return True
    if any(_binds_table(statement) for statement in node.body):
        return True
    known = _bases(index, module, node)
    names = {innermost_name(base) for base in node.bases}
    if names & (_BASES - {base.name for _, base in known}):
        return True
    return depth < _DEEPEST and any(is_schema(index, home, base, depth + 1) for home, base in known)


def inherited(index: Index, module: Module, node: ast.ClassDef, depth: int = 0) -> set[str] | None:
    """The names that a class gets from its bases; None when a base cannot be looked into."""
    known = _bases(index, module, node)
    others = [b for b in node.bases if innermost_name(b) not in _PLAIN_BASES]
    if len(known) < len(others) or depth > _DEEPEST:
        return None
    found: set[str] = set()
    for home, base in known:
        above = inherited(index, home, base, depth + 1)
        if above is None:
            return None
        found |= above | {name for statement in base.body for name in bound(statement)}
        found |= {
            child.attr
            for child in ast.walk(base)
            if isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Store)
        }
    return found


def _bases(index: Index, module: Module, node: ast.ClassDef) -> list[tuple[Module, ast.ClassDef]]:
    """The bases that are classes of the project."""
    found = []
    for base in node.bases:
        if isinstance(base, ast.Name):
            origin = index.resolve(module.name, base.id)
            home = index.module(origin.module) if origin.kind == "definition" else None
            if home is not None and index.readable(home.path) is not None:
                found += [
                    (home, statement)
                    for statement in home.body
                    if isinstance(statement, ast.ClassDef) and statement.name == origin.name
                ][-1:]
    return found


def _binds_table(statement: ast.stmt) -> bool:
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return any(getattr(target, "id", "") == "__tablename__" for target in targets)
