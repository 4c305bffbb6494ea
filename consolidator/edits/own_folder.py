"""`__file__` where it only says which folder a module is in: `os.path.dirname(__file__)`."""

from __future__ import annotations

import ast

from consolidator.index.last_names import last_name
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_KEEPS_THE_FILE = frozenset({"Path", "PurePath", "abspath", "realpath"})
_GIVES_THE_FOLDER = frozenset({"parent", "parents", "with_name"})
_OF_PATHS = frozenset({"ntpath", "os", "pathlib", "posixpath"})


def names_the_folder(module: Module, use: NameUse) -> bool:
    """Whether nothing but the folder of a module comes of a use of `__file__`.

    ICON = os.path.join(os.path.dirname(__file__), "icon.png")
    HERE = Path(__file__).resolve().parent
    """
    if use.name != "__file__":
        return False
    nodes = ast.walk(module.body[use.statement])
    return any(_file_beside(module, node) is use.node for node in nodes)


def _file_beside(module: Module, node: ast.AST) -> ast.expr | None:
    """The expression whose folder another one asks for; None where it asks for something else."""
    if isinstance(node, ast.Call) and last_name(node.func) == "dirname" and len(node.args) == 1:
        return _of_path(module, node.args[0]) if _is_of_paths(module, node.func) else None
    if isinstance(node, ast.Attribute) and node.attr in _GIVES_THE_FOLDER:
        path = _of_path(module, node.value)
        return path if path is not node.value else None  # `__file__` itself has no `parent`
    return None


def _of_path(module: Module, node: ast.expr) -> ast.expr:
    """`__file__` of `Path(__file__).resolve()` and `os.path.abspath(__file__)`."""
    while isinstance(node, ast.Call) and not node.keywords:
        func = node.func
        if (
            last_name(func) in _KEEPS_THE_FILE
            and len(node.args) == 1
            and _is_of_paths(module, func)
        ):
            node = node.args[0]
        elif isinstance(func, ast.Attribute) and func.attr in {"absolute", "resolve"}:
            node = func.value
        else:
            break
    return node


def _is_of_paths(module: Module, func: ast.expr) -> bool:
    """Whether a function comes from `os.path` or `pathlib`."""
    while isinstance(func, ast.Attribute):
        func = func.value
    name = last_name(func)
    items = [item for item in module.imports if item.bound == name]
    return bool(items) and all(item.module.top in _OF_PATHS for item in items)
