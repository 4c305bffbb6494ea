"""Ways of breaking a file by changing what it has: imports moved, hoisted, removed, rewritten."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable

from benchmarks.breaking import Definition, Edit, Importing, Subject, end_of, is_first, start_of


def _move_import(subject: Subject) -> Edit | None:
    """Move a top-level import to another place, up or down."""
    imports = [s for s in subject.tree.body if isinstance(s, (ast.Import, ast.ImportFrom))]
    imports = [s for s in imports if not is_first(s)]
    if not imports:
        return None
    chosen = subject.chance.choice(imports)
    start, end = chosen.lineno - 1, chosen.end_lineno or chosen.lineno
    text = "".join(subject.lines[start:end])
    line = subject.place()
    if start <= line <= end:
        return None
    if line > end:
        return start, line, "".join(subject.lines[end:line]) + text
    return line, end, text + "".join(subject.lines[line:start])


def _hoist(subject: Subject) -> Edit | None:
    """Move a function-level import to the top of the module."""
    inner = [
        node
        for function in ast.walk(subject.tree)
        if isinstance(function, ast.FunctionDef)
        for node in function.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    if not inner:
        return None
    chosen = subject.chance.choice(inner)
    body = [s for s in subject.tree.body if not is_first(s)]
    line = start_of(body[0]) if body else 0
    return line, line, ast.unparse(chosen) + "\n"


def _unguard(subject: Subject) -> Edit | None:
    """Make a TYPE_CHECKING block run."""
    guards = [
        s
        for s in subject.tree.body
        if isinstance(s, ast.If) and "TYPE_CHECKING" in ast.unparse(s.test)
    ]
    if not guards:
        return None
    chosen = subject.chance.choice(guards)
    return chosen.lineno - 1, chosen.test.end_lineno or chosen.lineno, "if True:\n"


def _delete(subject: Subject) -> Edit | None:
    """Delete a top-level definition or import."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign)
    body = [s for s in subject.tree.body if isinstance(s, kinds) and not is_first(s)]
    if not body:
        return None
    chosen = subject.chance.choice(body)
    return start_of(chosen), chosen.end_lineno or chosen.lineno, "pass\n"


def _move_definition(subject: Subject) -> Edit | None:
    """Move a class or function to the end of its module."""
    body = [s for s in subject.tree.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))]
    if not body:
        return None
    chosen = subject.chance.choice(body)
    start, end = start_of(chosen), chosen.end_lineno or chosen.lineno
    moved = "".join(subject.lines[start:end])
    return start, len(subject.lines), "".join(subject.lines[end:]) + "\n" + moved


def _delay_import(subject: Subject) -> Edit | None:
    """Move a top-level import below a class or function that comes after it."""
    pairs = [
        (statement, later)
        for statement in subject.imports
        for later in subject.body
        if isinstance(later, Definition) and later.lineno > end_of(statement)
    ]
    if not pairs:
        return None
    statement, later = subject.chance.choice(pairs)
    start, end = start_of(statement), end_of(statement)
    between = "".join(subject.lines[end : end_of(later)])
    return start, end_of(later), between + subject.text(statement)


def _dive(subject: Subject) -> Edit | None:
    """`from . import x` becomes `from .x import name`."""
    modules = set(subject.names)
    found = [
        (statement, f"{subject.absolute(statement)}.{alias.name}")
        for statement in subject.imports
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
        if f"{subject.absolute(statement)}.{alias.name}" in modules
    ]
    if not found:
        return None
    statement, module = subject.chance.choice(found)
    names = subject.defined(module, Definition)
    if not names:
        return None
    text = f"from {module} import {subject.chance.choice(names)}\n{subject.text(statement)}"
    return start_of(statement), end_of(statement), text


def _surface(subject: Subject) -> Edit | None:
    """`from .x import name` becomes `from . import x` and `name = x.name`."""
    modules = set(subject.names)
    found = [
        s
        for s in subject.imports
        if isinstance(s, ast.ImportFrom)
        and s.names[0].name != "*"
        and subject.absolute(s) in modules
        and "." in subject.absolute(s)
    ]
    if not found:
        return None
    statement = subject.chance.choice(found)
    package, _, tail = subject.absolute(statement).rpartition(".")
    lines = [f"from {package} import {tail} as _{tail}"]
    lines += [f"{a.asname or a.name} = _{tail}.{a.name}" for a in statement.names]
    return start_of(statement), end_of(statement), "\n".join(lines) + "\n"


def _make_star(subject: Subject) -> Edit | None:
    """`from x import a, b` becomes `from x import *`, or the other way round."""
    modules = set(subject.names)
    found = [
        s
        for s in subject.imports
        if isinstance(s, ast.ImportFrom) and subject.absolute(s) in modules
    ]
    if not found:
        return None
    statement = subject.chance.choice(found)
    module = subject.absolute(statement)
    listed = "*"
    if statement.names[0].name == "*":
        names = subject.defined(module, Definition)
        listed = ", ".join(names[: subject.chance.randint(1, 5)])
        if not listed:
            return None
    return start_of(statement), end_of(statement), f"from {module} import {listed}\n"


def _reexport(subject: Subject) -> Edit | None:
    """Take an import of an `__init__` away, or exchange it with the one before."""
    imports = subject.imports
    if subject.path.name != "__init__.py" or len(imports) < 2:
        return None
    position = subject.chance.randrange(1, len(imports))
    one, two = imports[position - 1], imports[position]
    if subject.chance.random() < 0.4:
        return start_of(two), end_of(two), "pass\n"
    between = "".join(subject.lines[end_of(one) : start_of(two)])
    return start_of(one), end_of(two), subject.text(two) + between + subject.text(one)


def _guard(subject: Subject) -> Edit | None:
    """Make an import one for type checkers."""
    if not subject.imports:
        return None
    chosen = subject.chance.choice(subject.imports)
    text = f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {ast.unparse(chosen)}\n"
    return start_of(chosen), end_of(chosen), text


def _tolerate(subject: Subject) -> Edit | None:
    """Catch that an import fails."""
    imports = [s for s in subject.imports if s.names[0].name != "*"]
    if not imports:
        return None
    chosen = subject.chance.choice(imports)
    bound = [(alias.asname or alias.name).partition(".")[0] for alias in chosen.names]
    text = f"try:\n    {ast.unparse(chosen)}\nexcept ImportError:\n    {' = '.join(bound)} = None\n"
    return start_of(chosen), end_of(chosen), text


def _rename(subject: Subject) -> Edit | None:
    """Call a class or function something else where it is defined."""
    body = [s for s in subject.tree.body if isinstance(s, Definition)]
    if not body:
        return None
    chosen = subject.chance.choice(body)
    line = chosen.lineno - 1
    text = subject.lines[line].replace(chosen.name, f"{chosen.name}_renamed", 1)
    return line, line + 1, text


def _evaluate(subject: Subject) -> Edit | None:
    """Take `from __future__ import annotations` away."""
    found = [s for s in subject.tree.body if isinstance(s, ast.ImportFrom) and is_first(s)]
    return (start_of(found[0]), end_of(found[0]), "pass\n") if found else None


def _exchange(subject: Subject) -> Edit | None:
    """Exchange two neighbours of the top level, one of them an import."""
    body = subject.body
    pairs = [
        (one, two)
        for one, two in itertools.pairwise(body)
        if isinstance(one, Importing) != isinstance(two, Importing)
    ]
    if not pairs:
        return None
    one, two = subject.chance.choice(pairs)
    between = "".join(subject.lines[end_of(one) : start_of(two)])
    return start_of(one), end_of(two), subject.text(two) + between + subject.text(one)


MOVES: dict[str, Callable[[Subject], Edit | None]] = {
    "move": _move_import,
    "hoist": _hoist,
    "unguard": _unguard,
    "delete": _delete,
    "sink": _move_definition,
    "delay": _delay_import,
    "dive": _dive,
    "surface": _surface,
    "make-star": _make_star,
    "reexport": _reexport,
    "guard": _guard,
    "tolerate": _tolerate,
    "rename": _rename,
    "evaluate": _evaluate,
    "exchange": _exchange,
}
