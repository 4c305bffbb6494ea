"""What gives the names of a module their values: imports, definitions and values, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from consolidator.index.class_identity.code import digest, one_line
from consolidator.index.class_identity.shape import bound, first_line
from consolidator.index.definitions import is_own_logger
from consolidator.index.syntax import parse

Bindings = dict[str, list[list[Any]]]
"""For each name of a module, in order, what binds it:

- `["import", module, name]`: as written, with leading dots; `name` is None for a plain `import`,
  then `module` is what the name stands for,
- `["definition", first line, last line]`: a class or function,
- `["logger"]`: `logger = logging.getLogger(__name__)` and its like,
- `["value", digest, names]`: an expression that has the same value wherever its names mean the
  same, and cannot be changed,
- `["own", code]`: anything else, which is the module's own.
"""

# What is called in an expression that gives an equal and unchangeable value every time.
_PURE = frozenset(
    (
        "TypeVar",
        "ParamSpec",
        "TypeVarTuple",
        "NewType",
        "compile",
        "frozenset",
        "tuple",
        "Decimal",
        "Fraction",
        "timedelta",
        "getenv",
        "int",
        "str",
        "float",
        "bool",
        "bytes",
        "cast",
        "Path",
        "PurePath",
    )
)
_WITH_HEADS = (ast.With, ast.For, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def module_bindings(text: str) -> Bindings:
    """The bindings of a module's names, also those in its blocks. Raises `SyntaxError`."""
    found: Bindings = {}
    for statement in _statements(parse(text).tree.body):
        for name, binding in _bindings(statement):
            found.setdefault(name, []).append(binding)
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module that bind names, those in blocks included."""
    for statement in body:
        if isinstance(statement, ast.If | ast.Try | ast.TryStar | ast.With | ast.While | ast.For):
            for field in ("body", "handlers", "orelse", "finalbody"):
                for child in getattr(statement, field, []):
                    inner = child.body if isinstance(child, ast.ExceptHandler) else [child]
                    yield from _statements(inner)
        if isinstance(statement, _WITH_HEADS) or not hasattr(statement, "body"):
            yield statement


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        lines = [first_line(statement), statement.end_lineno]
        yield statement.name, ["definition", *lines]
    elif isinstance(statement, ast.Import):
        for alias in statement.names:
            meant = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or meant, ["import", meant, None]
    elif isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        for alias in statement.names:
            yield alias.asname or alias.name, ["import", module, alias.name]
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        yield from _assigned(statement)
    else:
        for name in _bound_by_head(statement):
            yield name, ["own", one_line(statement)]


def _bound_by_head(statement: ast.stmt) -> Iterator[str]:
    """What a statement binds apart from its body: `for x in …:`, `with f() as x:`, `x += 1`."""
    if isinstance(statement, ast.For):
        yield from bound(ast.Expr(statement.target))
    elif isinstance(statement, ast.With):
        for item in statement.items:
            if item.optional_vars is not None:
                yield from bound(ast.Expr(item.optional_vars))
    else:
        yield from bound(statement)


def _assigned(statement: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, list[Any]]]:
    value = statement.value
    if value is None:
        return
    binding: list[Any] = ["own", one_line(statement)]
    if is_own_logger(statement):
        binding = ["logger"]
    elif _is_unchangeable(value):
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        binding = ["value", digest([value]), sorted(names)]
    plain = isinstance(statement, ast.AnnAssign) or all(
        isinstance(target, ast.Name) for target in statement.targets
    )
    for name in bound(statement):
        yield name, binding if plain else ["own", one_line(statement)]


def _is_unchangeable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        name = getattr(value.func, "attr", getattr(value.func, "id", ""))
        arguments = [*value.args, *(keyword.value for keyword in value.keywords)]
        return name in _PURE and all(map(_is_plain, arguments))
    if isinstance(value, ast.List | ast.Set | ast.Dict | ast.ListComp | ast.SetComp | ast.DictComp):
        return False
    if isinstance(value, ast.GeneratorExp | ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
        return False
    if isinstance(value, ast.Subscript):
        return _is_unchangeable(value.value) and _is_plain(value.slice)
    if isinstance(value, ast.Lambda):
        return _is_unchangeable(value.body)
    children = [node for node in ast.iter_child_nodes(value) if isinstance(node, ast.expr)]
    return all(map(_is_unchangeable, children))


def _is_plain(value: ast.expr) -> bool:
    """Whether an argument is unchangeable, or a display that the call takes apart."""
    if isinstance(value, ast.List | ast.Set | ast.Tuple):
        return all(map(_is_plain, value.elts))
    return _is_unchangeable(value)
