"""Ways of breaking a file by inserting something: imports, uses, bases."""

from __future__ import annotations

import ast
from collections.abc import Callable

from benchmarks.breaking import Edit, Subject, end_of, start_of


def _insert_from(subject: Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"from {found[0]} import {found[1]}\n")


def _insert_import(subject: Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"import {found[0]}\n{found[0]}.{found[1]}\n")


def _insert_alias(subject: Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"import {found[0]} as _m\n_x = _m.{found[1]}\n")


def _insert_base(subject: Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    if found is None:
        return None
    package, _, tail = found[0].rpartition(".")
    text = f"def _check(base=_m.{found[1]}):\n    return base\n"
    return (line, line, f"from {package} import {tail} as _m\n{text}") if package else None


def _insert_star(subject: Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"from {found[0]} import *\n")


def _insert_use(subject: Subject) -> Edit | None:
    """Use a name that an import or definition of the file binds, maybe before it is bound."""
    bound = [
        (alias.asname or alias.name).partition(".")[0]
        for statement in subject.imports
        for alias in statement.names
        if alias.name != "*"
    ]
    if not bound:
        return None
    name, line = subject.chance.choice(bound), subject.place()
    return line, line, f"class _Use:\n    used = {name}\n"


def _insert_attribute(subject: Subject) -> Edit | None:
    """Use an attribute of a module that a plain import or a from-import binds."""
    modules = set(subject.names)
    found = [
        (alias.asname or alias.name, f"{subject.absolute(statement)}.{alias.name}")
        for statement in subject.imports
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if f"{subject.absolute(statement)}.{alias.name}" in modules
    ]
    if not found:
        return None
    bound, module = subject.chance.choice(found)
    names = subject.defined(module, (ast.ClassDef, ast.FunctionDef))
    line = subject.place()
    return (line, line, f"_x = {bound}.{subject.chance.choice(names)}\n") if names else None


def _swap_base(subject: Subject) -> Edit | None:
    """Derive a class from one of another module."""
    classes = [s for s in subject.tree.body if isinstance(s, ast.ClassDef) and not s.keywords]
    module = subject.chance.choice(subject.names)
    bases = subject.defined(module, (ast.ClassDef,))
    if not classes or not bases:
        return None
    chosen, base = subject.chance.choice(classes), subject.chance.choice(bases)
    start, body = start_of(chosen), chosen.body[0]
    if body.lineno == chosen.lineno:
        return None
    chosen.bases = [ast.Name(base)]
    header = ast.unparse(ast.ClassDef(
        name=chosen.name, bases=chosen.bases, keywords=[], body=[ast.Pass()],
        decorator_list=chosen.decorator_list, **_parameters(chosen),
    )).removesuffix("pass").rstrip()  # fmt: skip
    return start, start_of(body), f"from {module} import {base}\n{header}\n"


def _parameters(node: ast.ClassDef) -> dict[str, list[ast.AST]]:
    return {"type_params": node.type_params} if hasattr(node, "type_params") else {}


def _insert_listed(subject: Subject) -> Edit | None:
    """Promise a name in `__all__` that the module does not have, or has only later."""
    names = [s.name for s in subject.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))]
    found = [
        s
        for s in subject.body
        if isinstance(s, ast.Assign)
        and isinstance(s.value, ast.List)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in s.targets)
    ]
    if not found:
        return None
    name = subject.chance.choice([*names, "nothing_of_that_name"])
    line = end_of(found[0])
    return line, line, f"__all__ += [{name!r}]\n"


INSERTS: dict[str, Callable[[Subject], Edit | None]] = {
    "from": _insert_from,
    "import": _insert_import,
    "alias": _insert_alias,
    "base": _insert_base,
    "star": _insert_star,
    "use": _insert_use,
    "attribute": _insert_attribute,
    "swap-base": _swap_base,
    "listed": _insert_listed,
}
