"""What stands in the source where a definition was."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.imports.wrap import Entry, WrapStyle, Writing, width_of, write_from
from consolidator.edits.relative_style import prefers_relative
from consolidator.errors import UsageError
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName
from consolidator.plan.move import DEFAULT_COMMENT

_KINDS = ("class", "function", "constant")


def comment_line(
    template: str, name: str, kind: str, source: ModuleName, target: ModuleName
) -> str:
    """The comment above a leave-behind.

    Raises `UsageError` when the template has another field than name, kind, source and target,
    or does not give a comment.
    """
    try:
        text = template.format(name=name, kind=kind, source=source, target=target)
    except (KeyError, IndexError, ValueError) as error:
        raise UsageError(
            f"the comment template {template!r} is wrong ({error}); "
            "it may hold {name}, {kind}, {source} and {target}"
        ) from None
    if text and not all(line.startswith("#") for line in text.splitlines()):
        raise UsageError(f"the comment template {template!r} does not give a comment")
    return text


def comment_above(
    module: Module, node: ast.stmt, name: str, target: ModuleName, template: str
) -> tuple[int, int] | None:
    """The lines of the comment that a move leaves above an import; None when there is none."""
    for pattern in dict.fromkeys((template, DEFAULT_COMMENT)):
        for kind in _KINDS:
            text = comment_line(pattern, name, kind, module.name, target) if pattern else ""
            wanted = text.splitlines()
            first = node.lineno - 1
            while wanted and first >= len(wanted):
                lines = [
                    module.syntax.line_text(number).rstrip()
                    for number in range(first - len(wanted) + 1, first + 1)
                ]
                if lines == wanted:
                    return first - len(wanted) + 1, first
                if not module.syntax.line_text(first).startswith("#"):
                    break
                first -= 1
    return None


def names_left_behind(module: Module, template: str) -> frozenset[str]:
    """The names that earlier moves have left importable from a module."""
    return frozenset(
        item.bound
        for item in module.imports
        if item.bound
        and item.scope is module.scope
        and comment_above(module, item.node, item.bound, item.module, template)
    )


def import_statement(spelled_module: str, names: Iterable[str], codes: Iterable[str]) -> str:
    """`from module import name`, marked for the linter where the project lints for that."""
    statement = f"from {spelled_module} import {', '.join(names)}"
    listed = ", ".join(codes)
    return f"{statement}  # noqa: {listed}" if listed else statement


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands where a definition stood: a comment, and an import or other code below it."""

    lead: str = ""
    code: str = ""
    names: tuple[str, ...] = ()
    """What an import imports, as it is spelled there."""
    codes: tuple[str, ...] = ()
    """The lint rules that an import is marked for."""

    @property
    def text(self) -> str:
        """All of it."""
        return self.lead + self.code


def together(
    module: Module, spelled_module: str, parts: Sequence[StandIn], habits: Habits
) -> list[StandIn]:
    """Imports that stand next to each other as isort has them: as one, or in its order."""
    if habits.shares_names is False:
        first, *rest = sorted(parts, key=lambda part: habits.usual.by_name(part.names[0]))
        newline = module.file.newline
        return [
            first,
            *(replace(part, lead=newline * bool(part.lead) + part.lead) for part in rest),
        ]
    return [_joined(module, spelled_module, parts, habits)]


def _joined(
    module: Module, spelled_module: str, parts: Sequence[StandIn], habits: Habits
) -> StandIn:
    """Imports that stand next to each other as one.

    # LIMIT constant moved to shop.billing to maintain SSOT
    # Invoice class moved to shop.billing to maintain SSOT
    from shop.billing import LIMIT, Invoice
    """
    newline = module.file.newline
    names = sorted({name for part in parts for name in part.names}, key=habits.usual.by_name)
    codes = sorted({code for part in parts for code in part.codes})
    writing = Writing(newline, width_of(module.text), "    ", WrapStyle(), collapses=True)
    marked = f"# noqa: {', '.join(codes)}" if codes else ""
    code = write_from(spelled_module, [Entry(name) for name in names], "", marked, writing)
    lead = "".join(part.lead for part in parts)
    return StandIn(lead, code + newline, tuple(names), tuple(codes))


def lazy_leave_behind(
    spelled_module: str,
    names: list[str],
    newline: str,
    renamed: Mapping[str, str] = MappingProxyType({}),
    mark: str = "",
) -> str:
    """A module-level `__getattr__` (PEP 562) that imports the names when asked for them.

    `renamed` says what the module calls a name, where it calls it otherwise; `mark` is what the
    linter wants behind an import that stands in a function.
    """
    branches = lazy_branches(spelled_module, names, renamed, mark=mark)
    lines = ["def __getattr__(name: str) -> object:"]
    lines += [f"    {line}" if line else "" for line in branches]
    lines.append('    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")')
    return newline.join(lines)


def lazy_branches(
    spelled_module: str,
    names: list[str],
    renamed: Mapping[str, str] = MappingProxyType({}),
    asked: str = "name",
    mark: str = "",
) -> list[str]:
    """The lines of a `__getattr__` that import the names; `asked` is what it calls its argument."""
    lines: list[str] = []
    for name in names:
        called = renamed.get(name, name)
        lines += [f'if {asked} == "{name}":', f"    from {spelled_module} import {called}{mark}"]
        lines += ["", f"    return {called}"]
    return lines


def spelled(index: Index, source: Module, target: ModuleName) -> str:
    """How the source names the target: relative where imports are relative there."""
    around = Surroundings(source.name, source.is_package)
    dots = around.dots_to(target)
    return around.relative(target) if dots and prefers_relative(index, source, dots) else target


def lint_codes(
    source: Module, names: Iterable[str], used: Collection[str], at_top: bool, rules: frozenset[str]
) -> list[str]:
    """Which of the project's lint rules the leave-behind of some names would break."""
    codes = []
    if "E402" in rules and not at_top:
        codes.append("E402")
    listed = {*used, *(source.all_names or ())}
    if "F401" in rules and not source.is_package and any(name not in listed for name in names):
        codes.append("F401")
    return codes


def may_stand_above_imports(statement: ast.stmt) -> bool:
    """Whether E402 lets imports stand below a statement: `__all__ = [...]`, `if TYPE_CHECKING:`."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.If | ast.Try | ast.With):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else []
    return len(targets) == 1 and _is_dunder(targets[0])


def _is_dunder(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id[:2] == target.id[-2:] == "__"


def joinable_getattr(source: Module) -> ast.FunctionDef | None:
    """The module's one `def __getattr__(name):`, with a body on lines of its own."""
    nodes = [binding.node for binding in source.bindings("__getattr__")]
    node = nodes[0]
    if len(nodes) > 1 or not isinstance(node, ast.FunctionDef) or node not in source.body:
        return None
    takes_one = len(node.args.args) == 1 and not node.args.posonlyargs
    own_lines = node.body[0].lineno > node.lineno
    return node if takes_one and own_lines and not node.decorator_list else None
