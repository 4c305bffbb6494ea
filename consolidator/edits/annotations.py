"""Annotations that the target would evaluate too early are put in quotes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from consolidator.edits.closure import Closure
from consolidator.edits.evident_types import EvidentTypes
from consolidator.edits.moved_text import outermost_function, rename_edits
from consolidator.edits.needs import Need
from consolidator.edits.text_edit import TextEdit
from consolidator.errors import Problem, Refusal
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse
from consolidator.names import Span
from consolidator.workspace.declared import oldest_python


def quote_edits(
    index: Index, closure: Closure, needs: tuple[Need, ...], target: Module | None
) -> Iterator[TextEdit]:
    """Quote the annotations that name something not yet bound when the target evaluates them.

    With `from __future__ import annotations` in the target nothing is evaluated. Without it, and
    with it in the source, annotations may name the class itself, later definitions, and imports
    that exist for the type checker only; and some make no sense to an interpreter, such as
    `Callable[[int]]` or `Lock | None`. Those that evidently do stay as they are.
    """
    source = closure.source
    postponed = (
        source.has_postponed_annotations if target is None else (target.has_postponed_annotations)
    )
    if postponed:
        return
    late = {need.name for need in needs if need.how in {"typing", "lazy"}}
    expressions: dict[int, ast.expr] = {}
    for use, annotation in _annotation_uses(source, closure):
        own = use.name in closure.names and source.has_postponed_annotations
        if use.name in late or (own and outermost_function(use) is None):
            expressions[id(annotation)] = annotation
    if source.has_postponed_annotations:
        evident = EvidentTypes(index, source, oldest_python(index.workspace))
        for number in closure.statements:
            for annotation in _annotations(source.body[number]):
                if not evident.holds(annotation):
                    expressions[id(annotation)] = annotation
    for annotation in expressions.values():
        yield _quote(source, annotation, needs)


def quotes_around(
    module: Module, uses: Iterable[NameUse], others: Iterable[TextEdit] = ()
) -> list[TextEdit]:
    """Quote the annotations of what stays that name something which is imported for types only.

    Raises `Refusal` where the `others` change one of them, too.
    """
    found: dict[Span, TextEdit] = {}
    for use in uses:
        for annotation in _annotations(module.body[use.statement]):
            span = module.syntax.span(annotation)
            if use.span is not None and use.span in span:
                found[span] = _quote(module, annotation, ())
    taken = [edit.span for edit in others]
    if any(span.overlaps(other) for span in found for other in taken):
        problem = "an annotation that would have to be put in quotes changes otherwise, too"
        raise Refusal(Problem("needed-at-import", problem, remedy="put it in quotes first"))
    return list(found.values())


def _annotation_uses(source: Module, closure: Closure) -> Iterator[tuple[NameUse, ast.expr]]:
    """The unquoted uses in annotations that are evaluated, each with its annotation."""
    wanted = set(closure.statements)
    annotations = [
        (source.syntax.span(node), node)
        for index in closure.statements
        for node in _annotations(source.body[index])
    ]
    for use in source.global_uses:
        if use.statement in wanted and use.annotation and not use.quoted and use.span:
            for span, node in annotations:
                if use.span in span:
                    yield use, node
                    break


@lru_cache(maxsize=1024)  # every attempt at a move asks for the same statements
def _annotations(statement: ast.stmt) -> tuple[ast.expr, ...]:
    return tuple(_annotations_in(statement))


def _annotations_in(statement: ast.stmt) -> Iterator[ast.expr]:
    """Parameter, return, class and module annotations; not those of local variables."""
    local: set[int] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for child in node.body:
                local |= {id(n) for n in _local_annotations(child)}
    for node in ast.walk(statement):
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.AnnAssign) and id(node) not in local:
            yield node.annotation


def _local_annotations(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.ClassDef):
        return
    if isinstance(node, ast.AnnAssign):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _local_annotations(child)


def _quote(source: Module, annotation: ast.expr, needs: tuple[Need, ...]) -> TextEdit:
    span = source.syntax.span(annotation)
    text = span.of(source.text)
    renames = [edit for edit in rename_edits(source, needs) if edit.span in span]
    for edit in sorted(renames, key=lambda edit: edit.span, reverse=True):
        start, length = edit.span.start - span.start, edit.span.end - edit.span.start
        text = text[:start] + edit.replacement + text[start + length :]
    return TextEdit(Span(span.start, span.end), span.of(source.text), _quoted(text))


def _quoted(text: str) -> str:
    """An annotation as a string on one line: `"Literal['a']"`."""
    plain = text.replace('"', "'") if text.count('"') and "'" not in text else text
    if '"' in plain or "\n" in plain or "\\" in plain:
        plain = ast.unparse(ast.parse(f"({text}\n)", mode="eval"))
    if '"' in plain or "\\" in plain:
        return repr(plain)
    return f'"{plain}"'
