"""Imports that fail and that nobody uses are deleted."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.classify import classifier
from consolidator.edits.imports.names import ImportSite
from consolidator.edits.pinned import place
from consolidator.edits.references import Reference
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Problem, Refusal, UsageError
from consolidator.index.importers import names_taken
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName, Span
from consolidator.plan.plan import DeleteEntry


def delete_imports(index: Index, entry: DeleteEntry) -> TreeEdit | None:
    """The files without the import; None when none of them has it any more.

    Raises `Refusal` when something uses what an import binds, or asks whether it fails, and
    `UsageError` when the import works.
    """
    module, name = ModuleName(entry.module), entry.name
    found = {path: sites for path in entry.paths if (sites := _sites(index, path, module, name))}
    if not found:
        return None
    if not fails(index, module, name):
        raise UsageError(f"{module} has {name!r}, or may have it: the import does not fail")
    problems = [p for sites in found.values() for each in sites for p in _in_the_way(index, *each)]
    if problems:
        raise Refusal(problems)
    texts = {path: _text(index, sites) for path, sites in found.items()}
    references = [
        Reference("import", place(file, item.node), True)
        for sites in found.values()
        for file, item in sites
    ]
    return TreeEdit(
        index,
        f"deleted the import of {name} from {module} in {len(texts)} files",
        texts,
        references=tuple(references),
        unbound=frozenset(item.bound for sites in found.values() for _, item in sites),
    )


def fails(index: Index, module: ModuleName, name: str) -> bool:
    """Whether `from module import name` certainly fails: the project has no such module or name."""
    workspace = index.workspace
    if not workspace.is_first_party(module):
        return workspace.is_first_party(module.top)
    return index.binds(module, name) is False


def _sites(index: Index, path: str, source: ModuleName, name: str) -> list[tuple[Module, Import]]:
    module = index.readable(path) if index.workspace.has(path) else None
    if module is None:
        return []
    return [(module, i) for i in module.imports if i.module == source and i.name == name]


def _in_the_way(index: Index, module: Module, item: Import) -> Iterator[Problem]:
    """Who uses what the import binds, or whether it fails."""
    users = [
        use
        for scope in module.scope.walk()
        for use in scope.uses
        if use.name == item.bound and use.scope.lookup(use.name) is item.scope
    ]
    if users:
        yield _still_used(module, item, f"used at line {getattr(users[0].node, 'lineno', 0)}")
    elif item.scope is module.scope and item.bound in (module.all_names or ()):
        yield _still_used(module, item, "listed in `__all__`")
    elif item.scope is module.scope and item.bound in names_taken(index, module.name):
        yield _still_used(module, item, f"taken from {module.name} by another module")
    if _try_around(item) is not None and _removable_try(module, item) is None:
        yield Problem(
            "guarded-import",
            f"what happens when the import of `{item.name}` fails does more than that, so whether "
            "it fails matters",
            place(module, item.node),
            "mend it by hand",
        )


def _still_used(module: Module, item: Import, how: str) -> Problem:
    return Problem(
        "still-used",
        f"`{item.bound}`, which {module.path} imports in vain, is {how}",
        place(module, item.node),
        "mend the import instead, or remove what uses it first",
    )


# -- what goes -----------------------------------------------------------------------------------


def _try_around(item: Import) -> ast.Try | None:
    """The innermost `try` in whose body the import stands."""
    for guard in reversed(item.guards):
        if isinstance(guard, ast.Try) and any(
            node is item.node for statement in guard.body for node in ast.walk(statement)
        ):
            return guard
    return None


def _removable_try(module: Module, item: Import) -> ast.Try | None:
    """The `try` when it does nothing but import this and stand in for it.

    try:
        from missing import C
    except ImportError:
        C = None
    """
    guard = _try_around(item)
    if guard is None or guard.orelse or guard.finalbody or guard.body != [item.node]:
        return None
    if len(item.node.names) > 1:
        return None
    stand_ins = [statement for handler in guard.handlers for statement in handler.body]
    return guard if all(_stands_in(s, item.bound) for s in stand_ins) else None


def _stands_in(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, ast.Assign):
        plain = isinstance(statement.value, ast.Constant)
        return plain and all(getattr(target, "id", "") == name for target in statement.targets)
    return isinstance(statement, ast.Pass)


def _text(index: Index, sites: list[tuple[Module, Import]]) -> str:
    module = sites[0][0]
    blocks = [b for _, item in sites if (b := _removable_try(module, item)) is not None]
    kept = [item for _, item in sites if _removable_try(module, item) is None]
    text = module.text
    edits = [_without_statement(module, block) for block in blocks]
    if kept:
        edits += edit_imports(
            module.syntax,
            module.name,
            module.is_package,
            newline=module.file.newline,
            classify=classifier(index.workspace, module.name),
            remove=[ImportSite(item.node, item.index) for item in kept],
        )
    return apply_edits(text, edits)


def _without_statement(module: Module, statement: ast.stmt) -> TextEdit:
    """A statement with its lines and the blank ones below; `pass` where it stood alone."""
    span = module.span_with_lines(statement)
    if _is_alone(module, statement):
        own = module.syntax.span(statement)
        return TextEdit(own, own.of(module.text), "pass")
    line = module.syntax.line_of(max(span.end - 1, span.start)) + 1
    end = span.end
    while line <= module.syntax.line_count and not module.syntax.line_text(line).strip():
        end = module.syntax.line_span(line).end
        line += 1
    above = module.syntax.line_of(span.start) - 1
    if above >= 1 and module.syntax.line_text(above).strip():
        end = span.end  # the gap below parts what stays
    span = Span(span.start, end)
    return TextEdit(span, span.of(module.text), "")


def _is_alone(module: Module, statement: ast.stmt) -> bool:
    for node in ast.walk(module.syntax.tree):
        for part in ("body", "orelse", "finalbody"):
            if getattr(node, part, None) == [statement]:
                return not isinstance(node, ast.Module)
    return False
