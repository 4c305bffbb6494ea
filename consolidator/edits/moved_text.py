"""The text that arrives in the target: the travelling statements, adapted where they must be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consolidator.edits.closure import Closure
from consolidator.edits.cutting import own_lines, statement_lines
from consolidator.edits.imports.habits import Habits
from consolidator.edits.imports.names import Surroundings
from consolidator.edits.imports.wrap import width_of
from consolidator.edits.needs import Need
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.index.module import Module
from consolidator.index.scopes import FunctionNode, NameUse, Scope
from consolidator.names import ModuleName, Span


@dataclass(frozen=True, slots=True)
class LazyImport:
    """An import to stand at the top of a function: `from module import name`, or `import name`."""

    function: ast.AST
    module: str
    """As it is spelled; empty for a plain `import`."""
    name: str
    """With its alias, if any."""


def moved_text(closure: Closure, edits: Iterable[TextEdit], newline: str) -> str:
    """The travelling statements in source order, with edits made in source coordinates.

    Neighbours keep what stands between them; others are two blank lines apart. Ends in a newline.
    """
    source = closure.source
    pieces: list[str] = []
    everything = list(edits)
    for group in neighbours(closure):
        start = statement_lines(source, group[0]).start
        end = statement_lines(source, group[-1]).end
        span = Span(start, end)
        inside = [_shift(edit, start) for edit in everything if edit.span in span]
        pieces.append(apply_edits(span.of(source.text), inside).rstrip("\r\n"))
    text = ("\n" * 3).join(pieces) + "\n"
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", newline)


def neighbours(closure: Closure) -> Iterator[list[int]]:
    """Runs of travelling statements with nothing but blank lines between them."""
    run: list[int] = []
    for index in closure.statements:
        if run and not _adjacent(closure.source, run[-1], index):
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _adjacent(source: Module, first: int, second: int) -> bool:
    if second != first + 1:
        return False
    lines = range(own_lines(source, first)[1] + 1, own_lines(source, second)[0])
    return all(not source.syntax.line_text(number).strip() for number in lines)


def _shift(edit: TextEdit, start: int) -> TextEdit:
    span = Span(edit.span.start - start, edit.span.end - start)
    return TextEdit(span, edit.replaced, edit.replacement)


def rename_edits(module: Module, needs: Iterable[Need]) -> Iterator[TextEdit]:
    """Call needs as the target calls them, at every use in the travelling statements."""
    for need in needs:
        for use in need.uses:
            edit = as_called_there(module, need, use)
            if edit is not None:
                yield edit


def as_called_there(module: Module, need: Need, use: NameUse) -> TextEdit | None:
    """What one use of a need becomes: `prices_Price` for `Price`, `Base` for `core.Base`."""
    if use.span is None:
        return None
    if need.through:
        attribute = use.attributes[need.through - 1]
        span = Span(use.span.start, module.syntax.span(attribute).end)
        return TextEdit(span, span.of(module.text), attribute.attr)
    return TextEdit(use.span, use.span.of(module.text), need.rename) if need.rename else None


def rebased_imports(
    module: Module, statements: Iterable[int], target: ModuleName, is_package: bool
) -> Iterator[TextEdit]:
    """Relative imports inside the travelling code, as they read from the target.

    Raises `Refusal` where the target lies in another top-level package and cannot say it with
    dots: then the absolute name is written.
    """
    wanted = set(statements)
    around = Surroundings(target, is_package)
    for item in module.imports:
        level = getattr(item.node, "level", 0)
        if not level or item.statement not in wanted or item.index or not item.module:
            continue
        if around.package == module.package:
            continue
        span = _module_part(module, item.node)
        spelled = around.relative_or_full(item.module)
        yield TextEdit(span, span.of(module.text), _apart(module.text, span, spelled))


def _apart(text: str, span: Span, spelled: str) -> str:
    """With the blanks that `from.a import b` and `from .import a` do without."""
    before = " " if text[span.start - 1].isalpha() and spelled[0] != "." else ""
    after = " " if text[span.end].isalpha() and spelled[-1] != "." else ""
    return before + spelled + after


def _module_part(module: Module, node: ast.AST) -> Span:
    """`..pkg.mod` in `from ..pkg.mod import x`."""
    span = module.syntax.span(node)
    match = _FROM.match(span.of(module.text))
    assert match is not None, "a from-import"
    return Span(span.start + match.start(1), span.start + match.end(1))


_FROM = re.compile(r"from\s*(\.(?:\s*\.)*(?:\s*(?!import\b)[^\W\d][\w.]*)?)")


def outermost_function(use: NameUse) -> FunctionNode | None:
    """The outermost function around a use; None at module or class level or in a bare lambda."""
    return outermost_function_around(use.scope)


def outermost_function_around(scope: Scope | None) -> FunctionNode | None:
    """The same of a scope, which may be that of a function itself."""
    found: FunctionNode | None = None
    while scope is not None:
        node = scope.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and scope.kind == "function":
            found = node
        scope = scope.parent
    return found


def lazy_import_edits(
    module: Module, imports: Iterable[LazyImport], habits: Habits
) -> Iterator[TextEdit]:
    """Insert imports at the top of functions, below the docstring."""
    blocks: dict[ast.stmt, list[ast.stmt]] = {}
    by_block: dict[ast.stmt, dict[str, list[str]]] = {}
    for item in imports:
        key = item.module or f"import {item.name}"
        if item.module and " as " in item.name:
            key = f"{item.module} import {item.name}"  # a statement of its own, as isort has it
        for block in _blocks(module, item):
            blocks[block[0]] = block
            names = by_block.setdefault(block[0], {}).setdefault(key, [])
            if item.name not in names:
                names.append(item.name)
    for first, by_module in by_block.items():
        in_order = sorted(by_module.items(), key=_as_isort_has_it)
        statements = [line for item in in_order for line in _import_lines(*item, habits)]
        relative = sum(line.startswith("from .") for line in statements)
        if 0 < relative < len(statements):
            statements.insert(len(statements) - relative, "")
        yield _insertion(module, blocks[first], statements, habits.nested_mark)


def _as_isort_has_it(item: tuple[str, list[str]]) -> tuple[bool, bool, str]:
    """`import b`, then `from a import x`, then `from .. import y`."""
    return item[0].startswith("."), not item[0].startswith("import "), item[0]


def _blocks(module: Module, item: LazyImport) -> Iterator[list[ast.stmt]]:
    """The statements to import before: those of the function.

    A module's `__getattr__` is asked for `__path__` at each `from module import name`, so that it
    imports where it needs the name, and not at its top.
    """
    body: list[ast.stmt] = item.function.body  # type: ignore[attr-defined]
    lazy = getattr(item.function, "name", "") == "__getattr__" and item.function in module.body
    bound = item.name.rpartition(" as ")[2].partition(".")[0]
    yield from _innermost(body, bound) if lazy else [body]


def _innermost(block: list[ast.stmt], name: str) -> Iterator[list[ast.stmt]]:
    using = [number for number, statement in enumerate(block) if _names(statement, name)]
    branching = block[using[0]] if using else None
    if len(using) != 1 or not isinstance(branching, ast.If):
        yield block[using[0] :] if using else block
        return
    branches, tests = [branching.body], [branching.test]
    while len(branching.orelse) == 1 and isinstance(branching.orelse[0], ast.If):
        branching = branching.orelse[0]  # an `elif`, before which nothing can stand
        branches, tests = [*branches, branching.body], [*tests, branching.test]
    if any(_names(test, name) for test in tests):
        yield block[using[0] :]
        return
    for branch in [*branches, branching.orelse]:
        if any(_names(statement, name) for statement in branch):
            yield from _innermost(branch, name)


def _names(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def at_top_of(module: Module, function: ast.FunctionDef, lines: Iterable[str]) -> TextEdit:
    """Insert lines, indented like its body, at the top of a function, below the docstring."""
    body, newline = function.body, module.file.newline
    indent = _indent(module, module.syntax.line_span(body[0].lineno).start)
    text = "".join(f"{indent}{line}{newline}" if line else newline for line in lines)
    if _is_docstring(body[0]) and len(body) == 1:
        end = module.syntax.span(body[0]).end
        return TextEdit(Span(end, end), "", newline + text.rstrip("\r\n"))
    first = body[1] if _is_docstring(body[0]) else body[0]
    at = module.syntax.line_span(_first_line(module, first)).start
    return TextEdit(Span(at, at), "", text)


def _import_lines(key: str, names: list[str], habits: Habits) -> list[str]:
    if key.startswith("import "):
        return [key]
    if " import " in key:
        return [f"from {key}"]
    in_order = sorted(names, key=habits.usual.by_name)
    if habits.shares_names is False:
        return [f"from {key} import {name}" for name in in_order]
    return [f"from {key} import {', '.join(in_order)}"]


def _insertion(module: Module, body: list[ast.stmt], statements: list[str], mark: str) -> TextEdit:
    newline = module.file.newline
    first = body[0]
    if not _starts_line(module, first):
        # def f(self): return helper()
        at = module.syntax.span(first).start
        return TextEdit(Span(at, at), "", "; ".join(filter(None, statements)) + "; ")
    if _is_docstring(first):
        at = module.syntax.span(first).end
        indent = _indent(module, module.syntax.line_span(first.lineno).start)
        lines = _lines(module, statements, indent, mark)
        following = module.syntax.line_span(module.syntax.line_of(at)).end
        alone = len(body) == 1 or not _wants_blank_line(module, following)
        rest = module.text[at:following]
        if rest.endswith(("\n", "\r")) and not rest.lstrip().startswith(";"):
            # below the whole line: its end and a comment on it are its own
            text = "".join(f"{line}{newline}" for line in lines)
            return TextEdit(Span(following, following), "", text if alone else text + newline)
        text = "".join(f"{newline}{line}" for line in lines)
        return TextEdit(Span(at, at), "", text if alone else text + newline)
    at = module.syntax.line_span(_first_line(module, first)).start
    indent = _indent(module, module.syntax.line_span(first.lineno).start)
    text = "".join(f"{line}{newline}" for line in _lines(module, statements, indent, mark))
    return TextEdit(Span(at, at), "", text + (newline if _wants_blank_line(module, at) else ""))


def _lines(module: Module, statements: list[str], indent: str, mark: str) -> list[str]:
    """The statements with their indentation, those that are too long with one name a line.

    Each is marked for the linter, where it wants that.
    """
    width, lines = width_of(module.text), []
    for each in statements:
        head, _, names = each.partition(" import ")
        if len(indent + each) <= width or not names:
            lines.append(indent + each + mark if each else "")
            continue
        lines.append(f"{indent}{head} import ({mark}")
        lines += [f"{indent}    {name}," for name in names.split(", ")]
        lines.append(f"{indent})")
    return lines


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _first_line(module: Module, statement: ast.stmt) -> int:
    """The line at which a statement begins, with its decorators and the comments above it."""
    decorators = getattr(statement, "decorator_list", [])
    line: int = min([statement.lineno, *(item.lineno for item in decorators)])
    while module.syntax.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    return line


def _wants_blank_line(module: Module, start: int) -> bool:
    """After function-level imports comes a blank line, unless more imports follow."""
    following = module.text[start:].lstrip(" \t")
    return not following.startswith(("import ", "from ", "\n", "\r"))


def _starts_line(module: Module, node: ast.stmt) -> bool:
    start = module.syntax.span(node).start
    line = module.syntax.line_span(node.lineno).start
    return not module.text[line:start].strip()


def _indent(module: Module, start: int) -> str:
    text = module.text[start:]
    return text[: len(text) - len(text.lstrip(" \t"))]
