"""`__all__` stays true: names come and go in the list's own style."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from consolidator.edits.star_arrivals import hidden_by_arrival
from consolidator.edits.text_edit import TextEdit
from consolidator.index.index import Index, Origin
from consolidator.index.module import (
    Module,
    all_literals,
    changes_all,
    inner_blocks,
)
from consolidator.names import Span


def arriving_exports(source: Module, target: Module, names: Iterable[str]) -> tuple[TextEdit, ...]:
    """Add to the target's `__all__` what was public in the source; nothing when it has none."""
    listed = {literal.value for literal in target.all_literals}
    wanted = [name for name in names if name not in listed and is_public(source, name)]
    # not where a branch lists what only it binds
    literals = tuple(all_literals([each for each in target.body if changes_all(each)]))
    if not literals or not wanted:
        return ()
    return _insertions(target, literals, wanted)


def is_to_be_listed(index: Index, source: Module, target: Module, name: str) -> bool:
    """Whether a name that was asked for comes to stand in the target's `__all__`, if it has one.

    Not what would take the place of another thing where the target is star-imported.
    """
    mine = Origin("definition", source.name, name)
    return is_public(source, name) and not any(hidden_by_arrival(index, target.name, name, mine))


def is_public(module: Module, name: str) -> bool:
    """Whether a name is listed in `__all__`, or has no underscore where there is no list."""
    if "__all__" in module.scope.bindings:
        return name in (module.all_names or ())
    return not name.startswith("_")


def departing_exports(source: Module, names: Iterable[str]) -> Iterator[TextEdit]:
    """Take names out of `__all__`, each with its comma and, alone on a line, with its line."""
    gone = set(names)
    appended = _appended(source, gone)
    yield from _without(source, source.body, [statement for statement, _ in appended])
    done = {id(literal) for _, literal in appended}
    for literal in source.all_literals:
        if literal.value in gone and id(literal) not in done:
            yield _removal(source, literal)


def without_exports(source: Module, statement: ast.stmt) -> Iterator[TextEdit]:
    """A copy of a branch says nothing about `__all__`, which is another one where it arrives.

    try:
        import fast
    except ImportError:
        fast = None
    else:
        __all__ += ["Fast"]    # goes, and the `else:` with it
    """
    yield from _without(source, [statement], [*changing_all([statement])])


def changing_all(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that make or change `__all__`, in whatever branch."""
    for statement in body:
        if changes_all(statement):
            yield statement
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            for inner in inner_blocks(statement):
                yield from changing_all(inner)


def _appended(source: Module, gone: set[str]) -> list[tuple[ast.stmt, ast.Constant]]:
    """`__all__.append("C")` and the name in it: without the name there is no such call."""
    return [
        (statement, literal)
        for statement in changing_all(source.body)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        for literal in all_literals([statement])
        if literal.value in gone and literal in statement.value.args
    ]


def _without(source: Module, body: list[ast.stmt], gone: list[ast.stmt]) -> Iterator[TextEdit]:
    """Take statements out with their lines; a block that has no others becomes `pass`."""
    going = [statement for statement in body if statement in gone]
    needed = len(going) == len(body) and body is not source.body
    for statement in going:
        lines, span = source.span_with_lines(statement), source.syntax.span(statement)
        before, after = source.text[lines.start : span.start], source.text[span.end : lines.end]
        shared = bool(before.strip()) or after.strip()[:1] not in {"", "#"}
        span, text = (span, "pass") if needed or shared else (lines, "")
        yield TextEdit(span, span.of(source.text), text)
    for statement in body:
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for inner in inner_blocks(statement):
                above = _above_else(statement, inner)
                if above is not None and all(each in gone for each in inner):
                    start = source.syntax.line_span(above.end_lineno or above.lineno).end
                    span = Span(start, source.span_with_lines(inner[-1]).end)
                    yield TextEdit(span, span.of(source.text), "")
                else:
                    yield from _without(source, inner, gone)


def _above_else(statement: ast.If | ast.Try | ast.With, block: list[ast.stmt]) -> ast.stmt | None:
    """What ends above the `else:` of a block; None of a block that has no `else:`."""
    if block is not getattr(statement, "orelse", None):
        return None
    blocks = [*inner_blocks(statement)]
    return blocks[blocks.index(block) - 1][-1]


def _insertions(
    target: Module, literals: tuple[ast.Constant, ...], wanted: list[str]
) -> tuple[TextEdit, ...]:
    text, syntax = target.text, target.syntax
    values = [str(literal.value) for literal in literals]
    is_sorted = values == sorted(values) or values == sorted(values, key=str.lower)
    fold = str if values == sorted(values) else str.lower
    quote = text[syntax.span(literals[0]).start]
    places: dict[int, list[str]] = {}
    for name in wanted:
        following = [i for i, value in enumerate(values) if fold(value) > fold(name)]
        at = following[0] if is_sorted and following else len(values)
        places.setdefault(at, []).append(name)
    edits = []
    for at, arriving in places.items():
        items = [f"{quote}{name}{quote}" for name in sorted(arriving, key=fold)]
        edits.append(_insert_at(target, literals, at, items))
    end = syntax.span(literals[-1]).end
    if len(literals) == 1 and text.startswith(",)", end):
        # ("A",) needs that comma, and ("A", "B") does not
        inner = "".join(edit.replacement for edit in edits if edit.span.start == end)
        edits = [edit for edit in edits if edit.span.start != end]
        edits.append(TextEdit(Span(end, end + 1), ",", inner))
    return tuple(edits)


def _insert_at(
    target: Module, literals: tuple[ast.Constant, ...], at: int, items: list[str]
) -> TextEdit:
    syntax = target.syntax
    one_per_line = len({literal.lineno for literal in literals}) == len(literals) and (
        len(literals) > 1 or _opens_a_line(target, literals[0])
    )
    separator = ", "
    if one_per_line:
        line = syntax.line_text(literals[0 if len(literals) == 1 else 1].lineno)
        indent = line[: len(line) - len(line.lstrip())]
        separator = "," + target.file.newline + indent
    if at < len(literals):
        start = syntax.span(literals[at]).start
        return TextEdit(Span(start, start), "", "".join(item + separator for item in items))
    end = syntax.span(literals[-1]).end
    return TextEdit(Span(end, end), "", "".join(separator + item for item in items))


def _opens_a_line(target: Module, literal: ast.Constant) -> bool:
    line = target.syntax.line_text(literal.lineno)
    return line.lstrip()[:1] in {"'", '"'}


def _removal(source: Module, literal: ast.Constant) -> TextEdit:
    text = source.text
    span = source.syntax.span(literal)
    start, end = span.start, span.end
    rest = text[end:]
    comma = len(rest) - len(rest.lstrip(" \t"))
    line = source.syntax.line_span(literal.lineno)
    if rest[comma : comma + 1] == ",":
        end += comma + 1
        before, after = text[line.start : start], text[end : line.end]
        if not before.strip() and (not after.strip() or after.strip().startswith("#")):
            return TextEdit(line, line.of(text), "")
        end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    else:
        # The last one, without a comma of its own: the one before goes.
        head = text[:start].rstrip()
        alone = len(source.all_literals) == 2 and text[end:].lstrip().startswith(")")
        if head.endswith(","):
            start = len(head) - (0 if alone else 1)  # ("A",) is a tuple, ("A") is not
    return TextEdit(Span(start, end), text[start:end], "")
