"""Imports that wait: below what the modules take that are imported by them, to open a cycle.

from pkg.parts import First          # the home imports `First` from this very module
from pkg.home import Moved           # ... so this has to come after it
"""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from consolidator.edits.leave_behind import may_stand_above_imports
from consolidator.edits.moved_text import outermost_function
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse

_NOQA = re.compile(r"#\s*noqa\b.*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gap:
    """The offsets between which an import has to stand; None where nothing follows it."""

    after: int
    before: int | None
    at_top: bool
    """Whether nothing but imports stands above it."""
    lints: bool
    """Whether E402 lets it stand there."""


def gap_for(
    module: Module,
    names: Iterable[str],
    awaited: Iterable[str],
    gone: Container[int] = frozenset(),
) -> Gap | None:
    """Where a module can import `names` once it has the `awaited` ones.

    None when it cannot, or awaits nothing.

    What the statements in `gone` use does not count.
    """
    last = last_binding(module, awaited)
    if last is None:
        return None
    at_once = [
        use.statement
        for name in names
        for use in module.readers.get(name, [])
        if _now(use) and use.statement not in gone
    ]
    if any(number <= last for number in at_once):
        return None
    before = module.span_with_lines(module.body[min(at_once)]).start if at_once else None
    at_top = all(map(_is_head, module.body[: last + 1]))
    lints = all(map(may_stand_above_imports, module.body[: last + 1]))
    return Gap(module.span_with_lines(module.body[last]).end, before, at_top, lints)


def last_binding(module: Module, names: Iterable[str]) -> int | None:
    """The last top-level statement that binds one of some names."""
    found = [binding.statement for name in names for binding in module.bindings(name)]
    return max(found, default=None)


def stands_apart(gap: Gap, rules: frozenset[str]) -> bool:
    """Whether an import in a gap has to be kept there from what sorts imports in the project."""
    return gap.at_top and "I001" in rules


def marks(line: str, gap: Gap, rules: frozenset[str]) -> list[str]:
    """The comments that an import from a line needs behind it in a gap."""
    found = _NOQA.search(line)
    said = _noqa(found.group().rstrip() if found else "", gap, rules)
    return [*([said] if said else []), *(["# isort: skip"] if stands_apart(gap, rules) else [])]


def _noqa(said: str, gap: Gap, rules: frozenset[str]) -> str:
    if gap.lints or "E402" not in rules or "E402" in said:
        return said
    if not said:
        return "# noqa: E402"
    return said if ":" not in said else said.replace(":", ": E402,", 1)


def _now(use: NameUse) -> bool:
    return not use.deferred or (outermost_function(use) is None and not use.is_type)


def _is_head(statement: ast.stmt) -> bool:
    simple = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return simple or isinstance(statement, ast.Import | ast.ImportFrom)
