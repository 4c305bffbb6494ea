"""Bases that learn of the classes that derive from them."""

from __future__ import annotations

import ast

from consolidator.edits.heirs import asked_for_heirs
from consolidator.edits.state_changes import FILLING, origin_of, root_of, tells_first_party_state
from consolidator.index.index import Index
from consolidator.index.last_names import last_name
from consolidator.index.module import Module

_MAKING_BASES = frozenset({"declarative_base", "automap_base", "generate_base"})
_MAPPED = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "SQLModel"})


def is_mapped(index: Index, module: Module, base: ast.expr) -> bool:
    """Whether a base is one of an ORM, which finds its heirs by their names.

    class Base(DeclarativeBase): ..., Base = declarative_base(), models.Model, db.Model
    """
    if isinstance(base, ast.Attribute) and base.attr == "Model":
        return isinstance(base.value, ast.Name) and base.value.id in {"models", "db"}
    origin = origin_of(index, module, base) if isinstance(base, ast.Name | ast.Attribute) else None
    if origin is None or origin.kind != "definition":
        return origin is not None and origin.kind == "external" and origin.name in _MAPPED
    home = index.module(origin.module)
    if home is None or index.readable(home.path) is None:
        return False
    made = [binding.statement for binding in home.bindings(origin.name)]
    return any(
        isinstance(call, ast.Call) and last_name(call.func) in _MAKING_BASES
        for number in made
        if isinstance(home.body[number], ast.Assign | ast.AnnAssign)
        for call in ast.walk(home.body[number])
    )


def learns_of_heirs(index: Index, module: Module, node: ast.ClassDef) -> bool:
    """Whether a base puts every class that is derived from it somewhere, or asks for all of them.

    def __init_subclass__(cls): Base.known.append(cls)
    def find(cls, name): return [each for each in cls.__subclasses__() if ...]
    """
    if not index.asked_for_heirs:
        index.asked_for_heirs.append(frozenset(asked_for_heirs(index)))
    keeps = any(_keeps_heirs(index, module, statement) for statement in node.body)
    return keeps or (module.path, node.name) in index.asked_for_heirs[0]


def _keeps_heirs(index: Index, module: Module, hook: ast.stmt) -> bool:
    if not isinstance(hook, ast.FunctionDef) or hook.name != "__init_subclass__":
        return False
    arguments = [*hook.args.posonlyargs, *hook.args.args]
    own = arguments[0].arg if arguments else ""
    return any(_keeps(index, module, node, own) for node in ast.walk(hook))


def _keeps(index: Index, module: Module, node: ast.AST, own: str) -> bool:
    """Whether a step of the hook changes more than the new class itself.

    cls.known.append(cls), Base.known[cls.name] = cls, Base.latest = cls, register(cls)
    """
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in FILLING:
            return True
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and node.args:
            return getattr(root_of(node.args[0]), "id", own) != own
        return tells_first_party_state(index, module, node.func)
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store) and getattr(root_of(node), "id", own) != own
    return isinstance(node, ast.Global)
