"""The target imports what arrives, and has something else for when that import fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from consolidator.edits.pinned import place
from consolidator.edits.references import import_sites
from consolidator.edits.text_edit import TextEdit
from consolidator.errors import Problem, Refusal
from consolidator.index.module import Import, Module


def without_fallbacks(
    target: Module, source: str, names: frozenset[str]
) -> Iterator[tuple[ast.Try, TextEdit]]:
    """Make a plain import of each `try: from source import C` / `except ImportError: C = None`.

    It cannot fail any more, and goes with the other imports of what arrives. Raises `Refusal` where
    the target binds the name in yet another way, which would hide what arrives.
    """
    sites = list(import_sites(target, source, names))
    guards: dict[ast.Try, None] = {}
    for item in sites:
        guard = _guard(item, sites)
        inside = set(map(id, ast.walk(guard or item.node)))
        for binding in item.scope.bindings.get(item.bound, []):
            if binding.kind != "import" and id(binding.node) not in inside:
                raise Refusal(_bound_otherwise(target, item, binding.node))
        guards |= {guard: None} if guard is not None else {}
    for guard in guards:
        span = target.syntax.span(guard)
        lines = [target.syntax.span(statement).of(target.text) for statement in guard.body]
        start = target.syntax.line_span(guard.lineno).start
        between = target.file.newline + target.text[start : span.start]  # the indentation
        yield guard, TextEdit(span, span.of(target.text), between.join(lines))


def _guard(item: Import, sites: Sequence[Import]) -> ast.Try | None:
    """The `try` around an import, when it is about what arrives and nothing else."""
    guard = item.guards[-1] if item.guards else None
    if not isinstance(guard, ast.Try) or guard.orelse or guard.finalbody:
        return None
    arriving = {(site.node, site.index) for site in sites}
    imported = [
        (statement, number)
        for statement in guard.body
        for number, _ in enumerate(getattr(statement, "names", ()) or [None])
    ]
    instead = [statement for handler in guard.handlers for statement in handler.body]
    bound = {site.bound for site in sites if site.node in guard.body}
    holds = arriving.issuperset(imported) and all(_only_binds(each, bound) for each in instead)
    return guard if holds else None


def _only_binds(statement: ast.stmt, names: set[str]) -> bool:
    if isinstance(statement, ast.Assign):
        return all(isinstance(t, ast.Name) and t.id in names for t in statement.targets) and (
            isinstance(statement.value, ast.Constant | ast.Name)
        )
    return isinstance(statement, ast.Pass)


def _bound_otherwise(target: Module, item: Import, node: ast.AST) -> Problem:
    return Problem(
        "already-different",
        f"{target.name} imports `{item.name}` and also binds `{item.bound}` to another thing, "
        "which would hide what arrives",
        place(target, node),
        f"let {target.name} bind `{item.bound}` by the import alone first",
    )
