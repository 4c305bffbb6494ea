"""Leave-behinds that nobody needs any more are swept away."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.edits.cutting import blank_lines_before, own_lines
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.classify import classifier
from consolidator.edits.imports.habits import NESTED_MARK
from consolidator.edits.imports.names import ImportSite
from consolidator.edits.leave_behind import comment_above, lazy_branches
from consolidator.edits.lost_loads import loads_itself
from consolidator.edits.pinned import place
from consolidator.edits.references import Reference
from consolidator.edits.self_registering import registers_for_sure
from consolidator.edits.strings import find_text_mentions
from consolidator.edits.survey import readable_module
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Location, Problem, Refusal, UsageError
from consolidator.index.definitions import definition
from consolidator.index.importers import comes_with_star, names_taken
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName, Span
from consolidator.plan import MoveOptions
from consolidator.plan.plan import SweepEntry


@dataclass(frozen=True)
class _LeaveBehind:
    module: Module
    item: Import
    comment: tuple[int, int] | None
    """The first and last line of the comment; None where it has gone."""
    stacked: bool
    """Whether that of another name stands there as well, above one `__getattr__`."""


def sweep(index: Index, entry: SweepEntry, options: MoveOptions) -> TreeEdit | None:
    """The module without the leave-behind; None when it has none of that name any more.

    Raises `Refusal` while somebody takes the name from there, and `UsageError` when what binds
    the name is no leave-behind.
    """
    module = readable_module(index, ModuleName(entry.module))
    found = _find(module, entry.name, options)
    if found is None:
        return None
    problems = list(_still_taken(index, found, entry.name))
    if problems:
        raise Refusal(problems)
    texts = {module.path: _without(index, found, entry.name)}
    texts |= _stub_text(index, module, found.item, entry.name)
    if _makes(index, found, texts):
        raise Refusal(
            _used(found, entry.name, "it registers itself when it is made, by this import")
        )
    return TreeEdit(
        index,
        f"swept {entry.name} out of {module.name}; it lives in {found.item.module}",
        texts,
        references=(Reference("leave-behind", place(module, found.item.node), True),),
        unbound=frozenset({entry.name, "__getattr__"}),
        arrived=frozenset({"__getattr__"}),
    )


def _find(module: Module, name: str, options: MoveOptions) -> _LeaveBehind | None:
    lazy = _lazy_function(module)
    items = [
        item
        for item in module.imports
        if item.name is not None
        and (
            (item.bound == name and item.scope is module.scope)
            or (lazy is not None and item.scope.node is lazy and name in _asked_names(lazy, item))
        )
    ]
    for item in items:
        node: ast.stmt = item.node if item.scope is module.scope else module.body[item.statement]
        comment = comment_above(module, node, name, item.module, options.comment)
        if comment is not None or node is lazy:
            others = _others_above(module, lazy, name, options) if node is lazy else False
            return _LeaveBehind(module, item, comment, others)
    if items or name in module.scope.bindings:
        raise UsageError(f"{module.name} binds {name!r}, and not as a leave-behind")
    return None


def _others_above(
    module: Module, lazy: ast.FunctionDef | None, name: str, options: MoveOptions
) -> bool:
    """Whether comments above a `__getattr__` say of other names too where they went."""
    return lazy is not None and any(
        comment_above(module, lazy, other, item.module, options.comment) is not None
        for item in module.imports
        if item.scope.node is lazy
        for other in _asked_names(lazy, item) - {name}
    )


def _lazy_function(module: Module) -> ast.FunctionDef | None:
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__getattr__":
            return statement
    return None


def _asked_names(function: ast.FunctionDef, item: Import) -> set[str]:
    """The names for which a `__getattr__` runs an import: `if name == "C": from m import C`."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.If) and item.node in node.body:
            found |= {
                constant.value
                for constant in ast.walk(node.test)
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
            }
    return found


# -- who still takes it --------------------------------------------------------------------------


def _still_taken(index: Index, found: _LeaveBehind, name: str) -> Iterator[Problem]:
    module = found.module
    taken = names_taken(index, module.name)
    if name in module.readers:
        yield _used(found, name, f"{module.name} uses it itself")
    elif name in (module.all_names or ()):
        yield _used(found, name, "`__all__` offers it")
    elif name in taken or ("*" in taken and comes_with_star(module, name)):
        yield _used(found, name, "another module of the project takes it from there")
    else:
        for use in find_text_mentions(index, module.name, frozenset({name})):
            yield _used(found, name, f"{use.location} names it", use.location)
            return


def makes_what_registers(index: Index, module: ModuleName, name: str, options: MoveOptions) -> bool:
    """Whether a leave-behind is there for what it makes, though nobody takes it by its name."""
    facts = index.module(module)
    if facts is None or index.readable(facts.path) is None:
        return False
    try:
        found = _find(facts, name, options)
    except UsageError:  # it is said when it is to be swept
        return False
    return found is not None and _makes(index, found, {facts.path: _without(index, found, name)})


def _makes(index: Index, found: _LeaveBehind, texts: dict[str, str]) -> bool:
    """Whether the import makes what registers itself, and nothing else in the module does."""
    module, item = found.module, found.item
    origin = index.resolve(item.module, item.name or "")
    home = index.module(origin.module) if origin.kind == "definition" else None
    made = definition(home, origin.name) if home and index.readable(home.path) else None
    if item.scope is not module.scope or made is None or home is None:
        return False
    if not registers_for_sure(index, home, made):
        return False
    swept = {path: index.module_at(path).file.encode(text) for path, text in texts.items()}
    after = index.after(index.workspace.with_changes(swept))
    return not loads_itself(after, after.module_at(module.path), home.name)


def _used(found: _LeaveBehind, name: str, why: str, location: Location | None = None) -> Problem:
    return Problem(
        "still-used",
        f"the leave-behind of `{name}` in {found.module.name} is needed: {why}",
        location or place(found.module, found.item.node),
        f"let it take `{name}` from {found.item.module} first",
    )


# -- what goes -----------------------------------------------------------------------------------


def _without(index: Index, found: _LeaveBehind, name: str) -> str:
    module = found.module
    if found.item.scope is not module.scope:
        gone = [_without_branch(found, name)]
        if found.comment and found.stacked:
            span = _lines(module, *found.comment)
            gone.append(TextEdit(span, span.of(module.text), ""))
        return apply_edits(module.text, gone)
    first = found.comment[0] if found.comment else found.item.node.lineno
    alone = len(found.item.node.names) == 1 and found.item.node in module.body
    if alone:
        last = found.item.node.end_lineno or found.item.node.lineno
        return apply_edits(module.text, [_without_lines(module, first, last)])
    edits = _import_edits(index, module, found.item)
    if found.comment:
        span = _lines(module, *found.comment)
        edits.append(TextEdit(span, span.of(module.text), ""))
    return apply_edits(module.text, edits)


def _import_edits(index: Index, module: Module, item: Import) -> list[TextEdit]:
    return edit_imports(
        module.syntax,
        module.name,
        module.is_package,
        newline=module.file.newline,
        classify=classifier(index.workspace, item.module),
        remove=[ImportSite(item.node, item.index)],
    )


def _without_lines(module: Module, first: int, last: int) -> TextEdit:
    """Some lines, with the narrower of the gaps around them."""
    syntax = module.syntax
    above, below = blank_lines_before(module, first), 0
    while last + below < syntax.line_count and not syntax.line_text(last + below + 1).strip():
        below += 1
    at_end = last + below >= syntax.line_count
    start = first - above if at_end or above <= below else first
    end = last if at_end or above <= below else last + below
    if not at_end and first - above == 1:
        start, end = 1, last + below
    span = _lines(module, start, end if not at_end else last + below)
    return TextEdit(span, span.of(module.text), "")


def _lines(module: Module, first: int, last: int) -> Span:
    return Span(module.syntax.line_span(first).start, module.syntax.line_span(last).end)


def _without_branch(found: _LeaveBehind, name: str) -> TextEdit:
    """`if name == "C": …` of a `__getattr__`, or all of it when nothing else is left."""
    module = found.module
    function = _lazy_function(module)
    assert function is not None
    branches = [s for s in function.body if isinstance(s, ast.If)]
    branch = next(s for s in branches if any(n is found.item.node for n in ast.walk(s)))
    names = [c.value for c in ast.walk(branch.test) if isinstance(c, ast.Constant)]
    left = [str(other) for other in names if other != name]
    if not left and len(function.body) == 2 and isinstance(function.body[-1], ast.Raise):
        first, last = own_lines(module, module.body.index(function))
        return _without_lines(module, found.comment[0] if found.comment else first, last)
    asked = function.args.args[0].arg
    newline, indent = module.file.newline, " " * branch.col_offset
    spelled = _spelled(found.item)
    span = _lines(module, branch.lineno, branch.end_lineno or branch.lineno)
    ours = _indented(lazy_branches(spelled, [str(n) for n in names], asked=asked), indent, newline)
    text = span.of(module.text)
    if text.replace(NESTED_MARK, "") != ours:
        raise Refusal(
            Problem(
                "sweep-by-hand",
                f"the `__getattr__` of {module.name} is not as a move leaves it",
                place(module, branch),
                f"take `{name}` out of it by hand",
            )
        )
    mark = NESTED_MARK if NESTED_MARK in text else ""
    rest = lazy_branches(spelled, left, asked=asked, mark=mark) if left else []
    return TextEdit(span, text, _indented(rest, indent, newline))


def _indented(lines: list[str], indent: str, newline: str) -> str:
    return "".join((indent + line if line else "") + newline for line in lines)


def _spelled(item: Import) -> str:
    node = item.node
    return "." * getattr(node, "level", 0) + (getattr(node, "module", "") or "")


def _stub_text(index: Index, module: Module, item: Import, name: str) -> dict[str, str]:
    """The stub beside it hands the name on in the same way."""
    path = module.path + "i"
    stub = index.readable(path) if index.workspace.has(path) else None
    if stub is None:
        return {}
    for other in stub.imports_by_name.get(name, []):
        if other.module == item.module:
            return {path: apply_edits(stub.text, _import_edits(index, stub, other))}
    return {}
