"""The operating system that a module needs when it is imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from consolidator.index.index import Index
from consolidator.names import ModuleName
from consolidator.workspace import Workspace
from consolidator.workspace.declared import declared_packages

WINDOWS = "a Windows system"
POSIX = "a POSIX system"

_WINDOWS_MODULES = frozenset({"_winapi", "_winreg", "msvcrt", "nt", "winreg", "winsound"})
_WINDOWS_NAMES = frozenset({"WinDLL", "WindowsError", "oledll", "windll"})
_POSIX_MODULES = frozenset(
    {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "resource", "spwd", "syslog",
     "termios", "tty"}
)  # fmt: skip
_NAMED = re.compile(
    "|".join(
        rf"\b{name}\b" for name in sorted(_WINDOWS_MODULES | _WINDOWS_NAMES | _POSIX_MODULES)
    ).encode()
)
_SYSTEMS = re.compile(r"Operating System :: (?!OS Independent)([\w ]*\w)|\bOS Independent\b")
_STATEMENTS_ABOUT_SYSTEMS = ("pyproject.toml", "setup.cfg", "setup.py")


def systems_needed(index: Index, path: str) -> Iterator[str]:
    """What a file uses at its top that other systems lack, without a test or a `try` around it.

    ALLOC = ctypes.windll.kernel32.Alloc
    import fcntl
    """
    if not _NAMED.search(index.workspace.file(path).data):
        return
    module = index.readable(path)
    plain = (ast.Assign, ast.AnnAssign, ast.ClassDef, ast.Expr, ast.Import, ast.ImportFrom)
    statements = [each for each in (module.body if module else ()) if isinstance(each, plain)]
    if any(map(_names_windows, statements)):
        yield WINDOWS
    if any(_is_for_posix(index, each) for each in statements) and not _runs_nowhere_else(
        index.workspace
    ):
        yield POSIX


def _names_windows(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return not _WINDOWS_MODULES.isdisjoint(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names} & _WINDOWS_NAMES
        return (node.module in _WINDOWS_MODULES or bool(names)) and not node.level
    if isinstance(node, ast.Attribute) and node.attr in _WINDOWS_NAMES:
        return isinstance(node.value, ast.Name) and node.value.id in {"builtins", "ctypes"}
    if isinstance(node, ast.If | ast.Try | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return False
    return any(map(_names_windows, ast.iter_child_nodes(node)))


def _is_for_posix(index: Index, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        modules = [alias.name for alias in statement.names]
    elif isinstance(statement, ast.ImportFrom) and not statement.level:
        modules = [statement.module or ""]
    else:
        return False
    tops = {module.partition(".")[0] for module in modules} & _POSIX_MODULES
    if "windows-curses" in declared_packages(index.workspace):
        tops -= {"curses"}
    return any(index.workspace.path_of(ModuleName(top)) is None for top in tops)


def _runs_nowhere_else(workspace: Workspace) -> bool:
    """Whether the project says that it is for POSIX systems only.

    classifiers = ["Operating System :: POSIX :: Linux"]
    """
    texts = [
        workspace.file(name).data.decode("utf-8", "replace")
        for name in _STATEMENTS_ABOUT_SYSTEMS
        if workspace.has(name)
    ]
    named = [found[1] for text in texts for found in _SYSTEMS.finditer(text)]
    return bool(named) and all(name in {"POSIX", "Unix", "MacOS"} for name in named)
