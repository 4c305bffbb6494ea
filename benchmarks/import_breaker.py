"""Breaks a package the way careless edits do: imports inserted, moved, hoisted; names deleted."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from consolidator.names import ModuleName

Edit = tuple[int, int, str]  # lines from, to (exclusive, 0-based) become this text


def broken(
    root: Path, names: Sequence[ModuleName], chance: random.Random, kinds: Sequence[str] = ()
) -> dict[Path, bytes]:
    """New contents for one to three files of the package below `root`, each still parsing."""
    edits: dict[Path, bytes] = {}
    wanted = chance.randint(1, 3)
    for _ in range(200):
        if len(edits) == wanted:
            break
        path = path_of(root, chance.choice(names))
        if path is None or path in edits:
            continue
        way = _WAYS[chance.choice(list(kinds or _WAYS))]
        changed = _changed(path, way, root, names, chance)
        if changed is not None:
            edits[path] = changed
    return edits


def path_of(root: Path, module: str) -> Path | None:
    """The file of a module, None for a namespace package."""
    base = root / module.replace(".", "/")
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.is_file():
            return path
    return None


class _Subject:
    """One file that is to be broken."""

    def __init__(self, text: str, root: Path, names: Sequence[ModuleName], chance: random.Random):
        self.lines = text.splitlines(keepends=True)
        self.tree = ast.parse(text)
        self.root, self.names, self.chance = root, names, chance

    def place(self) -> int:
        """A line at which a statement can be inserted: before or after a top-level one."""
        body = [s for s in self.tree.body if not _is_first(s)]
        spots = [_start(s) for s in body] + ([body[-1].end_lineno or 0] if body else [])
        return self.chance.choice(spots) if spots else len(self.lines)

    def stranger(self) -> tuple[str, str] | None:
        """Another module and a name that it defines."""
        module = self.chance.choice(self.names)
        path = path_of(self.root, module)
        if path is None:
            return None
        found = [
            statement.name
            for statement in ast.parse(path.read_bytes()).body
            if isinstance(statement, (ast.ClassDef, ast.FunctionDef))
        ]
        return (module, self.chance.choice(found)) if found else None


def _changed(
    path: Path,
    way: Callable[[_Subject], Edit | None],
    root: Path,
    names: Sequence[ModuleName],
    chance: random.Random,
) -> bytes | None:
    data = path.read_bytes()
    try:
        subject = _Subject(data.decode("utf-8"), root, names, chance)
        edit = way(subject)
        if edit is None:
            return None
        start, end, text = edit
        lines = [*subject.lines[:start], text, *subject.lines[end:]]
        changed = "".join(lines).encode("utf-8")
        compile(changed, str(path), "exec", dont_inherit=True)
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return None
    return changed if changed != data else None


def _insert_from(subject: _Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"from {found[0]} import {found[1]}\n")


def _insert_import(subject: _Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"import {found[0]}\n{found[0]}.{found[1]}\n")


def _insert_alias(subject: _Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"import {found[0]} as _m\n_x = _m.{found[1]}\n")


def _insert_base(subject: _Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    if found is None:
        return None
    package, _, tail = found[0].rpartition(".")
    text = f"def _check(base=_m.{found[1]}):\n    return base\n"
    return (line, line, f"from {package} import {tail} as _m\n{text}") if package else None


def _insert_star(subject: _Subject) -> Edit | None:
    found = subject.stranger()
    line = subject.place()
    return found and (line, line, f"from {found[0]} import *\n")


def _move_import(subject: _Subject) -> Edit | None:
    """Move a top-level import to another place, up or down."""
    imports = [s for s in subject.tree.body if isinstance(s, (ast.Import, ast.ImportFrom))]
    imports = [s for s in imports if not _is_first(s)]
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


def _hoist(subject: _Subject) -> Edit | None:
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
    body = [s for s in subject.tree.body if not _is_first(s)]
    line = _start(body[0]) if body else 0
    return line, line, ast.unparse(chosen) + "\n"


def _unguard(subject: _Subject) -> Edit | None:
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


def _delete(subject: _Subject) -> Edit | None:
    """Delete a top-level definition or import."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign)
    body = [s for s in subject.tree.body if isinstance(s, kinds) and not _is_first(s)]
    if not body:
        return None
    chosen = subject.chance.choice(body)
    return _start(chosen), chosen.end_lineno or chosen.lineno, "pass\n"


def _move_definition(subject: _Subject) -> Edit | None:
    """Move a class or function to the end of its module."""
    body = [s for s in subject.tree.body if isinstance(s, (ast.ClassDef, ast.FunctionDef))]
    if not body:
        return None
    chosen = subject.chance.choice(body)
    start, end = _start(chosen), chosen.end_lineno or chosen.lineno
    moved = "".join(subject.lines[start:end])
    return start, len(subject.lines), "".join(subject.lines[end:]) + "\n" + moved


def _start(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)]) - 1


def _is_first(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


_WAYS: dict[str, Callable[[_Subject], Edit | None]] = {
    "from": _insert_from,
    "import": _insert_import,
    "alias": _insert_alias,
    "base": _insert_base,
    "star": _insert_star,
    "move": _move_import,
    "hoist": _hoist,
    "unguard": _unguard,
    "delete": _delete,
    "sink": _move_definition,
}
