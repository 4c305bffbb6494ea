"""What stands around an import and what is done with it, read off the nodes around it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import pairwise

from consolidator.index.events.static_tests import static_truth
from consolidator.index.module import is_type_checking

Chain = tuple[ast.AST, ...]
"""An import statement and the nodes around it, outermost first."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TYPE = re.compile(r"\w[\w.]*(?:[\[\],| ]*[\[\],|][\[\],| ]*[\w.]+)*[\] ]*")
"""What a string is that may hold a type."""

_CATCHES_IMPORT_ERROR = frozenset(
    {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around an import, within its function or on module level."""

    is_deferred: bool = False
    is_typing_only: bool = False
    is_guarded: bool = False
    is_expected: bool = False
    """`with pytest.raises(ImportError):` is around it."""
    is_watched: bool = False
    """Something depends on whether it fails: `HAVE_C = True` in its `try`, the end of the `try`."""


def surroundings(chain: Chain) -> Surroundings:
    """What stands around an import, from the innermost function outwards to the import."""
    functions = [n for n, node in enumerate(chain) if isinstance(node, FUNCTIONS)]
    own = chain[functions[-1] + 1 :] if functions else chain
    pairs = list(pairwise(own))
    return Surroundings(
        bool(functions),
        any(isinstance(node, ast.If) and is_type_checking(node, child) for node, child in pairs),
        any(_guards(node, child) for node, child in pairs),
        any(_expects(node) for node in own),
        any(_watches(node, child) for node, child in pairs),
    )


def _guards(node: ast.AST, child: ast.AST) -> bool:
    """Whether a statement keeps the failure of an import in `child`, a part of it, from showing."""
    if isinstance(node, ast.Try | ast.TryStar):
        if isinstance(child, ast.ExceptHandler):
            return _catches(child)  # a fallback for another import
        return child in node.body and any(
            _catches(handler) and not _raises(handler) for handler in node.handlers
        )
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_call_with_import_error(item.context_expr, "suppress") for item in node.items)
    if isinstance(node, ast.If) and "__name__" not in ast.unparse(node.test):
        truth = static_truth(node.test, {})
        if is_type_checking(node, node.body[0]):
            return False
        return truth is not None and truth is not (child in node.body)  # it never runs
    return False


def _watches(node: ast.AST, child: ast.AST) -> bool:
    if isinstance(node, ast.Try | ast.TryStar):
        return child in node.body and any(map(_catches, node.handlers))
    return _expects(node) or (isinstance(node, ast.With | ast.AsyncWith) and _guards(node, child))


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(
        getattr(node, "id", getattr(node, "attr", "")) in _CATCHES_IMPORT_ERROR
        for node in ast.walk(handler.type)
    )


def _raises(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends in `raise`, `pytest.fail(…)`, `self.fail(…)` or `assert False`."""
    last = handler.body[-1]
    if isinstance(last, ast.Assert):
        return isinstance(last.test, ast.Constant) and not last.test.value
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        return getattr(function, "attr", "") == "fail" or ast.unparse(function) == "sys.exit"
    return isinstance(last, ast.Raise)


def _expects(node: ast.AST) -> bool:
    """`with pytest.raises(ImportError):`, `with self.assertRaises(ImportError):`."""
    return isinstance(node, ast.With | ast.AsyncWith) and any(
        _call_with_import_error(item.context_expr, "raises", "assertRaises", "assertRaisesRegex")
        for item in node.items
    )


def _call_with_import_error(node: ast.expr, *names: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in names and any(
        getattr(part, "id", getattr(part, "attr", "")) in _CATCHES_IMPORT_ERROR
        for argument in node.args[:1]
        for part in ast.walk(argument)
    )


def uses(function: ast.AST, name: str) -> bool:
    """Whether a function reads a name, by itself or in a quoted type."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if name in text and TYPE.fullmatch(text) and re.search(rf"\b{name}\b", text):
                return True
    return False
