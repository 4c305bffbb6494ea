"""`__all__` stays true: names come and go in the list's own style."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from consolidator.edits.text_edit import TextEdit
from consolidator.index.module import Module
from consolidator.names import Span


def arriving_exports(source: Module, target: Module, names: Iterable[str]) -> tuple[TextEdit, ...]:
    """Add to the target's `__all__` what was public in the source; nothing when it has none."""
    literals = target.all_literals
    wanted = [
        name
        for name in names
        if name not in {literal.value for literal in literals} and is_public(source, name)
    ]
    if not literals or not wanted:
        return ()
    return _insertions(target, literals, wanted)


def is_public(module: Module, name: str) -> bool:
    """Whether a name is listed in `__all__`, or has no underscore where there is no list."""
    if "__all__" in module.scope.bindings:
        return name in (module.all_names or ())
    return not name.startswith("_")


def departing_exports(source: Module, names: Iterable[str]) -> Iterator[TextEdit]:
    """Take names out of `__all__`, each with its comma and, alone on a line, with its line."""
    gone = set(names)
    for literal in source.all_literals:
        if literal.value in gone:
            yield _removal(source, literal)


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
