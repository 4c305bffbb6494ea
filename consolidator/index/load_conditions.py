"""What a module asks of its surroundings when it is imported, beside the packages it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.called_names import IMPORT_ERROR, names_called_at_import
from consolidator.index.definitions import definition
from consolidator.index.django_modules import asks_for_apps, reads_settings_itself
from consolidator.index.django_settings import may_read_settings, reads_settings
from consolidator.index.events.static_tests import static_truth
from consolidator.index.explained_imports import only_explains
from consolidator.index.fallbacks import is_foreign, needed_after_all, one_of
from consolidator.index.import_graph import runs_at_import
from consolidator.index.index import Index
from consolidator.index.system_needs import systems_needed
from consolidator.index.version_checks import packages_checked
from consolidator.names import ModuleName
from consolidator.workspace.declared import declared_packages

APP_REGISTRY = "the app registry of Django"
SETTINGS = "the settings of Django"

_RAISE = re.compile(rb"^[ \t]+raise\b", re.MULTILINE)
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
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

    LIMIT = settings.LIMIT                # not before somebody has told Django where they are
    from rest_framework import views      # nor this

    if lib_path is None:
        raise ImproperlyConfigured(...)   # not without that library

    qt = load_qt(["pyqt6", "pyside6"])    # nor where that function raises ImportError

    try:
        import psycopg
    except ImportError:
        import psycopg2                   # not without one of the two: "psycopg or psycopg2"

    try:
        import redis
    except ImportError:
        redis = None
    class Client(redis.Redis): ...        # not without the package, after all

    ALLOC = ctypes.windll.kernel32.Alloc  # not on another system than Windows
    import fcntl                          # not on Windows
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


def fulfilled_by(requirement: str) -> frozenset[str]:
    """The requirements that whoever needs them has this one fulfilled by.

    Django loads its apps by what the settings say.
    """
    more = {APP_REGISTRY} if requirement == SETTINGS else set()
    return frozenset({requirement, *alternatives(requirement), *more})


def _conditions(index: Index, path: str, name: ModuleName) -> Iterator[str]:
    data = index.workspace.file(path).data
    if b"django" in data and _MODEL.search(data):
        yield APP_REGISTRY
    yield from _conditions_of_others(index, path, name)
    if may_read_settings(index, path, name):
        asking = index.readable(path)
        if asking is not None and reads_settings(index, asking):
            yield SETTINGS
    yield from systems_needed(index, path)
    raises = any(runs_at_import(data, found.end()) for found in _RAISE.finditer(data))
    refuses = any(
        _fails_to_import(index, name, called)
        for called in names_called_at_import(data)
        if called in index.beside_import_errors or _is_alias(data, called)
    )
    if not raises and not refuses and not _FALLBACK.search(data):
        return
    module = index.readable(path)
    declared = declared_packages(index.workspace)
    for statement in module.body if module is not None else ():
        if isinstance(statement, ast.Try) and only_explains(statement):
            continue  # these count as if they stood there alone
        packages = one_of(index, statement) if isinstance(statement, ast.Try) else []
        if _may_refuse(statement):
            checked = packages_checked(index, module, statement) if module is not None else ()
            too_old = bool(checked) and declared.issuperset(checked)
            refuses = refuses or (declared.isdisjoint(packages) and not too_old)
        elif packages:
            yield _OR.join(dict.fromkeys(packages))
    if module is not None:
        yield from needed_after_all(index, module)
    if refuses:
        yield what_it_looks_for(name)


def _conditions_of_others(index: Index, path: str, name: ModuleName) -> Iterator[str]:
    """What modules of other projects ask for, and so do all that import them.

    from rest_framework.views import APIView    # reads the settings itself
    """
    data = index.workspace.file(path).data
    if b"django.contrib" not in data and b"rest_framework" not in data:
        return
    for module in index.imported_for_certain(path, name):
        if is_foreign(index, module) and asks_for_apps(module):
            yield APP_REGISTRY
        if is_foreign(index, module) and reads_settings_itself(module):
            yield SETTINGS


def _is_alias(data: bytes, called: str) -> bool:
    return re.search(rb"\bas[ \t]+%s\b" % re.escape(called.encode()), data) is not None


def _fails_to_import(index: Index, name: ModuleName, called: str) -> bool:
    """Whether a function of the project that a module calls raises an `ImportError` of its own."""
    origin = index.resolve(name, called)
    path = index.workspace.path_of(origin.module) if origin.kind == "definition" else None
    if path is None or not IMPORT_ERROR.search(index.workspace.file(path).data):
        return False
    home = index.readable(path)
    found = definition(home, origin.name) if home is not None else None
    functions = [home.body[at] for at in found.statements] if home and found else []
    return any(
        isinstance(each, ast.FunctionDef) and any(map(_raises_import_error, each.body))
        for each in functions
    )


def _raises_import_error(node: ast.AST) -> bool:
    """`raise ImportError(...)` in what runs when a function is called, and not in a handler."""
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id in _IMPORT_ERRORS
    if isinstance(node, (*_SCOPES, ast.ExceptHandler)):
        return False
    return any(map(_raises_import_error, ast.iter_child_nodes(node)))


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
