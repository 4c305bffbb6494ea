"""What a module asks of its surroundings when it is imported, beside the packages it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.events.static_tests import static_truth
from consolidator.index.fallbacks import needed_after_all, one_of
from consolidator.index.import_graph import runs_at_import
from consolidator.index.index import Index
from consolidator.names import ModuleName
from consolidator.workspace.declared import declared_packages

APP_REGISTRY = "the app registry of Django"

_RAISE = re.compile(rb"^[ \t]+raise\b", re.MULTILINE)
_MODEL = re.compile(
    rb"^class\s+\w+\s*\([^)]*\b(?:Model|AbstractUser|AbstractBaseUser)\b[^)]*\)\s*:"
    rb"|^from\s+django\.contrib\.[\w.]*\bmodels\s+import\b"
    rb"|^\w+\s*=\s*get_user_model\(",
    re.MULTILINE,
)
_FALLBACK = re.compile(
    rb"^except(?:[ \t]*:|\b[^\n]*\b(?:ImportError|ModuleNotFoundError|(?:Base)?Exception)\b)",
    re.MULTILINE,
)
_OR = " or "
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def load_conditions(index: Index, path: str, name: ModuleName) -> tuple[str, ...]:
    """The conditions under which a file can be imported, in words; most have none.

    class Order(models.Model): ...        # not before Django has loaded its apps
    User = get_user_model()               # nor this

    if lib_path is None:
        raise ImproperlyConfigured(...)   # not without that library

    try:
        import psycopg
    except ImportError:
        import psycopg2                   # not without one of the two: "psycopg or psycopg2"

    try:
        import redis
    except ImportError:
        redis = None
    class Client(redis.Redis): ...        # not without the package, after all
    """
    key = (index.workspace.file(path), name)
    if key not in index.load_conditions:
        index.load_conditions[key] = tuple(_conditions(index, path, name))
    return index.load_conditions[key]


def what_it_looks_for(name: ModuleName) -> str:
    """The condition of a module that may refuse to be imported, for a reason of its own."""
    return f"what {name} looks for"


def alternatives(requirement: str) -> list[str]:
    """The packages of which a condition asks for one; any other requirement stands for itself."""
    return requirement.split(_OR)


def _conditions(index: Index, path: str, name: ModuleName) -> Iterator[str]:
    data = index.workspace.file(path).data
    if b"django" in data and _MODEL.search(data):
        yield APP_REGISTRY
    raises = any(runs_at_import(data, found.end()) for found in _RAISE.finditer(data))
    if not raises and not _FALLBACK.search(data):
        return
    module = index.readable(path)
    declared = declared_packages(index.workspace)
    refuses = False
    for statement in module.body if module is not None else ():
        packages = one_of(index, statement) if isinstance(statement, ast.Try) else []
        if _may_refuse(statement):
            refuses = refuses or declared.isdisjoint(packages)
        elif packages:
            yield _OR.join(dict.fromkeys(packages))
    if module is not None:
        yield from needed_after_all(index, module)
    if refuses:
        yield what_it_looks_for(name)


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
