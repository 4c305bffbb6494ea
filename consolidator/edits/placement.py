"""Where in the target the definitions land."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from consolidator.edits.cutting import statement_lines
from consolidator.edits.pinned import place
from consolidator.edits.text_edit import TextEdit
from consolidator.errors import Problem, Refusal
from consolidator.index.definitions import is_main_guard
from consolidator.index.module import Module
from consolidator.names import Span


@dataclass(frozen=True, slots=True)
class Placement:
    """Insert before the target's statement of that index; its length means at the end."""

    before: int
    reason: str


def find_placement(
    target: Module,
    needed: Iterable[str],
    provided: frozenset[str],
    replaced: frozenset[int],
    early: bool,
    above: int | None = None,
) -> Placement:
    """After everything that the definitions need at once, before what needs them at once.

    `needed` are names of the target that must be bound before; `provided` the names that
    arrive; `replaced` the statements that go away (imports of what arrives). As `early` as that
    allows, or `above` a statement, if it is asked for. Raises `Refusal` when no place satisfies
    both.
    """
    body = target.body
    lower = _after_needed(target, needed)
    upper = _before_first_use(target, provided, replaced)
    if upper is not None and upper < lower:
        raise Refusal(
            Problem(
                "no-place",
                f"{target.name} needs `{_first_used(target, upper, provided)}` before it has "
                "bound what the moved code needs",
                place(target, body[upper]),
                "reorder the definitions of the target first",
            )
        )
    if early:
        return Placement(lower, "as early as what it needs allows, to survive an import cycle")
    if above is not None:
        return Placement(max(lower, above), "above what may ask for it when the target is imported")
    if upper is not None:
        return Placement(upper, "before its first use at import time")
    return Placement(
        _before_main_guard(target), "at the end; nothing there needs it at import time"
    )


def _after_needed(target: Module, needed: Iterable[str]) -> int:
    lower = _after_header(target)
    for name in needed:
        statements = [b.statement for b in target.bindings(name) if not b.via_global]
        if statements:
            lower = max(lower, max(statements) + 1)
    return lower


def _after_header(target: Module) -> int:
    """Past the docstring and the `__future__` imports."""
    count = 0
    for index, statement in enumerate(target.body):
        docstring = index == 0 and isinstance(statement, ast.Expr)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not docstring and not future:
            break
        count = index + 1
    return count


def _before_first_use(
    target: Module, provided: frozenset[str], replaced: frozenset[int]
) -> int | None:
    eager = [
        use.statement
        for name in provided
        for use in target.readers.get(name, [])
        if not use.deferred and use.statement not in replaced
    ]
    return min(eager, default=None)


def _first_used(target: Module, statement: int, provided: frozenset[str]) -> str:
    for use in target.uses_in(statement):
        if use.name in provided and not use.deferred:
            return use.name
    return next(iter(provided))


def _before_main_guard(target: Module) -> int:
    """The end, or the `if __name__ == "__main__":` that closes the file."""
    index = len(target.body)
    if index and is_main_guard(target.body[-1]):
        index -= 1
    return index


def insertion(target: Module, placement: Placement, text: str) -> TextEdit:
    """The edit that puts `text` (ending in a newline) there, two blank lines around it."""
    newline = target.file.newline
    if placement.before >= len(target.body):
        return _append(target, text, newline)
    start = statement_lines(target, placement.before).start
    before = target.text[:start]
    gap = "" if not before.strip() else newline * max(0, 2 - _blank_lines_at_end(before))
    return TextEdit(Span(start, start), "", gap + text + newline * 2)


def _append(target: Module, text: str, newline: str) -> TextEdit:
    old = target.text
    if not old.strip():
        return TextEdit(Span(0, len(old)), old, text)
    if not old.endswith(("\n", "\r")):
        at = Span(len(old), len(old))
        return TextEdit(at, "", newline * 3 + text.removesuffix(newline))
    surplus = max(0, _blank_lines_at_end(old) - 2)
    start = len(old) - surplus * len(newline)
    if old[start:].strip("\r\n"):
        start = len(old)  # a form feed or blanks: leave them
    gap = newline * max(0, 2 - _blank_lines_at_end(old))
    return TextEdit(Span(start, len(old)), old[start:], gap + text)


def _blank_lines_at_end(text: str) -> int:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    count = 0
    for line in reversed(lines[:-1]):
        if line.strip():
            break
        count += 1
    return count
