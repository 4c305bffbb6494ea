"""Makes the outlines of files, in parallel, and keeps them between runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consolidator.index.blanking import Unsure
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.outline import Outline, OutlinedClass, OutlinedImport
from consolidator.index.outline_by_lines import outline_by_lines
from consolidator.index.outline_by_syntax import outline_by_syntax


def outline_all(index: Index) -> Mapping[str, Outline]:
    """The outlines of all readable .py files, by path."""
    paths = [path for path in index.workspace.paths() if path.endswith(".py")]
    facts = file_facts(index, "outline", outline_facts, paths)
    return {path: _from_facts(found) for path, found in facts.items()}


def outline(text: str) -> Outline:
    """The outline of a file; raises `SyntaxError` when it cannot be read."""
    try:
        return outline_by_lines(text)
    except Unsure:
        return outline_by_syntax(text)


def outline_facts(text: str) -> list[Any]:
    """The outline of a file as JSON has it; raises `SyntaxError` when it cannot be read."""
    made = outline(text)
    return [
        [[i.line, i.column, i.module, i.name, i.alias] for i in made.imports],
        [[c.name, c.first_line, c.last_line, c.column, c.members] for c in made.classes],
        sorted(made.bound),
        sorted(made.perhaps),
        made.is_opaque,
        made.kept,
    ]


def _from_facts(facts: list[Any]) -> Outline:
    imports, classes, bound, perhaps, is_opaque, kept = facts
    return Outline(
        tuple(OutlinedImport(*item) for item in imports),
        tuple(
            OutlinedClass(name, first, last, column, tuple(members))
            for name, first, last, column, members in classes
        ),
        frozenset(bound),
        frozenset(perhaps),
        is_opaque,
        tuple((line, reason) for line, reason in kept),
    )
