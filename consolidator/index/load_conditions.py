"""What a module asks of its surroundings when it is imported, beside the packages it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.events.static_tests import static_truth
from consolidator.index.import_graph import runs_at_import
from consolidator.index.index import Index
from consolidator.names import ModuleName

APP_REGISTRY = "the app registry of Django"

_RAISE = re.compile(rb"^[ \t]+raise\b", re.MULTILINE)
_MODEL = re.compile(
    rb"^class\s+\w+\s*\([^)]*\b(?:Model|AbstractUser|AbstractBaseUser)\b[^)]*\)\s*:"
    rb"|^from\s+django\.contrib\.[\w.]*\bmodels\s+import\b",
    re.MULTILINE,
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def load_conditions(index: Index, path: str, name: ModuleName) -> tuple[str, ...]:
    """The conditions under which a file can be imported, in words; most have none.

    class Order(models.Model): ...        # not before Django has loaded its apps

    if lib_path is None:
        raise ImproperlyConfigured(...)   # not without that library
    """
    key = (index.workspace.file(path), name)
    if key not in index.load_conditions:
        index.load_conditions[key] = tuple(_conditions(index, path, name))
    return index.load_conditions[key]


def _conditions(index: Index, path: str, name: ModuleName) -> Iterator[str]:
    data = index.workspace.file(path).data
    if b"django" in data and _MODEL.search(data):
        yield APP_REGISTRY
    if any(runs_at_import(data, found.end()) for found in _RAISE.finditer(data)):
        module = index.readable(path)
        if module is not None and any(map(_may_refuse, module.body)):
            yield f"what {name} looks for"


def _may_refuse(statement: ast.stmt) -> bool:
    """Whether a statement at the top may raise, by a test that is not decided beforehand."""
    if isinstance(statement, ast.If):
        truth = static_truth(statement.test, {})
        blocks = [statement.body] * (truth is not False) + [statement.orelse] * (truth is not True)
        undecided = truth is None
    elif isinstance(statement, ast.Try):
        blocks, undecided = [each.body for each in statement.handlers], True
    else:
        return False
    inner = [each for block in blocks for each in block]
    return any(map(_may_refuse, inner)) or (undecided and any(map(_raises, inner)))


def _raises(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    return not isinstance(node, _SCOPES) and any(map(_raises, ast.iter_child_nodes(node)))
