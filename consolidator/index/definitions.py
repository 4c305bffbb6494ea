"""Top-level definitions: which statements make one up, and what they bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from consolidator.index.module import Module, is_type_checking
from consolidator.index.scopes import NameUse

DefinitionKind = Literal["class", "function", "constant"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A top-level class, function or constant: the statements that make it."""

    name: str
    kind: DefinitionKind
    statements: tuple[int, ...]
    """Indexes into the module's body, ascending: overloads, redefinitions and what is set on it."""
    names: frozenset[str]
    """Everything these statements bind."""


def definition(module: Module, name: str) -> Definition | None:
    """The definition of a module-level name, or None when the module only imports or lacks it.

    A name that several statements bind (`C = decorate(C)`, overloads, `if`/`else`) is one
    definition made of all of them, together with the statements that set attributes on it, and
    with the string right below an assignment, which describes what it binds.
    """
    own = _imports_of_itself(module, name)
    bindings = [
        binding
        for binding in module.bindings(name)
        if not binding.via_global and binding.node not in own
    ]
    statements = sorted({binding.statement for binding in bindings})
    kinds = {binding.kind for binding in bindings}
    if not statements or ("import" in kinds and not kinds & {"class", "function"}):
        # also: try: from m import C / except ImportError: C = None
        return None
    bound = set().union(*(bound_names(module, index) for index in statements))
    attached = [
        index
        for index in range(statements[0] + 1, len(module.body))
        if index not in statements
        and (
            _sets_attribute(module.body[index], name)
            or _registers(module, index, name)
            or _fills(module, index, name)
        )
    ]
    attached += [index + 1 for index in (*statements, *attached) if _is_described(module, index)]
    everything = tuple(sorted({*statements, *attached}))
    return Definition(name, _kind(module, name), everything, frozenset(bound))


def _imports_of_itself(module: Module, name: str) -> list[ast.AST]:
    """`from this.module import C` in `if __name__ == "__main__":`, for the sake of pickles."""
    found: list[ast.AST] = []
    for item in module.imports_by_name.get(name, ()):
        if item.module == module.name and item.name == name:
            found += [item.node, item.node.names[item.index]]
    return found


def bound_names(module: Module, statement: int) -> frozenset[str]:
    """The module-level names that one top-level statement binds when it runs."""
    return frozenset(
        name
        for name, bindings in module.scope.bindings.items()
        if any(b.statement == statement and not b.via_global for b in bindings)
    )


def is_for_type_checker(module: Module, name: str) -> bool:
    """Whether a module-level name is bound under `if TYPE_CHECKING:` and nowhere else."""
    bindings = module.bindings(name)
    return bool(bindings) and all(
        binding.statement < len(module.body)
        and is_type_checking(module.body[binding.statement], binding.node)
        for binding in bindings
    )


def is_main_guard(statement: ast.stmt) -> bool:
    """`if __name__ == "__main__":`, whose body does not run when the module is imported."""
    if not isinstance(statement, ast.If) or not isinstance(statement.test, ast.Compare):
        return False
    names = [statement.test.left, *statement.test.comparators]
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in names)


def is_program(module: Module) -> bool:
    """Whether a module is run rather than imported: `__main__`, or a script outside of packages.

    A test module may end in `unittest.main()`, and is imported all the same.
    """
    if module.name.tail == "__main__":
        return True
    tested = module.name.startswith("test") or module.name.endswith(("_test", "_tests"))
    return "." not in module.name and not tested and any(map(is_main_guard, module.body))


def _kind(module: Module, name: str) -> DefinitionKind:
    kinds = {binding.kind for binding in module.bindings(name)}
    if "class" in kinds:
        return "class"
    return "function" if "function" in kinds else "constant"


def _sets_attribute(statement: ast.stmt, name: str) -> bool:
    """`C.x = 1`, `C.x: int = 1`, `del C.x`, `setattr(C, "x", 1)`."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign | ast.Delete):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Name) and call.func.id == "setattr" and call.args:
            return isinstance(call.args[0], ast.Name) and call.args[0].id == name
    return bool(targets) and all(_is_attribute_of(target, name) for target in targets)


def _is_described(module: Module, index: int) -> bool:
    """`LIMIT = 3` with a docstring of its own on the next line, as documentation tools read it."""
    first, *rest = module.body[index : index + 2]
    if not rest or not isinstance(first, ast.Assign | ast.AnnAssign):
        return False
    value = rest[0].value if isinstance(rest[0], ast.Expr) else None
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return is_text and rest[0].lineno - (first.end_lineno or 0) == 1


def _registers(module: Module, index: int, name: str) -> bool:
    """`register(C)`, with a `register` that is imported: whoever imports C expects that too."""
    statement = module.body[index]
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    arguments = statement.value.args
    if not any(isinstance(node, ast.Name) and node.id == name for node in arguments):
        return False
    others = {use.name for use in module.uses_in(index)} - {name}
    return all(module.imports_by_name.get(other) for other in others)


def _fills(module: Module, index: int, name: str) -> bool:
    """`TABLE.update(...)`, `TABLE["x"] = 1`, with nothing else of the module in it."""
    statement = module.body[index]
    root: ast.AST | None = None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        root = statement.value.func
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        root = statement.targets[0]
    if not isinstance(root, ast.Attribute | ast.Subscript):
        return False
    if not (isinstance(root.value, ast.Name) and root.value.id == name):
        return False
    constant = all(b.kind not in {"class", "function", "import"} for b in module.bindings(name))
    others = {use.name for use in module.uses_in(index)} - {name}
    return constant and all(
        module.imports_by_name.get(other) or not module.bindings(other) for other in others
    )


def _is_attribute_of(target: ast.expr, name: str) -> bool:
    if not isinstance(target, ast.Attribute):
        return False
    root: ast.expr = target
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id == name


def uses_of(module: Module, statements: tuple[int, ...]) -> Iterator[NameUse]:
    """The uses of module-level names in some statements."""
    wanted = set(statements)
    return (use for use in module.global_uses if use.statement in wanted)


def is_own_logger(statement: ast.stmt) -> bool:
    """`logger = logging.getLogger(__name__)` and its like: each module has its own."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    if isinstance(statement, ast.Assign) and len(statement.targets) != 1:
        return False
    return any(is_logger_call(node) for node in ast.walk(statement.value))


def is_logger_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    about_module = any(isinstance(each, ast.Name) and each.id == "__name__" for each in given)
    return about_module and "logger" in name.lower()


_GROWING = frozenset({"append", "extend", "insert", "register"})


def is_import_block(statement: ast.stmt) -> bool:
    """Whether an `if` or `try` only decides what to import.

        try:
            import ujson as json
        except ImportError:
            import json
            HAVE_UJSON = False

    Such a block can stand in two modules without a difference.
    """
    if not isinstance(statement, ast.If | ast.Try):
        return False
    leaves = list(_leaves(statement))
    has_import = any(isinstance(leaf, ast.Import | ast.ImportFrom) for leaf in leaves)
    return has_import and all(map(_is_harmless, leaves))


def adds_to_others(module: Module, statement: int) -> bool:
    """Whether a block adds to what the module makes elsewhere, which a copy would do once more.

    try:
        import fast
    except ImportError:
        fast = None
    else:
        READERS.append("fast")
    """
    return any(
        name is not None and name != "__all__" and _is_made_elsewhere(module, name, statement)
        for name in map(_added_to, _leaves(module.body[statement]))
    )


def _added_to(leaf: ast.stmt) -> str | None:
    """`READERS += ["fast"]`, `READERS.append("fast")`."""
    grown: ast.AST | None = leaf.target if isinstance(leaf, ast.AugAssign) else None
    call = leaf.value if isinstance(leaf, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        grown = call.func.value if call.func.attr in _GROWING else None
    return grown.id if isinstance(grown, ast.Name) else None


def _is_made_elsewhere(module: Module, name: str, statement: int) -> bool:
    return any(
        binding.statement != statement and binding.kind != "import"
        for binding in module.bindings(name)
    )


def _leaves(statement: ast.stmt) -> Iterator[ast.stmt]:
    if not isinstance(statement, ast.If | ast.Try):
        yield statement
        return
    handlers = getattr(statement, "handlers", [])
    bodies = [statement.body, *(handler.body for handler in handlers), statement.orelse]
    for body in [*bodies, getattr(statement, "finalbody", [])]:
        for child in body:
            yield from _leaves(child)


def _is_harmless(leaf: ast.stmt) -> bool:
    if isinstance(leaf, ast.Assign):
        plain = all(isinstance(target, ast.Name) for target in leaf.targets)
        return plain and isinstance(leaf.value, ast.Constant | ast.Name | ast.Attribute)
    return isinstance(leaf, ast.Import | ast.ImportFrom | ast.Pass)
