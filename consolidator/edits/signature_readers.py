"""Decorators that may read the annotations of the functions they decorate, now or later."""

from __future__ import annotations

import ast
import re
import sys
from functools import lru_cache

from consolidator.edits.state_changes import origin_of
from consolidator.index.index import Index
from consolidator.index.last_names import called_name
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_READERS = re.compile(
    rb"get_type_hints|__annotations__|get_annotations|\bsignature\(|\b[Ii]nject\b"
    rb"|\bbeartype\b|\btypechecked\b|\bvalidate_(?:call|arguments)\b"
)
_PLAIN = frozenset(
    {"property", "setter", "deleter", "getter", "staticmethod", "classmethod"}
    | {"field_validator", "model_validator", "validator", "root_validator"}  # of pydantic
)
_NO_READERS = frozenset(
    {"attr", "attrs", "celery", "click", "deprecated", "django", "flask", "nox", "numba", "pluggy"}
    | {"pytest", "pytest_asyncio", "rich_click", "sqlalchemy", "typing_extensions", "werkzeug"}
    | {"wrapt"}
)
"""Libraries whose decorators do not go by annotations."""
_MOST_STEPS = 4


def is_read_by_a_decorator(index: Index, module: Module, use: NameUse) -> bool:
    """Whether a name stands in a signature that a decorator may evaluate.

    from __future__ import annotations

    @router.get("/orders")
    def show(order: Order): ...
    """
    if not use.annotation or use.never_read or use.is_field:
        return False
    functions = _by_annotation(module.syntax.tree)
    function = functions.get(id(use.node))
    if function is None or not function.decorator_list:
        return False
    if not any(_may_read(index, module, each, 0) for each in function.decorator_list):
        return False
    beside = [u for u in module.uses_in(use.statement) if functions.get(id(u.node)) is function]
    named = [item for each in beside for item in module.imports_by_name.get(each.name, [])]
    return not any(item.is_typing_only for item in named)  # or else it could not be evaluated


@lru_cache(maxsize=16)
def _by_annotation(tree: ast.Module) -> dict[int, _Function]:
    """The functions of a tree by what stands in the annotations of their signatures."""
    return {
        id(part): function
        for function in ast.walk(tree)
        if isinstance(function, _Function)
        for each in (function.args, function.returns)
        if each is not None
        for part in ast.walk(each)
    }


def _may_read(index: Index, module: Module, maker: ast.expr, steps: int) -> bool:
    """Whether a decorator, or what made the object whose method it is, may read annotations."""
    if called_name(maker) in _PLAIN:
        return False
    root: ast.expr = maker
    while isinstance(root, ast.Attribute | ast.Call):
        root = root.value if isinstance(root, ast.Attribute) else root.func
    if not isinstance(root, ast.Name) or steps > _MOST_STEPS:
        return True
    origin = origin_of(index, module, maker) or index.resolve(module.name, root.id)
    if origin.kind == "external":
        top = origin.module.top
        library = top in sys.stdlib_module_names
        return called_name(maker) == "register" if library else top not in _NO_READERS
    home = index.module(origin.module) if origin.kind == "definition" else None
    if home is None or index.readable(home.path) is None:
        return True
    made = _made_by(home, origin.name)
    if made is not None:
        return _may_read(index, home, made, steps + 1)
    return bool(_READERS.search(home.file.data))


def _made_by(home: Module, name: str) -> ast.expr | None:
    """`APIRouter` of `router = APIRouter()`."""
    for statement in home.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        if any(isinstance(each, ast.Name) and each.id == name for each in statement.targets):
            return statement.value.func
    return None
